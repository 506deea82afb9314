import { inProject, useLive } from '../api'
import { Words } from '../parts'
import type { EnvironmentKey, Forecast } from '../types'
import { count } from '../words'
import { DAYS, sampleOf, useVisitors } from './visitors'

const NONE: string[] = []

/**
 * What stored events say of a definition that nobody has saved yet: its last fourteen days, how much visitors differ in it, and
 * what a test of it would find.
 */
export function Lately({ project, environment, definition, direction }: {
  project: string; environment: EnvironmentKey; definition: string; direction: 'up' | 'down'
}) {
  const live = useVisitors(project, environment, definition, NONE)
  const visitors = live.value
  const level = visitors?.level
  const asked = level && new URLSearchParams({
    guess: String(level.value), perDay: String(level.units / visitors.share / DAYS), direction, ...(level.spread === null ? {} : { spread: String(level.spread) }),
  })
  // Tests run in production.
  const forecast = useLive<Forecast>(asked && environment === 'production' ? `${inProject(project, 'forecast')}?${asked}` : null, 0)
  if (!visitors) return live.failure ? null : <p class="muted">Reading the last fourteen days …</p>
  const sample = sampleOf(visitors)
  return (
    <div class="stack" role="group" aria-label="The last fourteen days">
      {visitors.trend.lately
        ? <p><Words>{visitors.trend.lately.words}</Words></p>
        : <p class="muted">No stored event of the last fourteen whole days counts for it.</p>}
      {visitors.trend.lately && !level && (
        <p class="muted">Too few visitors had the time for it to say how much they differ: that takes fifty.</p>
      )}
      {level && (
        <p>
          <strong>{level.told}</strong> {level.each}, of {count(level.units)} who did anything that is an event in a fortnight
          {level.apart && <>; they differ by {level.apart} (standard deviation)</>}.
        </p>
      )}
      {forecast.value?.found && forecast.value.found.length > 0 && (
        <ul class="found">{forecast.value.found.map(({ weeks, words }) => <li key={weeks}><Words>{words}</Words></li>)}</ul>
      )}
      {sample && <p class="hint">{sample}</p>}
    </div>
  )
}
