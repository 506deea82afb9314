// Metrics, boards and the newest events. Shapes of docs/api.md.

import type { ExperimentState, Time } from '.'

export type MetricKind = 'conversion' | 'count' | 'sum' | 'mean' | 'ratio' | 'retention' | 'quantile' | 'time'

/** What properties must be: one of these, or a number in a span. */
export type Filters = Record<string, (string | number | boolean)[] | { min?: number; max?: number }>

export interface Measure {
  kind?: MetricKind
  value?: string
  where?: Filters
  per?: { event: string; sum?: boolean; value?: string; where?: Filters }
  sum?: boolean
  hours?: number
  days?: [number, number]
  cap?: number
  scale?: number
  currency?: string
  unit?: string
  quantile?: number
  direction?: 'up' | 'down'
  before?: number
  thresholds?: number[]
}

export interface Definition {
  description?: string
  event: string
  measure?: Measure
}

/** What all traffic did by a metric, day by day; days that are `open` still go on. */
export interface Trend {
  /** What a value is of, such as “times a day”. */
  each: string
  days: { at: Time; n: number; value: number | null; told: string | null; open: boolean }[]
  /** The last fourteen whole days together. */
  lately: { value: number; told: string; low: number; high: number; spread: number | null; days: number; words: string } | null
}

export interface MetricUse {
  experiment: string
  title: string
  as: 'decides' | 'guards' | 'shown'
  state: ExperimentState | null
}

export interface MetricCard {
  key: string
  description: string | null
  event: string
  kind: MetricKind
  words: string
  team: string | null
  uses: MetricUse[]
  trend: Trend | null
}

export interface Metrics {
  revision: number
  metrics: MetricCard[]
  asOf: Time
}

/** The smallest change that a test of so many weeks finds. */
export interface Finds {
  weeks: number
  people: number
  smallest: number | null
  words: string
}

export interface MetricScreen {
  key: string
  revision: number
  metric: Definition
  words: string
  share: boolean
  each: string
  uses: MetricUse[]
  team: string | null
  /** Where a visitor stands, by the latest test that has measured it. */
  level: {
    value: number; spread: number | null; told: string; apart: string | null; units: number; experiment: string; title: string
  } | null
  /** What tests of some weeks find. */
  found: Finds[] | null
  history: { version: number; at: Time; who: string; why: string; words: string | null; description: string | null }[]
  trend: Trend | null
  /** How often each event happened in the last fourteen whole days. */
  happened: Record<string, number>
  /** How far it is counted from old data, while it still is. */
  counting: number | null
  asOf: Time
}

/** What visitors of all traffic did by a metric: vectors as docs/data.md describes them, and what of them is said in words. */
export interface VisitorSums {
  sums: { metric: 'read' | 'day' | 'back' | 'steps' | 'unit'; epoch: Time; vector: string[] }[]
  trend: Trend
  /** Where a visitor stands, by those who did anything. */
  level: { value: number; told: string; spread: number | null; apart: string | null; units: number; each: string } | null
  asOf: Time
}

export interface Board {
  revision: number
  team: string
  metrics: string[]
}

/** An event that has come in, without a word of whose it was. */
export interface Arrived {
  at: Time
  name: string
  run: string
  variant: string
  outcome: 'stored' | 'duplicate' | 'rejected' | 'filtered'
  reason: string
  properties: string[]
  micros: number | null
  currency: string
}

export interface TailScreen {
  /** Of each shard what has come in since somebody looks, the newest first. */
  shards: { since: Time; arrived: Arrived[] }[]
  asOf: Time
}
