// Light, dark, or as the machine has it. Remembered in this browser.

import { observable } from './observable'

export type Theme = 'auto' | 'light' | 'dark'

const PLACE = 'pointsman.theme'

export const theme = observable<Theme>(remembered())

export function setTheme(next: Theme): void {
  try {
    if (next === 'auto') localStorage.removeItem(PLACE)
    else localStorage.setItem(PLACE, next)
  } catch {
    // Without storage it holds until the page is closed.
  }
  theme.set(next)
  applyTheme()
}

export function applyTheme(): void {
  const next = theme.get()
  if (next === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
}

function remembered(): Theme {
  try {
    const found = localStorage.getItem(PLACE)
    return found === 'light' || found === 'dark' ? found : 'auto'
  } catch {
    return 'auto'
  }
}
