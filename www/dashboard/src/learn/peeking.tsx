import { Button, Card, Progress } from '../parts'
import { count } from '../words'
import { useSimulation } from './asking'
import type { Asking } from './asking'
import { PEEKING } from './simulate'
import type { Peeked } from './simulate'

/** A thousand tests of a page against itself, looked at every day in two ways. */
export function PeekingLesson({ ask }: { ask: Asking }) {
  const { so, busy, failed, start } = useSimulation<Peeked>(ask, 'peeking')
  return (
    <Card title="Watch a thousand tests of nothing">
      <p>
        Both versions are the same page, so there is nothing to find. {count(2 * PEEKING.perDay)} visitors come each day
        for {PEEKING.days} days, and somebody looks every evening. How many tests show “a difference” at least once?
      </p>
      <div class="actions">
        <Button kind="primary" busy={busy} onClick={start}>{so && !busy ? 'Watch another thousand' : 'Watch'}</Button>
      </div>
      {failed && <p role="alert">{failed}</p>}
      {busy && <Progress value={so?.tests ?? 0} max={PEEKING.tests} label={`${count(so?.tests ?? 0)} of ${count(PEEKING.tests)} tests`} />}
      {so && <Fooled so={so} />}
      {so && !busy && <TheNumbers so={so} />}
      <p class="muted">
        The textbook’s test errs in 5 of 100 if one looks once, at a day fixed before. Whoever looks every day until it shows
        something is fooled far more often. What this console prints stays true at every look together.
      </p>
    </Card>
  )
}

const percentOf = (n: number, tests: number): number => (tests === 0 ? 0 : Math.round((1000 * n) / tests) / 10)

function Fooled({ so }: { so: Peeked }) {
  const last = PEEKING.days - 1
  const [fixed, anytime] = [percentOf(so.fixed[last] ?? 0, so.tests), percentOf(so.anytime[last] ?? 0, so.tests)]
  return (
    <div class="learn-both" aria-live="off">
      <Line title="The textbook’s test, every day" tone="stop" days={so.fixed} tests={so.tests} end={fixed} />
      <Line title="What this console prints, every day" tone="ok" days={so.anytime} tests={so.tests} end={anytime} />
    </div>
  )
}

/** The share of tests that were fooled so far, day by day. */
function Line({ title, tone, days, tests, end }: { title: string; tone: 'stop' | 'ok'; days: number[]; tests: number; end: number }) {
  const most = 50
  const x = (day: number): number => (day * 300) / (PEEKING.days - 1)
  const y = (n: number): number => 100 - (100 * Math.min(percentOf(n, tests), most)) / most
  return (
    <figure class={`learn-line tone-${tone}`}>
      <figcaption>{title}</figcaption>
      <p class="learn-figure"><strong>{end} %</strong> <span class="muted">were fooled by day {PEEKING.days}</span></p>
      <svg viewBox="0 -4 300 108" role="img" aria-label={`${title}: ${end} percent of the tests showed a difference at least once.`}>
        <path class="learn-promise" d={`M0 ${y(0.05 * tests)}H300`} />
        <path class="learn-path" d={days.map((n, day) => `${day === 0 ? 'M' : 'L'}${x(day)} ${y(n)}`).join('')} />
      </svg>
      <p class="hint">The dashed line is the promise: 5 in 100.</p>
    </figure>
  )
}

function TheNumbers({ so }: { so: Peeked }) {
  const days = [0, 6, 13, 20, 27]
  return (
    <details class="fold">
      <summary>The numbers as a table</summary>
      <table class="table">
        <caption class="unseen">Tests that showed a difference at least once, of {count(so.tests)}</caption>
        <thead><tr><th scope="col">Until day</th><th scope="col" class="number">Textbook’s</th><th scope="col" class="number">This console’s</th></tr></thead>
        <tbody>
          {days.map((day) => (
            <tr key={day}>
              <td data-title="Until day">{day + 1}</td><td class="number" data-title="Textbook’s">{so.fixed[day]}</td>
              <td class="number" data-title="This console’s">{so.anytime[day]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
