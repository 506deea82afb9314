// Previews: somebody who works on the site looks at it as visitors meet it, sees why each flag is as it is, and asks for
// other variants. Nothing of that is ever counted. A preview is a cookie that carries our MAC for one place and one unit
// and ends by itself (docs/wire.md). In development and staging `?pm=debug` opens one; in production only a pass does,
// which the console signs.

import { answer, posted } from './body.mjs'
import { expired, firstOf, writeCookie } from './cookies.mjs'
import { same, sealed, unitKeys } from './identity.mjs'
import { now } from './now.mjs'
import { DECISION } from './sdk/decisions.js'

const VERSION = 'v1'
const COOKIE = 'pmp'
/** What stands in a page's address. */
const QUERY = 'pm'
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 24 * 3_600_000]
/** How long a preview lasts, and the longest that a pass is good for. */
const LASTS = HOUR
const LONGEST = 30 * DAY
/** How long its cookie stays after its end. A page that is still open then must not begin to count. */
const LINGERS = DAY
/** Bytes of a choice that is sent, and of a cookie with all choices: browsers take 4,096 with the cookie's name. */
const BYTES = 16_384
const COOKIE_BYTES = 3800

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

const cookieFor = async (env, place, unit, preview, secure) =>
  writeCookie(COOKIE, await signPreview(env, place, unit, preview), secure, Math.ceil((preview.until + LINGERS - now()) / 1000))

/** A `Set-Cookie` header that takes a preview away. */
export const ended = (secure) => expired(COOKIE, secure)

/**
 * What a page's address asks for: the cookie that opens a preview or ends the one that there is, or nothing. What opens
 * nothing here is the site's own business.
 */
export async function asked(env, place, url, unit, preview) {
  const word = url.searchParams.get(QUERY)
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

/** Answers `POST <prefix>o`: other choices for the preview that is open, or its end. */
export async function choose(request, env, place, unit, preview, names) {
  const { text, refusal } = await posted(request, 'choice', BYTES)
  if (refusal) return refusal
  const url = new URL(request.url)
  const from = request.headers.get('origin')
  if (from && URL.parse(from)?.host !== url.host) return answer(403, { error: 'Choices come from pages of this site.' })
  const secure = url.protocol === 'https:'
  const wish = parse(text)
  if (!wish) return answer(400, { error: 'This is no choice; docs/wire.md says what one looks like.' })
  if (wish.end) return kept(answer(200, { ended: true }), ended(secure))
  if (!preview?.isOpen) return answer(403, { error: 'The preview has ended. Open its link again.' })
  const unknown = wish.choices.find(([key, variant]) => !names.flag(names.index(key) ?? -1)?.variants.includes(variant))
  if (unknown) return answer(422, { error: `There is no variant “${unknown[1]}” of a flag “${unknown[0]}”.` })
  const cookie = await cookieFor(env, place, unit, { until: preview.until, choices: wish.choices }, secure)
  if (cookie.length > COOKIE_BYTES) return answer(422, { error: 'These are more choices than a cookie holds. Take some back.' })
  return kept(answer(200, { until: preview.until, choices: Object.fromEntries(wish.choices) }), cookie)
}

function kept(response, cookie) {
  response.headers.append('set-cookie', cookie)
  return response
}

/** `{v: 1, choices: {flag: variant}}` or `{v: 1, end: true}`, or nothing. */
function parse(text) {
  try {
    const { v, choices, end } = JSON.parse(text)
    if (v !== 1) return undefined
    if (end === true) return { end }
    const entries = Object.entries(choices)
    return entries.every(([, variant]) => typeof variant === 'string') ? { choices: entries } : undefined
  } catch {
    return undefined
  }
}

/** Answers `POST .../preview` of the console: links that open a preview, `{path, minutes}`. */
export async function links(request, env, place) {
  const { path = '/', minutes = 60 } = await request.json().catch(() => ({}))
  const isPath = typeof path === 'string' && path.startsWith('/') && !path.startsWith('//') && URL.canParse(path, 'http://site')
  if (!isPath) return refused('/path', 'This is no path of a page.', 'Write one that starts with a slash, such as /pricing.')
  if (!(Number.isInteger(minutes) && minutes > 0 && minutes * MINUTE <= LONGEST)) {
    return refused('/minutes', 'A link is good for 1 to 43200 minutes.', 'Write a whole number; 60 is an hour.')
  }
  const until = now() + minutes * MINUTE
  const pass = await passOf(env, place, until)
  // Sites speak as the console does: http on one machine, https elsewhere.
  const { protocol } = new URL(request.url)
  const made = Object.entries(JSON.parse(env.SITES)).filter(([, name]) => name === place.name).map(([host]) => {
    const url = new URL(path, `${protocol}//${host}`)
    url.searchParams.set(QUERY, pass)
    return url.href
  })
  return answer(200, { links: made, until })
}

const refused = (pointer, cause, fix) => answer(422, { problems: [{ pointer, code: 'preview', cause, fix }] })
