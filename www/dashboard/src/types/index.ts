// The shapes of docs/api.md, word for word. Times are milliseconds since 1970, shares run from 0 to 1.

import type { Offered } from './ask'
import type { Intake } from './environments'

export type * from './environments'
export type * from './project'
export type * from './questions'

import type { Rule } from './project'
import type { PastCard } from './library'
import type { Rating } from './surveys'
import type { Written } from './written'

export type Time = number

export interface Projects {
  projects: Project[]
  person: { id: string; name: string }
  demo: boolean
  now: Time
}

export interface Project {
  key: string
  environments: { key: EnvironmentKey; site: string | null }[]
}

export type EnvironmentKey = 'development' | 'staging' | 'production'

// ── Now ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export type NeedKind = 'decide' | 'stopped' | 'review' | 'data' | 'debrief' | 'approve' | 'asked'

export interface Need {
  key: string
  title: string
  kind: NeedKind
  label: string
  words: string
  action: string
  /** A stop that can still be taken back, upon `revision`. */
  undoUntil?: Time | null
  revision?: number
  /** Where a change waits for approval. */
  environment?: EnvironmentKey
}

export interface Running {
  key: string
  title: string
  status: 'onPlan' | 'early' | 'look' | 'held'
  label: string
  people: number
  planned: number
  day: number
  /** Percent of visitors in the test. */
  stage: number
  when: string
}

export interface NowScreen {
  asOf: Time
  needs: Need[]
  running: Running[]
  ideas: number
  drafts: number
  quarter: { label: string; value: string; evidence: string }[]
}

// ── Experiments ──────────────────────────────────────────────────────────────────────────────────────────────────

export type ExperimentState = 'idea' | 'draft' | 'inReview' | 'approved' | 'running' | 'stopped' | 'decided' | 'debriefed'
  | 'archived'

export interface ExperimentCard {
  key: string
  title: string
  state: ExperimentState
  headline: string
  people: number
  started: Time | null
  ended: Time | null
  author: string
  revision: number
  /** The key of the team whose it is. */
  team: string | null
  /** The id of its present or last run, and those before it, oldest first. */
  run: string | null
  earlier: { run: string; started: Time; ended: Time }[]
  /** The key of the kind of test that its plan follows. */
  template: string | null
}

/** One thing that is wrong with what was sent. */
export interface Problem {
  pointer: string
  code: string
  cause: string
  fix: string
}

export interface WordsChange {
  kind: 'words'
  page: string
  edits: { select: string; from: string; text: string }[]
}

/** Another page of the site's in the place of one, at the same address. */
export interface PagesChange {
  kind: 'pages'
  page: string
  other: string
}

export interface FlagChange {
  kind: 'flag'
  flag: string
  control: string
  treatment: string
}

/** What is to be tried. A draft may lack any part of it. */
export interface Plan {
  /** What it was begun with. */
  template?: { key: string; version: number }
  title: string
  change: WordsChange | PagesChange | FlagChange
  hypothesis: {
    change: string; metric: string; direction: 'up' | 'down'; by: number; because: string
    /** What is asked; without a word, whether it is better. Else `by` is the largest loss that would not matter. */
    question?: 'better' | 'notWorse'
  }
  guardrails: string[]
  /** Further metrics, which are shown and decide nothing. */
  metrics?: string[]
  /** The share of visitors that do it now, or the metric's value. */
  base: number
  /** Of values: how much visitors differ, as a standard deviation. */
  spread?: number
  /** The segment whose visitors are in it; everybody if nobody says. */
  segment?: string
  /** The other experiment on its page with which it is crossed. */
  crossed?: string
  ramp: number[]
  /** How its split follows what was measured; of kinds that allocate by bandit. */
  bandit?: Bandit
  /** What they are asked in the place of the template's question; with empty words nobody is. */
  ask?: string
  /** Whether it only looks for harm. */
  safety?: boolean
}

/** What each version has of those who come at least, and how many days there are between two moves. */
export interface Bandit { floor: number; days: number }

