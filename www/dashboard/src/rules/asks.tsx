import { useId } from 'preact/hooks'
import { Button, Icon, Select } from '../parts'
import { lack, VERBS } from './form'
import type { Ask, Asks } from './form'

/** What the edge knows of every request, to choose from; applications tell more. */
const KNOWN = [
  'unit', 'path', 'host', 'referrer', 'language', 'device', 'browser', 'os', 'country', 'region', 'city', 'timezone', 'visitor',
  'consent', '/query/utm_source', '/cookies/plan',
]

const NEW: Ask = { not: false, verb: 'equals', attribute: '', value: '' }

/** Who is meant, question by question. `segments` are the names of those that there are. */
export function AsksForm(
  { asks: { joined, asks }, segments, onAsks }: { asks: Asks; segments: string[]; onAsks(asks: Asks): void },
) {
  const put = (next: Ask[]): void => onAsks({ joined, asks: next })
  return (
    <div class="asks">
      {asks.length > 1 && (
        <Select
          label="How they belong together" class="field-inline" value={joined} onValue={(joined) => onAsks({ joined, asks })}
          options={[{ value: 'all', label: 'all of these hold' }, { value: 'any', label: 'at least one of these holds' }]}
        />
      )}
      {asks.length > 0 && (
        <ul>
          {asks.map((ask, index) => (
            <li key={index}>
              <AskForm
                ask={ask} segments={segments} onAsk={(ask) => put(asks.with(index, ask))}
                onRemove={() => put(asks.filter((_, other) => other !== index))}
              />
            </li>
          ))}
        </ul>
      )}
      <div><Button small icon="plus" onClick={() => put([...asks, NEW])}>Add a condition</Button></div>
    </div>
  )
}

function AskForm(
  { ask, segments, onAsk, onRemove }: { ask: Ask; segments: string[]; onAsk(ask: Ask): void; onRemove(): void },
) {
  const id = useId()
  const { takes } = VERBS[ask.verb]!
  const put = (part: Partial<Ask>): void => onAsk({ ...ask, ...part })
  const missing = lack(ask)
  const verbs = Object.entries(VERBS).filter(([name]) => name !== 'segment' || segments.length > 0 || ask.verb === name)
  return (
    <div class="ask-row">
      <select aria-label="Whether it holds" value={ask.not ? 'unless' : 'if'} onChange={(event) => put({ not: event.currentTarget.value === 'unless' })}>
        <option value="if">if</option><option value="unless">unless</option>
      </select>
      {takes !== 'segment' && (
        <input
          type="text" aria-label="Attribute" placeholder="attribute" list={`${id}-known`} value={ask.attribute} autoComplete="off"
          autocapitalize="off" spellcheck={false} aria-describedby={missing && `${id}-lack`}
          onInput={(event) => put({ attribute: event.currentTarget.value })}
        />
      )}
      <datalist id={`${id}-known`}>{KNOWN.map((name) => <option key={name} value={name} />)}</datalist>
      <select
        aria-label="Comparison" value={ask.verb}
        onChange={({ currentTarget: { value } }) => put({ verb: value, value: value === 'segment' ? segments[0] : ask.verb === 'segment' ? '' : ask.value })}
      >
        {verbs.map(([name, { label }]) => <option key={name} value={name}>{label}</option>)}
      </select>
      {takes === 'segment' && (
        <select aria-label="Segment" value={ask.value} onChange={(event) => put({ value: event.currentTarget.value })}>
          {[...new Set([...segments, ask.value])].map((name) => <option key={name}>{name}</option>)}
        </select>
      )}
      {takes !== 'segment' && takes !== 'nothing' && (
        <input
          type="text" aria-label="Value" placeholder={takes === 'list' ? 'one, another' : 'value'} value={ask.value} autoComplete="off"
          inputMode={takes === 'number' ? 'decimal' : undefined} spellcheck={false} aria-describedby={missing && `${id}-lack`}
          onInput={(event) => put({ value: event.currentTarget.value })}
        />
      )}
      <button type="button" class="icon-button ask-remove" aria-label="Remove this condition" onClick={onRemove}><Icon name="close" size={18} /></button>
      {missing && <p class="hint ask-lack" id={`${id}-lack`}>{missing}</p>}
    </div>
  )
}
