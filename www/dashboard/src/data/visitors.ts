// What visitors of all traffic did by a metric, as the API reads it from their events.

import { useRef } from 'preact/hooks'
import { inEnvironment, useLive } from '../api'
import type { Live } from '../api'
import type { EnvironmentKey } from '../types'
import type { VisitorSums } from '../types/data'
import { percent } from '../words'

export interface Visitors extends Pick<VisitorSums, 'trend' | 'level'> {
  /** Which share of them was looked at. */
  share: number
  /** By the day of their first time: how many, and how many did it again 1, 2, … days later, once all of them had that day. */
  back: { at: number; n: number; back: (number | null)[] }[]
  /** How many did anything in the last fourteen whole days, and how many of them each step. */
  steps: { event: string | null; n: number }[]
}

/** It takes shards some work, and hardly changes meanwhile. */
const PACE = 5 * 60_000

/** Days behind the first time. */
export const DAYS = 14

const DAY = 24 * 3_600_000
/** All hashes, by their first four bytes. */
const ALL = 2 ** 32

/**
 * `metric` is the key of one, or the definition of one that could be; `steps` are events, and at last what its own is called.
 * What was read last stays while other steps are counted.
 */
export function useVisitors(project: string, environment: EnvironmentKey, metric: string | null, steps: string[]): Live<Visitors> {
  const query = new URLSearchParams({ metric: metric ?? '', steps: steps.slice(0, -1).join(',') })
  const live = useLive<VisitorSums>(metric === null ? null : `${inEnvironment(project, environment, 'visitors')}?${query}`, PACE)
  const last = useRef<{ metric: string | null; value: Visitors } | null>(null)
  if (live.value) last.current = { metric, value: visitorsOf(live.value, steps) }
  return { ...live, value: last.current?.metric === metric ? last.current.value : undefined, set: () => {} }
}

function visitorsOf({ sums, trend, level, asOf }: VisitorSums, names: string[]): Visitors {
  const of = (name: string) => sums.filter(({ metric }) => metric === name).map(({ epoch, vector }) => ({ epoch, numbers: vector.map(Number) }))
  const [read = ALL, shards = 1] = of('read')[0]?.numbers ?? []
  const reached = of('steps')[0]?.numbers ?? []
  const back = of('back').map(({ epoch, numbers: [n = 0, ...again] }) => ({
    at: epoch, n, back: Array.from({ length: DAYS }, (_, day) => (epoch + (day + 3) * DAY <= asOf ? again[day] ?? 0 : null)),
  }))
  return { trend, level, back, share: read / (ALL * shards), steps: [null, ...names].map((event, place) => ({ event, n: reached[place] ?? 0 })) }
}

/** Of whom it is told, where that is not everybody. */
export const sampleOf = ({ share }: Visitors): string | null =>
  (share === 1 ? null : `Counted on ${percent(share)} of visitors, whom their hashes have drawn: of more there are too many to read.`)
