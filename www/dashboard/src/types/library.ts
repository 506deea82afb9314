// What was learned: claims, and experiments that were imported (docs/api.md, “The library”).

import type { LibraryCard, Time } from './index'

/** An experiment that a claim rests on. */
export interface Evidence {
  key: string
  title: string
  imported: boolean
}

export interface Claim {
  id: number
  revision: number
  at: Time
  who: string
  text: string
  for: Evidence[]
  against: Evidence[]
  removable: boolean
}

export interface Claims {
  claims: Claim[]
}

/** An experiment that nobody here has seen: the words are those of whoever brought it, and a day is a text. */
export interface PastCard {
  key: string
  title: string
  outcome: string
  imported: { at: Time; who: string }
  expected?: string
  found?: string
  text?: string
  started?: string
  ended?: string
  team?: string
  metric?: string
  author?: string
  reviewer?: string
  decidedBy?: string
  snippet?: string
}

export const isPast = (card: LibraryCard | PastCard): card is PastCard => 'imported' in card

/** What became of records. */
export interface Brought {
  added: number
  changed: number
  same: number
}
