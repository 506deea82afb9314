// Teams, ideas, the calendar, and what people follow.

import type { Experiment, ExperimentCard, ExperimentState, NowScreen, Time } from '.'

export type OwnedKind = 'experiment' | 'flag' | 'metric' | 'survey'

export interface Team {
  key: string
  name: string
  channel: string
  goal: string
  /** How many decisions it wants to make in a week. */
  decisions: number | null
}

export interface Teams {
  revision: number
  teams: (Team & { owns: Partial<Record<OwnedKind, number>>; decided: number })[]
}

export interface Idea extends ExperimentCard {
  expect: string
  evidence: string
  impact: number | null
  effort: number | null
  page: string
  team: string
  votes: number
  /** Whether one of the votes is the reader's. */
  voted: boolean
  /** How many comments there are. */
  comments: number
  created: Time
}

/** What people say of an idea or an experiment, oldest first. */
export interface Comments {
  key: string
  comments: {
    id: number; at: Time; who: string; text: string; mentions: { team?: string; person?: number; name: string }[]
    /** Whether the reader may take it back. */
    removable: boolean
  }[]
}

/** All that there is of a kind that a team can own, and whose it is. */
export interface Things {
  kind: OwnedKind
  things: { key: string; name: string; team: string | null }[]
}

/** An experiment with whose it is. */
export interface Owned extends Experiment {
  team: string | null
  /** Whether the reader follows it by itself. */
  followed: boolean
  /** The names of all who follow it, its page or its team. */
  followers: string[]
}

export type FollowKind = 'test' | 'page' | 'team'

export interface Followed {
  kind: FollowKind
  subject: string
  name: string
  tests: ExperimentCard[]
}

/** *Now* with what the reader follows. */
export interface OwnNow extends NowScreen {
  follows: Followed[]
}

export interface Collision {
  with: string
  title: string
  what: 'page' | 'flag' | 'layer'
  /** Whether one of both has to wait. */
  stops: boolean
  words: string
  from: Time
  to: Time
}

export interface CalendarTest {
  key: string
  title: string
  state: ExperimentState
  flag: string
  pages: string[]
  team: string | null
  from: Time
  to: Time
  /** How an end that is still to come is known. */
  until: string
  earlier: { from: Time; to: Time }[]
  collisions: Collision[]
}

export interface Calendar {
  asOf: Time
  /** The project's zone. */
  zone: string
  /** When its weeks begin, which is on Mondays there. */
  weeks: Time[]
  tests: CalendarTest[]
}
