import { useObservable } from '../../observable'
import { Button, Card, Segmented } from '../../parts'
import { signOut } from '../../session'
import { setTheme, theme } from '../../theme'

export function Appearance() {
  const chosen = useObservable(theme)
  return (
    <>
      <Card title="Light or dark">
        <Segmented
          label="Light or dark" value={chosen} onValue={setTheme}
          options={[
            { value: 'auto', label: 'As this machine' },
            { value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' },
          ]}
        />
        <p class="muted">Remembered in this browser.</p>
      </Card>
      <Card title="Keyboard">
        <p>
          <kbd>g</kbd> and then <kbd>n</kbd> Now, <kbd>e</kbd> Experiments, <kbd>f</kbd> Flags, <kbd>d</kbd> Data,
          {' '}<kbd>v</kbd> Voices, <kbd>l</kbd> Library, <kbd>s</kbd> Setup. <kbd>Escape</kbd> closes what lies on top.
        </p>
      </Card>
      <Card title="This browser">
        <p class="muted">Your token is kept here, so that you need not open the link each time.</p>
        <div><Button onClick={() => signOut()}>Forget my token here</Button></div>
      </Card>
    </>
  )
}
