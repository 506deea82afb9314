import type { Time } from './index'

/** A figure of how a project learns: in words, as a number in its unit, and what it is made of. */
export interface Figure {
  id: string
  label: string
  value: string
  number: number | null
  unit: 'days' | 'share' | 'visitors'
  evidence: string
}

/** What one team has begun and brought to an end. */
export interface Pace {
  key: string
  name: string
  started: number
  decided: number
  shipped: number
  running: number
}

/** What stands still until somebody does something. */
export interface Waits {
  key: string
  title: string
  team: string | null
  what: string
  whom: string
  since: Time
  days: number
}

export interface PracticeScreen {
  asOf: Time
  weeks: number
  figures: Figure[]
  teams: Pace[]
  waiting: Waits[]
}
