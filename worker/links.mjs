// The links that the console gives out to pages of a site: into a preview (passes.mjs), and to a page as it is and as a
// plan would have it, for the console to show side by side (frame.mjs).

import { answer, parsed, posted } from './body.mjs'
import { sealed, toBase64url, unitKeys } from './identity.mjs'
import { now } from './now.mjs'
import { selectorProblems } from './objects/selectors.mjs'
import { passOf } from './passes.mjs'
import { listed, QUERY } from './preview.mjs'

/** Milliseconds of a minute, and the longest that a pass is good for. */
const MINUTE = 60_000
const LONGEST = 30 * 24 * 60 * MINUTE
/** Milliseconds for which frames are good. */
const LASTS = 60 * MINUTE
/** Characters of the variants of a link: they travel in an address, and then in a cookie. */
const CHOICES = 1500
/** Bytes of all edits of a frame: they travel in an address. */
const BYTES = 6000

/**
 * Answers `POST .../preview` of the console: links that open a preview, `{path, minutes, variants: {flag: variant}}`. `flagsOf`
 * gives the flags of the place.
 */
export async function previews(request, env, place, flagsOf) {
  const { path = '/', minutes = 60, variants = {} } = await request.json().catch(() => ({}))
  if (!isPath(path)) return refused(NO_PATH)
  if (!(Number.isInteger(minutes) && minutes > 0 && minutes * MINUTE <= LONGEST)) {
    return refused(problem('/minutes', 'A link is good for 1 to 43200 minutes.', 'Write a whole number; 60 is an hour.'))
  }
  const problems = await problemsOfVariants(variants, flagsOf)
  if (problems.length) return refused(...problems)
  const until = now() + minutes * MINUTE
  const pass = await passOf(env, place, until, Object.entries(variants))
  return answer(200, { links: hostsOf(env, place).map((host) => link(request, host, path, pass)), until })
}

async function problemsOfVariants(variants, flagsOf) {
  if (variants === null || typeof variants !== 'object' || Array.isArray(variants)) {
    return [problem('/variants', 'Variants are an object from flag to variant.', 'Write them as {"hero": "fresh"}.')]
  }
  const chosen = Object.entries(variants)
  const flags = chosen.length ? await flagsOf() : []
  const problems = chosen.flatMap(([key, variant]) => {
    const there = flags.find((flag) => flag.key === key)?.variants.map((one) => one.key)
    if (there?.includes(variant)) return []
    const pointer = `/variants/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return there
      ? [problem(pointer, `The flag “${key}” has no variant ${JSON.stringify(variant)}.`, `Choose one of its variants: ${there.join(', ')}.`)]
      : [problem(pointer, `There is no flag “${key}” in this environment.`, 'Name one that is published here.')]
  })
  if (problems.length || listed(chosen).length <= CHOICES) return problems
  return [problem('/variants', 'These are more variants than an address holds.', `Keep their names to ${CHOICES} characters together.`)]
}

/** Answers `POST .../frames` of the console: two addresses of a page, as it is and with `edits` of words. */
export async function frames(request, env, place) {
  const { text, refusal } = await posted(request, 'question', BYTES)
  if (refusal) return refusal
  const { path, edits = [] } = parsed(text) ?? {}
  const [host] = hostsOf(env, place)
  if (!host) return refused(problem('', 'This environment has no site.', 'Name one in SITES.'))
  if (!isPath(path)) return refused(NO_PATH)
  const problems = problemsOf(edits)
  if (problems.length) return refused(...problems)
  const until = now() + LASTS
  const { pathname } = new URL(path, 'http://site')
  const address = async (edits) => link(request, host, path, await wordOf(env, place, until, pathname, edits))
  return answer(200, { now: await address([]), new: await address(edits.map(({ select, text }) => [select, text])), until })
}

async function wordOf(env, place, until, path, edits) {
  const [[keyId]] = unitKeys(env)
  const text = ['f1', keyId, until, toBase64url(new TextEncoder().encode(JSON.stringify(edits)))].join('.')
  return `${text}.${await sealed(env, place, 'frame', text, keyId, path)}`
}

function problemsOf(edits) {
  const isEdit = (edit) => typeof edit?.select === 'string' && edit.select.trim() && typeof edit.text === 'string'
  if (!Array.isArray(edits) || !edits.every(isEdit)) {
    return [problem('/edits', 'Edits are a list of `{select, text}`.', 'Send what the plan of an experiment has there.')]
  }
  return selectorProblems(JSON.stringify({ change: { edits } }))
    .map(({ pointer, ...said }) => ({ ...said, pointer: pointer.replace('/change', '') }))
}

/** The sites of a place. */
export const hostsOf = ({ SITES }, { name }) => Object.entries(JSON.parse(SITES)).flatMap(([host, own]) => (own === name ? [host] : []))

/** Whether this leads to a page of whatever site it is put behind, and not to another one. */
const isPath = (path) => typeof path === 'string' && path.startsWith('/') && URL.parse(path, 'http://site')?.host === 'site'

/** A page of a site, with a word for the edge. Sites speak as the console does: http on one machine, https elsewhere. */
function link(request, host, path, word) {
  const url = new URL(path, `${new URL(request.url).protocol}//${host}`)
  url.searchParams.set(QUERY, word)
  return url.href
}

const problem = (pointer, cause, fix) => ({ pointer, code: 'preview', cause, fix })
const NO_PATH = problem('/path', 'This is no path of a page.', 'Write one that starts with a slash, such as /pricing.')
const refused = (...problems) => answer(422, { problems })
