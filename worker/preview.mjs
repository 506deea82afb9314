// Previews: somebody who works on the site looks at it as visitors meet it, sees why each flag is as it is, and asks for
// other variants. Nothing of that is ever counted. A preview is a cookie that carries our MAC for one place and one unit
// and ends by itself (docs/wire.md). In development and staging `?pm=debug` opens one; in production only a pass does,
// which the console signs.

import { expired, firstOf, writeCookie } from './cookies.mjs'
import { same, sealed, unitKeys } from './identity.mjs'
import { now } from './now.mjs'
import { DECISION } from './sdk/decisions.js'

const VERSION = 'v1'
const COOKIE = 'pmp'
/** What stands in a page's address. */
export const QUERY = 'pm'
const [HOUR, DAY] = [3_600_000, 24 * 3_600_000]
/** How long a preview lasts. */
const LASTS = HOUR
/** How long its cookie stays after its end. A page that is still open then must not begin to count. */
const LINGERS = DAY

/** Bits of a decision token's `flags`. */
export const [PREVIEWED, FORCED] = [1, 2]

/** A pass: who has it may open a preview in this place until then. */
export async function passOf(env, place, until) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, until].join('.')
  return `${text}.${await sealed(env, place, 'pass', text, keyId)}`
}

async function isPass(env, place, pass) {
  const [version, keyId, until, seal, ...rest] = pass.split('.')
  if (version !== VERSION || rest.length || !seal) return false
  return same(await sealed(env, place, 'pass', [version, keyId, until].join('.'), keyId), seal) && now() < Number(until)
}

/** `v1.<key id>.<until>.<choices>.<mac>`; choices are `flag:variant`, joined by `~`. */
export async function signPreview(env, place, unit, { until, choices }) {
  const [[keyId]] = unitKeys(env)
  const list = [...choices].map((choice) => choice.join(':')).join('~')
  const text = [VERSION, keyId, until, list].join('.')
  return `${text}.${await sealed(env, place, 'preview', text, keyId, unit)}`
}

/** The preview in a cookie's value, whether it has ended or not; nothing if it is not this place's or not this unit's. */
export async function verifyPreview(env, place, unit, cookie) {
  // A flag's key may have dots, so the choices are whatever stands in the middle.
  const [, text, keyId, until, list, seal] = /^(v1\.(\w+)\.(\d+)\.(.*))\.([\w-]+)$/.exec(cookie ?? '') ?? []
  if (!seal || !same(await sealed(env, place, 'preview', text, keyId, unit), seal)) return undefined
  const choices = new Map(list ? list.split('~').map((choice) => choice.split(':')) : [])
  return { until: Number(until), choices, isOpen: now() < Number(until) }
}

/** The preview of a request's cookies. */
export const previewOf = (env, place, unit, cookies, secure) =>
  firstOf(cookies, COOKIE, secure, (cookie) => verifyPreview(env, place, unit, cookie))

export const cookieFor = async (env, place, unit, preview, secure) =>
  writeCookie(COOKIE, await signPreview(env, place, unit, preview), secure, Math.ceil((preview.until + LINGERS - now()) / 1000))

/** A `Set-Cookie` header that takes a preview away. */
export const ended = (secure) => expired(COOKIE, secure)

/**
 * What a page's address asks for: the cookie that opens a preview or ends the one that there is, or nothing. What opens
 * nothing here is the site's own business.
 */
export async function asked(env, place, url, unit, preview) {
  const word = url.search.includes(QUERY) && url.searchParams.get(QUERY)
  if (!word) return undefined
  const secure = url.protocol === 'https:'
  if (word === 'off') return preview && ended(secure)
  const mayOpen = word === 'debug' ? place.environment !== 'production' : await isPass(env, place, word)
  return mayOpen ? cookieFor(env, place, unit, { until: now() + LASTS, choices: preview?.choices ?? [] }, secure) : undefined
}

/** The same page without the word in its address: a pass stays in no history and reaches no other site. */
export function turned(url, cookies) {
  const clean = new URL(url)
  clean.searchParams.delete(QUERY)
  const headers = new Headers({ location: clean.href, 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

/** Decisions with choices in their places: one by one as `all`, and as the bytes that pages are planned from. */
export function forced(names, decisions, all, choices) {
  const bytes = decisions.bytes.slice()
  const view = new DataView(bytes.buffer)
  const shown = [...all]
  for (const [key, variant] of choices) {
    const index = names.index(key)
    const at = index === undefined ? -1 : names.flag(index).variants.indexOf(variant)
    // What the document has no more is decided as for everybody.
    if (at < 0) continue
    view.setUint16(index * DECISION, at, true)
    shown[index] = { ...all[index], variant, value: names.flag(index).values[at], reason: 'PREVIEW', error: undefined, rule: undefined, forced: true }
  }
  return { all: shown, planned: { bytes, failed: decisions.failed } }
}
