// How somebody gets into a preview and changes what it shows: the links that the console makes, and the choices that its panel
// sends. What a preview is stands in preview.mjs.

import { answer, posted } from './body.mjs'
import { now } from './now.mjs'
import { cookieFor, ended, passOf, QUERY } from './preview.mjs'

/** Bytes of a choice that is sent, and of a cookie with all choices: browsers take 4,096 with the cookie's name. */
const BYTES = 16_384
const COOKIE_BYTES = 3800
/** Milliseconds of a minute, and the longest that a pass is good for. */
const MINUTE = 60_000
const LONGEST = 30 * 24 * 60 * MINUTE

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
  const isPath = typeof path === 'string' && path.startsWith('/') && URL.parse(path, 'http://site')?.host === 'site'
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
