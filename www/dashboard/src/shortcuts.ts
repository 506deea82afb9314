import { useEffect } from 'preact/hooks'
import { openedAt } from './project'
import type { Here } from './project'
import { go } from './router'

/** `g` and then the first letter of a place. */
const PLACES: Record<string, string> = {
  n: 'now', e: 'experiments', f: 'flags', d: 'data', v: 'voices', l: 'library', s: 'setup',
}

const PAUSE = 1200

export function useShortcuts(environments: Here['environments']): void {
  useEffect(() => {
    let pressed = 0
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const to = PLACES[event.key]
      if (Date.now() - pressed < PAUSE && to) {
        pressed = 0
        event.preventDefault()
        go(openedAt(to, environments))
      } else if (event.key === 'g') pressed = Date.now()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [environments])
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, dialog, [contenteditable]') !== null
