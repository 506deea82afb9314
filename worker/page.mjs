// A visitor's page: decisions before the first byte, edits while it streams, and the origin's own answer whenever
// anything of ours goes wrong.

import { configuration } from './config.mjs'
import { cookieName, expired, mint, signDecision, verifyDecision, verifyUnit, writeCookie } from './identity.mjs'
import { assigned } from './intake.mjs'
import { now } from './now.mjs'
import { asked, ended, FORCED, forced, PREVIEWED, previewOf, turned } from './preview.mjs'
import { reserve } from './privacy.mjs'
import { rewrite } from './rewrite.mjs'
import { readCookie } from './sdk/request.js'
import { contextOf, isAhead, isBot, isPage } from './visitor.mjs'

const VARIANTS = 'pointsman-variants'
/** Half of what the strictest of the common servers takes for all headers together. */
const HEADER_BYTES = 4096
/** Decision tokens that a visitor carries: about 90 bytes each, in a cookie of at most 4,096. */
const TOKENS = 40

/** Answers a request to the site's host. */
export async function page(request, env, place, context) {
  let visit
  try {
    visit = await decide(request, env, place, context)
  } catch {
    // The page wins: without a decision the visitor gets what the origin serves to everybody.
  }
  if (visit?.answer) return visit.answer
  const response = await origin(request, env, visit)
  if (!visit?.rewrites || !isEditable(response)) return visit?.preview ? unkept(response) : response
  try {
    const { exposures, unit } = visit
    // First the page: a visitor whose page could not be edited has met nothing.
    const edited = rewrite(response, visit)
    if (exposures.some(({ known }) => !known) && !visit.uncounted) {
      const fresh = exposures.filter(({ known }) => !known)
      context.waitUntil(assigned(request, env, place, unit, visit.isNew, fresh).catch(() => {}))
    }
    return edited
  } catch {
    return response
  }
}

/** Everything about this visit that is known before the origin is asked. */
async function decide(request, env, place, context) {
  const url = new URL(request.url)
  const secure = url.protocol === 'https:'
  const evaluator = await configuration(env, place, context)
  if (!evaluator.names.keys.length) return undefined
  const cookies = request.headers.get('cookie')
  const cookie = (name) => readCookie(cookies, name)
  const known = await verifyUnit(env, place, cookie(cookieName('pm', secure)))
  const held = known && (await previewOf(env, place, known, cookie, secure))
  const preview = held?.isOpen ? held : undefined
  // Whoever works on the site has agreed to that.
  const reserved = preview ? undefined : reserve(evaluator.names.edge.privacy, request.headers)
  const nobody = reserved === 'out'
  const wanted = isPage(request)
  if ((nobody || !known) && !wanted) return undefined
  const minted = known ? undefined : await mint(env, place)
  const visitor = known ?? minted.id
  const wish = wanted && (await asked(env, place, url, visitor, held))
  if (wish) return { answer: turned(url, [...(minted ? [writeCookie('pm', minted.cookie, secure)] : []), wish]) }
  const unit = nobody ? undefined : visitor

  const time = now()
  const decisions = evaluator.evaluate(contextOf(request, url, unit), time)
  const own = evaluator.names.keys.map((_, index) => decisions.at(index))
  // The evaluator may be given another snapshot while we wait; this visit stays with the one that decided.
  const { names, version } = evaluator
  const { all, planned } = preview ? forced(names, decisions, own, preview.choices) : { all: own, planned: decisions }
  const visit = { all, own, names, version, unit, preview, reserved, isNew: Boolean(minted), rewrites: false, setCookies: [] }
  if (!wanted) return visit

  const plan = evaluator.plan(planned, url.pathname)
  // What a preview shows is no repetition of anything that was decided before.
  const earlier = preview ? new Map() : await earlierDecisions(env, place, unit, cookie(cookieName('pmd', secure)))
  const token = (index) => exposure(env, place, unit, all[index], earlier, version, time, preview)
  const exposures = await Promise.all(plan.exposures.map(token))
  const uncounted = isBot(request.headers.get('user-agent')) || isAhead(request.headers) || Boolean(preview) || reserved !== undefined
  if (minted && !nobody) visit.setCookies.push(writeCookie('pm', minted.cookie, secure))
  if (held && !preview) visit.setCookies.push(ended(secure))
  // Whoever is nobody from now on was somebody before.
  for (const name of nobody ? ['pm', 'pmd'] : []) {
    if (cookie(cookieName(name, secure))) visit.setCookies.push(expired(name, secure))
  }
  // A page fetched ahead leaves the token to its script, so that a real visit is still counted as one.
  if (!uncounted && exposures.some(({ known }) => !known)) {
    const tokens = new Map([...earlier].map(([run, { token }]) => [run, token]))
    for (const { run, token } of exposures) tokens.set(run, token)
    visit.setCookies.push(writeCookie('pmd', [...tokens.values()].slice(-TOKENS).join('~'), secure))
  }
  const edits = plan.edits.map((index) => names.edge.edits[index])
  const shown = new Set(plan.exposures)
  const offered = all.flatMap(({ run }, index) => (run && names.flag(index).client && !shown.has(index) ? [index] : []))
  // Applications show these, and say so by the token.
  const offers = await Promise.all(offered.map(token))
  return { ...visit, rewrites: true, edits, exposures, offers, uncounted }
}

