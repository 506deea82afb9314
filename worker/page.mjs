// A visitor's page: decisions before the first byte, edits while it streams, and the origin's own answer whenever
// anything of ours goes wrong.

import { configuration } from './config.mjs'
import { cookieName, expired, firstOf, readCookies, writeCookie } from './cookies.mjs'
import { frameOf, framed } from './frame.mjs'
import { isCurrent, mint, signDecision, signUnit, verifyDecision, verifyUnit } from './identity.mjs'
import { assigned } from './intake.mjs'
import { addressOf, arrived, journeyCookie, journeyIn, journeyOf, maySend, sent } from './journey.mjs'
import { now } from './now.mjs'
import { answerOf } from './origin.mjs'
import { asked, ended, FORCED, forced, PREVIEWED, previewOf, turned } from './preview.mjs'
import { reserve } from './privacy.mjs'
import { countRedirect } from './redirects.mjs'
import { isEditable, rewrite } from './rewrite.mjs'
import { contextOf, isAhead, isBot, isPage } from './visitor.mjs'

/** Decision tokens that a visitor carries: about 90 bytes each, in a cookie of at most 4,096. */
const TOKENS = 40
/** Milliseconds that a redirect waits for the collector. */
const COMMIT = 50
/** A bit of a decision token's `flags`, beside those of previews: somebody who works here. */
const INTERNAL = 4

/** Answers a request to the site's host. */
export async function page(request, url, env, place, context) {
  let visit
  try {
    const frame = url.search && (await frameOf(env, place, url))
    if (frame) return await framed(request, url, env, frame)
    visit = await decide(request, url, env, place, context)
    if (visit?.leaves) return await leave(request, env, place, context, visit)
  } catch {
    // The page wins: without a decision the visitor gets what the origin serves to everybody.
    visit = undefined
  }
  if (visit?.answer) return visit.answer
  const { response, taken } = await answerOf(request, env, visit)
  if (!visit) return response
  try {
    if (!visit.rewrites || !isEditable(response)) return kept(response, visit)
    // First the page: a visitor whose page could not be edited has met nothing.
    const met = taken ? visit : without(visit)
    const edited = rewrite(response, env, met)
    const fresh = met.exposures.filter(({ known }) => !known)
    if (fresh.length && !met.uncounted) {
      const report = assigned(request, env, place, met.unit, met.isNew, fresh, met.names)
      context.waitUntil(report.catch(() => {}))
    }
    return edited
  } catch {
    return response
  }
}

