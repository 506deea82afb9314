import type { Effect } from '../types/together'
import { change } from '../words'

/** Each effect on one scale: a hollow mark for what was hoped, a faint one for what was found, a full one in a range for what is believed. */
export function Ranges({ effects }: { effects: Effect[] }) {
  const sorted = effects.toSorted((one, other) => other.believed - one.believed)
  const all = sorted.flatMap(({ hoped, found, low, high }) => [hoped, found, low, high, 0])
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const at = (share: number): number => (most > least ? (100 * (share - least)) / (most - least) : 50)
  return (
    <>
      <p class="ranges-key small muted" aria-hidden="true">
        <span><i class="ranges-hoped" /> hoped for</span><span><i class="ranges-found" /> found</span>
        <span><i class="ranges-believed" /> believed, with its range</span>
        <span><i class="ranges-none" /> no difference</span>
      </p>
      <ul class="ranges">
        {sorted.map(({ key, title, metric, hoped, found, believed, low, high }) => (
          <li key={key}>
            <p>
              <a href={`#/experiments/${key}/reading`}>{title}</a> <code class="muted">{metric}</code>
              <span class="small muted"> hoped for {change(hoped)}, found {change(found)}, believed {change(believed)}</span>
            </p>
            <svg class="ranges-line" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <line class="ranges-zero" x1={at(0)} x2={at(0)} y1="0" y2="10" />
              <line class="ranges-range" x1={at(low)} x2={at(high)} y1="5" y2="5" />
            </svg>
            <span class="ranges-marks" aria-hidden="true">
              <i class="ranges-hoped" style={{ left: `${at(hoped)}%` }} />
              <i class="ranges-found" style={{ left: `${at(found)}%` }} />
              <i class="ranges-believed" style={{ left: `${at(believed)}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
