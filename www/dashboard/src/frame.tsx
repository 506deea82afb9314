import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { lostSince } from './client'
import { DemoBar } from './demo/bar'
import { useObservable } from './observable'
import { PaletteHost } from './palette/host'
import { PALETTE_KEYS, paletteOpen, usePaletteKey } from './palette/open'
import { Icon, Logo } from './parts'
import type { IconName } from './parts'
import { openedAt, useHere } from './project'
import { useShortcuts } from './shortcuts'
import type { Route } from './router'

export const PLACES: { path: string; word: string; icon: IconName }[] = [
  { path: 'now', word: 'Now', icon: 'now' },
  { path: 'experiments', word: 'Experiments', icon: 'experiments' },
  { path: 'flags', word: 'Flags', icon: 'flags' },
  { path: 'data', word: 'Data', icon: 'ledger' },
  { path: 'voices', word: 'Voices', icon: 'voices' },
  { path: 'library', word: 'Library', icon: 'library' },
  { path: 'setup', word: 'Setup', icon: 'setup' },
]

/** What stands inside another place: lessons are on the library's shelf, ideas and weeks are those of experiments, all figures follow from Now. */
const INSIDE: Record<string, string> = { learn: 'library', week: 'library', ideas: 'experiments', calendar: 'experiments', practice: 'now', alerts: 'now' }

/** What stands around each screen: the way in, the demo, the places, and whether the engine answers. */
export function Frame({ route, children }: { route: Route; children: ComponentChildren }) {
  const { demo, person, environments } = useHere()
  const at = INSIDE[route.path[0] ?? ''] ?? route.path[0] ?? 'now'
  useShortcuts(environments)
  usePaletteKey()
  return (
    <div class="frame">
      {/* A fragment would be a route here, so the focus is moved by hand. */}
      <a
        class="skip" href="#main" onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        Skip to the screen
      </a>
      {demo && <DemoBar />}
      <nav class="nav" aria-label="Places">
        <a class="brand" href="#/now" aria-label="Pointsman, go to Now"><Logo /><span>Pointsman</span></a>
        <ul>
          <li class="nav-find"><FindButton /></li>
          {PLACES.map((place) => (
            <li key={place.path} class={place.path === 'setup' ? 'nav-apart' : undefined}>
              <Place {...place} at={openedAt(place.path, environments)} here={at === place.path} />
            </li>
          ))}
        </ul>
        <p class="nav-person" title="Whose token this is"><Icon name="person" size={16} /> {person.name}</p>
      </nav>
      <main id="main" tabIndex={-1}>
        <Connection />
        {children}
      </main>
      <PaletteHost />
    </div>
  )
}

function FindButton() {
  return (
    <button type="button" aria-keyshortcuts="Control+K Meta+K" onClick={() => paletteOpen.set(true)}>
      <Icon name="search" /><span>Find</span><kbd>{PALETTE_KEYS}</kbd>
    </button>
  )
}

function Place({ at, word, icon, here }: { at: string; word: string; icon: IconName; here: boolean }) {
  return <a href={at} aria-current={here ? 'page' : undefined}><Icon name={icon} /><span>{word}</span></a>
}

/** A single lost request heals unseen; only a silence is worth words. */
const SILENCE = 1500

function Connection() {
  const since = useObservable(lostSince)
  const [shown, setShown] = useState(false)
  useEffect(() => {
    setShown(false)
    if (since === null) return
    const timer = setTimeout(() => setShown(true), SILENCE)
    return () => clearTimeout(timer)
  }, [since])
  return (
    <div role="status" aria-live="polite">
      {shown && (
        <p class="silence">
          <Icon name="wait" />
          <span>
            <strong>The engine does not answer; trying again …</strong> What you see is from before. The page
            goes on by itself as soon as it is back.
          </span>
        </p>
      )}
    </div>
  )
}
