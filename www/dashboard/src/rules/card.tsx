import { useState } from 'preact/hooks'
import { inEnvironment, useWrite } from '../api'
import { Button, Card, Icon, Loaded, NumberField, Problem, Select, toast } from '../parts'
import { wordsOf } from '../screens/condition'
import { Differences } from '../screens/differences'
import { useDocument } from '../screens/document'
import { AskApproval, Foresight, usePreview } from '../screens/foresight'
import type { EnvironmentKey, Flag } from '../types'
import type { Document, Rule, Segment } from '../types/document'
import { AsksForm } from './asks'
import { draftOf, lack, ruleOf } from './form'
import type { Draft, Simple } from './form'
import { Said } from './said'
import { canSay, SegmentForm } from './segment'
import './rules.css'

interface Where {
  project: string
  environment: EnvironmentKey
  flag: Flag
  /** What is current. */
  revision: number
  refresh(): Promise<void>
}

/** A flag's rules in words, and the form that changes them: whom that moves is told before anything is saved. */
export function Rules(where: Where) {
  const { project, environment, revision } = where
  const live = useDocument(project, environment, revision)
  const [editing, setEditing] = useState(false)
  const published = live.value
  return (
    <Card
      title="Rules" id="rules"
      aside={!editing && where.flag.locked === null && <Button small onClick={() => setEditing(true)}>Change the rules</Button>}
    >
      <Loaded live={live} lines={2}>
        {({ document }) => {
          const own = document?.flags[where.flag.key]
          if (!own || !document || !published) return null
          return editing
            ? <Editor {...where} document={document} version={published.version} onClose={() => setEditing(false)} />
            : <InWords rules={own.rules ?? []} otherwise={own.otherwise} />
        }}
      </Loaded>
    </Card>
  )
}

function InWords({ rules, otherwise }: { rules: Rule[]; otherwise: string }) {
  return (
    <>
      {rules.length > 0 && (
        <ol class="rules">
          {rules.map((rule, index) => <li key={index}><strong>Rule {index}</strong> <Said rule={rule} /></li>)}
        </ol>
      )}
      <p class="muted">{rules.length === 0 ? 'There are none, so everybody gets' : 'Whoever is in none of them gets'} <code>{otherwise}</code>.</p>
    </>
  )
}

function Editor({ project, environment, flag, document, version, refresh, onClose }: Where & {
  document: Document; version: number; onClose(): void
}) {
  const own = document.flags[flag.key]!
  const [drafts, setDrafts] = useState<Draft[]>(() => (own.rules ?? []).map(draftOf))
  const [segments, setSegments] = useState(document.segments ?? {})
  const [segment, setSegment] = useState<string>()
  const write = useWrite()
  const rules = drafts.map((draft) => ruleOf(draft, `${flag.key}-rollout`))
  const incomplete = drafts.some(({ simple }) => simple?.asks.some(lack))
  const next: Document = { ...document, flags: { ...document.flags, [flag.key]: { ...own, rules } } }
  if (Object.keys(segments).length > 0) next.segments = segments
  const [before, after] = [[own.rules ?? [], document.segments ?? {}], [rules, segments]]
  const changed = JSON.stringify(before) !== JSON.stringify(after)
  const path = `${inEnvironment(project, environment, 'document')}?${new URLSearchParams({ flag: flag.key })}`
  const preview = usePreview('PUT', path, changed && !incomplete ? JSON.stringify(next) : null, version)
  const names = Object.keys(segments)

  const put = (place: number, simple: Simple): void => {
    write.clear()
    setDrafts(drafts.with(place, { ...drafts[place]!, simple }))
  }
  const move = (place: number, by: number): void => {
    const other = drafts[place + by]!
    setDrafts(drafts.with(place + by, drafts[place]!).with(place, other))
  }
  const add = (): void => {
    const id = Math.max(-1, ...drafts.map((draft) => draft.id)) + 1
    // It takes nobody before somebody says how many: more at once than a step is refused in production.
    const simple: Simple = { joined: 'all', asks: [{ not: false, verb: 'equals', attribute: '', value: '' }], serve: flag.variant, share: 0 }
    // Before what is for everybody, behind which nobody would come to it.
    const end = drafts.findIndex(({ simple }) => simple?.asks.length === 0)
    setDrafts(drafts.toSpliced(end < 0 ? drafts.length : end, 0, { id, rule: {}, simple }))
  }
  async function save(): Promise<void> {
    if ((await write.send('PUT', path, next, version)) === undefined) return
    toast({ text: `The rules of ${flag.key} are changed.`, link: { label: 'History', href: `#/flags/${environment}?show=versions` } })
    await refresh()
    onClose()
  }
  return (
    <>
      <p class="muted">The first rule that is for a visitor decides. A share takes some of them; the others go on to the next rule.</p>
      <ol class="rules rules-form">
        {drafts.map((draft, place) => (
          <li key={draft.id}>
            <RuleForm
              {...{ draft, place, flag }} last={drafts.length - 1} segments={names} onSimple={(simple) => put(place, simple)}
              onMove={(by) => move(place, by)} onRemove={() => setDrafts(drafts.filter((other) => other !== draft))}
            />
          </li>
        ))}
      </ol>
      <div class="actions"><Button icon="plus" onClick={add}>Add a rule</Button></div>
      <Segments segments={segments} onNew={() => setSegment('')} onChange={setSegment} />
      {segment !== undefined && (
        <SegmentForm
          key={segment} name={segment || undefined} segment={segments[segment]} taken={names} onClose={() => setSegment(undefined)}
          onDone={(name, made) => { setSegments({ ...segments, [name]: made }); setSegment(undefined) }}
        />
      )}
      {changed && !incomplete && (
        <div role="group" aria-label="The rules before you save them" class="stack">
          <Differences label="What changes" before={{ rules: before[0], segments: before[1] }} after={{ rules: after[0], segments: after[1] }} />
          <Foresight preview={preview} />
        </div>
      )}
      {incomplete && <p class="muted" role="status">A condition is not complete yet.</p>}
      {write.failure && <Problem pointers failure={write.failure} />}
      {preview?.ok && preview.value.approvable && (
        <AskApproval {...{ path, environment }} method="PUT" body={next} revision={version} onAsked={onClose} />
      )}
      <div class="actions">
        <Button kind="primary" busy={write.busy} disabled={!changed || incomplete} onClick={() => void save()}>Save the rules</Button>
        <Button kind="quiet" onClick={onClose}>Discard</Button>
      </div>
    </>
  )
}

