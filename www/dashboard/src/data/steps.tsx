import { Card, Select } from '../parts'
import type { Route } from '../router'
import { chosen } from '../teams/filter'
import type { MetricScreen } from '../types/data'
import { count, percent } from '../words'

/** Steps before the metric's own event. */
const MOST = 3

/**
 * From one event to the next, in all traffic of the last fourteen whole days. They are counts of events: all traffic is
 * counted without saying whose it is. The address holds the steps.
 */
export function Steps({ route, metric: { metric: { event, measure }, happened } }: { route: Route; metric: MetricScreen }) {
  const asked = route.query.get('steps')
  const first = asked === null ? [measure?.per?.event ?? ''] : asked.split(',')
  const before = first.filter((name) => name !== '' && name !== event).slice(0, MOST)
  const names = Object.keys(happened).filter((name) => name !== event).sort((one, other) => happened[other]! - happened[one]!)
  if (names.length === 0) return null
  const put = (place: number, name: string): void => {
    const next = [...before]
    if (name) next[place] = name
    else next.splice(place, 1)
    // “No step” has to be said, where the metric itself suggests one.
    chosen('steps', next.length > 0 ? next.join(',') : ',')
  }
  const steps = [...before, event].map((name) => ({ name, n: happened[name] ?? 0 }))
  const most = Math.max(1, ...steps.map(({ n }) => n))
  const places = before.length < MOST ? [...before, ''] : before
  return (
    <Card title="Steps before it" aside="events of the last 14 whole days">
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
      {before.length > 0 && (
        <ol class="metric-steps">
          {steps.map(({ name, n }, place) => {
            const last = place > 0 ? steps[place - 1]!.n : 0
            return (
              <li key={name}>
                <p class="steps-name"><code>{name}</code> <strong>{count(n)}</strong></p>
                <svg class="steps-bar" viewBox="0 0 100 10" preserveAspectRatio="none" width="100%" height="10" aria-hidden="true">
                  <rect width={(100 * n) / most} height="10" />
                </svg>
                {place > 0 && <p class="small muted">{last > 0 ? `${percent(n / last)} as often as “${steps[place - 1]!.name}”` : 'nothing to compare with'}</p>}
              </li>
            )
          })}
        </ol>
      )}
      <p class="hint">How often each event happened, whoever did it: one visitor may do one twice, and another not at all.</p>
    </Card>
  )
}
