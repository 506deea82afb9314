import { useState } from 'preact/hooks'
import { Card } from '../parts'
import { count, counted, percent } from '../words'
import { useAnswer } from './asking'
import type { Asking } from './asking'
import { Slider } from './slider'

const BASES = [0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5]
const LIFTS = [0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5]
const VISITORS = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]
const POWERS = [0.6, 0.7, 0.8, 0.9, 0.95]
const LONG = 42

/** How many visitors a change takes to be seen, and how long they take to come. */
export function SizeLesson({ ask }: { ask: Asking }) {
  const [base, setBase] = useState(0.1)
  const [lift, setLift] = useState(0.1)
  const [perDay, setPerDay] = useState(2000)
  const [power, setPower] = useState(0.8)
  const { value, failed } = useAnswer<{ units: number | null }>(ask, { ask: 'size', base, lift, power, others: 1 })
  const units = value?.units
  const days = units == null ? undefined : Math.ceil((2 * units) / perDay)
  return (
    <Card title="How many visitors does it take?">
      <div class="learn-sliders">
        <Slider label="Of all visitors, do it now" steps={BASES} value={base} say={(share) => percent(share)} onValue={(next) => setBase(next)} />
        <Slider label="You hope for" steps={LIFTS} value={lift} say={(share) => `${percent(share)} more`} onValue={(next) => setLift(next)} />
        <Slider label="Visitors a day" steps={VISITORS} value={perDay} say={count} onValue={(next) => setPerDay(next)} />
        <Slider label="If it is so, the test shows it" steps={POWERS} value={power} say={(share) => `${count(share * 100)} times in 100`} onValue={(next) => setPower(next)} />
      </div>
      {failed && <p role="alert">{failed}</p>}
      <p class="learn-answer" aria-live="polite">
        {units === null && 'No number of visitors shows that: more than everybody would do it.'}
        {units != null && days !== undefined && (
          <><strong>{count(2 * units)} visitors</strong>, half of them in each version: <strong>{counted(days, 'day')}</strong>{days > LONG && ', which is longer than most teams wait'}.</>
        )}
      </p>
      <p class="muted">
        Half the change takes four times the visitors. Too long? Try a bolder change, a metric nearer to it, or a page with more
        visitors. The size holds for reading every day, so it is larger than the textbook’s.
      </p>
    </Card>
  )
}