function RuleForm({ draft: { rule, simple }, place, last, flag, segments, onSimple, onMove, onRemove }: {
  draft: Draft; place: number; last: number; flag: Flag; segments: string[]
  onSimple(simple: Simple): void; onMove(by: number): void; onRemove(): void
}) {
  return (
    <fieldset class="rule-form">
      <legend class="unseen">Rule {place}</legend>
      <div class="row row-apart">
        <strong aria-hidden="true">Rule {place}</strong>
        <span class="row">
          {place > 0 && <Button small kind="quiet" aria-label={`Move rule ${place} up`} onClick={() => onMove(-1)}>Up</Button>}
          {place < last && <Button small kind="quiet" aria-label={`Move rule ${place} down`} onClick={() => onMove(1)}>Down</Button>}
          <Button small kind="quiet" aria-label={`Remove rule ${place}`} onClick={onRemove}>Remove</Button>
        </span>
      </div>
      {simple ? (
        <>
          {simple.asks.length === 0 && <p>Everybody who comes to it.</p>}
          <AsksForm asks={simple} segments={segments} onAsks={(asks) => onSimple({ ...simple, ...asks })} />
          <div class="row">
            <Select
              label="Serves" class="field-inline" value={simple.serve} onValue={(serve) => onSimple({ ...simple, serve })}
              options={flag.variants.map(({ key }) => ({ value: key, label: key }))}
            />
            <NumberField
              label="to" class="field-inline" unit="% of them" min={0} max={100} step="any" value={simple.share}
              onValue={(share) => onSimple({ ...simple, share: Math.min(100, Math.max(0, share)) })}
            />
          </div>
        </>
      ) : <p><Said rule={rule} /> <span class="muted">The form has no words for it; the document has.</span></p>}
    </fieldset>
  )
}

function Segments({ segments, onNew, onChange }: { segments: Record<string, Segment>; onNew(): void; onChange(name: string): void }) {
  return (
    <details class="fold">
      <summary>Segments: groups of visitors that rules can name</summary>
      <div class="stack">
        <ul class="rules">
          {Object.entries(segments).map(([name, segment]) => (
            <li key={name} class="row row-apart">
              <span><strong>{name}</strong> {segment.serverOnly && <Icon name="lock" size={16} title="Browsers never hear of it" />} <span class="muted">{wordsOf(segment.if)}</span></span>
              {canSay(segment) && <Button small aria-label={`Change the segment ${name}`} onClick={() => onChange(name)}>Change</Button>}
            </li>
          ))}
        </ul>
        <div class="actions"><Button small icon="plus" onClick={onNew}>New segment</Button></div>
      </div>
    </details>
  )
}
