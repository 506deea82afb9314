import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from './button'

/** Entries that somebody reads, and so many more that hiding them would save nothing. */
const FEW = 12
const ROUND = 3

/**
 * The first entries of a long list, and all of them once somebody asks: whatever stands below stays near. What was asked for
 * gets the focus, since the button is gone.
 */
export function Few<T>({ of, children }: { of: T[]; children(shown: T[]): ComponentChildren }) {
  const [all, setAll] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (all) place.current?.querySelectorAll(':scope > :is(ul, ol) > li, :scope > table > tbody > tr')[FEW]?.querySelector<HTMLElement>('a[href], button')?.focus({ preventScroll: true })
  }, [all])
  const isWhole = all || of.length <= FEW + ROUND
  return (
    <div class="few" ref={place}>
      {children(isWhole ? of : of.slice(0, FEW))}
      {!isWhole && <Button onClick={() => setAll(true)}>Show {of.length - FEW} more</Button>}
    </div>
  )
}
