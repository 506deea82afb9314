// Messages to the world: https, to hosts that the deployment allows, no redirects, nothing read of the answer. The one
// exception is the demo's own receiver, whose address stands in the configuration of a machine that runs the demo.

import { parsed } from '../body.mjs'

const PATIENCE = 5000

/** Milliseconds for which a receiver may ask to be left alone: longer than that it is asked all the same. */
const LONGEST = 86_400_000

/**
 * Posts a JSON text, with more headers if there are any. Gives an empty text, or `why` it did not arrive, and for how many
 * milliseconds the receiver wants to `rest`, if it says so.
 */
export async function deliver(env, url, payload, headers) {
  const service = door(env, url)
  if (typeof service === 'string') return { why: service }
  try {
    const response = await service.fetch(url, {
      method: 'POST', body: payload, redirect: 'manual', headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(PATIENCE),
    })
    await response.body?.cancel()
    return response.ok ? { why: '' } : { why: `it answers ${response.status}`, rest: restOf(response.headers.get('retry-after')) }
  } catch (error) {
    return { why: `it cannot be reached: ${error.message}` }
  }
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function restOf(text) {
  const rest = /^\d+$/.test(text ?? '') ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return rest > 0 ? Math.min(rest, LONGEST) : undefined
}

/** The addresses in settings and channels, and what to write there. */
const ADDRESSES = {
  address: 'Paste the address of an incoming webhook, such as https://hooks.slack.com/services/…, whose host is among EGRESS_HOSTS.',
  feed: 'Give the address of a receiver of your own, such as https://data.example.com/pointsman, whose host is among EGRESS_HOSTS.',
}

/** A problem for each address in settings or a channel to which nothing could ever be sent, in the core's form. */
export function addressProblems(env, text) {
  const given = parsed(text)
  return Object.entries(ADDRESSES).flatMap(([field, fix]) => {
    const url = given?.[field]
    // Mail leaves for its provider alone. What is no text at all, and whether something else is wrong, the core says.
    if (given?.service === 'mail' || typeof url !== 'string' || url.trim() === '') return []
    const why = door(env, url.trim())
    return typeof why === 'string' ? [{ pointer: `/${field}`, code: 'unsafe', cause: `Nothing would leave for it: ${why}.`, fix }] : []
  })
}

/** Below the demo's own receiver: mail, and what a team's own model would answer. */
const BELOW = ['', '/emails', '/chat/completions']

/** The way out for an address, or why there is none. */
export function door(env, url) {
  if (env.DEMO && env.DEMO_RECEIVER && BELOW.some((path) => url === env.DEMO_RECEIVER + path)) return env.DEMO
  if (!URL.canParse(url)) return 'this is no address'
  const { protocol, hostname, port, username, password } = new URL(url)
  if (username || password) return 'an address with a name before its host leads elsewhere than it looks'
  if (protocol !== 'https:' || port !== '') return 'messages leave over https on its usual port only'
  if (!(env.EGRESS_HOSTS ?? '').split(',').includes(hostname)) return `${hostname} is not among EGRESS_HOSTS`
  return env.EGRESS ?? { fetch }
}
