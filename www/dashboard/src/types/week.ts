import type { Time } from './index'

/** An experiment that ended in a week, with what was said of it then. */
export interface Ended {
  key: string
  title: string
  /** What was decided; null where it stopped itself and nobody has decided yet. */
  choice: string | null
  headline: string
  words: string
}

/** What a week has brought. */
export interface Week {
  week: number
  from: Time
  until: Time
  title: string
  headline: string
  wins: Ended[]
  others: Ended[]
  lessons: { key: string; title: string; answers: { question: string; answer: string }[] }[]
  /** What began by its title, and how many ran when the week ended, or run now. */
  words: string
  begun: { key: string; title: string }[]
  asOf: Time
  previous: number | null
  next: number | null
}
