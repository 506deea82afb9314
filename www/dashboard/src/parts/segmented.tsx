import { useId } from 'preact/hooks'

/** A choice of one among few, as radio buttons: arrow keys move it. */
export function Segmented<Value extends string>(
  { label, value, options, onValue }:
  { label: string; value: Value; options: readonly { value: Value; label: string }[]; onValue(value: Value): void },
) {
  const name = useId()
  return (
    <div class="segmented" role="radiogroup" aria-label={label}>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio" name={name} value={option.value} checked={option.value === value}
            onChange={() => onValue(option.value)}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  )
}
