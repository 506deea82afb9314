import type { VNode } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

/** Rows that fill any window, those that a frame has time for at first, and those that it takes in any case. */
const FIRST = 24
const STEP = 16
const LEAST = 6
/** Rows beyond which those that nobody sees are not laid out either: `.long` in parts.css. */
const MANY = 60
/** Milliseconds that a step should take, half of what the eye notices: slower machines get smaller steps. */
const FRAME = 8

export const long = (rows: readonly unknown[]): string => (rows.length > MANY ? 'long' : '')

/**
 * Rows of a list that may be long: the first at once, the others a few each frame, so that the page answers all the while.
 * A list that was searched and has become short grows again in the same way.
 */
export function Gradually({ children }: { children: VNode[] }) {
  const [, render] = useState(0)
  const { current: pace } = useRef({ shown: FIRST, step: STEP, began: 0 })
  pace.shown = Math.min(pace.shown, Math.max(FIRST, children.length))
  const { shown } = pace
  const more = shown < children.length
  useEffect(() => {
    if (!more) return
    if (pace.began > 0) pace.step = performance.now() - pace.began > FRAME ? Math.max(LEAST, pace.step >> 1) : Math.min(STEP, pace.step + 2)
    const frame = requestAnimationFrame(() => {
      pace.began = performance.now()
      pace.shown += pace.step
      render((n) => n + 1)
    })
    return () => cancelAnimationFrame(frame)
  }, [more, shown, children.length])
  return <>{children.slice(0, shown)}</>
}
