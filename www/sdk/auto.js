// One script tag, for sites that no edge of ours serves and that bundle nothing. What was decided before is there at
// once; what decides anew, connect.js with the evaluator, comes after it from the same folder.

import { openWith } from './open.js'
import { attributesOf } from './request.js'

/** What a page may ask before this script has come: `(globalThis.pointsman ??= []).push(['track', 'order'])`. */
const VERBS = ['seen', 'subscribe', 'track', 'update']

const script = globalThis.document?.currentScript
if (script) begin(script)

function begin({ src, dataset }) {
  const { key, url, path, beacon } = dataset
  const home = url ? new URL(path ?? '/_pm/', url) : new URL(path ?? '.', src)
  const kept = decisionsAt(`pointsman decisions ${home} ${key}`)
  const listeners = new Set()
  /** What was asked before it could be said for whom was decided what. */
  const waiting = []
  let context = contextOf(dataset)
  const known = kept.read(context)
  let flags = openWith(undefined, known)
  let live

  const isDecided = () => live?.version !== undefined
  const soon = (verb) => (...given) => (isDecided() ? live[verb](...given) : void waiting.push([verb, given]))
  const pointsman = {
    get: (key, fallback) => flags.get(key, fallback),
    why: (key) => flags.why(key),
    seen: soon('seen'),
    track: soon('track'),

    /** Decides for more or other attributes. */
    update(more) {
      context = { ...context, ...more }
      live?.update(context)
    },

    /** Calls `listener` now if there are values, and after every change; gives what ends that. */
    subscribe(listener) {
      listeners.add(listener)
      if (flags.version !== undefined) listener(pointsman)
      return () => void listeners.delete(listener)
    },

    // Whatever else anybody pushes says nothing.
    push(call) {
      const [verb, ...given] = Array.isArray(call) ? call : []
      if (VERBS.includes(verb)) pointsman[verb](...given)
    },
  }

  function changed() {
    if (!isDecided()) return
    for (const [verb, given] of waiting.splice(0)) live[verb](...given)
    kept.write(context, flags)
    show(pointsman)
    listeners.forEach((listener) => listener(pointsman))
  }

  async function follow() {
    // A script of another site has no folder but by its address.
    const { connect } = await import(new URL('connect.js', src).href)
    live = flags = connect({ url: home, path: home.pathname, key, context, beacon, onError: ({ message }) => console.warn(`pointsman: ${message}`) })
    live.subscribe(changed)
    changed()
  }

  const early = globalThis.pointsman
  globalThis.pointsman = pointsman
  if (Array.isArray(early)) early.forEach(pointsman.push)
  whenRead(() => show(pointsman))
  // Whoever has values lets the page come first.
  if (known && globalThis.requestIdleCallback) requestIdleCallback(follow)
  else follow()
}

/** What is known of a visitor: what the edge would know, what the tag says, and a unit that stays with this browser. */
function contextOf({ unit, context = '{}' }) {
  const { userAgent, userAgentData, languages } = navigator
  const said = {
    'user-agent': userAgent, 'accept-language': languages.join(),
    ...(userAgentData && { 'sec-ch-ua-mobile': `?${Number(userAgentData.mobile)}`, 'sec-ch-ua-platform': userAgentData.platform }),
  }
  let more
  try {
    more = JSON.parse(context)
  } catch {
    console.warn(`pointsman: data-context is no JSON: ${context}`)
  }
  return { ...attributesOf(location.pathname, (name) => said[name]), ...more, unit: unit ?? ownUnit() }
}

function ownUnit() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const fresh = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  try {
    return (localStorage['pointsman unit'] ??= fresh)
  } catch {
    // Where nothing is remembered every page is another visitor's.
    return fresh
  }
}

/** The last decisions, for a page that is like the one for which they were made. */
function decisionsAt(name) {
  return {
    read(context) {
      try {
        const { of, decisions } = JSON.parse(localStorage[name])
        return of === JSON.stringify(context) ? decisions : undefined
      } catch {
        return undefined
      }
    },

    write(context, flags) {
      const decided = Object.fromEntries(flags.keys().map((key) => [key, flags.why(key)]))
      try {
        localStorage[name] = JSON.stringify({ of: JSON.stringify(context), decisions: { config: flags.version, flags: decided } })
      } catch {
        // Full or forbidden: the next page waits for the evaluator.
      }
    },
  }
}

/**
 * Shows elements that are there for a variant and hides the others: `<p data-pointsman-flag="hero" data-pointsman-is="fresh">`,
 * or without a variant those of a flag that is on. Before anything is known they stay as the page has them.
 */
function show({ why, seen }) {
  for (const element of document.querySelectorAll('[data-pointsman-flag]')) {
    const { pointsmanFlag: key, pointsmanIs: variant } = element.dataset
    const decided = why(key)
    if (decided.value === undefined) continue
    element.hidden = variant === undefined ? decided.value !== true : decided.variant !== variant
    seen(key)
  }
}

function whenRead(work) {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', work)
  else work()
}
