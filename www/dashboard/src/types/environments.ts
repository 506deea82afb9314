// What an environment has: flags, drafts, versions, and what arrives there. Shapes of docs/api.md.

import type { Problem, Time } from './index'

export interface Flag {
  key: string
  description: string
  kind: string
  enabled: boolean
  /** `share` is nothing where an experiment decides. */
  variants: { key: string; value: unknown; share: number | null }[]
  off: string
  /** How many get `variant`. */
  share: number
  /** How many rules decide besides that share. */
  rules: number
  variant: string
  experiment: string | null
  team: string | null
  undoUntil: Time | null
  changed: Time | null
  locked: string | null
}

export interface Flags {
  revision: number
  flags: Flag[]
}

/** A document in the making, as the text that was typed. */
export interface Draft {
  revision: number
  base: number
  /** What others have published since, as pointers. */
  changed: string[]
  document: string
  problems: Problem[]
  who: string
  at: Time
}

/** No draft is the usual case. */
export type NoDraft = Pick<Draft, 'revision' | 'base' | 'problems'> & { document: null }

export interface Version {
  version: number
  at: Time
  who: string
  why: string
  digest: string
  current: boolean
}

export interface Ledger {
  stored: number
  duplicate: number
  rejected: Record<string, number>
  filtered: Record<string, number>
}

export interface DataScreen {
  ledger: Ledger
  metrics: { key: string; description: string; event: string; share: boolean; last: Time | null; total: number }[]
  events: SeenEvent[]
  /** Metrics whose sums are still being made from old data; `done` is a share. */
  rebuilding: { run: string; metric: string; done: number }[]
  /** Those of the document. */
  runs: { experiment: string; run: string }[]
  bots: number
  intake: Intake
  asOf: Time
}

/** Whether units are signed, or anybody says who they are. */
export type Intake = 'signed' | 'open'

/** What a run has counted so far. */
export interface RunReport {
  report: {
    run: string
    metric: string
    control: string
    /** A metric that is no share has a value in place of the rate. */
    arms: { variant: string; confirmed: number; converted: number; rate: number | null; value?: number | null }[]
    verdict: { headline: string; words: string }
  }
  intake: Intake
}

/** An event as the collector has heard of it, counted by anything or not. */
export interface SeenEvent {
  name: string
  n: number
  last: Time | null
  properties: string[]
  rejected: Record<string, number>
}

export interface Slots {
  slots: {
    select: string
    slot?: string
    kind: 'heading' | 'button' | 'link' | 'image' | 'slot' | 'text'
    text: string
    /** Where the text stands, if it is not the element's content. */
    attribute?: 'alt' | 'value'
    /** Whether other elements lie in it, which new words would take away. */
    holds?: true
  }[]
  left: number
}

/** Links that open a preview of a site. */
export interface PreviewLinks {
  links: string[]
  until: number
}