/** Everything about this visit that is known before the origin is asked. */
async function decide(request, url, env, place, context) {
  const secure = url.protocol === 'https:'
  const evaluator = await configuration(env, place, context)
  // The evaluator may be given another snapshot while we wait; this visit stays with the one that decided.
  const { names, version } = evaluator
  if (!names.keys.length) return undefined
  const cookies = request.headers.get('cookie')
  const agent = request.headers.get('user-agent')
  let stale = false
  const known = await firstOf(cookies, 'pm', secure, async (cookie) => {
    const unit = await verifyUnit(env, place, cookie)
    stale = unit !== undefined && !isCurrent(env, cookie)
    return unit
  })
  const held = known && (await previewOf(env, place, known, cookies, secure))
  const preview = held?.isOpen ? held : undefined
  // Whoever works on the site has agreed to that.
  const policy = preview ? undefined : reserve(names.edge.privacy, request.headers)
  const nobody = policy === 'out'
  const wanted = isPage(request)
  if ((nobody || !known) && !wanted) return undefined
  const minted = known ? undefined : await mint(env, place)
  const visitor = known ?? minted.id
  const wish = wanted && (await asked(env, place, url, visitor, held))
  if (wish) return { answer: turned(url, [...(minted ? [writeCookie('pm', minted.cookie, secure)] : []), wish]) }
  // A machine that comes for the first time meets what everybody meets who is in no test.
  const machine = isBot(agent)
  const unit = nobody || (machine && !known) ? undefined : visitor

  const time = now()
  // What was loaded while we waited decides, as a whole.
  if (evaluator.names !== names) return decide(request, url, env, place, context)
  const decisions = evaluator.evaluate(contextOf(names.attributes, request, url, unit, Boolean(known), env.IP_HEADER), time)
  const own = names.keys.map((_, index) => decisions.at(index))
  const { all, planned } = preview ? forced(names, decisions, own, preview.choices) : { all: own, planned: decisions }
  const internal = names.edge.privacy?.internal
  const reserved = policy ?? (internal && own[names.index(internal)]?.value === true ? 'internal' : undefined)
  const visit = { url, all, own, names, version, unit, preview, reserved, isNew: Boolean(minted), rewrites: false, setCookies: [] }
  const reads = /^(GET|HEAD)$/.test(request.method)
  if (!wanted) return reads && routes(names) ? { ...visit, route: sourceOf(names, evaluator.plan(planned, addressOf(url)).pages).route } : visit

  const { url: to, met, pages } = journeyOf(evaluator, planned, url)

  const uncounted = machine || isAhead(request.headers) || Boolean(preview) || reserved !== undefined
  // What a preview shows is no repetition of anything that was decided before.
  const earlier = preview || !names.runs.length ? new Map() : await earlierDecisions(env, place, unit, cookies, secure)
  const journey = unit && (await journeyIn(env, place, unit, cookies, time, secure))
  const leaves = met.length > 0 && maySend(journey)
  const arrivals = leaves || journey?.path !== url.pathname ? [] : journey.runs
  // Nobody sees what lies behind a redirect that is not made, nor a second page in the place of one.
  const source = sourceOf(names, met.length ? [] : pages)
  const shown = leaves ? met : source.pages.map(({ flag }) => flag)
  const ofRun = (run) => all.findIndex((decision) => decision.run?.id === run)
  const tested = [...shown.filter((flag) => all[flag].run), ...arrivals.map(ofRun).filter((flag) => flag >= 0)]
  const flags = unit ? [...new Set(tested)] : []
  const marks = preview ? PREVIEWED : reserved === 'internal' ? INTERNAL : 0
  const token = async (index) => {
    const made = await exposure(env, place, unit, all[index], earlier, version, time, marks)
    // Whom the collector did not acknowledge in time it is told of again.
    return arrivals.includes(made.run) && !journey.told ? { ...made, known: false } : made
  }
  const exposures = await Promise.all(flags.map(token))
  const fresh = exposures.some(({ known }) => !known)
  // The cookie is kept for as long as browsers keep any, from the last time that it said something new.
  if (minted ? !nobody : !nobody && (stale || (fresh && !uncounted))) {
    visit.setCookies.push(writeCookie('pm', minted?.cookie ?? (await signUnit(env, place, visitor)), secure))
  }
  if (held && !preview) visit.setCookies.push(ended(secure))
  // Whoever is nobody from now on was somebody before.
  for (const name of nobody ? ['pm', 'pmd'] : []) {
    if (readCookies(cookies, cookieName(name, secure)).length) visit.setCookies.push(expired(name, secure))
  }
  // A page fetched ahead leaves the token to its script, so that a real visit is still counted as one.
  if (fresh && !uncounted) {
    const tokens = new Map([...earlier].map(([run, { token }]) => [run, token]))
    for (const { run, token } of exposures) tokens.set(run, token)
    visit.setCookies.push(writeCookie('pmd', [...tokens.values()].slice(-TOKENS).join('~'), secure))
  }
  if (leaves) return { ...visit, leaves: to, exposures, uncounted, hops: (journey?.hops ?? 0) + 1, secure, time }
  if (arrivals.length) visit.setCookies.push(arrived(secure))
  const isOffered = ({ run }, index) => unit && run && names.flag(index).client && !flags.includes(index)
  // Applications show these, and say so by the token.
  const offers = await Promise.all(all.flatMap((decision, index) => (isOffered(decision, index) ? [index] : [])).map(token))
  const work = { ...source, edits: editsOf(names, source.pages), exposures, offers, uncounted }
  return { ...visit, ...work, rewrites: isBusy(names, work, preview) }
}

const editsOf = (names, pages) => pages.flatMap(({ edits }) => edits.map((index) => names.edge.edits[index]))

/** Configurations in which some page comes from another upstream. */
const routed = new WeakMap()

function routes({ edge }) {
  if (!routed.has(edge)) routed.set(edge, edge.edits.some(({ change }) => change.route))
  return routed.get(edge)
}

