// What visitors wrote by themselves, and what is found by its words (docs/api.md, “Voices”).

import type { Time } from './index'

/** How much was written by those who met each variant of a run. */
export interface WrittenCount {
  experiment: string
  title: string
  run: string
  arms: { variant: string; exposed: number; tickets: number; sessions: number }[]
}

/** One ticket, or one recording. `opens` is where the recording is watched; empty for nowhere. */
export interface Ticket {
  at: Time; variant: string; source: string; subject: string; text: string; tags: string; link: string
  replay: string; opens: string
}

export interface Written extends WrittenCount {
  tickets: Ticket[]
  sessions: Ticket[]
  /** `used` are people of the old version and of the new one. */
  themes: { wrote: [number, number]; asked: number; found: { words: string; used: [number, number]; p: number }[]; words: string; quote: string | null }
  next: number | null
}

export type Hit =
  | { kind: 'comment' | 'debrief' | 'claim'; at: Time; experiment: string; title: string; text: string }
  | {
    kind: 'answer' | 'ticket'; at: Time; about: string; title: string; text: string; link: string
    met: { run: string; variant: string; experiment?: string; title?: string }[]
  }
