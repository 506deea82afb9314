import type { CalendarTest } from '../types/teams'
import { date } from '../words'
import { placed, WEEK, WEEKS, within } from './weeks'

/** When the weeks begin. Who listens hears each test's days beside it. */
export function Weeks({ from }: { from: number }) {
  const starts = Array.from({ length: WEEKS / 4 }, (_, place) => from + place * 4 * WEEK)
  return <div class="calendar-weeks" aria-hidden="true">{starts.map((at) => <span key={at}>{date(at)}</span>)}</div>
}

/** A test as a bar: what has come to pass is full, what is planned or forecast has an outline. */
export function Track({ test, from, now }: { test: CalendarTest; from: number; now: number }) {
  const past = { from: test.from, to: Math.min(test.to, now) }
  const coming = { from: Math.max(test.from, now), to: test.to }
  const spans = [...test.earlier, ...(past.to > past.from && test.state !== 'draft' ? [past] : [])]
  const today = { from: now, to: now + 1 }
  return (
    <div class="calendar-track" aria-hidden="true">
      {spans.filter((span) => within(span, from)).map((span) => <span key={span.from} class="bar" style={placed(span, from)} />)}
      {coming.to > coming.from && within(coming, from) && <span class="bar bar-coming" style={placed(coming, from)} />}
      {within(today, from) && <span class="calendar-today" style={{ left: placed(today, from).left }} />}
    </div>
  )
}
