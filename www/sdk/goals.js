// What the page's script loads on top of itself where a document has goals for the page, or measures its speed: it looks
// at what the visitor does, and tells each thing once.

import { visible, whenVisible } from './visible.js'

/** What is measured of a page, and the event of one that is beyond the public bounds of good pages. */
const VITALS = [['lcp', 'slow-paint', 2500], ['inp', 'slow-answer', 200], ['cls', 'layout-shift', 0.1]]
/** Milliseconds without a shift after which another burst of them begins, and the longest burst. */
const [GAP, BURST] = [1000, 5000]

/** Follows goals of the form `{event, click, submit, scroll, seconds}`; `track` takes an event's name. */
export function follow(goals, track) {
  for (const { event, click, submit, scroll, seconds } of goals) {
    if (click) on('click', click, () => track(event))
    else if (submit) on('submit', submit, () => track(event))
    else if (scroll) scrolled(scroll / 100, () => track(event))
    else if (seconds) watched(seconds, () => track(event))
    else whenVisible(() => track(event))
  }
  speed(track)
}

/** The first of some events on an element that a selector finds, or in one. */
function on(type, select, done) {
  const heard = new AbortController()
  const look = ({ target }) => {
    if (!target.closest?.(select)) return
    heard.abort()
    done()
  }
  addEventListener(type, look, { capture: true, signal: heard.signal })
}

function scrolled(share, done) {
  const heard = new AbortController()
  const look = () => {
    const { scrollHeight } = document.documentElement
    if (!visible() || (scrollY + innerHeight) / scrollHeight < share) return
    heard.abort()
    done()
  }
  for (const type of ['scroll', 'visibilitychange', 'load']) addEventListener(type, look, { signal: heard.signal })
  if (document.readyState === 'complete') look()
}

/** Seconds in which the page was in front of somebody. */
function watched(seconds, done) {
  const beat = setInterval(() => {
    if (visible()) seconds--
    if (seconds > 0) return
    clearInterval(beat)
    done()
  }, 1000)
}

/**
 * The page's speed as of when it goes out of sight, as the web vitals have it: the largest paint and the slowest answer in
 * milliseconds, and how much of the page has moved.
 */
function speed(track) {
  // What was made ready for nobody or behind another page shows late, however fast it is.
  if (!visible()) return
  const found = {}
  let [burst, begun, last] = [0, 0, 0]
  const watched = []
  const watch = (type, look, more) => {
    // Not every browser measures everything.
    if (!PerformanceObserver.supportedEntryTypes.includes(type)) return
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(look))
    observer.observe({ type, buffered: true, ...more })
    watched.push(() => observer.takeRecords().forEach(look))
    return 0
  }
  watch('largest-contentful-paint', ({ startTime }) => (found.lcp = startTime))
  watch('event', ({ interactionId, duration }) => interactionId && (found.inp = Math.max(found.inp ?? 0, duration)), { durationThreshold: 16 })
  found.cls = watch('layout-shift', ({ hadRecentInput, startTime, value }) => {
    if (hadRecentInput) return
    if (startTime - last > GAP || startTime - begun > BURST) [burst, begun] = [0, startTime]
    last = startTime
    found.cls = Math.max(found.cls, (burst += value))
  })
  // The first change of a page that is seen is its end.
  addEventListener('visibilitychange', () => {
    watched.forEach((read) => read())
    for (const [name, slow, most] of VITALS) {
      const value = found[name]
      if (value !== undefined) track(name, { value })
      if (value > most) track(slow)
    }
  }, { once: true })
}
