import { useState } from 'preact/hooks'
import { Check, Dialog, Segmented, TextArea, TextField } from '../parts'
import type { Segment } from '../types/document'
import { counted } from '../words'
import { AsksForm } from './asks'
import { asksOf, conditionOf, idsOf, lack } from './form'
import type { Asks } from './form'

type By = 'asks' | 'ids'

interface Listed { attribute: string; salt: string; ids: string[] }

/** The list of a segment that is nothing but one. */
export const listOf = (segment: Segment | undefined): Listed | undefined => {
  const listed = segment?.if.listed as Listed & { list?: string } | undefined
  return listed && Object.keys(segment!.if).length === 1 && !listed.list ? listed : undefined
}

/** Whether the form can say it. */
export const canSay = (segment: Segment): boolean => listOf(segment) !== undefined || asksOf(segment.if) !== null

/**
 * A segment, by conditions or by a list of ids. Of a list only fingerprints are kept once it is published, so what was in it
 * before is a number here.
 */
export function SegmentForm({ name, segment, taken, onDone, onClose }: {
  name?: string; segment?: Segment; taken: string[]; onDone(name: string, segment: Segment): void; onClose(): void
}) {
  const list = listOf(segment)
  const [key, setKey] = useState(name ?? '')
  const [description, setDescription] = useState(segment?.description ?? '')
  const [hidden, setHidden] = useState(segment?.serverOnly ?? false)
  const [by, setBy] = useState<By>(list ? 'ids' : 'asks')
  const [asks, setAsks] = useState<Asks>(() => (segment && !list && asksOf(segment.if)) || { joined: 'all', asks: [] })
  const [attribute, setAttribute] = useState(list?.attribute ?? 'unit')
  const [text, setText] = useState('')
  const [keep, setKeep] = useState(true)
  const ids = idsOf(text)
  const wrong = name === undefined && taken.includes(key)
    ? 'There is a segment of that name.'
    : key !== '' && !/^[a-z][a-z0-9_-]*$/.test(key) ? 'Small letters, digits, - and _, a letter first.' : undefined
  const all = [...(list && keep ? list.ids : []), ...ids]
  const ready = key !== '' && !wrong
    && (by === 'ids' ? all.length > 0 && attribute.trim() !== '' : asks.asks.length > 0 && !asks.asks.some(lack))

  async function take(file: File | undefined): Promise<void> {
    if (file) setText(await file.text())
  }
  function done(): void {
    const condition = by === 'ids'
      ? { listed: { attribute: attribute.trim(), salt: list?.salt ?? key, ids: [...new Set(all)] } }
      : conditionOf(asks)!
    onDone(key, { ...(description && { description }), ...(hidden && { serverOnly: true }), if: condition })
  }
  return (
    <Dialog
      wide title={name === undefined ? 'New segment' : `Segment ${name}`} submit={name === undefined ? 'Add it' : 'Change it'} ready={ready}
      onClose={onClose} onSubmit={done}
    >
      {name === undefined && (
        <TextField label="Name" value={key} onValue={setKey} problem={wrong} autoFocus autoComplete="off" spellcheck={false} />
      )}
      <TextField label="Who is in it? (optional)" value={description} onValue={setDescription} />
      <div>
        <Segmented<By>
          label="What makes it" value={by} onValue={setBy}
          options={[{ value: 'asks', label: 'Conditions' }, { value: 'ids', label: 'A list of ids' }]}
        />
      </div>
      {by === 'asks' ? <AsksForm asks={asks} segments={taken.filter((other) => other !== name)} onAsks={setAsks} /> : (
        <>
          <TextField
            label="Attribute" value={attribute} onValue={setAttribute} autoComplete="off" spellcheck={false}
            hint="What each line of the list is: unit is the visitor's id."
          />
          {list && <Check label={`Keep the ${list.ids.length.toLocaleString('en')} that are in it`} checked={keep} onValue={setKeep} />}
          <div class="field">
            <label class="label" for="segment-file">A file with ids, one a line</label>
            <input
              id="segment-file" type="file" accept=".txt,.csv,text/plain,text/csv"
              onChange={(event) => void take(event.currentTarget.files?.[0])}
            />
          </div>
          <TextArea
            label="Or paste them" value={text} onValue={setText} rows={4} spellcheck={false}
            hint={ids.length > 0 ? `${counted(ids.length, 'id')} in here. ${HASHED}` : HASHED}
          />
        </>
      )}
      <Check
        label="Browsers never hear of it" checked={hidden} onValue={setHidden}
        hint="Flags that use it are then decided by the edge and by servers alone."
      />
    </Dialog>
  )
}

const HASHED = 'Only fingerprints are kept: nobody can read the list again, not even here.'
