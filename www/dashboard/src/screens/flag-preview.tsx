import { useState } from 'preact/hooks'
import { inEnvironment } from '../api'
import { call } from '../client'
import type { Failure } from '../client'
import { Button, Card, Copyable, Problem, Select, Time } from '../parts'
import { useHere } from '../project'
import type { EnvironmentKey, Flag, PreviewLinks } from '../types'

/** A link with which somebody sees a variant on the site, for an hour and without being counted. */
export function PreviewLink({ project, environment, flag }: { project: string; environment: EnvironmentKey; flag: Flag }) {
  const { environments } = useHere()
  const [variant, setVariant] = useState('')
  const [made, setMade] = useState<PreviewLinks | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [busy, setBusy] = useState(false)
  async function make() {
    setBusy(true)
    const result = await call<PreviewLinks>('POST', inEnvironment(project, environment, 'preview'), {
      body: variant ? { variants: { [flag.key]: variant } } : {},
    })
    setBusy(false)
    setMade(result.ok ? result.value : null)
    setFailure(result.ok ? null : result)
  }
  if (!environments.some(({ key, site }) => key === environment && site)) return null
  return (
    <Card
      title="See it on the site"
      aside={<Button busy={busy} onClick={() => void make()}>{made ? 'Make another link' : 'Make a link'}</Button>}
    >
      <p class="muted">
        A link for those who work on it. The site then shows every flag and lets them choose variants. Nothing of what
        they do is counted.
      </p>
      <Select
        label="At first it shows" value={variant}
        options={[{ value: '', label: 'what its reader gets anyway' }, ...flag.variants.map(({ key }) => ({ value: key, label: key }))]}
        onValue={(chosen) => {
          setVariant(chosen)
          setMade(null)
        }}
      />
      {failure && <Problem failure={failure} />}
      {made?.links.map((link) => <Copyable key={link} label="The link" value={link} />)}
      {made && <p class="hint">It ends <Time at={made.until} coming />.</p>}
    </Card>
  )
}
