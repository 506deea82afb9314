// The proof that everybody can repeat: a page whose browser decides for ten thousand units by itself, with wasm and
// without, and compares with what the edge has decided for the same ones. It asks a snapshot of its own (www/proof), so
// it says nothing of any project and stands open on every site.

import module from './sdk/evaluator.wasm'
import { answer } from './body.mjs'
import { CROWD, decide, digestOf, roomFor, told } from './proof/crowd.js'
import html from './proof/page.html'
import bytes from './proof/snapshot.bin'
import { Evaluator, instances } from './sdk/instance.js'

/** A page of ours alone. Under the query `?policy=strict` it refuses wasm, as many sites do. */
const policy = (scripts) => [
  "default-src 'none'", `script-src ${scripts}`, "style-src 'self'", "connect-src 'self'", "img-src data:", "base-uri 'none'",
  "form-action 'none'", "frame-ancestors 'none'",
].join('; ')

const OPEN = policy("'self' 'wasm-unsafe-eval'")
const STRICT = policy("'self'")

/** Bytes of an id; `limits::UNIT_BYTES`. */
const LONGEST = 256

let evaluator
/** The digest of the whole crowd, worked out once an isolate. */
let digest

const engine = () => (evaluator ??= new Evaluator(instances(module)).load(new Uint8Array(bytes)))

/** Answers `GET <prefix>proof` and what belongs to it. */
export async function proof(request, env, url, path) {
  if (!/^(GET|HEAD)$/.test(request.method)) return answer(405, { error: 'The proof is read with GET.' })
  switch (path) {
    case 'proof':
      return file(html, 'text/html', { 'content-security-policy': url.searchParams.get('policy') === 'strict' ? STRICT : OPEN })
    case 'proof.css':
      return beside(env, path, 'text/css')
    case 'proof.js':
      return beside(env, path, 'text/javascript')
    case 'proof/snapshot':
      return new Response(bytes, { headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache' } })
    case 'proof/digest':
      return answer(200, { units: CROWD, flags: engine().names.keys.length, digest: (digest ??= await crowd()) })
    case 'proof/unit':
      return one(url.searchParams.get('id') ?? '')
    default:
      return new Response('There is nothing here.\n', { status: 404 })
  }
}

/** What the edge decides for all of them. */
async function crowd() {
  const out = roomFor(engine())
  decide(engine(), out, 0, CROWD)
  return digestOf(out)
}

/** What the edge decides for somebody whom a visitor has typed. */
function one(id) {
  if (!id || new TextEncoder().encode(id).length > LONGEST) return answer(422, { error: `An id has 1 to ${LONGEST} bytes.` })
  return answer(200, { id, decisions: told(engine(), id) })
}

/** A file of the page, from the service that serves assets: the Worker need not carry it. */
async function beside(env, name, type) {
  const found = await env.ASSETS?.fetch(`http://assets/${name}`)
  return found?.ok ? file(found.body, type) : new Response('The assets of this Worker are not there.\n', { status: 404 })
}

const file = (body, type, headers) => new Response(body, {
  headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff', ...headers },
})
