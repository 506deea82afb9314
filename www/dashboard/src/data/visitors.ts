// What visitors of all traffic did by a metric, as the API reads it from their events.

import { useRef } from 'preact/hooks'
import { inEnvironment, useLive } from '../api'
import type { Live } from '../api'
import type { EnvironmentKey } from '../types'
import type { Visitors } from '../types/data'
import { percent } from '../words'

/** It takes shards some work, and hardly changes meanwhile. */
const PACE = 5 * 60_000

/** `metric` is the key of one, or the definition of one that could be. What was read last stays while other steps are counted. */
export function useVisitors(project: string, environment: EnvironmentKey, metric: string | null, steps: string[] = []): Live<Visitors> {
  const query = new URLSearchParams({ metric: metric ?? '', steps: steps.join(',') })
  const live = useLive<Visitors>(metric === null ? null : `${inEnvironment(project, environment, 'visitors')}?${query}`, PACE)
  const last = useRef<{ metric: string | null; value: Visitors } | null>(null)
  if (live.value) last.current = { metric, value: live.value }
  return { ...live, value: live.value ?? (last.current?.metric === metric ? last.current.value : undefined) }
}

/** Of whom it is told, where that is not everybody. */
export const sampleOf = ({ sampled }: Visitors): string | null =>
  (sampled === null ? null : `Counted on ${percent(sampled)} of visitors, whom their hashes have drawn: of more there are too many to read.`)
