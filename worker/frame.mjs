// A page as it is and as a plan would have it, side by side in the console before anybody meets it. What changes stands
// in a frame's address, sealed, so that nothing has to be published first; no cookie is read or written, nothing counted.

import { fromBase64url, same, sealed } from './identity.mjs'
import { now } from './now.mjs'
import { answerOf } from './origin.mjs'
import { QUERY } from './preview.mjs'
import { isEditable, streaming } from './rewrite.mjs'

/** How a frame's word begins: `f1.<key id>.<until>.<edits>.<mac>`. */
const FRAME = /^(f1\.(\w+)\.(\d+)\.([\w-]+))\.([\w-]+)$/

/** The frame that an address asks for, `{edits, until}`; nothing where it asks for none of ours. */
export async function frameOf(env, place, url) {
  const [, text, keyId, until, edits, seal] = FRAME.exec(url.searchParams.get(QUERY) ?? '') ?? []
  if (!seal || !same(await sealed(env, place, 'frame', text, keyId, url.pathname), seal)) return undefined
  return { edits: JSON.parse(new TextDecoder().decode(fromBase64url(edits))), until: Number(until) }
}

/** The page of a frame: what a visitor without a cookie would be sent, with the edits, for the console's eyes alone. */
export async function framed(request, url, env, { edits, until }) {
  if (now() >= until) return new Response('This view has ended. Open it again in the console.\n', { status: 410 })
  url.searchParams.delete(QUERY)
  const headers = { accept: 'text/html', 'accept-language': request.headers.get('accept-language') ?? '*', 'accept-encoding': 'identity' }
  const { response } = await answerOf(new Request(url, { headers }), env)
  const shown = isEditable(response) ? streaming(edits.map(([select, text]) => ({ select, change: { text } }))).transform(response) : response
  return forConsole(new Response(shown.body, shown), `${url.protocol}//${env.CONSOLE_HOST}`)
}

/** Whatever forbids frames forbids other people's; no cache and no index keeps what nobody has published. */
function forConsole(response, console_) {
  const { headers } = response
  for (const name of ['set-cookie', 'x-frame-options', 'content-length', 'etag', 'last-modified']) headers.delete(name)
  const policies = (headers.get('content-security-policy') ?? '').split(',').map(withoutAncestors).filter(Boolean)
  headers.set('content-security-policy', [...policies, `frame-ancestors ${console_}`].join(', '))
  headers.set('cache-control', 'private, no-store')
  headers.set('x-robots-tag', 'noindex')
  return response
}

const withoutAncestors = (policy) => policy.split(';').map((part) => part.trim()).filter((part) => part && !/^frame-ancestors\b/i.test(part)).join('; ')
