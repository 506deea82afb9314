// A page as it is and as a plan would have it, side by side in the console before anybody meets it. What changes stands
// in a frame's address, sealed, so that nothing has to be published first; no cookie is read or written, nothing counted.

import { answer, parsed, posted } from './body.mjs'
import { fromBase64url, same, sealed, toBase64url, unitKeys } from './identity.mjs'
import { now } from './now.mjs'
import { selectorProblems } from './objects/selectors.mjs'
import { answerOf } from './origin.mjs'
import { isEditable, streaming } from './rewrite.mjs'

const QUERY = 'pm'
/** How a frame's word begins: `f1.<key id>.<until>.<edits>.<mac>`. */
const FRAME = /^(f1\.(\w+)\.(\d+)\.([\w-]+))\.([\w-]+)$/
const LASTS = 3_600_000
/** Bytes of all edits: they travel in an address. */
const BYTES = 6000

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

/** Answers `POST .../frames` of the console: two addresses of a page, as it is and with `edits` of words. */
export async function frames(request, env, place) {
  const { text, refusal } = await posted(request, 'question', BYTES)
  if (refusal) return refusal
  const { path, edits = [] } = parsed(text) ?? {}
  const host = Object.entries(JSON.parse(env.SITES)).find(([, name]) => name === place.name)?.[0]
  const problems = problemsOf(path, edits, host)
  if (problems.length) return answer(422, { problems })
  const until = now() + LASTS
  const { protocol } = new URL(request.url)
  const address = async (edits) => {
    const url = new URL(path, `${protocol}//${host}`)
    url.searchParams.set(QUERY, await wordOf(env, place, until, url.pathname, edits))
    return url.href
  }
  return answer(200, { now: await address([]), new: await address(edits.map(({ select, text }) => [select, text])), until })
}

async function wordOf(env, place, until, path, edits) {
  const [[keyId]] = unitKeys(env)
  const text = ['f1', keyId, until, toBase64url(new TextEncoder().encode(JSON.stringify(edits)))].join('.')
  return `${text}.${await sealed(env, place, 'frame', text, keyId, path)}`
}

function problemsOf(path, edits, host) {
  const problem = (pointer, cause, fix) => [{ pointer, code: 'preview', cause, fix }]
  if (!host) return problem('', 'This environment has no site.', 'Name one in SITES.')
  if (typeof path !== 'string' || !/^\/(?![/\\])/.test(path) || !URL.canParse(path, 'http://site')) {
    return problem('/path', 'This is no path of a page.', 'Write one that starts with a slash, such as /pricing.')
  }
  const isEdit = (edit) => typeof edit?.select === 'string' && edit.select.trim() && typeof edit.text === 'string'
  if (!Array.isArray(edits) || !edits.every(isEdit)) {
    return problem('/edits', 'Edits are a list of `{select, text}`.', 'Send what the plan of an experiment has there.')
  }
  return selectorProblems(JSON.stringify({ change: { edits } }))
    .map(({ pointer, ...said }) => ({ ...said, pointer: pointer.replace('/change', '') }))
}
