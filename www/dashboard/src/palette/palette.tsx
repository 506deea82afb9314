import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { Answers } from '../ask/answers'
import { Icon } from '../parts'
import { useHere } from '../project'
import { go } from '../router'
import { counted } from '../words'
import { rank } from './match'
import { paletteOpen } from './open'
import { PROVIDERS } from './providers'
import type { Entry } from './providers'
import './palette.css'

interface Group {
  name: string
  entries: Entry[]
}

/** Lines of one heading: enough to see what there is, and before anything is typed few enough to see all headings. */
const MOST = 8
const AT_FIRST = 4

/** One box that finds every place and answers questions: what is typed is matched at once, arrows choose, Enter goes there or asks. */
export function Palette() {
  const { project } = useHere()
  const known = useEntries(project)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const [asked, setAsked] = useState('')
  const groups = useMemo(() => found(project, known, typed.trim()), [project, known, typed])
  const lines = groups.flatMap(({ entries }) => entries)
  const chosen = asked ? undefined : lines[Math.min(at, lines.length - 1)]
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected && document.activeElement === document.body) opener.focus()
    }
  }, [])
  useEffect(() => {
    if (chosen) document.getElementById(lineId(id, chosen))?.scrollIntoView({ block: 'nearest' })
  }, [chosen?.id])

  const take = (entry: Entry | undefined): void => {
    if (!entry) return
    if ('ask' in entry) {
      setTyped(entry.ask)
      setAsked(entry.ask)
      return
    }
    close()
    if ('href' in entry) go(entry.href)
    else entry.act()
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && chosen) {
      event.preventDefault()
      setAt((Math.min(at, lines.length - 1) + step + lines.length) % lines.length)
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault()
      take(chosen)
    }
  }
  return (
    <dialog
      ref={dialog} class="palette" aria-label="Find and go to" onClose={close} onCancel={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div class="palette-box">
        <Icon name="search" />
        <input
          type="text" role="combobox" aria-label="Find and go to" aria-expanded={!asked} aria-controls={`${id}-list`} aria-autocomplete="list"
          aria-activedescendant={chosen && lineId(id, chosen)} autoFocus autoComplete="off" spellcheck={false}
          placeholder="A place, or a question in words" value={typed} onKeyDown={press}
          onInput={(event) => { setTyped(event.currentTarget.value); setAt(0); setAsked('') }}
        />
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {asked && (
        <div class="palette-answer" onClick={(event) => event.target instanceof Element && event.target.closest('a') && close()}>
          <Answers project={project} text={asked} />
        </div>
      )}
      <div class="palette-list" id={`${id}-list`} role="listbox" aria-label="What was found" hidden={Boolean(asked)}>
        {groups.map(({ name, entries }) => (
          <div key={name} role="group" aria-label={name}>
            <p class="palette-name" aria-hidden="true">{name}</p>
            {entries.map((entry) => (
              <div
                key={entry.id} id={lineId(id, entry)} class="palette-line" role="option" aria-selected={entry === chosen}
                onClick={() => take(entry)} onPointerMove={() => setAt(lines.indexOf(entry))}
              >
                <Icon name={entry.icon} /><span class="palette-label">{entry.label}</span>
                {entry.hint && <span class="palette-hint">{entry.hint}</span>}
              </div>
            ))}
          </div>
        ))}
      </div>
      {!asked && lines.length === 0 && <p class="palette-none">Nothing is called “{typed}”. Try a word of its title, its key or its author.</p>}
      <p class="unseen" role="status">{typed && !asked && counted(lines.length, 'match', 'matches')}</p>
    </dialog>
  )
}

/** At once: the browser’s own word that a dialog is closed comes later, and the next key may be there before it. */
const close = (): void => paletteOpen.set(false)

/** What each provider has, as it comes. */
function useEntries(project: string): Map<string, Entry[]> {
  const [known, setKnown] = useState<Map<string, Entry[]>>(new Map())
  useEffect(() => {
    let here = true
    for (const { name, entries } of PROVIDERS) {
      void Promise.resolve(entries?.(project) ?? []).then((all) => here && setKnown((before) => new Map(before).set(name, all)))
    }
    return () => void (here = false)
  }, [project])
  return known
}

/** The lines that match, the best group first; before anything is typed, a few of each. */
function found(project: string, known: Map<string, Entry[]>, typed: string): Group[] {
  const ranked = PROVIDERS.map(({ name, asked, meant }) => {
    const all = known.get(name) ?? []
    const made = typed && asked ? asked(project, typed) : []
    if (!typed) return { name, best: 0, entries: all.slice(0, AT_FIRST + (name === 'Go to' ? AT_FIRST : 0)) }
    const lines = all.flatMap((entry) => {
      const at = rank(entry, typed)
      return at === undefined ? [] : [{ entry, at }]
    }).sort((one, other) => other.at - one.at)
    return { name, best: meant?.(typed) ? Infinity : lines[0]?.at ?? 0, entries: [...lines.slice(0, MOST).map(({ entry }) => entry), ...made] }
  })
  return ranked.filter(({ entries }) => entries.length > 0).sort((one, other) => other.best - one.best)
}

const lineId = (id: string, entry: Entry): string => `${id}-${entry.id.replaceAll(/\W/g, '-')}`
