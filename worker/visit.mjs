// A visit, as far as it is known before the origin is asked: who comes, what is decided for them, where that leads, and
// what is to be told of it.

import { configuration } from './config.mjs'
import { cookieName, expired, firstOf, readCookies, writeCookie } from './cookies.mjs'
import { isCurrent, mint, signUnit, verifyUnit } from './identity.mjs'
import { addressOf, arrived, journeyIn, maySend, wayOf } from './journey.mjs'
import { now } from './now.mjs'
import { ended, previewOf } from './preview.mjs'
import { reserve } from './privacy.mjs'
import { PAGES } from './sdk/names.js'
import { routes, sourceOf } from './source.mjs'
import { tokensOf } from './tokens.mjs'
import { asksWhatWasMet, contextOf, isAhead, isBot, isPage, mayBePage } from './visitor.mjs'

/** Where an address may ask for a preview (passes.mjs). */
const WORD = /[?&]pm=/
/** Types of answers that another variant may have otherwise. */
const [ANY, HTML] = [/^/, /^text\/html\b/i]

/** The visit of a request; `{answer}` where we answer it ourselves, and nothing where none of it is our business. */
export async function visitOf(request, url, env, place, context) {
  const evaluator = await configuration(request, env, place, context)
  // The evaluator may be given another snapshot while we wait; this visit stays with the one that decided.
  const { names } = evaluator
  if (!names.keys.length) return undefined
  const around = { request, url, env, place, names, cookies: request.headers.get('cookie'), secure: url.protocol === 'https:' }
  const who = await visitorOf(around)
  if (who?.answer) return who
  const beside = !who?.wanted && mayBeTested(names, request)
  if (!who && !beside) return undefined
  const shown = who?.preview && (await import('./shown.mjs'))
  // Where a split moves, whoever has met a variant keeps it.
  if (who?.unit && asksWhatWasMet(names.attributes)) who.met = await (await import('./kept.mjs')).metBy(around, who.unit)
  // What was loaded while we waited decides, as a whole.
  if (evaluator.names !== names) return visitOf(request, url, env, place, context)
  const visit = decided(around, who ?? {}, evaluator, shown)
  // Where nothing could be decided the page is the origin's own, and its visitor nobody.
  if (!visit) return undefined
  if (who?.wanted) return landed(around, who, visit, evaluator)
  return beside ? passing(around, who, visit, evaluator) : visit
}

/** Whether what is not asked for as a page may be at an address where something is tested. */
const mayBeTested = (names, request) => names.count(PAGES) > 0 && /^(GET|HEAD)$/.test(request.method) && (routes(names) || mayBePage(request))

/** The visit of a part of a page, which comes from where its page comes from. Of nobody the origin is told nothing. */
function passing({ url, names }, who, visit, evaluator) {
  const { pages } = evaluator.plan(visit.planned, addressOf(url))
  const varies = pages.length ? (routes(names) ? ANY : HTML) : undefined
  return who ? { ...visit, varies, route: sourceOf(names, pages).route } : { ...visit, varies, all: [] }
}

/** Who comes, and as whom they count. */
async function visitorOf({ request, url, env, place, names, cookies, secure }) {
  let stale = false
  const known = await firstOf(cookies, 'pm', secure, (cookie) => {
    stale = !isCurrent(env, cookie)
    return verifyUnit(env, place, cookie)
  })
  const held = known && (await previewOf(env, place, known, cookies, secure))
  const preview = held?.isOpen ? held : undefined
  // Whoever works on the site has agreed to that.
  const policy = preview ? undefined : reserve(names.edge.privacy, request.headers)
  const nobody = policy === 'out'
  const wanted = isPage(request)
  if ((nobody || !known) && !wanted) return undefined
  const minted = known ? undefined : await mint(env, place)
  const id = known ?? minted.id
  if (wanted && WORD.test(url.search)) {
    const { asked, turned } = await import('./passes.mjs')
    const wish = await asked(env, place, url, id, held)
    if (wish) return { answer: turned(url, [...(minted ? [writeCookie('pm', minted.cookie, secure)] : []), wish]) }
  }
  // A machine that comes for the first time meets what everybody meets who is in no test.
  const machine = isBot(request.headers.get('user-agent'))
  const unit = nobody || (machine && !known) ? undefined : id
  return { id, known, minted, stale, held, preview, policy, nobody, machine, wanted, unit }
}

