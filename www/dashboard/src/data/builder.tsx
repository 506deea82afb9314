import { useMemo, useState } from 'preact/hooks'
import { inEnvironment, useLive, useWrite } from '../api'
import { Button, Card, LinkButton, Problem, problemAt, Segmented, Select, TextField, toast, useFirst, Words } from '../parts'
import { go } from '../router'
import { AskApproval, NewAdvice, Objections, usePreview } from '../screens/foresight'
import type { EnvironmentKey, Preview, Problem as Wrong, SeenEvent } from '../types'
import type { MetricScreen } from '../types/data'
import { count } from '../words'
import { dataPlace, metricPlace } from './address'
import { adds, caps, definitionOf, drafted, KINDS, propertiesOf } from './draft'
import type { Draft } from './draft'
import { FilterRows } from './filters'
import { Lately } from './lately'

interface Props {
  project: string
  environment: EnvironmentKey
  /** The metric that is changed; without one another is made. */
  metric?: MetricScreen
  /** The keys that are taken. */
  others?: string[]
  /** The version of the document that was read. */
  revision: number
  refresh(): Promise<void>
}

type Seen = Preview & { words: string | null }

/** Makes a metric or changes it. What the definition means stands in a sentence while it is written, checked by the compiler. */
export function MetricForm({ project, environment, metric, others = [], revision, refresh }: Props) {
  const [draft, setDraft] = useState<Draft>(() => drafted(metric?.key ?? '', metric?.metric ?? { event: '' }))
  const catalog = useLive<{ events: SeenEvent[] }>(inEnvironment(project, environment, 'events'), 30_000)
  const events = useMemo(() => [...(catalog.value?.events ?? [])].sort((one, other) => other.n - one.n), [catalog.value])
  const write = useWrite()
  const form = useFirst()
  const body = JSON.stringify(definitionOf(draft))
  const isNew = metric === undefined
  const taken = isNew && others.includes(draft.key)
  const badKey = draft.key !== '' && !/^[a-z][a-z0-9]*([-_.][a-z0-9]+)*$/i.test(draft.key)
  const ready = draft.key !== '' && !badKey && !taken && draft.event.trim() !== ''
  const changed = isNew || body !== JSON.stringify(definitionOf(drafted(metric.key, metric.metric)))
  const path = inEnvironment(project, environment, 'metrics', draft.key || 'new')
  const preview = usePreview<Seen>('PUT', path, ready ? body : null, revision)
  const set = (part: Partial<Draft>): void => {
    write.clear()
    setDraft((before) => ({ ...before, ...part }))
  }
  const failure = write.failure ?? (preview?.ok === false ? preview : undefined)
  const at = (field: string): string | undefined => problemAt(failure?.problems, `/metrics/${draft.key}/${field}`)
  const back = isNew ? dataPlace(environment, 'metrics') : metricPlace(environment, metric.key)

  async function save(event: Event): Promise<void> {
    event.preventDefault()
    if ((await write.send('PUT', path, definitionOf(draft), revision)) === undefined) return
    toast({ text: isNew ? `${draft.key} is measured from now on, and from what is kept.` : `${draft.key} is changed.` })
    await refresh()
    go(metricPlace(environment, draft.key))
  }

  return (
    <Card title={isNew ? 'A new metric' : 'Change its definition'}>
      <form ref={form} class="stack" onSubmit={(event) => void save(event)}>
        {isNew && (
          <TextField
            label="Key" hint="What plans and documents call it, such as revenue" value={draft.key} spellcheck={false} autoComplete="off"
            onValue={(typed) => set({ key: typed.replaceAll(/\s+/g, '-') })}
            problem={badKey ? 'Letters, digits and single hyphens between them.' : taken ? 'There is one with this key already.' : undefined}
          />
        )}
        <TextField label="What is it for? (optional)" value={draft.description} onValue={(description) => set({ description })} />
        <EventField label="Event" value={draft.event} events={events} onValue={(event) => set({ event })} problem={at('event')} />
        <Select label="What counts" value={draft.kind} options={KINDS} onValue={(kind) => set({ kind })} />
        {draft.kind === 'ratio' && (
          <div class="row">
            <Segmented
              label="Above the line" value={draft.sum ? 'sum' : 'count'} onValue={(how) => set({ sum: how === 'sum' })}
              options={[{ value: 'count', label: 'how often' }, { value: 'sum', label: 'what values add up to' }]}
            />
          </div>
        )}
        {adds(draft) && <ValueField label="Which value" event={draft.event} {...{ draft, events }} value={draft.value} onValue={(value) => set({ value })} problem={at('measure/value')} />}
        <FilterRows
          label="Only events where" event={draft.event} filters={draft.where} properties={propertiesOf(events, draft.event)} onFilters={(where) => set({ where })}
          problem={at('measure/where')}
        />
        {draft.kind === 'ratio' && <Per {...{ draft, events, set }} problem={at('measure/per') ?? at('measure/per/event')} />}
        <Limits {...{ draft, set, at }} />
        <div class="pending" role="group" aria-label="What it means">
          <div class="stack" aria-live="polite">
            {!ready && <p class="muted">Name it and choose an event, and what it means stands here.</p>}
            {ready && !preview && <p class="muted">Reading it …</p>}
            {preview?.ok && (
              <>
                <p class="lead"><Words>{preview.value.words ?? ''}</Words></p>
                {!isNew && changed && <p class="small"><span class="muted">Now:</span> <Words>{metric.words}</Words></p>}
                <Lately {...{ project, environment }} definition={body} direction={draft.direction} />
                {!write.failure && <Objections problems={preview.value.problems} />}
                <NewAdvice advice={preview.value.advice.filter(({ code, pointer }) => code !== 'unused' || !pointer.endsWith(`/${draft.key}`))} />
              </>
            )}
          </div>
          {failure && <Problem failure={failure}>{isRunning(failure.problems) && <Locked metric={metric} />}</Problem>}
          {preview?.ok && preview.value.approvable && (
            <AskApproval {...{ path, environment, revision }} body={definitionOf(draft)} method="PUT" onAsked={() => go(back)} />
          )}
          <div class="actions">
            <Button kind="primary" type="submit" busy={write.busy} disabled={!ready || !changed || preview?.ok === false}>
              {isNew ? 'Make the metric' : 'Save the change'}
            </Button>
            <LinkButton kind="quiet" href={back}>Cancel</LinkButton>
          </div>
        </div>
      </form>
    </Card>
  )
}

