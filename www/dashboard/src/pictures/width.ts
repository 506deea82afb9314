import { useEffect, useState } from 'preact/hooks'
import type { RefObject } from 'preact'

/** The width of an element in pixels, so that a picture is laid out for it and its text never scales; 0 until known. */
export function useWidth(box: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  return width
}
