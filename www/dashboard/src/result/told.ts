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

/** Slack finds nothing in a text that is written so. */
const plain = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A text of at most so many signs. */
const cut = (text: string, most: number): string => ([...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text)

/** Signs of a sentence: with every one of them written longer it still fits into a section. */
const SENTENCE = 580

/** The same as Slack's Block Kit, as an incoming webhook takes it (docs/notifications.md). */
export const blocks = ({ title, outcome, sentences, foot }: Told, link: string): string => JSON.stringify({
  text: cut(`${plain(cut(title, 140))} (${outcome.toLowerCase()})`, 900),
  blocks: [
    { type: 'header', text: { type: 'plain_text', text: cut(title, 150), emoji: false } },
    ...sentences.map(({ label, text }) => ({ type: 'section', text: { type: 'mrkdwn', text: `*${label}.* ${plain(cut(text, SENTENCE))}` } })),
    { type: 'context', elements: [{ type: 'mrkdwn', text: plain([outcome, foot].filter(Boolean).join(' · ')) }] },
    { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Read the result', emoji: false }, url: link }] },
  ],
}, null, 2)
