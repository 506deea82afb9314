// A page as visitors meet it and as a variant would have it: the addresses of both, for the console to show side by side
// (frame.mjs).
// What changes is written by whoever plans it, or stands in the document that is published.

import { answer, parsed, posted } from './body.mjs'
import { selectorOf } from './changes.mjs'
import { placeOf } from './frame.mjs'
import { sealed, toBase64url, unitKeys } from './identity.mjs'
import { hostsOf, isPath, link, NO_PATH, problem, refused } from './links.mjs'
import { now } from './now.mjs'
import { isAt, settledAt } from './settled.mjs'

/** Milliseconds for which frames are good. */
const LASTS = 60 * 60_000
/** Bytes of a question, and of the edits in an address, where they are packed. */
const [BYTES, PACKED] = [262_144, 12_000]

/**
 * Answers `POST .../frames` of the console, `{path, edits}` or `{path, flag, variant}`, with `{now, new, leads, until}`. `api` asks
 * the API of this place in the caller's name.
 */
export async function frames(request, env, place, api) {
  const { text, refusal } = await posted(request, 'question', BYTES)
  if (refusal) return refusal
  const question = parsed(text) ?? {}
  const [host] = hostsOf(env, place)
  if (!host) return refused(problem('', 'This environment has no site.', 'Name one in SITES.'))
  if (!isPath(question.path)) return refused(NO_PATH)
  const { document } = await (await api('GET', 'document')).json()
  const { edits, problems } = question.flag === undefined ? await written(question, document, api) : published(question, host, document)
  if (problems) return refused(...problems)
  const until = now() + LASTS
  // Both are opened where the first element changes: a page's top says little of what is further down.
  const at = edits.flatMap((edit) => (edit.change.move ? [] : selectorOf(edit) ?? []))[0]
  const address = async (path, edits, at) => {
    const under = settledAt(document, new URL(path, `http://${host}`), question.flag)
    const address = link(request, host, path, await wordOf(env, place, until, new URL(path, 'http://site').pathname, { edits, at, under }))
    return at === undefined ? address : `${address.split('#')[0]}#${placeOf(at)}`
  }
  const shown = await address(question.path, [], at)
  const leads = edits.find(({ change }) => change.redirect)?.change.redirect
  if (leads) return answer(200, { now: shown, new: isPath(leads) ? await address(leads, []) : null, leads, until })
  const changed = await address(question.path, edits, at)
  if (changed.length > PACKED) return refused(problem('/edits', 'These edits are more than an address holds.', 'Show some of them at a time.'))
  return answer(200, { now: shown, new: changed, until })
}

async function wordOf(env, place, until, path, shown) {
  const [[keyId]] = unitKeys(env)
  const packed = new Response(new Blob([JSON.stringify(shown)]).stream().pipeThrough(new CompressionStream('deflate-raw')))
  const text = ['f1', keyId, until, toBase64url(new Uint8Array(await packed.arrayBuffer()))].join('.')
  return `${text}.${await sealed(env, place, 'frame', text, keyId, path)}`
}

/** Edits that nobody has published: those of a document's variant, or `{select, text}` as plans have them. */
async function written({ edits = [] }, document, api) {
  const isEdit = (edit) => typeof edit?.change === 'object' || (typeof edit?.select === 'string' && typeof edit.text === 'string')
  if (!Array.isArray(edits) || !edits.every(isEdit)) {
    return { problems: [problem('/edits', 'Edits are a list of `{select, text}` or `{select, change}`.', 'Send what a plan or a document has there.')] }
  }
  const whole = edits.map(({ select, text, ...edit }) => ({ ...(select !== undefined && { select }), ...(text === undefined ? edit : { change: { text } }) }))
  const problems = whole.length ? await problemsOf(whole, document, api) : []
  return problems.length ? { problems } : { edits: whole }
}

/** What would keep edits from being published: they run on the site's own pages, here as there. */
async function problemsOf(edits, document, api) {
  const flags = { shown: { kind: 'string', variants: { old: 'old', new: 'new' }, off: 'old', otherwise: 'old' } }
  const pages = { shown: { path: '/*', flag: 'shown', variants: { new: edits } } }
  const asked = { format: 1, hosts: document?.hosts ?? [], flags, pages }
  const response = await api('PUT', 'document?preview=1', JSON.stringify(asked))
  if (response.ok) return []
  const { problems = [], error } = await response.json()
  const own = problems.filter(({ pointer }) => pointer.startsWith('/pages/shown/variants/new'))
    .map(({ pointer, ...said }) => ({ ...said, pointer: pointer.replace('/pages/shown/variants/new', '/edits') }))
  return own.length ? own : [problem('/edits', error ?? problems[0]?.cause, 'Write them as a document has them.')]
}

/** What the published document changes at a path for a variant of a flag. */
function published({ path, flag, variant }, host, document) {
  const at = new URL(path, `http://${host}`)
  const tests = Object.values(document?.pages ?? {}).filter((page) => page.flag === flag && isAt(page, at))
  if (tests.length) return { edits: tests.flatMap(({ variants }) => variants?.[variant] ?? []) }
  return { problems: [problem('/flag', `No page test of the flag “${flag}” is at ${path}.`, 'Write the path of a page that it changes.')] }
}
