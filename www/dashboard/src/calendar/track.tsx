import type { CalendarTest } from '../types/teams'
import { date } from '../words'
import { placed, within } from './weeks'
import type { Shown } from './weeks'

/** When the weeks begin. Who listens hears each test's days beside it. */
export function Weeks({ shown, zone, now }: { shown: Shown; zone: string; now: number }) {
  const starts = shown.slice(0, -1).filter((_, place) => place % 4 === 0)
  return (
    <div class="calendar-weeks" aria-hidden="true">
      {starts.map((at) => <span key={at}>{date(at, zone)}</span>)}
      {within({ from: now, to: now + 1 }, shown) && <span class="calendar-now" style={{ left: placed({ from: now, to: now + 1 }, shown).left }}>today</span>}
    </div>
  )
}

/** A test as a bar: what has come to pass is full, what is planned or forecast has an outline. */
export function Track({ test, shown, now }: { test: CalendarTest; shown: Shown; now: number }) {
  const past = { from: test.from, to: Math.min(test.to, now) }
  const coming = { from: Math.max(test.from, now), to: test.to }
  const spans = [...test.earlier, ...(past.to > past.from && test.state !== 'draft' ? [past] : [])]
  const today = { from: now, to: now + 1 }
  return (
    <div class="calendar-track" aria-hidden="true">
      {spans.filter((span) => within(span, shown)).map((span) => <span key={span.from} class="bar" style={placed(span, shown)} />)}
      {coming.to > coming.from && within(coming, shown) && <span class="bar bar-coming" style={placed(coming, shown)} />}
      {within(today, shown) && <span class="calendar-today" style={{ left: placed(today, shown).left }} />}
    </div>
  )
}
