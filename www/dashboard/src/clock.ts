// The engine's time. In a demo it runs ahead of this machine's, so "3 minutes ago" is counted by the engine's clock.

import { observable } from './observable'

/** How far the engine's clock is ahead, in milliseconds. */
export const ahead = observable(0)

export const now = (): number => Date.now() + ahead.get()

/** Small differences are the way of the answer and two clocks that were set by different hands. */
const NOTICEABLE = 90_000

export function engineSays(time: number): void {
  const difference = time - Date.now()
  ahead.set(Math.abs(difference) < NOTICEABLE ? 0 : difference)
}
