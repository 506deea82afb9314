import { useEffect, useRef, useState } from 'preact/hooks'
import { inEnvironment, useLive } from '../api'
import { Button, Field, Icon, Loaded, TextField } from '../parts'
import { useHere } from '../project'
import type { Slots, WordsChange } from '../types'
import { BothVersions } from './both-versions'
import { fieldId } from './model'
import { useLater } from './later'
import { pathOn, SiteLink } from './site'

type Slot = Slots['slots'][number]

const KINDS: Record<Slot['kind'], string> = {
  heading: 'Heading', button: 'Button', link: 'Link', image: 'Picture', slot: 'Marked', text: 'Text',
}

/** Whether new words may take the place of all that is in it. */
const isWords = ({ text, attribute, holds }: Slot) => text && !attribute && !holds

/** The page says what can be changed; one clicks a line and writes the new words beside the present ones. */
export function PageWords({ project, change, onChange }: {
  project: string; change: WordsChange; onChange(change: WordsChange): void
}) {
  const { environments } = useHere()
  const site = environments.find((environment) => environment.key === 'production')?.site
  const [page, setPage] = useState(change.page)
  const settled = useLater(pathOn(site, page.trim()) || '/', 600)
  const slots = useLive<Slots>(
    `${inEnvironment(project, 'production', 'slots')}?path=${encodeURIComponent(settled)}`, 0,
  )
  // Each page has words of its own, which are there again when somebody comes back to it.
  const edits = useRef(new Map<string, WordsChange['edits']>())
  useEffect(() => {
    if (settled === change.page) return
    edits.current.set(change.page, change.edits)
    onChange({ ...change, page: settled, edits: edits.current.get(settled) ?? [] })
  }, [settled])
  const [picked, setPicked] = useState('')
  const put = (edits: WordsChange['edits']) => onChange({ ...change, edits })
  const pick = ({ select, text }: Slot) => {
    setPicked(select)
    put([...change.edits, { select, from: text, text }])
  }
  const others = change.edits.length > 0 ? [] : [...edits.current].filter(([page, { length }]) => page !== change.page && length > 0).map(([page]) => page)
  const untouched = (slot: Slot) => !change.edits.some((edit) => edit.select === slot.select)
  return (
    <>
      <div id={fieldId('/change/page')} tabIndex={-1} class="page-field">
        <TextField
          label="Page" value={page} onValue={setPage} placeholder="/" spellcheck={false}
          hint={site ? <>Its path on <SiteLink site={site} path={settled} /></> : 'Its path on your site'}
        />
      </div>
      {others.length > 0 && <p class="hint">What you wrote for {others.join(' and ')} is there again when you go back to that page.</p>}
      <div id={fieldId('/change/edits')} tabIndex={-1} class="stack">
        {change.edits.map((edit, i) => (
          <Edit
            key={edit.select} at={i} edit={edit} picked={edit.select === picked}
            onText={(text) => put(change.edits.map((old, at) => (at === i ? { ...old, text } : old)))}
            onRemove={() => put(change.edits.filter((_, at) => at !== i))}
          />
        ))}
        {change.edits.length > 0 && <BothVersions change={change} />}
        <Loaded live={slots} lines={3}>
          {({ slots }) => <Offered slots={slots.filter(isWords).filter(untouched)} some={change.edits.length > 0} onPick={pick} />}
        </Loaded>
      </div>
    </>
  )
}

function Edit({ at, edit, picked, onText, onRemove }: {
  at: number; edit: WordsChange['edits'][number]; picked: boolean; onText(text: string): void; onRemove(): void
}) {
  const box = useRef<HTMLTextAreaElement>(null)
  // The present words are there to be changed a little, and selected to be typed over.
  useEffect(() => {
    if (picked) box.current?.select()
  }, [])
  return (
    <div class="edit" id={fieldId(`/change/edits/${at}`)} tabIndex={-1}>
      <div class="edit-side">
        <p class="label">Now</p>
        <p class="edit-from">{edit.from}</p>
      </div>
      <Field
        class="edit-side" label="New words"
        hint={edit.text === edit.from ? 'Still the same words: type others.' : undefined}
      >
        {(wiring) => (
          <textarea
            {...wiring} ref={box} rows={2} value={edit.text} onInput={(event) => onText(event.currentTarget.value)}
          />
        )}
      </Field>
      <button type="button" class="icon-button" aria-label={`Leave “${edit.from}” as it is`} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </div>
  )
}

/** Many pages have hundreds of lines, so only the first are shown, and the others are found by typing. */
const FIRST = 8

function Offered({ slots, some, onPick }: { slots: Slot[]; some: boolean; onPick(slot: Slot): void }) {
  const [sought, setSought] = useState('')
  const [all, setAll] = useState(false)
  if (slots.length === 0) {
    return some ? null : <p class="muted">This page has no headings, buttons or links that can be changed.</p>
  }
  const found = slots.filter((slot) => slot.text.toLowerCase().includes(sought.trim().toLowerCase()))
  const shown = all || sought ? found : found.slice(0, FIRST)
  return (
    <div class="offered">
      <div class="row row-apart">
        <p class="label">{some ? 'Change another line' : 'Click the line that you want to change'}</p>
        {slots.length > FIRST && (
          <label class="search offered-search">
            <span class="unseen">Find a line</span><Icon name="search" size={16} />
            <input
              type="search" placeholder="Find a line" value={sought}
              onInput={(event) => setSought(event.currentTarget.value)}
            />
          </label>
        )}
      </div>
      <ul>
        {shown.map((slot) => (
          <li key={slot.select}>
            <button type="button" class="slot" onClick={() => onPick(slot)}>
              <span class={`slot-kind slot-${slot.kind}`}>{KINDS[slot.kind]}</span>
              <span class="slot-text">{slot.text}</span>
              <Icon name="debrief" size={16} />
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="muted">No line of this page says that.</p>}
      {shown.length < found.length && (
        <Button small kind="quiet" onClick={() => setAll(true)}>Show all {found.length} lines</Button>
      )}
    </div>
  )
}
