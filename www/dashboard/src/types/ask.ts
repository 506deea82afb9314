// Questions in words, and their answers.

/** A follow-up test, as an idea that can be written down. */
export interface Offered {
  what: string
  expect: string
  evidence: string
  page: string
}

export interface Answer {
  title: string
  words: string
  /** How one knows. */
  how: string
  figures: { label: string; value: string }[]
  /** Where the evidence is; paths of the console. */
  links: { words: string; path: string }[]
  idea: Offered | null
}

export interface Told {
  /** What was asked; null where it is no question that is answered here. */
  question: { id: string; text: string; about: string } | null
  words: string
  answers: Answer[]
  suggestions: string[]
}

/** A model of the team's own, as far as the console may know of it. */
export interface Endpoint {
  ready: boolean
  host: string
  model: string
  why: string
}

/** An answer with the same in other words, or why there are none. */
export interface InOther extends Told {
  said: string | null
  /** The question that the text was taken for, if the model has chosen it. */
  chosen: string | null
  why: string
}
