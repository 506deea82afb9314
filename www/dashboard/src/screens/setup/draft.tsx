import { useState } from 'preact/hooks'
import { call, inEnvironment, useLive, useWrite } from '../../api'
import { Button, Loaded, Problem, Status, TextArea, Time, toast } from '../../parts'
import type { Draft, EnvironmentKey } from '../../types'

interface Published {
  version: number
  document: unknown
}

interface Where {
  project: string
  environment: EnvironmentKey
}

/** A document in the making: saved as a draft, with everything that is wrong with it, and then published as a whole. */
export function DraftEditor({ project, environment }: Where) {
  const published = useLive<Published>(inEnvironment(project, environment, 'document'), 0)
  const draft = useLive<Draft>(inEnvironment(project, environment, 'draft'), 0)
  // No draft is the usual case and no failure; an engine may also answer with one that has no document.
  const begun = draft.value?.document ? draft.value : undefined
  const settled = draft.value !== undefined || draft.failure !== undefined
  return (
    <Loaded live={published}>
      {(current) => settled && (
        <Editor
          key={`${current.version} ${draft.value?.revision}`} {...{ project, environment, current }} draft={begun}
          reload={async () => { await published.refresh(); await draft.refresh() }}
        />
      )}
    </Loaded>
  )
}

function Editor(
  { project, environment, current, draft, reload }:
  Where & { current: Published; draft?: Draft; reload(): Promise<void> },
) {
  const start = written(draft?.document ?? documentOf(current))
  const [text, setText] = useState(start)
  const [kept, setKept] = useState(draft)
  const [saved, setSaved] = useState(start)
  const write = useWrite()
  const path = inEnvironment(project, environment, 'draft')
  const parsed = parse(text)
  const dirty = text !== saved

  async function save(): Promise<void> {
    const done = await write.send<Draft>('PUT', path, parsed.value, kept?.revision ?? 0)
    if (!done) return
    setKept(done)
    setSaved(text)
  }

  async function publish(): Promise<void> {
    if ((await write.send('POST', `${path}/publish`, {}, kept?.revision)) === undefined) return
    toast({ text: 'Published.', link: { label: 'History', href: `#/flags/${environment}?show=versions` } })
    await reload()
  }

  async function discard(): Promise<void> {
    const result = await call('DELETE', path, { revision: kept?.revision })
    if (!result.ok && result.status !== 404) return toast({ tone: 'look', text: `${result.error} ${result.fix}` })
    setKept(undefined)
    setText(written(documentOf(current)))
    setSaved(written(documentOf(current)))
  }

  return (
    <div class="stack">
      <TextArea
        class="document" label="Document, as JSON" rows={18} spellcheck={false} value={text} onValue={setText}
        problem={parsed.problem}
        hint={kept && <>A draft by {kept.who}, <Time at={kept.at} />, made from version {kept.base}.</>}
      />
      {kept && !dirty && (kept.problems.length > 0
        ? <Problem pointers failure={{ ...NOT_YET, problems: kept.problems }} />
        : <Status tone="ok">Nothing is wrong with it.</Status>)}
      {write.failure && <Problem pointers failure={write.failure} />}
      <div class="actions">
        <Button busy={write.busy} disabled={!dirty || parsed.problem !== undefined} onClick={() => void save()}>
          Save the draft
        </Button>
        <Button
          kind="primary" busy={write.busy} disabled={!kept || dirty || kept.problems.length > 0}
          onClick={() => void publish()}
        >
          Publish
        </Button>
        {(kept || dirty) && <Button kind="quiet" onClick={() => void discard()}>Discard</Button>}
      </div>
    </div>
  )
}

const NOT_YET = { ok: false as const, status: 422, error: 'It cannot be published yet.', fix: '', current: null }

/** The answer holds the document beside its version, or is the document itself with the version in its ETag. */
const documentOf = (published: Published): unknown => published.document ?? published

const written = (document: unknown): string => JSON.stringify(document, null, 2)

function parse(text: string): { value?: unknown; problem?: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: `This is not JSON yet: ${error instanceof Error ? error.message : 'it ends early'}.` }
  }
}
