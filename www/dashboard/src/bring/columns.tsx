import { FIELDS } from '../../../cli/inside/past.mjs'
import type { Mapping, Source } from '../../../cli/inside/past.mjs'
import { Card, Select } from '../parts'

/** From which column each field is read. */
export function Columns({ source, mapping, onMapping }: { source: Source; mapping: Mapping; onMapping(mapping: Mapping): void }) {
  const options = [{ value: '', label: 'Nothing' }, ...source.columns.map((column) => ({ value: column, label: column }))]
  const used = Object.values(mapping)
  const left = source.columns.filter((column) => !used.includes(column))
  const put = (name: string) => (column: string): void => {
    const { [name]: _, ...others } = mapping
    onMapping(column ? { ...others, [name]: column } : others)
  }
  return (
    <Card title="2. What stands where">
      <p class="muted">What the names of the columns say is filled in. Only the title is needed.</p>
      <div class="bring-columns">
        {FIELDS.map(({ name, label }) => <Select key={name} label={label} value={mapping[name] ?? ''} options={options} onValue={put(name)} />)}
      </div>
      {left.length > 0 && <p class="muted small">Left out: {left.join(', ')}.</p>}
    </Card>
  )
}
