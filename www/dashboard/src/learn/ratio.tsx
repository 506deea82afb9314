import { useState } from 'preact/hooks'
import { Card, Status } from '../parts'
import { count, percent } from '../words'
import { useAnswer } from './asking'
import type { Asking } from './asking'
import { Slider } from './slider'

const UNITS = [100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000]
const MISSING = [0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3]

interface Read {
  sampleRatio: { alarm: boolean; words: string }
}

/** When two counts that should be equal are too far apart to be chance. */
export function RatioLesson({ ask }: { ask: Asking }) {
  const [units, setUnits] = useState(5000)
  const [missing, setMissing] = useState(0.03)
  const lost = Math.round(units * (1 - missing))
  const arms = [{ variant: 'old', units }, { variant: 'new', units: lost }].map((arm) => ({ ...arm, weight: 1, converted: 0 }))
  const { value, failed } = useAnswer<Read>(ask, { ask: 'read', control: 'old', arms })
  return (
    <Card title="Were both versions counted alike?">
      <div class="learn-sliders">
        <Slider label="Visitors of the old version" steps={UNITS} value={units} say={count} onValue={(next) => setUnits(next)} />
        <Slider label="Of the new one’s visitors, nobody told us about" steps={MISSING} value={missing} say={(share) => percent(share)} onValue={(next) => setMissing(next)} />
      </div>
      {failed && <p role="alert">{failed}</p>}
      <div class="learn-answer" aria-live="polite">
        {value && (
          <>
            <p>{count(units)} old, {count(lost)} new, where as many were planned.</p>
            <Status tone={value.sampleRatio.alarm ? 'stop' : 'ok'}>{value.sampleRatio.words}</Status>
          </>
        )}
      </div>
      <p class="muted">
        Who is missing is seldom anybody: often it is those for whom the new version is slow or broken, and that makes it look
        better than it is. So with an alarm no result is told, until the cause is found.
      </p>
    </Card>
  )
}
