// What a preview's panel sends: other choices, or the end of it. What a preview is stands in preview.mjs.

import { answer, posted } from './body.mjs'
import { cookieFor } from './passes.mjs'
import { ended } from './preview.mjs'

/** Bytes of a choice that is sent, and of a cookie with all choices: browsers take 4,096 with the cookie's name. */
const BYTES = 16_384
const COOKIE_BYTES = 3800

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
