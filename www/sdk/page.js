// The script that the edge puts on pages: confirms the exposures of this page once somebody really sees it, forwards
// goals, counts faults, and calls for a survey. Decisions are inlined, so no evaluator is loaded.

import { outboxOf } from './beacon.js'
import { exposures } from './exposures.js'
import { inlined } from './inlined.js'
import { AGREED, COOKIE_AGE, hasAgreed } from './request.js'
import { unsentAt } from './unsent.js'
import { visible } from './visible.js'

/** Milliseconds before this page sends what an earlier one has left: it has all the time in the world. */
const REST = 2000

const source = inlined() ?? {}
const { flags = {}, privacy = {} } = source
// The edge has read the same signals in headers, where there are any.
const silent = (privacy.gpc && navigator.globalPrivacyControl) || (privacy.dnt && navigator.doNotTrack === '1')
const beacon = silent ? undefined : (source.beacon ?? privacy.beacon)
let consent = () => {}
const waits = !source.beacon && !hasAgreed(document.cookie)
const agreement = waits ? new Promise((resolve) => (consent = resolve)) : undefined
const agreed = Promise.resolve(agreement)
const unsent = unsentAt(beacon, Date.now)
const outbox = beacon && outboxOf(beacon, Date.now, { consent: agreement, kept: unsent })
// This script says itself when the page is seen: whoever leaves early may have seen it, too.
const { seen, track: tell } = exposures((key) => flags[key] ?? {}, outbox, (work) => work(), () => ({}))
// A survey may wait for something that the visitor does: it puts itself in the place of `push`.
const heard = []
function track(name, details) {
  tell(name, details)
  heard.push(name)
}
if (outbox) agreed.then(() => setTimeout(() => outbox.again(unsent.take()), REST))

let told = false
function meet() {
  source.exposures?.forEach(seen)
  // Tools that a site has anyway hear of it, too, as they name such things.
  if (told || !outbox || !source.exposures) return
  told = true
  agreed.then(() => source.exposures.forEach((key) => announce(`pointsman-${flags[key]?.run}-${flags[key]?.variant}`)))
}

/** Google's tag reads what its own function brings, and a tag manager every object of its list. */
function announce(exp_variant_string) {
  const { gtag, dataLayer } = globalThis
  const event = 'experience_impression'
  if (typeof gtag === 'function') gtag('event', event, { exp_variant_string })
  else dataLayer?.push({ event, exp_variant_string })
}

// Elements that a variant has elsewhere; what a selector does not find stays where it is.
const { moves = [], goals, more } = source
function move() {
  for (const { select, to, place } of moves) {
    try {
      document.querySelector(to)?.[place](...document.querySelectorAll(select))
    } catch {}
  }
}
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', move)
else move()

function confirm() {
  if (!visible()) return
  // Two frames: the first paint has then happened.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    meet()
    agreed.then(ask)
  }))
}

/** Whoever has met a variant may be asked about it, here or on a later page, by a script that nobody else loads. */
function ask() {
  if (source.asked) return
  source.asked = true
  try {
    const kept = JSON.parse(sessionStorage['pointsman-asked'] ?? '{}')
    const { surveys = [], voices = kept.voices } = source
    const open = (kept.surveys ?? []).concat(surveys).filter(({ key }) => !(localStorage[`pointsman-asked-${key}`] > Date.now()))
    if (open.length) import(`${voices}.js`).then((script) => script.ask(open, voices, heard)).catch(() => {})
  } catch {
    // Where nothing is remembered nobody is asked, or it would be on every page.
  }
}

/** Who leaves before those frames has seen the page too, if it was painted; nothing is painted in the background. */
function leave() {
  if (performance.getEntriesByName('first-contentful-paint').length) meet()
  outbox?.leave()
}

document.addEventListener('visibilitychange', () => (visible() ? confirm() : leave()))
document.addEventListener('prerenderingchange', confirm)
addEventListener('pagehide', leave)
confirm()

// The first fault of a page under test is an event, so that a variant that breaks pages shows without anybody's help.
if (source.exposures?.length) {
  const first = new AbortController()
  const fault = ({ message }) => {
    // Browsers report a late layout in this way; nothing has failed.
    if (/^ResizeObserver/.test(message)) return
    first.abort()
    track('error')
  }
  for (const type of ['error', 'unhandledrejection']) addEventListener(type, fault, { signal: first.signal })
}

// What is done on the page and needs no code of the page's own.
const named = ({ target }, type) => {
  const { tagName, dataset } = target.closest?.('[data-goal]') ?? {}
  if (dataset && (tagName === 'FORM') === (type === 'submit')) track(dataset.goal)
}
for (const type of ['click', 'submit']) addEventListener(type, (event) => named(event, type), true)
if (more && outbox) import(more).then(({ follow }) => follow(goals, track)).catch(() => {})

/** The visitor agrees to be counted, or does no longer. The edge reads it in the cookie. */
function agree(yes) {
  document.cookie = `${AGREED}=1; Path=/; Max-Age=${yes ? COOKIE_AGE : 0}; SameSite=Lax`
  if (yes) return consent()
  // What waits, here or for the next page, goes, and what is still to come on this page goes nowhere.
  unsent.take()
  Object.assign(outbox ?? {}, { add() {}, again() {}, leave() {} })
}

// Pages push ['track', name, details] or ['consent', yes] before or after this script has come: `(globalThis.pointsman ??= []).push(...)`.
const waiting = globalThis.pointsman
// Whatever else anybody puts there says nothing.
const push = (call) => {
  const [verb, given, details] = Array.isArray(call) ? call : []
  if (verb === 'track') track(given, details)
  if (verb === 'consent') agree(given)
}
globalThis.pointsman = { seen, track, push }
if (Array.isArray(waiting)) waiting.forEach(push)
