/** How many tests ended how. */
export interface Ending {
  kind: string
  label: string
  count: number
}

/** What one test has found, beside what was hoped for and what is believed of it; all as shares of control. */
export interface Effect {
  key: string
  title: string
  team: string
  metric: string
  kind: string
  shipped: boolean
  hoped: number
  found: number
  believed: number
  low: number
  high: number
}

export interface Group {
  name: string
  ended: number
  shipped: number
  outcomes: Ending[]
}

/** What all tests that have ended say together. */
export interface TogetherScreen {
  ended: number
  outcomes: Ending[]
  effects: Effect[]
  impact: { metric: string; shipped: number; believed: number; low: number; high: number; words: string }[]
  teams: Group[]
  metrics: Group[]
  /** How many were imported: none of the figures above counts them. */
  imported: number
}
