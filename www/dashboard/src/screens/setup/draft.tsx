import { useState } from 'preact/hooks'
import { call, inEnvironment, useLive, useWrite } from '../../api'
import { Button, Loaded, Problem, Status, TextArea, Time, toast } from '../../parts'
import type { Draft, EnvironmentKey, NoDraft } from '../../types'
import { AskApproval, Foresight, usePreview } from '../foresight'

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
  const kept = useLive<Draft | NoDraft>(inEnvironment(project, environment, 'draft'), 0)
  return (
    <Loaded live={published}>
      {(current) => (
        <Loaded live={kept}>
          {(draft) => (
            <Editor
              key={`${current.version} ${draft.revision}`} {...{ project, environment, current }}
              draft={draft.document === null ? undefined : draft}
              // The draft first: one that is published must not be asked about again.
              reload={async () => { await kept.refresh(); await published.refresh() }}
            />
          )}
        </Loaded>
      )}
    </Loaded>
  )
}

function Editor(
  { project, environment, current, draft, reload }:
  Where & { current: Published; draft?: Draft; reload(): Promise<void> },
) {
  const start = draft ? laidOut(draft.document) : written(documentOf(current))
  const [text, setText] = useState(start)
  const [kept, setKept] = useState(draft)
  const [saved, setSaved] = useState(start)
  const [published, setPublished] = useState(false)
  const write = useWrite()
  const path = inEnvironment(project, environment, 'draft')
  const parsed = parse(text)
  const dirty = text !== saved
  const settled = kept !== undefined && !dirty && kept.problems.length === 0
  // The draft itself is what would be published; its revision tells one from the next. One that is being published may be gone.
  const preview = usePreview('POST', `${path}/publish`, settled && !write.busy && !published ? `{}` : null, kept?.revision ?? 0)

  async function save(): Promise<void> {
    await keep(kept?.base ?? current.version)
  }

  /** Saves it as made from a version: the one that was read, and not what others have published meanwhile. */
  async function keep(base: number): Promise<void> {
    const done = await write.send<Draft>('PUT', `${path}?base=${base}`, parsed.value, kept?.revision ?? 0)
    if (!done) return
    setKept(done)
    setSaved(text)
  }

  async function publish(): Promise<void> {
    if ((await write.send('POST', `${path}/publish`, {}, kept?.revision)) === undefined) return
    setPublished(true)
    toast({ text: 'Published.', link: { label: 'History', href: `#/flags/${environment}?show=versions` } })
    await reload()
  }

  async function discard(): Promise<void> {
    if (kept) {
      const result = await call('DELETE', path, { revision: kept.revision })
      if (!result.ok) return toast({ tone: 'look', text: `${result.error} ${result.fix}` })
      setKept(undefined)
    }
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
      {kept && kept.changed.length > 0 && (
        <Behind
          draft={kept} newest={current.version} busy={write.busy || dirty}
          onLook={() => void reload()} onTaken={() => void keep(current.version)}
        />
      )}
      {settled && <Foresight preview={preview} />}
      {settled && preview?.ok && preview.value.approvable && (
        <AskApproval
          method="POST" path={`${path}/publish`} body={{}} revision={kept.revision} environment={environment}
          onAsked={() => void reload()}
        />
      )}
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

/** Others have published since it was begun: what would be taken back, and the way on. */
function Behind({ draft: { base, changed }, newest, busy, onLook, onTaken }: {
  draft: Draft; newest: number; busy: boolean; onLook(): void; onTaken(): void
}) {
  return (
    <div class="stack" role="status">
      <p>Since version {base} others have changed {changed.join(', ')}. It cannot be published before that is in it, too.</p>
      {newest > base
        ? <Button disabled={busy} onClick={onTaken}>It is in: make it upon version {newest}</Button>
        : <Button disabled={busy} onClick={onLook}>Look what is published</Button>}
    </div>
  )
}

const NOT_YET = { ok: false as const, status: 422, error: 'It cannot be published yet.', fix: '', current: null }

/** The answer holds the document beside its version, or is the document itself with the version in its ETag. */
const documentOf = (published: Published): unknown => (published.document === null ? FIRST : published.document ?? published)

/** Where nothing was published yet. */
const FIRST = { format: 1, flags: {} }

const written = (document: unknown): string => JSON.stringify(document, null, 2)

/** What was typed, in lines; as it is where it is no JSON. */
function laidOut(text: string): string {
  const { value, problem } = parse(text)
  return problem ? text : written(value)
}

function parse(text: string): { value?: unknown; problem?: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { problem: `This is not JSON yet: ${error instanceof Error ? error.message : 'it ends early'}.` }
  }
}
