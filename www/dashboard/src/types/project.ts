// What a project says of itself: its playbook, its people, its log.

import type { Bandit, Time } from './index'

export interface Rule {
  ship: string
  keep: string
  stop: string
}

export type Method =
  | { kind: 'anytime' } | { kind: 'fixedSample' }
  | { kind: 'groupSequential'; spending: 'obrien-fleming' | 'pocock' | object; looks: number[] }

export interface Playbook {
  name: string
  ramp: number[]
  hold: { minutes: number; units: number }
  /** Percent of visitors up to which one person decides alone. */
  alone: number
  /** Percentage points by which one person raises something at once. */
  points: number
  /** Percent to which one person takes each of these flags at once. */
  operational?: Record<string, number>
  /** The chance to claim what is not there; 0.05 if nobody says. */
  alpha?: number
  power: number
  /** Days that a test may take at most. */
  longest: number
  /** Days before which nothing good is said. */
  shortest?: number
  /** Visitors that a test takes at least. */
  people?: number
  /** How experiments are called; each star stands for some characters. */
  naming?: string
  /** Kinds of experiments of the team's own. */
  templates?: Template[]
  /** How the metric that decides is read; at any time if nobody says. */
  method?: Method
  /** How they share the chance of a false stop: by their weights, which are 1 if nobody says. */
  guardrails: { metric: string; harm: 'more' | 'fewer'; tolerance: number; weight?: number }[]
  reviewers: 'other' | 'anyone'
  rule: Rule
  questions: { id: string; text: string }[]
}

export type Need = 'same' | 'value' | 'segment' | 'asked' | 'crossed'

/** A kind of experiment. */
export interface Template {
  key: string
  name: string
  when: string
  version?: number
  change?: 'words' | 'pages' | 'flag'
  needs?: Need[]
  metrics?: string[]
  guardrails?: Playbook['guardrails']
  ramp?: number[]
  alpha?: number
  power?: number
  /** What its plans ask of the metric that decides. */
  asks?: 'better' | 'notWorse'
  /** How the split of its plans follows what was measured. */
  bandit?: Bandit
  shortest?: number
  longest?: number
  people?: number
  by?: number
  prompt?: { change: string; because: string }
  question?: string
  naming?: string
}

/** One of those that can be chosen, with what the playbook is with it. */
export interface Offered extends Template {
  version: number
  prompt: { change: string; because: string }
  own: boolean
  rules: Pick<Playbook, 'ramp' | 'guardrails' | 'longest'> & { shortest: number; people: number; naming: string; alpha: number; power: number }
}

/** What somebody may do: each what those before may, too. */
export type Role = 'viewer' | 'editor' | 'approver' | 'admin'

export interface Person {
  id: string
  name: string
  at: Time
  role: Role
}

/** What a machine comes in with. */
export interface Token {
  id: number
  name: string
  person: string
  role: Role
  scope: 'all' | 'stop'
  at: Time
  expires: Time
  expired: boolean
}

export interface Settings {
  revision: number
  settings: { feed: string; replay: string; zone: string; quiet: string }
}

export interface AuditRow {
  n: number
  at: Time
  who: string
  action: string
  subject: string
  detail: unknown
  hash: string
}

/** A playbook that asks for less than the one before, and waits for a second person. */
export interface AskedPlaybook {
  playbook: Playbook
  /** What it asks for less, by its names in the playbook. */
  weaker: string[]
  digest: string
  who: string
  at: number
  due: number | null
}
