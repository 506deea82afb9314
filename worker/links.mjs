// The addresses of frames: a page as it is and as a plan would have it, for the console to show side by side. What such an
// address gives stands in frame.mjs.

import { answer, parsed, posted } from './body.mjs'
import { sealed, toBase64url, unitKeys } from './identity.mjs'
import { now } from './now.mjs'
import { selectorProblems } from './objects/selectors.mjs'
import { QUERY } from './preview.mjs'

const LASTS = 3_600_000
/** Bytes of all edits: they travel in an address. */
const BYTES = 6000

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
  if (typeof path !== 'string' || !path.startsWith('/') || URL.parse(path, 'http://site')?.host !== 'site') {
    return problem('/path', 'This is no path of a page.', 'Write one that starts with a slash, such as /pricing.')
  }
  const isEdit = (edit) => typeof edit?.select === 'string' && edit.select.trim() && typeof edit.text === 'string'
  if (!Array.isArray(edits) || !edits.every(isEdit)) {
    return problem('/edits', 'Edits are a list of `{select, text}`.', 'Send what the plan of an experiment has there.')
  }
  return selectorProblems(JSON.stringify({ change: { edits } }))
    .map(({ pointer, ...said }) => ({ ...said, pointer: pointer.replace('/change', '') }))
}
