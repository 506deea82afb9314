import type { Time } from './index'

/** Who is asked, and when. What is left out is as usual. */
export interface AskedWhen {
  variants?: string[]
  goal?: string
  seconds?: number
  exit?: boolean
  percent?: number
  quiet?: number
}

/** A scale of whole numbers, whose two ends have words. */
export interface Rating {
  low: string
  high: string
  from?: number
  to?: number
}

/** A question for those who gave one of these answers. */
export interface FollowUp {
  after: string[]
  question: string
}

export interface Survey {
  key: string
  experiment: string
  title: string
  question: string
  /** Of a rating, its points. */
  choices: string[]
  rating: Rating | null
  follow: FollowUp[] | null
  comment: boolean
  when: AskedWhen | null
  /** Whether whoever has answered may leave an address. */
  contact: boolean
  open: boolean
  /** How many were asked, on the page or by a link. */
  asked: number
  /** How often somebody was left alone whom another question had asked a short time before. */
  waited: number
  arms: { variant: string; exposed: number; answers: number; choices: Record<string, number> }[]
}

export interface Answers {
  survey: Survey
  answers: { at: Time; variant: string; choice: string; text: string }[]
}

/** Somebody who may be written to, until then. */
export interface Contact {
  variant: string
  address: string
  at: Time
  until: Time
}

/** What became of a unit that was to get a link. */
export interface Link {
  outcome: string
  reason?: string
  link?: string
}
