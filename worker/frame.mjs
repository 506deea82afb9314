// A page as it is and as a plan would have it, side by side in the console before anybody meets it. What changes stands
// in a frame's address, sealed, so that nothing has to be published first; no cookie is read or written, nothing counted.

import { sorted } from './changes.mjs'
import { fromBase64url, same, sealed } from './identity.mjs'
import { now } from './now.mjs'
import { answerOf } from './origin.mjs'
import { PREFIX } from './prefix.mjs'
import { QUERY } from './preview.mjs'
import { isEditable, rewriterOf } from './rewrite.mjs'
import { sourceOf } from './settled.mjs'
import { carrier } from './sdk/request.js'

/** How a frame's word begins: `f1.<key id>.<until>.<edits>.<mac>`. */
const FRAME = /^(f1\.(\w+)\.(\d+)\.([\w-]+))\.([\w-]+)$/

/** What the place of a change is called in the page, so that an address leads there: by its own id, or one of ours. */
export const placeOf = (select) => /#([\w-]+)$/.exec(select)?.[1] ?? HERE
const HERE = 'pointsman-here'

/** The frame that an address asks for, `{edits, at, under, until}`; nothing where it asks for none of ours. */
export async function frameOf(env, place, url) {
  const [, text, keyId, until, edits, seal] = FRAME.exec(url.searchParams.get(QUERY) ?? '') ?? []
  if (!seal || !same(await sealed(env, place, 'frame', text, keyId, url.pathname), seal)) return undefined
  const plain = new Blob([fromBase64url(edits)]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return { ...(await new Response(plain).json()), until: Number(until) }
}

/**
 * The page of a frame, for the console's eyes alone: what a visitor without a cookie would be sent, with what everybody meets
 * there (`under`) and with the edits.
 */
export async function framed(request, url, env, { edits, at, under = [], until }) {
  if (now() >= until) return new Response('This view has ended. Open it again in the console.\n', { status: 410 })
  url.searchParams.delete(QUERY)
  const headers = { accept: 'text/html', 'accept-language': request.headers.get('accept-language') ?? '*', 'accept-encoding': 'identity' }
  const all = [...under, ...edits]
  const source = sourceOf(all)
  const { response, taken, status } = await answerOf(new Request(url, { headers }), env, source)
  if (source && !taken) {
    return new Response(`${source.rewrite ?? source.route} answers ${status}: visitors would get the usual page.\n`, { status: 502, headers: { 'x-robots-tag': 'noindex' } })
  }
  const shown = isEditable(response) ? edited(response, all, at) : response
  return forConsole(new Response(shown.body, shown), `${url.protocol}//${env.CONSOLE_HOST}`)
}

/** A page with edits and rules of style. Moves are made in the browser, by the script that visitors get, which here tells nobody. */
export function edited(response, edits, at) {
  const { code, ...all } = sorted(edits)
  if (at !== undefined) all.streamed = [{ selector: at, make: marker(response, placeOf(at)) }, ...all.streamed]
  const { moves } = all
  const data = moves.length ? `${carrier({ v: 1, moves })}<script type="module" async src="${PREFIX}p.js"></script>` : ''
  return rewriterOf({ ...all, code: '' }, data).transform(response)
}

/** What marks the first element that is met as the place of the change, with room above it for what sticks to the top of a page. */
function marker({ headers }, place) {
  let met = false
  return (element) => {
    if (met) return
    met = true
    const id = element.getAttribute('id')
    if (id === null) element.setAttribute('id', place)
    else if (id !== place) element.before(`<a id="${place}"></a>`, { html: true })
    // Not where the page's own policy would only complain of it.
    if (!headers.has('content-security-policy')) element.setAttribute('style', `scroll-margin-top: 25vh; ${element.getAttribute('style') ?? ''}`)
  }
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
