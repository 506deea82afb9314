import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import type { Problem } from '../types'

interface Around {
  label: ComponentChildren
  hint?: ComponentChildren
  /** What is wrong with it, in words. */
  problem?: string
  class?: string
}

interface Wiring {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': boolean | undefined
}

/** A label, its control, a hint and what is wrong, tied together for screen readers. */
export function Field(
  { label, hint, problem, class: more = '', children }: Around & { children: (wiring: Wiring) => ComponentChildren },
) {
  const id = useId()
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ')
  return (
    <div class={`field ${more}`}>
      <label for={id}>{label}</label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': problem ? true : undefined })}
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {problem && <p class="field-problem" id={`${id}-problem`}>{problem}</p>}
    </div>
  )
}

/** What else may be said about a box to type in. */
interface Box {
  placeholder?: string
  disabled?: boolean
  readOnly?: boolean
  required?: boolean
  maxLength?: number
  autoFocus?: boolean
  autoComplete?: string
  autocapitalize?: 'off' | 'sentences'
  spellcheck?: boolean
  inputMode?: 'text' | 'numeric' | 'decimal' | 'url' | 'search'
  onBlur?(event: FocusEvent): void
  onFocus?(event: FocusEvent): void
}

export function TextField(
  { label, hint, problem, value, onValue, class: more, type = 'text', ...rest }:
  Around & Box & { value: string; onValue(value: string): void; type?: 'text' | 'url' | 'datetime-local'; list?: string },
) {
  return (
    <Field {...{ label, hint, problem, class: more }}>
      {(wiring) => (
        <input
          type={type} {...rest} {...wiring} value={value} onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

export function TextArea(
  { label, hint, problem, value, onValue, class: more, ...rest }:
  Around & Box & { value: string; onValue(value: string): void; rows?: number },
) {
  return (
    <Field {...{ label, hint, problem, class: more }}>
      {(wiring) => (
        <textarea
          rows={3} {...rest} {...wiring} value={value} onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

/** A number with its unit behind it. While the box is empty or half typed nothing is told. Undefined is an empty box. */
export function NumberField(
  { label, hint, problem, value, onValue, unit, class: more, ...rest }:
  Around & Box & {
    value: number | undefined; onValue(value: number): void; unit?: string; min?: number; max?: number; step?: number | 'any'
  },
) {
  return (
    <Field {...{ label, hint, problem, class: more }}>
      {(wiring) => (
        <span class="with-unit">
          <input
            type="number" inputMode="decimal" {...rest} {...wiring} value={value ?? ''}
            onInput={({ currentTarget: { value, valueAsNumber } }) => value !== '' && onValue(valueAsNumber)}
          />
          {unit && <span class="unit">{unit}</span>}
        </span>
      )}
    </Field>
  )
}

export function Select<Value extends string>(
  { label, hint, problem, value, options, onValue, class: more }:
  Around & { value: Value; options: readonly { value: Value; label: string }[]; onValue(value: Value): void },
) {
  return (
    <Field {...{ label, hint, problem, class: more }}>
      {(wiring) => (
        <select {...wiring} value={value} onChange={(event) => onValue(event.currentTarget.value as Value)}>
          {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
        </select>
      )}
    </Field>
  )
}

export function Check(
  { label, hint, checked, onValue, disabled }:
  {
    label: ComponentChildren; hint?: ComponentChildren; checked: boolean; disabled?: boolean
    onValue(on: boolean): void
  },
) {
  return (
    <label class="check">
      <input
        type="checkbox" checked={checked} disabled={disabled} onChange={(event) => onValue(event.currentTarget.checked)}
      />
      <span>{label}{hint && <span class="hint">{hint}</span>}</span>
    </label>
  )
}

/** The words for what is wrong at a place of what was sent: `problemAt(failure?.problems, '/title')`. */
export function problemAt(problems: Problem[] | undefined, pointer: string): string | undefined {
  const found = problems?.find((problem) => problem.pointer === pointer)
  return found && [found.cause, found.fix].filter(Boolean).join(' ')
}
