import type { Context, ErrorCode, Json, Reason } from './index.js'

/**
 * What can be asked of a document, and of numbers, in Node, browsers and workerd. Everything is plain data. The compiler
 * and the statistics are a wasm file each, which comes when the first function that needs it is called.
 *
 * What is wrong is an answer, too: `{ problems }`. Nothing throws but what is an error of ours.
 */

/** A document as JSON, in text or bytes, which is read strictly, or as an object that was parsed already. */
export type Document = string | Uint8Array | object

/** Something that is wrong, or could be better: where (a JSON pointer), why, and what to do. */
export interface Problem {
  pointer: string
  code: string
  cause: string
  fix: string
}

/** Why there is no other answer. */
export interface Refused {
  problems: Problem[]
  /** Which of several things it is about. */
  in?: 'document' | 'context' | 'old' | 'new'
}

/** Milliseconds since 1970. */
export type Millis = number

/** Names everything that is wrong with a document. The list is empty if it is in order. */
export function check(document: Document): Promise<{ problems: Problem[] }>

export interface Compiled {
  /** What runs: `open` of the package takes it. */
  snapshot: Uint8Array
  warnings: Problem[]
  problems?: undefined
}

/** Compiles a document. With `client` the snapshot is what browsers may know. */
export function compile(
  document: Document, options?: { version?: number; client?: boolean },
): Promise<Compiled | Refused>

/** Shares of units are parts of 4294967296 (2^32). */
export interface Change {
  flag: string
  state: 'added' | 'changed' | 'removed' | 'unchanged' | 'unknown'
  /** How many combinations of conditions were looked at. */
  looked: number
  paths: {
    name: string
    /** Conditions of the path that hold, and that do not. */
    holds: string[]
    fails: string[]
    share: number
    moves: { from: string; to: string; kind: 'gains' | 'loses' | 'switches'; share: number }[]
  }[]
  /** For the whole audience, by the counts of visitors that were given. */
  estimate?: { share: number; of: number; unknown: number }
}

/** Who would meet something else if `next` replaced `old`: exact shares, flag by flag. */
export function diff(
  old: Document, next: Document,
  options?: { now?: Millis; counts?: Record<string, Record<string, number>> },
): Promise<{ changes: Change[]; problems?: undefined } | Refused>

/** What a flag serves, and why. */
export interface Served {
  variant: string
  value: Json
  reason: Reason
  error?: ErrorCode
  rule?: number
  run?: string
}

/** A question of the path and its answer, or, at the path's end, what is done there. */
export interface Step {
  step: number
  /** Its place in the document, a JSON pointer. */
  place: string
  /** The places of the segments' names that lead there. */
  via?: string[]
  rule?: number
  operator: string
  /** What it asks, in words. */
  asks: string
  operand: unknown
  attribute?: { name: string; type: 'text' | 'number' | 'boolean' | 'list' | 'unusable' | 'missing'; value: unknown }
  /** Whether it held, before any `not`. */
  held?: boolean
  inverted: boolean
  /** Why the value could not be asked this. */
  trouble?: string
  /** A draw of 2^32, and the first one that is out; both in percent, too. */
  draw?: { purpose: string; salt: string; draw: number; percent: number; below: number; share: number }
  /** What the other flag serves. */
  serves?: Served
}

export interface Explanation {
  flag: string
  now: Millis
  decision: Served
  rules: { rule: number; place: string; outcome: 'matched' | 'passed' | 'failed' | 'not-running' | 'not-reached' }[]
  steps: Step[]
  /** Attributes of the context that no rule can read. */
  warnings: { attribute: string; why: string }[]
}

/** Why a flag serves what it serves to a context, as data and as `text` for people. */
export function explain(
  document: Document, flag: string, context: Context | string, options?: { now?: Millis },
): Promise<{ explanation: Explanation; text: string; problems?: undefined } | Refused>

export interface Facts {
  now?: Millis
  /** The document that this one replaces. */
  before?: Document
  /** When each flag was last changed. */
  changed?: Record<string, Millis>
  /** Names of events that were seen lately. */
  events?: string[]
  staleDays?: number
}

/** Advice on a document that compiles. */
export function lint(document: Document, facts?: Facts): Promise<{ advice: Problem[]; problems?: undefined } | Refused>

export interface Pruned {
  snapshot: Uint8Array
  /** What it still asks a context for. */
  attributes: string[]
  problems?: undefined
}

/** The client snapshot for a context of which some attributes are known: with all that follows from them decided. */
export function prune(
  document: Document, known: Context | string, options?: { now?: Millis; version?: number },
): Promise<Pruned | Refused>

/** How many contexts, and their share of all, from 0 to 1. */
export interface Count {
  name: string
  count: number
  share: number
}