/** A line of what has to be well before an experiment starts. */
export interface Check {
  key: string
  /** The page, the metric, the variant or the experiment that it is about. */
  about: string
  state: 'ok' | 'look' | 'stop'
  sentence: string
  next: string
  pointer: string
}

export interface Checklist {
  revision: number
  asOf: Time
  digest: string
  ready: boolean
  checks: Check[]
}

/** What waits for its hour, in the project's zone. */
export interface Schedule {
  zone: string
  planned: { id: number; due: Time; at: string; zone: string; method: string; path: string; body: object; who: string }[]
}

export type Choice = 'ship' | 'keep' | 'again' | 'abort'
export type Action =
  | 'submit' | 'return' | 'approve' | 'hold' | 'resume' | 'stop' | 'undo' | 'decide' | 'debrief' | 'archive' | 'plan'
  | 'agree' | 'confirm' | 'withdraw' | 'start' | 'abort'

export interface Decision {
  at: Time; who: string; choice: Choice; byTheRule: boolean; why: string; headline: string; words: string
  /** Who has agreed, where that takes a second person. */
  approver?: string
}

export interface DebriefAnswers {
  surprise: string
  tell: string
  next: string
}

export interface Experiment {
  key: string
  title: string
  template: { key: string; name: string; question: string } | null
  note: string
  state: ExperimentState
  revision: number
  plan: Plan | null
  problems: Problem[]
  planHash: string | null
  run: string | null
  playbook: string
  /** How it is decided. */
  rule: Rule
  perArm: number
  author: string
  reviewer: string | null
  created: Time
  started: Time | null
  ended: Time | null
  flag: string
  control: string
  treatment: string
  intake: Intake
  ramp: {
    stages: number[]; stage: number; since: Time; held: boolean; why: string
    /** The next step, such as "25 %". */
    next: string | null
    due: Time | null
  } | null
  /** The shares of both versions over time, where the plan lets its split move. */
  split: Bandit & { shares: Share[]; words: string } | null
  stop: {
    at: Time; who: string; cause: 'person' | 'guardrail' | 'data' | 'decision'; why: string; undoUntil: Time
  } | null
  decision: Decision | null
  /** A ship against the rule that waits for somebody else's word. */
  asked: { decision: Decision; digest: string } | null
  /** When what somebody who works alone has confirmed follows. */
  due: Time | null
  debrief: { at: Time; who: string; answers: DebriefAnswers } | null
  history: { at: Time; who: string; what: string }[]
  actions: Action[]
}

/** A split from a moment on. */
export interface Share { at: Time; epoch: number; old: number; new: number; told: string; why: string }

export interface LiveScreen {
  asOf: Time
  lines: { id: string; status: 'ok' | 'look' | 'stop' | 'wait'; what: string; cause: string; next: string }[]
  arms: {
    variant: string; assigned: number; confirmed: number; confirmedShare: number; reports: number; lost: number
  }[]
  browsers: {
    browser: string
    arms: { variant: string; assigned: number; confirmed: number; reports: number; lost: number }[]
  }[]
  series: SeriesPoint[]
  experiment: Experiment
}

export interface SeriesPoint {
  at: Time
  arms: { variant: string; confirmed: number; converted: number }[]
  lift: number | null
  low: number | null
  high: number | null
}

