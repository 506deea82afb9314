// A visitor is sent on to another page, and goes with a cookie that says so (journey.mjs).

import { assigned } from './assigned.mjs'
import { writeCookie } from './cookies.mjs'
import { sealed, toBase64url, unitKeys } from './identity.mjs'
import { COOKIE } from './journey.mjs'
import { countRedirect } from './redirects.mjs'

/** Milliseconds that a redirect waits for the collector. */
const COMMIT = 50
/** Seconds that a visitor is on the way. */
const LASTS = 30

/** Sends a visitor on. Whoever leaves is counted first, if the collector is quick. */
export async function leave(request, env, place, context, visit) {
  const { url, leaves, exposures, uncounted, unit, setCookies, secure, time, hops } = visit
  const fresh = exposures.filter(({ known }) => !known)
  let told = true
  if (fresh.length && !uncounted) {
    const counted = assigned(request, env, place, visit, fresh).then(({ status }) => status === 200, () => false)
    context.waitUntil(counted.then((ok) => countRedirect(place, fresh.length, ok)))
    told = await Promise.race([counted, new Promise((resolve) => setTimeout(resolve, COMMIT, false))])
  }
  const runs = exposures.map(({ run }) => run)
  // Only on hosts that share our cookies anybody arrives who is known.
  const cookies = unit && runs.length ? [await journeyCookie(env, place, unit, { hops, told, path: leaves.pathname, runs }, time, secure)] : []
  return sent(url, leaves, [...setCookies, ...cookies])
}

/** The answer that sends a visitor on. It is theirs alone. */
function sent(from, to, cookies) {
  const location = to.origin === from.origin ? to.pathname + to.search : to.href
  const headers = new Headers({ location, 'cache-control': 'private, no-store', vary: 'cookie' })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}

/** The cookie of a journey: `v1.<key id>.<until>.<hops>.<told>.<path>.<runs>.<mac>`. */
async function journeyCookie(env, place, unit, { hops, told, path, runs }, now, secure) {
  const [[keyId]] = unitKeys(env)
  const way = toBase64url(new TextEncoder().encode(path))
  const text = ['v1', keyId, now + LASTS * 1000, hops, told ? 1 : 0, way, runs.join('~')].join('.')
  return writeCookie(COOKIE, `${text}.${await sealed(env, place, 'journey', text, keyId, unit)}`, secure, LASTS)
}
