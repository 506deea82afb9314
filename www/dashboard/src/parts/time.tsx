import { useEffect, useState } from 'preact/hooks'
import { ahead, now } from '../clock'
import { useObservable } from '../observable'
import { ago, exactly } from '../words'

/** "3 minutes ago", with the exact time for whoever points at it. */
export function Time({ at }: { at: number }) {
  useObservable(ahead)
  useTick(Math.abs(now() - at) < 120_000 ? 5_000 : 30_000)
  return <time dateTime={new Date(at).toISOString()} title={exactly(at)}>{ago(at, now())}</time>
}

/** Renders again every so often. */
export function useTick(everyMs: number): void {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
}
