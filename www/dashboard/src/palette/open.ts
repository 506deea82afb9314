// Whether the palette is open, and the keys that open it. All else of it is loaded when somebody first asks for it.

import { useEffect } from 'preact/hooks'
import { observable } from '../observable'

export const paletteOpen = observable(false)

/** Ctrl-K, or Cmd-K where there is one, from wherever one is; a second time it closes. */
export function usePaletteKey(): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      // A dialog that waits for an answer keeps the keyboard.
      if (!paletteOpen.get() && document.querySelector('dialog[open]')) return
      event.preventDefault()
      paletteOpen.set(!paletteOpen.get())
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}

export const PALETTE_KEYS = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K'
