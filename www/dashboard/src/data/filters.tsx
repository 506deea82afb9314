import { Button, Select, TextField } from '../parts'
import type { FilterDraft } from './draft'

/** What properties of an event must be: each of a list, or a number in a span. */
export function FilterRows({ label, event, filters, properties, onFilters, problem }: {
  label: string; event: string; filters: FilterDraft[]; properties: string[]; onFilters(next: FilterDraft[]): void; problem?: string
}) {
  const set = (place: number, part: Partial<FilterDraft>): void =>
    onFilters(filters.map((filter, at) => (at === place ? { ...filter, ...part } : filter)))
  const free = properties.find((name) => !filters.some((filter) => filter.name === name))
  return (
    <fieldset class="filters">
      <legend>{label}</legend>
      {filters.map(({ name, how, is, min, max }, place) => (
        <div key={place} class="row row-end filter">
          <Select
            label="Property" value={name} onValue={(next) => set(place, { name: next })}
            options={[...new Set([name, ...properties])].map((one) => ({ value: one, label: one }))}
          />
          <Select
            label="Has to be" value={how} onValue={(next) => set(place, { how: next })}
            options={[{ value: 'is', label: 'one of' }, { value: 'span', label: 'a number from … to' }]}
          />
          {how === 'is'
            ? <TextField class="grow" label="Values" hint="with commas between them" value={is} onValue={(is) => set(place, { is })} spellcheck={false} />
            : (
              <>
                <TextField label="From" inputMode="decimal" value={min} onValue={(min) => set(place, { min })} />
                <TextField label="To" inputMode="decimal" value={max} onValue={(max) => set(place, { max })} />
              </>
            )}
          <Button kind="quiet" aria-label={`Take the condition on ${name} away`} onClick={() => onFilters(filters.filter((_, at) => at !== place))}>
            Take away
          </Button>
        </div>
      ))}
      {problem && <p class="field-problem">{problem}</p>}
      <div class="actions">
        <Button
          small icon="plus" disabled={free === undefined}
          onClick={() => free !== undefined && onFilters([...filters, { name: free, how: 'is', is: '', min: '', max: '' }])}
        >
          Add a condition
        </Button>
        {event && properties.length === 0 && <span class="hint">This event has come with no properties so far.</span>}
      </div>
    </fieldset>
  )
}
