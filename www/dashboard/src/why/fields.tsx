import { useId } from 'preact/hooks'
import { Field, Select, TextField } from '../parts'
import type { Read } from '../types'
import type { Typed } from './visitor'

const KNOWN = [{ value: '', label: 'not known' }, { value: 'true', label: 'true' }, { value: 'false', label: 'false' }]

/** A field for each attribute that the flag reads. */
export function Fields(
  { reads, typed, wrong, onTyped }: { reads: Read[]; typed: Typed; wrong: Typed; onTyped(typed: Typed): void },
) {
  // Who it is comes first.
  const order = reads.toSorted((one, other) => Number(other.attribute === 'unit') - Number(one.attribute === 'unit'))
  return (
    <>
      {order.map((read) => (
        <Attribute
          key={read.attribute} read={read} value={typed[read.attribute] ?? ''} problem={wrong[read.attribute]}
          onValue={(value) => onTyped({ ...typed, [read.attribute]: value })}
        />
      ))}
    </>
  )
}

function Attribute(
  { read, value, problem, onValue }: { read: Read; value: string; problem?: string; onValue(value: string): void },
) {
  const id = useId()
  if (read.type === 'boolean' && !read.list) {
    return <Select label={read.attribute} value={value} options={KNOWN} onValue={onValue} />
  }
  const list = read.values.length > 0 ? `${id}-values` : undefined
  return (
    <div>
      <TextField
        label={read.attribute} value={value} onValue={onValue} problem={problem} hint={hint(read)} list={list}
        autoComplete="off" autocapitalize="off" spellcheck={false}
        inputMode={read.type === 'number' && !read.list ? 'decimal' : undefined}
      />
      {list && <datalist id={list}>{read.values.map((value) => <option key={value} value={String(value)} />)}</datalist>}
    </div>
  )
}

function hint({ attribute, type, list, values }: Read): string | undefined {
  const example = values.length > 0 && `Rules ask for ${values.slice(0, 3).join(', ')}${values.length > 3 ? ' …' : '.'}`
  const kind = {
    text: attribute === 'unit' ? 'Who it is. Draws depend on it.' : '', number: 'A number.', boolean: 'true or false.',
    time: 'A time, such as 2026-11-22T10:00:00Z.', address: 'An IP address.', any: '',
  }[type]
  return [kind, list && 'Several, with commas between them.', example].filter(Boolean).join(' ') || undefined
}

/** The time for which to ask, by this machine's clock. */
export function When({ value, onValue }: { value: string; onValue(value: string): void }) {
  return (
    <Field label="When" hint="Time decides here, too. Empty is now.">
      {(wiring) => (
        <input
          type="datetime-local" {...wiring} value={value} onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}
