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