export interface Reading {
  asOf: Time
  experiment: Experiment
  headline: string
  words: string
  recommend: 'ship' | 'keep' | 'wait' | 'stop' | 'fix'
  rule: Rule
  metric: { key: string; description: string; share: boolean; each: string }
  /** `told` is the rate or the value in its unit. */
  arms: { variant: string; confirmed: number; converted: number; rate: number | null; told: string | null }[]
  lift: {
    value: number; low: number; high: number
    /** The range, and when it may be read. */
    words: string
    /** What that is for a thousand visitors, or in the metric's unit. */
    means: string | null
  } | null
  others: {
    metric: string; status: 'better' | 'worse' | 'open' | 'wait'; words: string; each: string
    arms: { variant: string; told: string | null }[]
  }[]
  /** Fifty equally likely lifts in rising order, of a belief that starts from `prior`. */
  answers: number[] | null
  /** What is believed before any number, in words. */
  prior: string | null
  better: number
  reach: number
  guardrails: {
    metric: string; status: 'ok' | 'harm' | 'wait' | 'unknown'; words: string
    arms: { variant: string; told: string | null }[]
  }[]
  /** Groups that were named before; null before two can be compared. */
  segments: {
    groups: number
    words: string
    dimensions: {
      dimension: string; pValue: number
      groups: { value: string; units: number; told: string; differs: boolean }[]
    }[]
    /** The test that what was found is good for; null where no group differs. */
    idea: Offered | null
  } | null
  /** How it may end, while it is undecided. */
  outlook: { words: string } | null
  record: Track | null
  people: number
  planned: number
  /** What the numbers say that have come in after the decision, under whose sentences the screen stands; null before it. */
  since: { headline: string; words: string; recommend?: Reading['recommend']; people?: number } | null
  series: SeriesPoint[]
  voices: {
    survey: string; question: string
    /** In the order in which they were asked. */
    choices?: string[]
    rating?: Rating | null
    arms: { variant: string; answers: number; choices: Record<string, number> }[]
  }[]
  /** What visitors wrote; null for those who only read, and on a shared page. */
  written: Pick<Written, 'arms' | 'themes' | 'sessions'> | null
  /** What tells the words of the version that does harm apart. */
  quote: string | null
  report: unknown
}

export interface DebriefScreen {
  revision: number
  markdown: string
  answers: DebriefAnswers | null
  prefilled: { expected: string; found: string; decision: string }
  questions: { id: string; text: string }[]
}

/** How forecasts came true. */
export interface Track {
  made: number
  held: number
  words: string
}

/** What nobody has said or measured yet is null. */
export interface Forecast {
  base: number | null
  /** Of values: their standard deviation, where it is known. */
  spread: number | null
  /** Whether the metric is a share of visitors; otherwise it has values, `told` one `each`. */
  share: boolean
  told: string | null
  each: string
  perDay: number | null
  perArm: number | null
  people: number | null
  days: number | null
  /** The chance to find changes of other sizes. */
  curve: { by: number; power: number }[] | null
  found: import('./data').Finds[] | null
  record: Track | null
  words: string
  /** What a ramp by the playbook promises, a sentence each. */
  promises: string[]
}

export interface Similar {
  similar: { key: string; title: string; outcome: string; words: string; imported?: boolean }[]
}

// ── Voices and library ───────────────────────────────────────────────────────────────────────────────────────────

export type Outcome = 'ship' | 'keep' | 'again' | 'aborted' | 'stopped'

export interface LibraryCard {
  key: string
  title: string
  outcome: Outcome
  headline: string
  words: string
  /** What was tried; what ended long ago may have none. */
  change?: Plan['change'] | null
  expected: string
  found: string
  /** What the team wrote down, by the questions of the playbook and in their order. */
  lessons: { question: string; answer: string }[]
  snippet: string
  started: Time
  ended: Time
  people: number
  who: string
}

export interface LibraryScreen {
  cards: (LibraryCard | PastCard)[]
  known: number
  /** Whether each card has all of the words. */
  whole: boolean
}

// ── The demo ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Demo {
  visitors: number
  rate: number
  harmful: string | null
  safari: boolean
  clock: { offset: number }
  busy: { what: string; done: number } | null
  /** How much of the past is told, from 0 to 1, while it is being told. */
  telling: { done: number; words: string } | null
  /** Why the last long act ended early. */
  failed?: string | null
  site: string
}

export interface DemoAnswer {
  started: true
  /** Of the one who reviews. */
  token?: string
  look: string
  where: string
  url?: string
}

/** A mail as its provider gets it. */
export interface Mail {
  from: string
  to: string[]
  subject: string
  text: string
}

/** What Slack would draw. Only the kinds that our messages use. */
export interface Message {
  at: Time
  text: string
  payload: { text?: string; blocks?: Block[]; mail?: Mail }
}

export interface Block {
  type: string
  text?: { type: string; text: string }
  fields?: { type: string; text: string }[]
  elements?: { type: string; text?: string | { text: string }; url?: string; style?: string }[]
}