/** Where a page comes from: `rewrite` and `route` of the first test that has one, which is `source`, and the tests that it shows. */
function sourceOf(names, pages) {
  const takes = (page) => editsOf(names, [page]).find(({ change }) => change.rewrite ?? change.route)?.change
  const first = pages.find(takes)
  return { ...(first && { ...takes(first), source: first.flag }), pages: pages.filter((page) => page === first || !takes(page)) }
}

/** Whether a page has anything to edit, to carry or to report. */
const isBusy = ({ edge, kinds }, { edits, exposures }, preview) =>
  Boolean(edits.length || exposures.length || preview || edge.events.length || edge.goals) || kinds.some(({ client }) => client)

/** Sends a visitor on. Whoever leaves is counted first, if the collector is quick. */
async function leave(request, env, place, context, visit) {
  const { url, leaves, exposures, uncounted, unit, setCookies, secure, time, hops } = visit
  const fresh = exposures.filter(({ known }) => !known)
  let told = true
  if (fresh.length && !uncounted) {
    const report = assigned(request, env, place, unit, visit.isNew, fresh, visit.names)
      .then(({ status }) => status === 200, () => false)
    context.waitUntil(report.then((ok) => countRedirect(place, fresh.length, ok)))
    told = await Promise.race([report, new Promise((resolve) => setTimeout(resolve, COMMIT, false))])
  }
  const runs = exposures.map(({ run }) => run)
  // Only on hosts that share our cookies anybody arrives who is known.
  const cookies = unit && runs.length ? [await journeyCookie(env, place, unit, { hops, told, path: leaves.pathname, runs }, time, secure)] : []
  return sent(url, leaves, [...setCookies, ...cookies])
}

/** A visit whose page did not come from where its variant has it come from: nobody has met that variant. */
function without(visit) {
  const { source, pages, exposures, names } = visit
  if (source === undefined) return visit
  const left = pages.filter(({ flag }) => flag !== source)
  return { ...visit, edits: editsOf(names, left), exposures: exposures.filter(({ flag }) => names.index(flag) !== source) }
}

/** The decision token of an exposure: the one that the visitor already carries, or a new one. */
async function exposure(env, place, unit, decision, earlier, config, time, marks) {
  const { flag, variant, run } = decision
  const known = earlier.get(run.id)
  if (known && known.variant === variant && known.epoch === run.epoch && known.flags === marks) return { ...known, flag, known: true }
  const flags = marks + (decision.forced ? FORCED : 0)
  const fields = { run: run.id, epoch: run.epoch, variant, config, time, flags }
  return { ...fields, flag, token: await signDecision(env, place, unit, fields) }
}

/**
 * The origin's answer where nothing of it is edited. What follows from a visitor's variants is nobody else's: what only a
 * preview shows, what comes with a cookie of ours, and what the origin says depends on them.
 */
function kept(response, visit) {
  const { status } = response
  const cookies = visit.rewrites === false && visit.setCookies.length && isEditable(response) ? visit.setCookies : []
  const depends = /\bpointsman-variants\b|\*/i.test(response.headers.get('vary') ?? '')
  // What is no answer but another connection cannot be made anew.
  if (status < 200 || !(visit.preview || cookies.length || depends || visit.route)) return response
  const made = new Response(response.body, response)
  made.headers.set('cache-control', visit.preview || cookies.length ? 'private, no-store' : personal(response))
  if (depends || cookies.length) made.headers.append('vary', 'cookie')
  if (visit.preview) made.headers.set('x-robots-tag', 'noindex')
  for (const cookie of cookies) made.headers.append('set-cookie', cookie)
  return made
}

/** What an answer says of caches, for the visitor's own alone. */
function personal({ headers }) {
  const own = (headers.get('cache-control') ?? '').split(',').map((part) => part.trim())
  return ['private', ...own.filter((part) => part && !/^(public|private|s-maxage|proxy-revalidate|stale-)/i.test(part))].join(', ')
}

/** What was decided for this unit before, from the tokens in its cookie. */
async function earlierDecisions(env, place, unit, cookies, secure) {
  const found = new Map()
  for (const cookie of unit ? readCookies(cookies, cookieName('pmd', secure)) : []) {
    for (const token of cookie.split('~').slice(0, TOKENS)) {
      const decision = await verifyDecision(env, place, unit, token)
      if (decision) found.set(decision.run, { ...decision, token })
    }
  }
  return found
}