/** What is decided for a visitor, or nothing where deciding has failed. */
function decided({ request, url, env, names }, { unit, known, minted, preview, policy, met }, evaluator, shown) {
  const time = now()
  const context = contextOf(names.attributes, request, url, unit, Boolean(known), env.IP_HEADER)
  const decisions = evaluator.evaluate(met ? { ...context, ...met.context } : context, time)
  if (decisions.failed) return undefined
  const own = names.keys.map((_, index) => (met ? met.own(decisions.at(index)) : decisions.at(index)))
  const { all, planned } = preview ? shown.forced(names, decisions, own, preview.choices) : { all: own, planned: decisions }
  const internal = names.edge.privacy?.internal
  const reserved = policy ?? (internal && own[names.index(internal)]?.value === true ? 'internal' : undefined)
  return { url, all, planned, names, version: names.version, unit, preview: preview && shown.told(names, own, all, preview), reserved, time, isNew: Boolean(minted), rewrites: false, setCookies: [] }
}

/** The visit of a page: whether its visitor is sent on, and else what is edited there. */
async function landed(around, who, visit, evaluator) {
  const { request, url, env, place, names, cookies, secure } = around
  const { all, unit, preview, reserved, time } = visit
  const { to, met, source, edits, isTested } = wayOf(evaluator, visit.planned, url)
  const journey = unit && (await journeyIn(env, place, unit, cookies, time, secure))
  const leaves = met.length > 0 && maySend(journey)
  const arrivals = leaves || journey?.path !== url.pathname ? [] : journey.runs
  const flags = unit ? testedOf(all, leaves ? met : source.pages.map(({ flag }) => flag), arrivals) : []
  const uncounted = who.machine || isAhead(request.headers) || Boolean(preview) || reserved !== undefined

  const tokens = await tokensOf(around, visit)
  // Whom the collector did not acknowledge in time it is told of again.
  const again = journey?.told ? [] : arrivals
  const exposures = await each(flags, (index) => tokens.of(index, again))
  // Applications show these, and say so by the token.
  const isOffered = (index) => unit && all[index].run && names.flag(index).client && !flags.includes(index)
  const offers = await each(leaves ? [] : [...all.keys()].filter(isOffered), (index) => tokens.of(index))
  const carried = who.met ? [...exposures, ...offers] : exposures
  const fresh = !uncounted && carried.some(({ known }) => !known)
  const due = cookiesDue(around, who, fresh)
  if (fresh) due.push(writeCookie('pmd', tokens.with(carried), secure))
  visit.setCookies = await each(due, (cookie) => cookie)
  if (leaves) return { ...visit, leaves: to, exposures, uncounted, hops: (journey?.hops ?? 0) + 1, secure }
  if (arrivals.length) visit.setCookies.push(arrived(secure))
  const work = { ...source, edits, exposures, offers, uncounted, varies: isTested ? ANY : undefined }
  return { ...visit, ...work, rewrites: isBusy(names, work, preview) }
}

/** What is made of each; mostly there are none to wait for. */
function each(list, make) {
  const made = list.map(make)
  return made.some((one) => one instanceof Promise) ? Promise.all(made) : made
}

/** The flags under test that a visitor meets: those of the page, and those that have sent them there. */
function testedOf(all, shown, arrivals) {
  const came = arrivals.map((run) => all.findIndex((decision) => decision.run?.id === run)).filter((flag) => flag >= 0)
  return [...new Set([...shown.filter((flag) => all[flag].run), ...came])]
}

/** Whether a page has anything to edit, to carry or to report. */
const isBusy = ({ edge, kinds }, { edits, exposures }, preview) =>
  Boolean(edits.length || exposures.length || preview || edge.events.length || edge.goals) || kinds.some(({ client }) => client)

/** `Set-Cookie` headers that say who a visitor is from now on, some of them promises. */
function cookiesDue({ env, place, cookies, secure }, { id, minted, stale, held, preview, nobody }, news) {
  const due = []
  // The cookie is kept for as long as browsers keep any, from the last time that it said something new.
  if (!nobody && (minted || stale || news)) {
    due.push(minted ? writeCookie('pm', minted.cookie, secure) : signUnit(env, place, id).then((cookie) => writeCookie('pm', cookie, secure)))
  }
  if (held && !preview) due.push(ended(secure))
  // Whoever is nobody from now on was somebody before.
  for (const name of nobody ? ['pm', 'pmd'] : []) {
    if (readCookies(cookies, cookieName(name, secure)).length) due.push(expired(name, secure))
  }
  return due
}
