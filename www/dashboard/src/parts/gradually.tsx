import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'

/** Rows that fill any window, and those that a frame has time for. */
const FIRST = 24
const STEP = 24

/**
 * Rows of a list that may be long: the first at once, the others a few each frame, so that the page answers all the while.
 * Rows that are there already are the same objects, which cost nothing.
 */
export function Gradually({ children }: { children: VNode[] }) {
  const [shown, setShown] = useState(FIRST)
  const more = shown < children.length
  useEffect(() => {
    if (!more) return
    const frame = requestAnimationFrame(() => setShown(shown + STEP))
    return () => cancelAnimationFrame(frame)
  }, [more, shown])
  return <>{children.slice(0, shown)}</>
}
