import type { ComponentChildren } from 'preact'
import type { Live } from '../live'
import { Problem } from './problem'
import { Skeleton } from './skeleton'
import { Time } from './time'

/**
 * What is known, or why nothing is. While the engine is silent the last good value stays and the frame says so; other
 * failures of a later reading stand above it.
 */
export function Loaded<T>(
  { live, lines, children }: { live: Live<T>; lines?: number; children: (value: T) => ComponentChildren },
) {
  const { value, failure, refresh } = live
  const again = { act: () => void refresh() }
  if (value === undefined) return failure ? <Problem failure={failure} again={failure.status === 404 ? undefined : again} /> : <Skeleton lines={lines} />
  return (
    <>
      {failure && failure.status !== 0 && <Problem failure={failure} title="This is not up to date." again={again} />}
      {children(value)}
    </>
  )
}

/** "Updated 9 s ago", by the engine's own statement of what it knew when and its clock at the time of the answer. */
export function AsOf({ live, asOf }: { live: Live<unknown>; asOf: number }) {
  return (
    <span class={live.failure ? 'as-of as-of-old' : 'as-of'}>
      {live.failure ? 'Not up to date: from ' : 'Updated '}<Time at={asOf} offset={live.offset} />
    </span>
  )
}
