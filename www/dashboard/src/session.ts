// Who is here: the token from the link that `npm start` printed. It arrives in the fragment, which no server ever sees,
// is kept in this browser, and leaves the address bar at once, so that nobody shares it with a copied link.

import { observable } from './observable'

const PLACE = 'pointsman.token'

/** The token; nothing while nobody is here, and empty where the team's own provider signs in (worker/signin.mjs). */
export const token = observable<string | null>(remembered())

/** Set when the engine refused the token, so that the sign-in page can say so. */
export const refused = observable(false)

export function signIn(value: string): void {
  try {
    localStorage.setItem(PLACE, value)
  } catch {
    // A browser without storage keeps the token until the page is closed.
  }
  refused.set(false)
  token.set(value)
}

/** Goes on without a token, if the team's provider has signed somebody in. */
export async function signInByProvider(): Promise<void> {
  const response = await fetch('/api/v1/signin', { cache: 'no-store' }).catch(() => undefined)
  const { signedIn } = response?.ok ? await response.json() : { signedIn: false }
  if (signedIn && token.get() === null) token.set('')
}

export function signOut(wasRefused = false): void {
  try {
    localStorage.removeItem(PLACE)
  } catch {
    // Then it was not kept either.
  }
  refused.set(wasRefused)
  token.set(null)
}

/** Takes a token out of the address bar, if one is there. */
export function takeTokenFromAddress(): void {
  const found = /^#token=([^&]+)(?:&(.*))?$/.exec(location.hash)
  if (!found?.[1]) return
  history.replaceState(null, '', `${location.pathname}${location.search}#${found[2] ?? '/now'}`)
  signIn(decodeURIComponent(found[1]))
}

/** The token in what somebody pasted: the token itself or the whole link. */
export function tokenIn(pasted: string): string {
  return decodeURIComponent(/#token=([^&\s]+)/.exec(pasted)?.[1] ?? pasted.trim())
}

function remembered(): string | null {
  try {
    return localStorage.getItem(PLACE)
  } catch {
    return null
  }
}
