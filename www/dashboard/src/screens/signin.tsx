import { useState } from 'preact/hooks'
import { useObservable } from '../observable'
import { Button, Icon, Logo, TextField } from '../parts'
import { refused, signIn, tokenIn } from '../session'

/** No token, or one that the engine does not know: says where a token comes from. */
export function SignIn() {
  const [pasted, setPasted] = useState('')
  const wasRefused = useObservable(refused)
  return (
    <main class="alone signin">
      <p class="brand"><Logo size={36} /><span>Pointsman</span></p>
      <h1>Open the dashboard with your link</h1>
      {wasRefused && (
        <p class="silence" role="alert">
          <Icon name="look" />
          <span>
            <strong>This token is not known here.</strong> It may have been removed, or belong to another engine.
          </span>
        </p>
      )}
      <p>
        <code>npm start</code>, and so <code>npx pointsman dev</code>, prints a link that ends in <code>#token=…</code>. Click it, or paste it here. A
        colleague who is already in can make a link for you in Setup under People.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (pasted.trim()) signIn(tokenIn(pasted))
        }}
      >
        <TextField
          label="Your link or token" value={pasted} onValue={setPasted} autoComplete="off" spellcheck={false}
          hint="It is kept in this browser only and sent to nobody but the engine."
        />
        <Button kind="primary" type="submit" disabled={!pasted.trim()}>Open the dashboard</Button>
      </form>
    </main>
  )
}
