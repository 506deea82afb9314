// What is asked before anything is changed: whom it would move, why a visitor gets this, what is worth a look. Shapes of
// docs/api.md.

import type { Problem } from './index'

/** What a change would do. */
export interface Preview {
  changes: FlagMoves[]
  /** What keeps it from being published now. */
  problems: Problem[]
  /** Whether somebody else's word would be enough. */
  approvable: boolean
  /** What would newly be worth a look. */
  advice: Advice[]
}

export interface FlagPreview extends Preview {
  moved: { share: number; gains: number; loses: number; people: number }
  words: string
}

/** Whom a change moves at one flag, on each path through its rules. */
export interface FlagMoves {
  flag: string
  state: 'added' | 'removed' | 'changed' | 'unknown'
  words: string
  looked: number
  moving: number
  /** Those that move most first; the last ones may be left out. */
  paths: MovePath[]
}

export interface MovePath {
  holds: string[]
  fails: string[]
  share: number
  moves: { from: string; to: string; kind: 'gains' | 'loses' | 'switches'; share: number }[]
}

export interface Advice extends Problem {
  flag: string | null
}

/** What a flag asks of a visitor. */
export interface Reads {
  version: number
  time: boolean
  attributes: Read[]
}

export interface Read {
  attribute: string
  type: 'text' | 'number' | 'boolean' | 'time' | 'address' | 'any'
  list: boolean
  values: (string | number)[]
}

export interface Explained {
  version: number
  explanations: Explanation[]
}

/** Why a visitor gets what they get. */
export interface Explanation {
  flag: string
  now: number
  headline: string
  words: string
  decision: { variant: string; value: unknown; reason: string; error?: string; rule?: number; run?: string }
  rules: { rule: number; place: string; outcome: Outcomes; words: string }[]
  steps: Step[]
  warnings: { attribute: string; why: string }[]
}

export type Outcomes = 'matched' | 'passed' | 'failed' | 'not-running' | 'not-reached'

/** One question and its answer; without `held` the end of the path. */
export interface Step {
  step: number
  place: string
  rule?: number
  operator: string
  asks: string
  operand: unknown
  attribute?: { name: string; type: string; value: unknown }
  held?: boolean
  /** Whether a `not` stands above it. */
  inverted: boolean
  trouble?: string
  draw?: Drawn
  serves?: { variant: string; reason: string }
}

/** A draw in percent of all, and the share below which it had to be. */
export interface Drawn {
  purpose: string
  salt: string
  draw: number
  percent: number
  below: number
  share: number
}
