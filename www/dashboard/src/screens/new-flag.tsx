import { useState } from 'preact/hooks'
import { inEnvironment, useWrite } from '../api'
import { Dialog, Problem, problemAt, Segmented, TextArea, TextField } from '../parts'
import { ENVIRONMENTS } from '../project'
import { go } from '../router'
import type { EnvironmentKey } from '../types'

type Kind = 'boolean' | 'string' | 'number' | 'json'

const KINDS: { value: Kind; label: string }[] = [
  { value: 'boolean', label: 'On / off' }, { value: 'string', label: 'Words' },
  { value: 'number', label: 'Number' }, { value: 'json', label: 'JSON' },
]

const START: Record<Kind, { on: string; off: string }> = {
  boolean: { on: 'true', off: 'false' }, string: { on: '', off: '' }, number: { on: '1', off: '0' },
  json: { on: '{}', off: '{}' },
}

interface Props {
  project: string
  environment: EnvironmentKey
  revision: number
  onClose(): void
}

export function NewFlag({ project, environment, revision, onClose }: Props) {
  const [key, setKey] = useState('')
  const [description, setDescription] = useState('')
  const [kind, setKind] = useState<Kind>('boolean')
  const [values, setValues] = useState(START.boolean)
  const write = useWrite()
  const problems = write.failure?.problems
  const on = valueOf(kind, values.on)
  const off = valueOf(kind, values.off)
  const badKey = key !== '' && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(key)

  async function add(): Promise<void> {
    const body = { key, description, kind, on: on.value, off: off.value }
    const done = await write.send('POST', inEnvironment(project, environment, 'flags'), body, revision)
    if (done !== undefined) go(`#/flags/${environment}/${key}`)
  }

  return (
    <Dialog
      title="New flag" submit="Create the flag" busy={write.busy} onClose={onClose} onSubmit={() => void add()}
      ready={key !== '' && !badKey && on.problem === undefined && off.problem === undefined}
    >
      <p class="muted">It starts in {ENVIRONMENTS[environment]} with nobody: everybody gets the value for “off”.</p>
      <TextField
        label="Key" value={key} onValue={(typed) => setKey(typed.toLowerCase().replaceAll(/[\s_]+/g, '-'))} autoFocus
        autoComplete="off" spellcheck={false} hint="What code asks for. Small letters, digits and hyphens."
        problem={badKey ? 'Only small letters, digits and single hyphens between them.' : problemAt(problems, '/key')}
      />
      <TextField
        label="What does it do?" value={description} onValue={setDescription}
        problem={problemAt(problems, '/description')}
      />
      <div class="field">
        <span class="label">What does it serve?</span>
        <Segmented
          label="What it serves" value={kind} options={KINDS}
          onValue={(next) => { setKind(next); setValues(START[next]) }}
        />
      </div>
      {kind !== 'boolean' && (
        <div class="two">
          <ValueField
            kind={kind} label="Value for “on”" value={values.on} problem={on.problem ?? problemAt(problems, '/on')}
            onValue={(on) => setValues({ ...values, on })}
          />
          <ValueField
            kind={kind} label="Value for “off”" value={values.off} problem={off.problem ?? problemAt(problems, '/off')}
            onValue={(off) => setValues({ ...values, off })}
          />
        </div>
      )}
      {write.failure && <Problem failure={write.failure} />}
    </Dialog>
  )
}

function ValueField(
  { kind, ...rest }: { kind: Kind; label: string; value: string; problem?: string; onValue(value: string): void },
) {
  return kind === 'json' ? <TextArea {...rest} spellcheck={false} /> : <TextField {...rest} />
}

function valueOf(kind: Kind, text: string): { value?: unknown; problem?: string } {
  if (kind === 'string') return { value: text }
  if (kind === 'number') {
    const value = Number(text)
    return text.trim() !== '' && Number.isFinite(value) ? { value } : { problem: 'This is not a number.' }
  }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { problem: 'This is not JSON yet.' }
  }
}
