import { useEffect, useState } from 'preact/hooks'
import { call, inEnvironment, useLive } from '../api'
import type { Result } from '../api'
import { Button, Card, Icon, Loaded, Problem, Segmented, TextArea, Words } from '../parts'
import type { EnvironmentKey, Explained, Explanation, Reads } from '../types'
import { Fields, When } from './fields'
import { Path, Value } from './path'
import { contextOf, last } from './visitor'
import './why.css'

interface Where {
  project: string
  environment: EnvironmentKey
  flag: string
  revision: number
}

/** Why does a visitor get this? What is known of them goes in, the way through the rules comes out. Nothing is kept. */
export function Why(where: Where) {
  const reads = useLive<Reads>(inEnvironment(where.project, where.environment, 'flags', where.flag, 'reads'), 0)
  const { value, refresh } = reads
  useEffect(() => {
    if (value !== undefined && value.version !== where.revision) void refresh()
  }, [where.revision])
  return <Loaded live={reads} lines={3}>{(reads) => <Asking {...where} reads={reads} />}</Loaded>
}

type Form = 'fields' | 'json'

const FORMS: { value: Form; label: string }[] = [{ value: 'fields', label: 'Fields' }, { value: 'json', label: 'JSON' }]

function Asking({ project, environment, flag, revision, reads }: Where & { reads: Reads }) {
  const [form, setForm] = useState<Form>('fields')
  const [typed, setTyped] = useState(last.typed)
  const [json, setJson] = useState('')
  const [when, setWhen] = useState('')
  const [busy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<{ asked: string; result: Result<Explained> }>()
  const fields = contextOf(reads.attributes, typed)
  const own = form === 'json' ? parse(json) : { value: fields.context }
  const ready = own.problem === undefined && Object.keys(form === 'json' ? {} : fields.wrong).length === 0
  const at = when === '' ? {} : { now: new Date(when).getTime() }
  const asked = JSON.stringify({ flag, context: own.value, ...at })

  async function ask(): Promise<void> {
    if (!ready || busy) return
    last.typed = typed
    setBusy(true)
    const result = await call<Explained>('POST', inEnvironment(project, environment, 'explain'), { body: JSON.parse(asked) })
    setBusy(false)
    setAnswer({ asked, result })
  }

  const choose = (next: Form): void => {
    if (next === 'json') setJson(JSON.stringify(fields.context, null, 2))
    setForm(next)
  }
  const asksNothing = reads.attributes.length === 0
  return (
    <Card
      title="Why does a visitor get this?" id="why"
      aside={<Segmented label="How to describe the visitor" value={form} options={FORMS} onValue={choose} />}
    >
      <form class="stack" onSubmit={(event) => { event.preventDefault(); void ask() }}>
        <p class="muted">
          {asksNothing
            ? 'This flag asks nothing of visitors now: everybody gets the same.'
            : 'Say what is known of a visitor, and see which rule decides and why. Nothing of it is kept.'}
        </p>
        {form === 'json'
          ? (
            <TextArea
              label="Context, as JSON" rows={6} spellcheck={false} value={json} onValue={setJson} problem={own.problem}
              class="document"
            />
          )
          : (!asksNothing || reads.time) && (
            <div class="visitor">
              <Fields reads={reads.attributes} typed={typed} wrong={fields.wrong} onTyped={setTyped} />
              {reads.time && <When value={when} onValue={setWhen} />}
            </div>
          )}
        {form === 'json' && reads.time && <When value={when} onValue={setWhen} />}
        <div class="actions">
          <Button type="submit" kind="primary" busy={busy} disabled={!ready}>Explain</Button>
        </div>
      </form>
      <div aria-live="polite" class="stack">
        {answer?.result.ok && (
          <>
            {(answer.asked !== asked || answer.result.value.version !== revision) && (
              <p class="tone-look small">
                {answer.asked !== asked ? 'The visitor is another one by now' : 'The flag has changed since'}: ask again.
              </p>
            )}
            {answer.result.value.explanations.map((one) => <Answer key={one.flag} explanation={one} />)}
          </>
        )}
      </div>
      {answer?.result.ok === false && <Problem pointers failure={answer.result} />}
    </Card>
  )
}

function Answer({ explanation }: { explanation: Explanation }) {
  const { headline, words, decision, warnings } = explanation
  return (
    <>
      <div class="answer">
        <h3>{headline}</h3>
        <p><Words>{words}</Words></p>
        <p class="muted small">
          value <Value value={decision.value} /> · reason <code>{decision.error ?? decision.reason}</code>
        </p>
      </div>
      {warnings.map(({ attribute, why }) => (
        <p key={attribute} class="pending-problem"><Icon name="look" size={18} /><span>{attribute} cannot be read. {why}</span></p>
      ))}
      <Path explanation={explanation} />
    </>
  )
}

function parse(text: string): { value?: unknown; problem?: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: `This is not JSON yet: ${error instanceof Error ? error.message : 'it ends early'}.` }
  }
}
