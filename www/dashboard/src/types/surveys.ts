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

export interface Survey {
  key: string
  experiment: string
  title: string
  question: string
  choices: string[]
  comment: boolean
  when: AskedWhen | null
  open: boolean
  arms: { variant: string; exposed: number; answers: number; choices: Record<string, number> }[]
}

export interface Answers {
  survey: Survey
  answers: { at: Time; variant: string; choice: string; text: string }[]
}