const isRunning = (problems: Wrong[]): boolean => problems.some(({ code }) => code === 'run')

/** The way out of what a run holds fast. */
function Locked({ metric }: { metric: MetricScreen | undefined }) {
  const running = metric?.uses.filter(({ state }) => state === 'running') ?? []
  return (
    <p>
      {running.map(({ experiment, title }) => <a key={experiment} href={`#/experiments/${experiment}`}>{title} </a>)}
      Only what it is called may change meanwhile. Or make a metric with another key.
    </p>
  )
}

/** An event that has come in, or one that is still to come. */
function EventField({ label, value, events, onValue, problem }: {
  label: string; value: string; events: SeenEvent[]; onValue(value: string): void; problem?: string
}) {
  const [typing, setTyping] = useState(false)
  const known = events.some(({ name }) => name === value)
  const seen = events.filter(({ n, name }) => n > 0 || name === value)
  if (typing || (value !== '' && !known) || (events.length === 0 && value === '')) {
    return (
      <TextField
        label={label} value={value} onValue={(next) => { setTyping(true); onValue(next) }} spellcheck={false} autoComplete="off" problem={problem}
        hint={events.length === 0 ? 'No event has come in yet; name the one that you are going to send.' : 'An event of this name has not come in yet.'}
      />
    )
  }
  return (
    <Select
      label={label} value={value} problem={problem}
      onValue={(next) => (next === '…' ? (setTyping(true), onValue('')) : onValue(next))}
      options={[
        ...(value === '' ? [{ value: '', label: 'Choose an event' }] : []),
        ...seen.map(({ name, n }) => ({ value: name, label: `${name} (${count(n)} so far)` })), { value: '…', label: 'Another one …' },
      ]}
    />
  )
}

