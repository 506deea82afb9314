// Previews: somebody who works on the site looks at it as visitors meet it, sees why each flag is as it is, and asks for
// other variants. Nothing of that is ever counted. A preview is a cookie that carries our MAC for one place and one unit
// and ends by itself (docs/wire.md). What opens one stands in passes.mjs.

import { expired, firstOf, writeCookie } from './cookies.mjs'
import { same, sealed, unitKeys } from './identity.mjs'
import { now } from './now.mjs'

export const VERSION = 'v1'
const COOKIE = 'pmp'
/** What stands in a page's address. */
export const QUERY = 'pm'
/** Milliseconds that its cookie stays after its end. A page that is still open then must not begin to count. */
const LINGERS = 24 * 3_600_000

/** Bits of a decision token's `flags`. */
export const [PREVIEWED, FORCED] = [1, 2]

/** Choices, `[flag, variant]` each, as a cookie and a pass have them, and as they are read there. */
export const listed = (choices) => [...choices].map((choice) => choice.join(':')).join('~')
export const choicesIn = (list) => new Map(list ? list.split('~').map((choice) => choice.split(':')) : [])

/** `v1.<key id>.<until>.<choices>.<mac>`. */
export async function signPreview(env, place, unit, { until, choices }) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, until, listed(choices)].join('.')
  return `${text}.${await sealed(env, place, 'preview', text, keyId, unit)}`
}

/** The preview in a cookie's value, whether it has ended or not; nothing if it is not this place's or not this unit's. */
export async function verifyPreview(env, place, unit, cookie) {
  // A flag's key may have dots, so the choices are whatever stands in the middle.
  const [, text, keyId, until, list, seal] = /^(v1\.(\w+)\.(\d+)\.(.*))\.([\w-]+)$/.exec(cookie ?? '') ?? []
  if (!seal || !same(await sealed(env, place, 'preview', text, keyId, unit), seal)) return undefined
  return { until: Number(until), choices: choicesIn(list), isOpen: now() < Number(until) }
}

/** The preview of a request's cookies. */
export const previewOf = (env, place, unit, cookies, secure) =>
  firstOf(cookies, COOKIE, secure, (cookie) => verifyPreview(env, place, unit, cookie))

export const cookieFor = async (env, place, unit, preview, secure) =>
  writeCookie(COOKIE, await signPreview(env, place, unit, preview), secure, Math.ceil((preview.until + LINGERS - now()) / 1000))

/** A `Set-Cookie` header that takes a preview away. */
export const ended = (secure) => expired(COOKIE, secure)