export interface Rehearsal {
  lines: number
  empty: number
  contexts: number
  refused: number
  /** The first few lines that are no contexts. */
  refusals: { line: number; cause: string }[]
  flags: {
    flag: string
    variants: Count[]
    rules: { rule: number; place: string; reached: number; count: number; share: number; variants: Count[] }[]
    /** Where else paths ended. */
    ends: { place: string; count: number; share: number }[]
    neverMatched: number[]
    errors: Count[]
    /** Whether splits gave what they plan; `p` holds whenever one looks. */
    splits: {
      place: string
      run?: string
      units: number
      uncounted: number
      arms: { variant: string; units: number; share: number; planned: number }[]
      p: number
      mismatch: boolean
    }[]
    /** Values of another type than a condition asks for. */
    mismatches: { place: string; attribute: string; found: string; wanted: string; count: number }[]
    paths: { answers: { place: string; held: boolean }[]; end: string; count: number }[]
    otherPaths: number
  }[]
}

type Piece = string | Uint8Array

/**
 * What a document would do to the visitors of a log: one context a line, as JSON, in UTF-8. `log` is a text, bytes, or
 * anything that gives such pieces one after another, such as a stream.
 */
export function rehearse(
  document: Document, log: Piece | Iterable<Piece> | AsyncIterable<Piece>, options?: { now?: Millis },
): Promise<{ report: Rehearsal; text: string; problems?: undefined } | Refused>

/** The keys and types of a document's flags as TypeScript: `interface Flags` of the package, with them in it. */
export function types(
  document: Document, options?: { client?: boolean },
): Promise<{ text: string; problems?: undefined } | Refused>

export interface Plan {
  /** The share of control's units that convert, 0 to 1. */
  base: number
  /** The relative change: 0.1 is a tenth more. */
  lift: number
  /** The share that converts with that change. */
  rate: number
  /** The chance that the change shows, 0 to 1. */
  power: number
  /** How many variants there are, control included. */
  arms: number
  /** Units of each variant. */
  perArm: number
  /** Units of all. */
  total: number
}

export interface Size extends Plan {
  perDay?: number
  days?: number
  /** Whole weeks: the experiment should run as many. */
  weeks?: number
  problems?: undefined
}

/** How many units an even split needs to show a change, and how long that takes. Looking earlier costs nothing. */
export function size(question: {
  base: number
  lift: number
  power?: number
  arms?: number
  /** Units a day, of all variants. */
  perDay?: number
}): Promise<Size | Refused>

/** The smallest lift upward that so many units show: `perArm` of each variant, or `perDay` of all for `days`. */
export function detectable(question: { base: number; power?: number; arms?: number } & (
  { perArm: number } | { perDay: number; days: number }
)): Promise<(Plan & { problems?: undefined }) | Refused>

/** How far a promise reaches: at every look, from the first unit on or once each variant has so many conversions. */
export type Validity = { kind: 'exact' } | { kind: 'asymptotic'; gate: number }

export interface SampleRatio {
  /** Whether units are not split as planned. It errs in one of 1,000 runs, however often one looks. */
  alarm: boolean
  /** The logarithm of the evidence against the plan. */
  logE: number
  e: number | null
  /** Variants that have units and no weight. */
  leaks: string[]
  validity: Validity
  words: string
  problems?: undefined
}

/** Whether units are split as planned: weights in any unit, and counts. */
export function sampleRatio(arms: { variant: string; weight: number; units: number }[]): Promise<SampleRatio | Refused>

export type Comparison = { variant: string } & ({
  lift: number
  low: number
  high: number
  difference: number
  differenceLow: number
  differenceHigh: number
  pValue: number
  validity: Validity
  missing?: undefined
} | {
  missing: { kind: 'conversions' | 'nonConversions'; side: 'control' | 'treatment'; more: number }
  words: string
  lift?: undefined
})

export interface Reading {
  sampleRatio: SampleRatio
  comparisons: Comparison[]
  /** What the numbers allow to say. It stays true however often one looks. */
  verdict: { kind: 'invalid' | 'tooEarly' | 'undecided' | 'better' | 'worse'; cause?: { kind: string }; headline: string; words: string }
  problems?: undefined
}

/** Reads the counts of an experiment: the units of each variant, and how many of them converted. */
export function read(counts: {
  control: string
  arms: { variant: string; weight: number; units: number; converted: number }[]
}): Promise<Reading | Refused>

/** Whether a treatment does harm, by the units that had an event: an exact promise from the first one on. */
export function harm(question: {
  /** Which way is worse. */
  harm: 'more' | 'fewer'
  /** The relative change that is still allowed; 0 if it is left out. */
  tolerance?: number
  /** The chance of a false alarm over the whole life of a run; 0.05 if it is left out. */
  alpha?: number
  /** Spans in which the split did not change. */
  epochs: { treated: number; control: number; treatedWeight: number; controlWeight: number }[]
}): Promise<{ harmed: boolean; logE: number; ratio: number | null; problems?: undefined } | Refused>

/** One arm: exact sums of whole numbers in steps of 1/scale, as decimal digits; or moments. Both list a lower triangle. */
export type Sums =
  | { units: number; sums: string[]; products: string[]; scale: number }
  | { units: number; mean: number[]; covariance: number[] }

