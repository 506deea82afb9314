import { useEffect, useState } from 'preact/hooks'
import { ahead } from '../clock'
import { useObservable } from '../observable'
import { ago, exactly } from '../words'

/**
 * "3 minutes ago", with the exact time for whoever points at it; without a time a dash. What has happened is never in
 * the future, whatever the clocks say; only what is `coming` is. `offset` is the engine's clock at the answer.
 */
export function Time({ at, coming = false, offset }: { at: number | null | undefined; coming?: boolean; offset?: number }) {
  const usual = useObservable(ahead)
  const now = Date.now() + (offset ?? usual)
  const known = isTime(at)
  useTick(known && Math.abs(now - at) < 120_000 ? 5_000 : 30_000)
  if (!known) return <span>–</span>
  const words = ago(coming ? at : Math.min(at, now), now)
  return <time dateTime={new Date(at).toISOString()} title={exactly(at)}>{words}</time>
}

/** What `Date` can say. */
const isTime = (at: unknown): at is number => typeof at === 'number' && Math.abs(at) <= 8.64e15

/** Renders again every so often. */
export function useTick(everyMs: number): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
}
