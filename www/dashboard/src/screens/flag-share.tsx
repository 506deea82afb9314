import { useId } from 'preact/hooks'
import { percent } from '../words'

/** Who gets it, as a bar. */
export function ShareBar({ share, variant }: { share: number; variant: string }) {
  return (
    <svg
      class="share" width="100%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"
      aria-label={`${percent(share)} get ${variant}`}
    >
      <rect class="share-all" width="100" height="8" />
      <rect class="share-some" width={share * 100} height="8" />
    </svg>
  )
}

/** Ticks that stand closer, in points of a hundred, would write over each other on a phone. */
const LEGIBLE = 12

/** A share in whole percent: by slider, by typing, or by one of the playbook's steps. */
export function ShareSlider(
  { label, value, steps, onValue, disabled = false }:
  { label: string; value: number; steps: number[]; onValue(value: number): void; disabled?: boolean },
) {
  const id = useId()
  const shown = Math.round(value * 1000) / 10
  const put = (percent: number): void => onValue(Math.min(100, Math.max(0, percent)) / 100)
  const ticks = [...steps, 100].filter((tick, index, all) => tick - (all[index - 1] ?? -LEGIBLE) >= LEGIBLE)
  return (
    <div class="share-slider">
      <div class="row row-apart">
        <label class="label" for={id}>{label}</label>
        <span class="with-unit">
          <input
            type="number" min={0} max={100} step="any" inputMode="decimal" aria-label={`${label}, in percent`}
            value={shown}
            disabled={disabled} onInput={({ currentTarget: box }) => box.value !== '' && put(box.valueAsNumber)}
          />
          <span class="unit">%</span>
        </span>
      </div>
      <div class="share-track">
        <input
          id={id} type="range" min={0} max={100} step={1} value={shown} disabled={disabled}
          aria-valuetext={`${shown} percent`} onInput={(event) => put(event.currentTarget.valueAsNumber)}
          ref={(slider) => { slider?.style.setProperty('--at', `${shown}%`) }}
        />
        <div class="share-ticks">
          {ticks.map((tick) => (
            <button
              key={tick} type="button" disabled={disabled} aria-pressed={tick === shown} onClick={() => put(tick)}
              ref={(button) => { button?.style.setProperty('--at', String(tick / 100)) }}
              title={steps.includes(tick) ? 'A step of the playbook' : undefined}
            >
              {tick}
            </button>
          ))}
        </div>
      </div>
    </div>
  )
}