/** The exact sums of a variant in an epoch. */
export interface ReportCell { units: number; sums: string[]; products: string[] }

/** What else can be asked of the statistics; docs/statistics.md says what each answer promises. */
export type StatisticsQuestion =
  | {
    ask: 'effect'; control: Sums; treatment: Sums
    /** Which number of a unit is the outcome, what it is divided by, and what was there before. */
    over?: number; under?: number; covariates?: number[]
    scale?: 'absolute' | 'relative' | 'logRatio'
    /** One look at a size that was fixed before, instead of every look. */
    fixed?: boolean
    alpha?: number; alternative?: 'different' | 'greater' | 'less'
    /** What the p-value is against: a change, as the estimate is one. */
    null?: number
    /** A change that is still none: p-values against being below it, above it, and outside of it. */
    margin?: number
    /** The variance of mSPRT's mixture, on the estimate's scale (of the logarithm unless it says otherwise), for comparison. */
    msprt?: number
  }
  | {
    /** An effect over groups that were told apart before the start, for one look. */
    ask: 'strata'; strata: { control: Sums; treatment: Sums }[]
    scale?: 'absolute' | 'relative' | 'logRatio'
    alpha?: number; alternative?: 'different' | 'greater' | 'less'; null?: number; margin?: number; msprt?: number
  }
  | {
    /** Two shares, however few did it: exact ranges, Newcombe's for the difference, chi-square, and the belief under a beta prior. */
    ask: 'counts'; control: { units: number; converted: number }; treatment: { units: number; converted: number }
    alpha?: number; prior?: [number, number]
  }
  | {
    /** A whole run: its split, and each variant against the first one, by what production compares and watches them with. */
    ask: 'report'
    /** Each variant's part of the split. */
    weights: number[]
    /** Each metric's sums of each variant, epoch by epoch: outcome, then covariates. Zeros and ones are shares. */
    metrics: (ReportCell[][] | {
      epochs: ReportCell[][]; lessIsBetter?: boolean
      /** The sums of each variant day by day: whether the effect stays. */
      days?: ReportCell[][]
      /** Of each other run at the same time: neither's new version, this one's alone, the other's alone, both. */
      pairs?: [ReportCell, ReportCell, ReportCell, ReportCell][]
    })[]
    /** Units by variant, as decided, confirmed and left out, and the confirmed ones by group: why the split is off. */
    seen?: {
      assigned: number[]; confirmed: number[]; automatic?: number[]; redirects?: boolean
      groups?: { dimension: string; value: string; units: number[] }[]
    }
    /** Steps of a whole unit; the relative effect that was planned for; whether all that was planned has come. */
    scale: number; aim: number; complete?: boolean
  }
  | {
    /** Two of effect and units give the power, one of them gives the other. */
    ask: 'plan'; control: number; treatment: number; effect?: number; units?: number; ratio?: number; power?: number
    fixed?: boolean; alpha?: number
    /** To one side: an effect of that size lies there, or is the margin of a question of not being worse. */
    alternative?: 'different' | 'greater' | 'less'
  }
  | {
    /** In the middle: the power for what is aimed at, how many times as many units it still needs, what could have been seen. */
    ask: 'middle'; aim: number; standardError: number; units: number; power?: number; fixed?: boolean; alpha?: number
  }
  | { ask: 'segments'; effects: { estimate: number; standardError: number }[] }
  | {
    ask: 'forecast'; effect: { estimate: number; standardError: number }; units: number; share: number
    prior?: { mean: number; sd: number }
    /** Instead of a prior what the truth is: the chances that it leaves (conditional power). */
    truth?: number
  }
  | { ask: 'shares'; arms: { mean: number; sd: number }[]; floor?: number; lessIsBetter?: boolean }
  | {
    /** One effect of an arm from those of a bandit's epochs, each with the shares of control and the arm in it. */
    ask: 'together'; epochs: { estimate: number; standardError: number; shares: [number, number] }[]; alpha?: number
  }
  | {
    ask: 'adjust'; p: number[]
    by: 'bonferroni' | 'holm' | 'hochberg' | 'hommel' | 'benjamini-hochberg' | 'benjamini-yekutieli'
  }
  | {
    ask: 'looks'; information: number[]; spending: 'obrien-fleming' | 'pocock' | 'power' | 'hsd'
    parameter?: number; alpha?: number
  }
  | (
    /** Where a distribution has so much below, or above: right to twelve digits however little that is. */
    & { ask: 'quantile' } & ({ below: number } | { above: number })
    & ({ of: 'normal' } | { of: 'student' | 'chiSquare'; df: number } | { of: 'gamma'; shape: number } | { of: 'beta'; a: number; b: number })
  )

/** An answer of numbers, or a refusal with its reason in words. No number in it is infinite or none. */
export function statistics(question: StatisticsQuestion): Promise<Record<string, unknown>>