function ValueField({ label, event, events, value, onValue, problem }: {
  label: string; event: string; events: SeenEvent[]; value: string; onValue(value: string): void; problem?: string
}) {
  const names = [...new Set([...propertiesOf(events, event), ...(value ? [value] : [])])]
  return (
    <Select
      label={label} value={value} onValue={onValue} problem={problem}
      options={[{ value: '', label: 'the event’s own value' }, ...names.map((name) => ({ value: name, label: name }))]}
    />
  )
}

/** Below the line of a ratio. */
function Per({ draft: { per }, events, set, problem }: { draft: Draft; events: SeenEvent[]; set(part: Partial<Draft>): void; problem?: string }) {
  const change = (part: Partial<Draft['per']>): void => set({ per: { ...per, ...part } })
  return (
    <div class="stack per">
      <EventField label="Divided by the event" value={per.event} events={events} onValue={(event) => change({ event })} problem={problem} />
      <div class="row">
        <Segmented
          label="Below the line" value={per.sum ? 'sum' : 'count'} onValue={(how) => change({ sum: how === 'sum' })}
          options={[{ value: 'count', label: 'how often' }, { value: 'sum', label: 'what values add up to' }]}
        />
      </div>
      {per.sum && <ValueField label="Which value below the line" event={per.event} events={events} value={per.value} onValue={(value) => change({ value })} />}
      <FilterRows label="Only those where" event={per.event} filters={per.where} properties={propertiesOf(events, per.event)} onFilters={(where) => change({ where })} />
    </div>
  )
}

/** Until when, how much and which way: with defaults that fit most. */
function Limits({ draft, set, at }: { draft: Draft; set(part: Partial<Draft>): void; at(field: string): string | undefined }) {
  const box = (field: keyof Draft, label: string, hint: string, name: string = field) => (
    <TextField
      label={label} hint={hint} inputMode="decimal" value={String(draft[field])} problem={at(`measure/${name}`)} autoComplete="off"
      onValue={(value) => set({ [field]: value })}
    />
  )
  return (
    <>
      <div class="row">
        <Segmented
          label="Which way is good" value={draft.direction} onValue={(direction) => set({ direction })}
          options={[{ value: 'up', label: 'More is better' }, { value: 'down', label: 'Less is better' }]}
        />
      </div>
      <div class="two">
        {draft.kind === 'retention'
          ? <>{box('from', 'From day', '1 begins 24 hours after a visitor met their version', 'days')}{box('to', 'To day', 'that day included')}</>
          : box('hours', 'Within hours (optional)', '24 is a day, 336 are two weeks; empty is for ever')}
        {caps(draft) && box('cap', 'Cap (optional)', 'What a visitor’s number is cut off at, so that one of them cannot decide')}
      </div>
      {adds(draft) && (
        <div class="two">
          <TextField
            label="Currency (optional)" hint="Three letters, such as EUR; others are converted by the document’s rates" value={draft.currency}
            onValue={(currency) => set({ currency })} problem={at('measure/currency')} autoComplete="off" spellcheck={false}
          />
          {!draft.currency && (
            <TextField
              label="Unit (optional)" hint="Such as ms: for words" value={draft.unit} onValue={(unit) => set({ unit })} problem={at('measure/unit')}
              autoComplete="off" spellcheck={false}
            />
          )}
        </div>
      )}
      <details class="fold">
        <summary>More</summary>
        <div class="two">
          {adds(draft) && !draft.currency && box('scale', 'Decimals (optional)', 'Digits that values keep, 0 to 6')}
          {draft.kind === 'quantile' && box('quantile', 'Of 100 values, how many stay below (optional)', '75 if it is empty')}
          {draft.kind === 'quantile' && box('thresholds', 'Thresholds (optional)', 'Values at which visitors are compared, at most eight, with commas between them')}
          {draft.kind !== 'quantile' && draft.kind !== 'time'
            && box('before', 'Days before (optional)', 'What a visitor did in so many days before is taken out, so that less is left to chance')}
        </div>
        {draft.kind === 'time' && <p class="muted">Nothing else is asked of this kind.</p>}
      </details>
    </>
  )
}
