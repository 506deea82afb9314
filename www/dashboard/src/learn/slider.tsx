import { useId } from 'preact/hooks'

/** A number by its slider, with its words beside it. `steps` are the values that it may take. */
export function Slider(
  { label, steps, value, say, onValue }:
  { label: string; steps: readonly number[]; value: number; say(value: number): string; onValue(value: number): void },
) {
  const id = useId()
  return (
    <div class="learn-slider">
      <label for={id}>{label}</label>
      <output for={id}>{say(value)}</output>
      <input
        id={id} type="range" min={0} max={steps.length - 1} step={1} value={steps.indexOf(value)} aria-valuetext={say(value)}
        onInput={({ currentTarget }) => onValue(steps[currentTarget.valueAsNumber] ?? value)}
      />
    </div>
  )
}
