// Pages of the origin's that all visitors share (`VARIANT_CACHE`): one for each set of variants that the origin was told of,
// and never for a visitor. What is a visitor's own, edits, decisions and cookies, comes on top of it afterwards.

import { isMatch } from './match.mjs'
import { toBase64url } from './identity.mjs'

const CACHE = 'pointsman'
/** Bytes of the longest page that is kept. */
const MOST = 2 << 20
/** What an answer may depend on and be shared: both stand in the key. */
const KEYED = ['accept-encoding', 'pointsman-variants', '']

/** Whether an answer for this visit may be a shared one: no more than the address and the variants has then been asked for. */
export const mayShare = ({ method, headers }, { exposures, preview }) =>
  method === 'GET' && Boolean(exposures) && !preview && !['range', 'authorization'].some((name) => headers.has(name))

/** The origin's answer as it is shared, or as `ask` gets it; that is shared from then on if the origin lets it be. */
export async function shared(request, { address, headers, context, rewrites }, ask) {
  // A condition is about what the browser has, which is only known once the answer is.
  for (const name of ['if-none-match', 'if-modified-since']) headers.delete(name)
  const coding = ['br', 'gzip'].filter((name) => new RegExp(`\\b${name}\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(headers.get('accept-encoding') ?? '')).join()
  headers.set('accept-encoding', coding || 'identity')
  const own = await digest([address, headers.get('pointsman-variants'), coding])
  // No address that anybody can ask for leads there.
  const key = new Request(new URL(`/.pointsman/${own}`, request.url))
  // Without a cache the origin answers each of them.
  const cache = await caches.open(CACHE).catch(() => undefined)
  const found = await cache?.match(key).catch(() => undefined)
  const response = found ?? named(await ask(), own)
  if (cache && !found && isShared(response)) context.waitUntil(keep(cache, key, response.clone()).catch(() => {}))
  const tag = response.headers.get('etag')
  if (rewrites || !tag || response.status !== 200 || !isMatch(request, tag.replace(/^W\//, ''))) return response
  await response.body?.cancel()
  return new Response(null, { status: 304, headers: response.headers })
}

/** Whether the origin says that everybody may be given this answer, and for how long. */
function isShared({ status, headers }) {
  const control = headers.get('cache-control') ?? ''
  const lasts = /\bs-maxage=0*[1-9]/i.test(control) || (/\bpublic\b/i.test(control) && /\bmax-age=0*[1-9]/i.test(control))
  const varies = (headers.get('vary') ?? '').split(',').map((name) => name.trim().toLowerCase())
  return status === 200 && lasts && !/\b(private|no-store|no-cache|s-maxage=0+\b)/i.test(control) && !headers.has('set-cookie') && varies.every((name) => KEYED.includes(name))
}

/** Variants that look different are no version of one another: each has an entity tag of its own. */
function named(response, own) {
  const tag = response.headers.get('etag')
  if (!tag || !/\bpointsman-variants\b/i.test(response.headers.get('vary') ?? '')) return response
  const made = new Response(response.body, response)
  made.headers.set('etag', tag.replace(/"$/, `-${own.slice(0, 8)}"`))
  return made
}

async function keep(cache, key, { body, headers }) {
  const pieces = []
  let length = 0
  for await (const piece of body) {
    length += piece.length
    // Leaving the loop lets go of the rest.
    if (length > MOST) return
    pieces.push(piece)
  }
  const kept = new Headers(headers)
  kept.delete('content-length')
  await cache.put(key, new Response(await new Blob(pieces).arrayBuffer(), { headers: kept }))
}

async function digest(parts) {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(parts)))
  return toBase64url(new Uint8Array(bytes))
}
