// Previews: somebody who works on the site looks at it as visitors meet it, sees why each flag is as it is, and asks for
// other variants. Nothing of that is ever counted. A preview is a cookie that carries our MAC for one place and one unit
// and ends by itself (docs/wire.md). What opens one stands in passes.mjs.

import { expired, firstOf } from './cookies.mjs'
import { same, sealed } from './identity.mjs'
import { now } from './now.mjs'

export const COOKIE = 'pmp'
/** What stands in a page's address. */
export const QUERY = 'pm'

/** Bits of a decision token's `flags`. */
export const [PREVIEWED, FORCED] = [1, 2]

/** The choices, `[flag, variant]` each, that a cookie or a pass lists. */
export const choicesIn = (list) => new Map(list ? list.split('~').map((choice) => choice.split(':')) : [])

/**
 * The preview in a cookie's value, `v1.<key id>.<until>.<choices>.<mac>`, whether it has ended or not; nothing if it is not
 * this place's or not this unit's.
 */
export async function verifyPreview(env, place, unit, cookie) {
  // A flag's key may have dots, so the choices are whatever stands in the middle.
  const [, text, keyId, until, list, seal] = /^(v1\.(\w+)\.(\d+)\.(.*))\.([\w-]+)$/.exec(cookie ?? '') ?? []
  if (!seal || !same(await sealed(env, place, 'preview', text, keyId, unit), seal)) return undefined
  return { until: Number(until), choices: choicesIn(list), isOpen: now() < Number(until) }
}

/** The preview of a request's cookies. */
export const previewOf = (env, place, unit, cookies, secure) =>
  firstOf(cookies, COOKIE, secure, (cookie) => verifyPreview(env, place, unit, cookie))

/** A `Set-Cookie` header that takes a preview away. */
export const ended = (secure) => expired(COOKIE, secure)
