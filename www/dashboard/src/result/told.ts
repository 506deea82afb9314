// What a result card says. The sentences are the engine's: nothing here puts a number into words.

import type { DebriefScreen, Reading } from '../types'
import { counted, date } from '../words'

export interface Told {
  title: string
  /** How it was decided, or that it was stopped. */
  outcome: string
  /** Expected, found, decided. */
  sentences: { label: string; text: string }[]
  foot: string
}

const OUTCOMES = { ship: 'Shipped', keep: 'Kept the old', again: 'Run again', abort: 'Given up' } as const

export function told({ experiment, people }: Reading, { prefilled }: DebriefScreen): Told {
  const { title, decision, ended } = experiment
  return {
    title, outcome: decision ? OUTCOMES[decision.choice] : 'Stopped',
    sentences: [
      { label: 'Expected', text: prefilled.expected }, { label: 'Found', text: prefilled.found }, { label: 'Decided', text: prefilled.decision },
    ],
    foot: [counted(people, 'visitor'), ended && `ended ${date(ended)}`].filter(Boolean).join(' · '),
  }
}

/** The same as a message: bold stands between asterisks, as Slack has it. */
export const message = ({ title, outcome, sentences }: Told, link: string): string =>
  [`*${title}* (${outcome.toLowerCase()})`, ...sentences.map(({ label, text }) => `*${label}.* ${text}`), link].join('\n')
