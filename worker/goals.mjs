// Goals that need no code on a page: which of the document's a page has. Its script listens for them.

import { plain } from './sdk/address.js'

/** Goals with their patterns ready, by what the manifest says. */
const ready = new WeakMap()

/** The goals of the page at an address: `{event, click, submit, scroll, seconds}`. */
export function goalsOf({ edge }, { pathname }) {
  if (!edge.goals) return []
  if (!ready.has(edge)) {
    ready.set(edge, Object.entries(edge.goals).map(([event, { path, ...when }]) => ({
      goal: { event, ...when }, pattern: path === undefined ? undefined : new URLPattern({ pathname: path }),
    })))
  }
  const path = plain(pathname)
  return ready.get(edge).filter(({ pattern }) => pattern?.test({ pathname: path }) ?? true).map(({ goal }) => goal)
}

/** Events by which the page's script tells how fast a page was, and whether it moved under somebody's eyes (www/sdk/goals.js). */
const SPEED = ['lcp', 'inp', 'cls', 'slow-paint', 'slow-answer', 'layout-shift']

/** Whether some run counts them. */
export const measuresSpeed = ({ edge }) => edge.events.some((event) => SPEED.includes(event))
