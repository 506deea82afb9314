// Screens are named in the fragment, so any static host serves them and a copied link leads back: #/experiments/hero.

import { useEffect, useState } from 'preact/hooks'
import { takeTokenFromAddress } from './session'

export interface Route {
  /** `#/experiments/hero/live` is ['experiments', 'hero', 'live']. */
  path: string[]
  query: URLSearchParams
}

export function go(to: string): void {
  location.hash = to
}

/** Goes there without leaving this place in the history. */
export function goInstead(to: string): void {
  history.replaceState(null, '', to)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

export function route(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) }
}

export function useRoute(): Route {
  const [current, setCurrent] = useState(route)
  useEffect(() => {
    const moved = (): void => {
      takeTokenFromAddress()
      setCurrent(route())
    }
    // The address may have changed between the first rendering and now.
    moved()
    addEventListener('hashchange', moved)
    return () => removeEventListener('hashchange', moved)
  }, [])
  return current
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
