// Words in a page's address that open a preview (preview.mjs), or end it: in development and staging `?pm=debug`, in
// production only a pass, which the console signs. Only who comes with such a word loads this.

import { writeCookie } from './cookies.mjs'
import { same, sealed, unitKeys } from './identity.mjs'
import { now } from './now.mjs'
import { choicesIn, COOKIE, ended, QUERY } from './preview.mjs'

const VERSION = 'v1'
/** Milliseconds that a preview lasts, and that its cookie stays after that: a page that is still open then must not begin to count. */
const [LASTS, LINGERS] = [3_600_000, 24 * 3_600_000]

/** Choices, `[flag, variant]` each, as a cookie and a pass have them. */
export const listed = (choices) => [...choices].map((choice) => choice.join(':')).join('~')

/** The value of a preview's cookie (preview.mjs). */
export async function signPreview(env, place, unit, { until, choices }) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, until, listed(choices)].join('.')
  return `${text}.${await sealed(env, place, 'preview', text, keyId, unit)}`
}

/** A `Set-Cookie` header with a preview. */
export const cookieFor = async (env, place, unit, preview, secure) =>
  writeCookie(COOKIE, await signPreview(env, place, unit, preview), secure, Math.ceil((preview.until + LINGERS - now()) / 1000))

/**
 * A pass, `v1.<key id>.<until>[.<choices>].<mac>`: who has it may open a preview in this place until then, and is shown these
 * variants.
 */
export async function passOf(env, place, until, choices = []) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, until, ...(choices.length ? [listed(choices)] : [])].join('.')
  return `${text}.${await sealed(env, place, 'pass', text, keyId)}`
}

/** What a pass has its bearer see, or nothing if it is none that is good here and now. */
export async function choicesOf(env, place, pass) {
  // A flag's key may have dots, so the choices are whatever stands in the middle.
  const [, text, keyId, until, list, seal] = /^(v1\.(\w+)\.(\d+)(?:\.(.+))?)\.([\w-]+)$/.exec(pass) ?? []
  if (!seal || !same(await sealed(env, place, 'pass', text, keyId), seal) || now() >= Number(until)) return undefined
  return choicesIn(list)
}

/**
 * What a page's address asks for: the cookie that opens a preview or ends the one that there is, or nothing. What opens
 * nothing here is the site's own business.
 */
export async function asked(env, place, url, unit, preview) {
  const word = url.searchParams.get(QUERY)
  const secure = url.protocol === 'https:'
  if (word === 'off') return preview && ended(secure)
  const debugs = word === 'debug' && place.environment !== 'production'
  const chosen = debugs ? new Map() : await choicesOf(env, place, word)
  if (!chosen) return undefined
  // A link that names no variant leaves those that were chosen before.
  return cookieFor(env, place, unit, { until: now() + LASTS, choices: chosen.size ? chosen : preview?.choices ?? [] }, secure)
}

/** The same page without the word in its address: a pass stays in no history and reaches no other site. */
export function turned(url, cookies) {
  const clean = new URL(url)
  clean.searchParams.delete(QUERY)
  const headers = new Headers({ location: clean.href, 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}
