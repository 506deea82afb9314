import { Card, Loaded, Select } from '../parts'
import { chosen } from '../teams/filter'
import type { MetricScreen } from '../types/data'
import type { Live } from '../api'
import { count, percent } from '../words'
import { sampleOf } from './visitors'
import type { Visitors } from './visitors'

/** Steps before the metric's own event. */
const MOST = 3

/** The steps that an address holds; where it says nothing, the event that a ratio divides by. */
export function stepsOf(asked: string | null, { metric: { event, measure } }: MetricScreen): string[] {
  const named = asked === null ? [measure?.per?.event ?? ''] : asked.split(',')
  return named.filter((name) => name !== '' && name !== event).slice(0, MOST)
}

/** How many visitors of all traffic went from one event to the next. The address holds the steps. */
export function Steps({ live, before, metric: { metric: { event }, happened } }: {
  live: Live<Visitors>; before: string[]; metric: MetricScreen
}) {
  const names = Object.keys(happened).filter((name) => name !== event).sort((one, other) => happened[other]! - happened[one]!)
  const put = (place: number, name: string): void => {
    const next = [...before]
    if (name) next[place] = name
    else next.splice(place, 1)
    // “No step” has to be said, where the metric itself suggests one.
    chosen('steps', next.length > 0 ? next.join(',') : ',')
  }
  const places = before.length < MOST && names.length > before.length ? [...before, ''] : before
  return (
    <Card title="Steps before it" aside="visitors of the last 14 whole days">
      {places.length > 0 && (
        <div class="row row-end">
          {places.map((name, place) => (
            <Select
              key={place} label={`Step ${place + 1}`} class="field-inline" value={name} onValue={(next) => put(place, next)}
              options={[
                { value: '', label: name ? 'Take this step away' : 'Choose an event' },
                ...names.filter((one) => one === name || !before.includes(one)).map((one) => ({ value: one, label: one })),
                ...(name && !names.includes(name) ? [{ value: name, label: name }] : []),
              ]}
            />
          ))}
        </div>
      )}
      <Loaded live={live} lines={4}>{(visitors) => <Funnel visitors={visitors} />}</Loaded>
    </Card>
  )
}

function Funnel({ visitors }: { visitors: Visitors }) {
  const { steps } = visitors
  const came = steps[0]?.n ?? 0
  if (came === 0) return <p class="muted">No visitor did anything that is an event in the last fourteen whole days.</p>
  return (
    <>
      <ol class="metric-steps">
        {steps.map(({ event, n }, place) => {
          const last = steps[place - 1]
          return (
            <li key={`${place} ${event}`}>
              <p class="steps-name">
                <span>{event === null ? 'Anything that is an event' : <code>{event}</code>}</span>
                <strong>{count(n)} {place === 0 ? (n === 1 ? 'visitor' : 'visitors') : ''}</strong>
              </p>
              <svg class="steps-bar" viewBox="0 0 100 10" preserveAspectRatio="none" width="100%" height="10" aria-hidden="true">
                <rect width={(100 * n) / came} height="10" />
              </svg>
              {last && (
                <p class="small muted">
                  {last.n > 0 ? `${percent(n / last.n)} of those ${place === 1 ? 'who did anything' : 'of the step before'}` : 'nobody to go on'}
                  {place > 1 && `, ${percent(n / came)} of all`}
                </p>
              )}
            </li>
          )
        })}
      </ol>
      <p class="hint">
        Each visitor counts once for a step, if they did it at the time of the step before or later. {sampleOf(visitors)}
      </p>
    </>
  )
}
