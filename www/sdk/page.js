// The script that the edge puts on pages: confirms the exposures of this page once somebody really sees it, forwards
// goals, counts faults, and calls for a survey. Decisions are inlined, so no evaluator is loaded.

import { outboxOf } from './beacon.js'
import { inlined } from './inlined.js'
import { openWith } from './open.js'
import { unsentAt } from './unsent.js'
import { visible } from './visible.js'

/** Milliseconds before this page sends what an earlier one has left: it has all the time in the world. */
const REST = 2000

const source = inlined() ?? {}
// This script says itself when the page is seen: whoever leaves early may have seen it, too.
const { beacon } = source
const unsent = unsentAt(beacon, Date.now)
const outbox = beacon && outboxOf(beacon, Date.now, unsent)
const pointsman = openWith(undefined, source, {}, { outbox, when: (work) => work() })
if (outbox) setTimeout(() => outbox.again(unsent.take()), REST)

const meet = () => source.exposures?.forEach(pointsman.seen)

function confirm() {
  if (!visible()) return
  // Two frames: the first paint has then happened.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    meet()
    ask()
  }))
}

/** Whoever has met a variant may be asked about it, by a script that nobody else loads. */
function ask() {
  const { surveys, voices } = source
  source.surveys = undefined
  const markOf = ({ key }) => `pointsman-asked-${key}`
  try {
    const survey = surveys?.find((one) => !localStorage.getItem(markOf(one)))
    if (survey) import(`${voices}.js`).then((script) => script.ask(survey, voices, markOf(survey))).catch(() => {})
  } catch {
    // Where nothing is remembered nobody is asked, or it would be on every page.
  }
}

/** Who leaves before those frames has seen the page too, if it was painted; nothing is painted in the background. */
function leave() {
  if (performance.getEntriesByName('first-contentful-paint').length) meet()
  pointsman.leave()
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
    pointsman.track('error')
  }
  for (const type of ['error', 'unhandledrejection']) addEventListener(type, fault, { signal: first.signal })
}

// Pages push ['track', name] before or after this script has come: `(globalThis.pointsman ??= []).push(...)`.
const waiting = globalThis.pointsman
globalThis.pointsman = { ...pointsman, push: ([verb, ...rest]) => verb === 'track' && pointsman.track(...rest) }
if (Array.isArray(waiting)) waiting.forEach(globalThis.pointsman.push)
