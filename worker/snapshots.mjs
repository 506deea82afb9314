// Snapshots for applications that evaluate by themselves: what browsers may have for the client key in the path, and
// everything for a server's key, which is a secret and so comes in a header alone.

import { audienceOf, keyIn } from './access.mjs'
import { answer } from './body.mjs'
import { bytesOf, versionOf } from './config.mjs'
import { open, preflight } from './cors.mjs'
import { toHex } from './identity.mjs'
import { isLive, stream } from './live.mjs'
import { isMatch } from './match.mjs'
import { PREFIX } from './prefix.mjs'

/** Bytes of a snapshot's header that begin its digest (src/snapshot). */
const DIGEST = [16, 32]

/** Answers `GET <prefix>s/<client key>`, and `GET <prefix>s` with a server's key: once, or with all that follows. */
export async function snapshot(request, env, place, context, pathKey) {
  if (request.method === 'OPTIONS') return preflight('GET')
  if (!/^(GET|HEAD)$/.test(request.method)) return open(answer(405, { error: 'A snapshot is read with GET.' }))
  const audience = await audienceOf(env, place, pathKey || keyIn(request))
  if (pathKey ? audience !== 'client' : audience !== 'server') return open(answer(401, { error: REFUSED[audience] ?? REFUSED.unknown }))
  const version = versionOf(place)
  if (version < 0) return open(answer(503, { error: 'No configuration has been read yet. Ask again in a second.' }))

  const kind = audience === 'client' ? 'client' : 'edge'
  const response = isLive(request) ? streamed(request, env, place, context, kind) : await once(request, env, place, version, kind)
  // A page that has a server's key has made it public: no browser gets an answer to it.
  return audience === 'client' ? open(response) : response
}

async function once(request, env, place, version, kind) {
  const bytes = await bytesOf(env, place, version, kind)
  const etag = tagOf(version, bytes)
  const headers = { etag, 'cache-control': kind === 'client' ? 'public, no-cache' : 'private, no-cache', vary: 'accept, authorization' }
  return isMatch(request, etag)
    ? new Response(null, { status: 304, headers })
    : new Response(bytes, { headers: { ...headers, 'content-type': 'application/octet-stream' } })
}

/** A client says what it has by its tag. Browsers' own clients say so when they come again. */
function streamed(request, env, place, context, kind) {
  const tag = request.headers.get('if-none-match') ?? request.headers.get('last-event-id')
  const since = Number(/^(?:W\/)?"(\d+)\./.exec(tag)?.[1] ?? -1)
  return new Response(stream(request, env, place, context, kind, since, tagOf), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', vary: 'accept, authorization', 'x-accel-buffering': 'no' },
  })
}

const tagOf = (version, bytes) => `"${version}.${toHex(bytes.subarray(...DIGEST))}"`

const REFUSED = {
  server: `This is a server’s key, which is secret. Send it as \`Authorization: Bearer <key>\` to ${PREFIX}s.`,
  client: `This is the key for browsers. It stands in the path: ${PREFIX}s/<key>.`,
  unknown: 'This is no key of this environment. The console shows both under Setup, Applications.',
}
