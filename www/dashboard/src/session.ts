// Who is here: the token from the link that `npm start` printed. It arrives in the fragment, which no server ever sees,
// is kept in this browser, and leaves the address bar at once, so that nobody shares it with a copied link.

import { observable } from './observable'

const PLACE = 'pointsman.token'
/** In the demo: the token of whoever acts as somebody else. */
const SELF = 'pointsman.self'

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

/** Who somebody really is while they act as somebody else, in the demo. */
export const self = observable<string | null>(remembered(SELF))

/** Goes on as somebody else, or as oneself again. */
export function actAs(other: string): void {
  keep(token.get())
  signIn(other)
}

export function actAsOneself(): void {
  const own = self.get()
  keep(null)
  if (own !== null) signIn(own)
}

function keep(value: string | null): void {
  self.set(value)
  try {
    if (value === null) localStorage.removeItem(SELF)
    else localStorage.setItem(SELF, value)
  } catch {
    // Then it holds until the page is closed.
  }
}

export function signOut(wasRefused = false): void {
  // Whoever is refused as somebody else is still oneself.
  if (self.get() !== null) return actAsOneself()
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

function remembered(place = PLACE): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}
