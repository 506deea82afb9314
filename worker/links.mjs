// The links into previews that the console gives out (passes.mjs), and what every link to a page of a site has.

import { answer } from './body.mjs'
import { now } from './now.mjs'
import { listed, passOf } from './passes.mjs'
import { QUERY } from './preview.mjs'

/** Milliseconds of a minute, and the longest that a pass is good for. */
const MINUTE = 60_000
const LONGEST = 30 * 24 * 60 * MINUTE
/** Characters of the variants of a link: they travel in an address, and then in a cookie. */
const CHOICES = 1500

/**
 * Answers `POST .../preview` of the console: links that open a preview, `{path, minutes, variants: {flag: variant}}`. `api`
 * asks the API of the place in the caller's name.
 */
export async function previews(request, env, place, api) {
  const { path = '/', minutes = 60, variants = {} } = (await request.json().catch(() => undefined)) ?? {}
  if (!isPath(path)) return refused(NO_PATH)
  if (!(Number.isInteger(minutes) && minutes > 0 && minutes * MINUTE <= LONGEST)) {
    return refused(problem('/minutes', 'A link is good for 1 to 43200 minutes.', 'Write a whole number; 60 is an hour.'))
  }
  const problems = await problemsOfVariants(variants, api)
  if (problems.length) return refused(...problems)
  const until = now() + minutes * MINUTE
  const pass = await passOf(env, place, until, Object.entries(variants))
  return answer(200, { links: hostsOf(env, place).map((host) => link(request, host, path, pass)), until })
}

async function problemsOfVariants(variants, api) {
  if (variants === null || typeof variants !== 'object' || Array.isArray(variants)) {
    return [problem('/variants', 'Variants are an object from flag to variant.', 'Write them as {"hero": "fresh"}.')]
  }
  const chosen = Object.entries(variants)
  const { flags } = chosen.length ? await (await api('GET', 'flags')).json() : {}
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

/** The sites of a place. */
export const hostsOf = ({ SITES }, { name }) => Object.entries(JSON.parse(SITES)).flatMap(([host, own]) => (own === name ? [host] : []))

/** Whether this leads to a page of whatever site it is put behind, and not to another one. */
export const isPath = (path) => typeof path === 'string' && path.startsWith('/') && URL.parse(path, 'http://site')?.host === 'site'

/** A page of a site, with a word for the edge. Sites speak as the console does: http on one machine, https elsewhere. */
export function link(request, host, path, word) {
  const url = new URL(path, `${new URL(request.url).protocol}//${host}`)
  url.searchParams.set(QUERY, word)
  return url.href
}

export const problem = (pointer, cause, fix) => ({ pointer, code: 'preview', cause, fix })
export const NO_PATH = problem('/path', 'This is no path of a page.', 'Write one that starts with a slash, such as /pricing.')
export const refused = (...problems) => answer(422, { problems })
