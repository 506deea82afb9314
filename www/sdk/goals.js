// What the page's script loads on top of itself where a document has goals for the page, or measures its speed: it looks
// at what the visitor does, and tells each thing once.

import { visible, whenHidden, whenVisible } from './visible.js'

/** Milliseconds from which a page is slow to show or to answer, and how much of it may move: the public bounds of good pages. */
const [PAINT, ANSWER, SHIFT] = [2500, 200, 0.1]

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

/** The page's speed, as of when it goes out of sight. */
function speed(track) {
  let [paint, answer, shift] = [0, 0, 0]
  const watch = (type, look, more) => {
    try {
      const observer = new PerformanceObserver((list) => list.getEntries().forEach(look))
      observer.observe({ type, buffered: true, ...more })
    } catch {
      // Not every browser measures everything.
    }
  }
  watch('largest-contentful-paint', ({ startTime }) => (paint = startTime))
  watch('event', ({ interactionId, duration }) => interactionId && (answer = Math.max(answer, duration)), { durationThreshold: 40 })
  watch('layout-shift', ({ hadRecentInput, value }) => (shift += hadRecentInput ? 0 : value))
  const stop = whenHidden(() => {
    stop()
    if (paint > PAINT) track('slow-paint')
    if (answer > ANSWER) track('slow-answer')
    if (shift > SHIFT) track('layout-shift')
  })
}
