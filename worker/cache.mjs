// In the place of Cloudflare's cache on a machine of one's own: the service that workerd asks for what `caches` holds. In
// memory, bounded, and gone with the process. On Cloudflare nobody asks it.

/** Bytes of everything that is kept. */
const MOST = 64 << 20

const kept = new Map()
let bytes = 0

export default {
  async fetch(request) {
    const key = `${request.headers.get('cf-cache-namespace') ?? ''} ${request.url}`
    if (request.method === 'PUT') return put(key, new Uint8Array(await request.arrayBuffer()))
    if (request.method === 'PURGE') return new Response(null, { status: drop(key) ? 200 : 404 })
    return found(key)
  },
}

function found(key) {
  const one = kept.get(key)
  if (!one || Date.now() >= one.until) return new Response(null, { status: 504, headers: { 'cf-cache-status': 'MISS' } })
  const headers = new Headers(one.headers)
  headers.set('cf-cache-status', 'HIT')
  headers.set('age', String(Math.floor((Date.now() - one.at) / 1000)))
  return new Response(one.body, { status: one.status, headers, encodeBody: 'manual' })
}

/** Keeps an answer that comes as the bytes of HTTP. */
function put(key, all) {
  const text = new TextDecoder('latin1').decode(all)
  const end = text.indexOf('\r\n\r\n')
  const [first, ...lines] = text.slice(0, end).split('\r\n')
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
  const control = headers.filter(([name]) => name === 'cache-control').map(([, value]) => value).join()
  const [, seconds] = /\bs-maxage=(\d+)/i.exec(control) ?? /\bmax-age=(\d+)/i.exec(control) ?? []
  const body = all.slice(end + 4)
  if (!seconds || end < 0 || body.length > MOST / 4) return new Response(null, { status: 413 })
  drop(key)
  kept.set(key, { status: Number(first.split(' ')[1]), headers, body, at: Date.now(), until: Date.now() + seconds * 1000 })
  bytes += body.length
  // The oldest goes first.
  for (const old of kept.keys()) {
    if (bytes <= MOST) break
    drop(old)
  }
  return new Response(null, { status: 204 })
}

function drop(key) {
  bytes -= kept.get(key)?.body.length ?? 0
  return kept.delete(key)
}