/** Whether a response is a page that the rewriter can read. It unpacks these codings and takes others for text. */
function isEditable({ status, headers }) {
  const [type, coding] = [headers.get('content-type') ?? '', headers.get('content-encoding') ?? '']
  return status === 200 && /^text\/html\b/i.test(type) && /^(gzip|br|identity|)$/i.test(coding.trim())
}

/** The decision token of an exposure: the one that the visitor already carries, or a new one. */
async function exposure(env, place, unit, decision, earlier, config, time, preview) {
  const { flag, variant, run } = decision
  const known = earlier.get(run.id)
  if (known && known.variant === variant && known.epoch === run.epoch) return { ...known, flag, known: true }
  const flags = preview ? PREVIEWED + (decision.forced ? FORCED : 0) : 0
  const fields = { run: run.id, epoch: run.epoch, variant, config, time, flags }
  return { ...fields, flag, token: await signDecision(env, place, unit, fields) }
}

/** The same answer for nobody else: it may follow from variants that only a preview shows. */
function unkept(response) {
  // What is no answer but another connection cannot be made anew.
  if (response.status < 200) return response
  const kept = new Response(response.body, response)
  kept.headers.set('cache-control', 'private, no-store')
  return kept
}

/** What was decided for this unit before, from the tokens in its cookie. */
async function earlierDecisions(env, place, unit, cookie) {
  const found = new Map()
  for (const token of cookie?.split('~').slice(0, TOKENS) ?? []) {
    const decision = await verifyDecision(env, place, unit, token)
    if (decision) found.set(decision.run, { ...decision, token })
  }
  return found
}

/** The origin's answer. It learns the variants; what a client says of them never gets there. */
async function origin(request, env, visit) {
  const headers = new Headers(request.headers)
  // Some origins take an underscore for a hyphen.
  for (const name of [VARIANTS, VARIANTS.replace('-', '_')]) headers.delete(name)
  if (visit) {
    const variants = dictionary(visit.all)
    if (variants) headers.set(VARIANTS, variants)
  }
  if (visit?.rewrites) {
    // What the browser has in its cache is another visitor's page, or this one's before the test.
    headers.delete('if-none-match')
    headers.delete('if-modified-since')
    // Only codings that the visitor accepts and that can be edited.
    const codings = (headers.get('accept-encoding') ?? '').split(',').filter((coding) => /^\s*(gzip|br)\b/i.test(coding))
    headers.set('accept-encoding', codings.join(',').trim() || 'identity')
  }
  const url = new URL(request.url)
  if (env.ORIGIN_URL) {
    const site = new URL(env.ORIGIN_URL)
    url.protocol = site.protocol
    url.host = site.host
  }
  const outgoing = new Request(url, new Request(request, { headers, redirect: 'manual' }))
  try {
    const response = await (env.ORIGIN ? env.ORIGIN.fetch(outgoing) : fetch(outgoing))
    return env.ORIGIN_URL ? keptHere(response, url, request.url) : response
  } catch {
    return new Response(null, { status: 502, headers: { 'server-timing': 'pm;desc=origin' } })
  }
}

/** An RFC 9651 dictionary of variants; keys and tokens are plain by the rules for names. Servers refuse long headers, so
 * one that would be too long names the flags under test alone, and one that still is stays away. */
function dictionary(decisions) {
  const known = decisions.filter(({ variant }) => variant !== undefined)
  const text = (some) => some.map(({ flag, variant }) => `${flag}=${variant}`).join(', ')
  return [text(known), text(known.filter(({ run }) => run))].find(({ length }) => length <= HEADER_BYTES)
}

/** An origin behind another name sends visitors to that name; here they stay with the edge. */
function keptHere(response, origin, here) {
  const location = response.headers.get('location')
  const target = location && URL.parse(location, origin)
  if (!target || target.origin !== origin.origin || !URL.canParse(location)) return response
  const headers = new Headers(response.headers)
  headers.set('location', new URL(here).origin + target.pathname + target.search + target.hash)
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}
