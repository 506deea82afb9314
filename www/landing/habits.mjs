// How the demo's visitors behave: the tables that behaviour.mjs reads, by the titles of the demo's own experiments, and
// the spells that somebody casts on a running one.

import { ASKED } from './history.mjs'

/** What holds for everybody: the rates of a small shop with a good name, and an answer to a question now and then. */
const EVERYBODY = { base: 0.4, lift: 0.15, errors: { control: 0.01, treatment: 0.01 }, answers: { share: 0.2 } }

export const FRESHNESS = 'Promise freshness by the hour'
export const ONE_PAGE = 'One-page basket'
export const PER_CUP = 'Say the price per cup'
export const LETTERBOX = 'Say first that bags fit the letterbox'
export const TIMETABLE = 'Call the timetable a promise'

/** The truth about each experiment, which its report has to find. */
export const TRUTH = {
  ...ASKED,
  [FRESHNESS]: { lift: 0.4 },
  // It looks fine where it was made. On many telephones its button does nothing.
  [ONE_PAGE]: {
    lift: -0.5, errors: { control: 0.01, treatment: 0.12 },
    // The shop asks whoever has seen it for a word, and some give one.
    writes: {
      share: 0.35,
      control: ['When will my beans arrive?', 'Do you also grind the beans?', 'Can I change the address of my order?', 'Which beans suit a moka pot?'],
      treatment: [
        'The button does nothing when I press it', 'I press the button to pay and nothing happens', 'Your pay button does not work on my phone',
        'When will my beans arrive?',
      ],
    },
  },
  // Whoever wants coffee does not mind how it comes.
  [LETTERBOX]: { lift: 0 },
  // In many a Chrome its page is left before it has told that anybody was there.
  [TIMETABLE]: { lift: 0.1, silent: { browser: 'Chrome', variant: 'treatment', share: 0.9 } },
  [PER_CUP]: {
    lift: 0.2,
    answers: {
      share: 0.3,
      control: [
        'No', 'No', 'Nearly',
        { choice: 'No', text: 'Eleven pounds a bag sounds dear until you know how long it lasts' },
        { choice: 'Nearly', text: 'How many cups are in a bag?' },
        { choice: 'Yes', text: 'I always buy the same one' },
      ],
      treatment: [
        'Yes', 'Yes', 'Nearly',
        { choice: 'Yes', text: 'Cheaper than the café on the corner, good to know' },
        { choice: 'Yes', text: 'Now I can compare it with what I have at home' },
        { choice: 'Nearly', text: 'Is that for a small cup or a large one?' },
        { choice: 'No', text: 'I make it stronger than that' },
      ],
    },
  },
}

/** Where people land. */
const PAGES = { '/': 0.35, '/beans': 0.5, '/basket': 0.15 }

/** A table that somebody may bend while visitors read it: `behave`, and the rest of what `traffic` takes. */
export class Habits {
  seed = 3
  page = PAGES
  behave = {}
  #known = { '*': EVERYBODY }
  #spells = new Map()

  constructor() {
    this.#refresh()
  }

  /** Learns which keys the demo's own experiments have, from their cards. */
  learn(cards) {
    for (const { key, title } of cards) if (Object.hasOwn(TRUTH, title)) this.#known[key] = TRUTH[title]
    this.#refresh()
  }

  /** Changes how people behave in an experiment, until the spell of this name is lifted or cast on another one. */
  cast(name, key, change) {
    this.#spells.set(name, { key, change })
    this.#refresh()
  }

  lift(name) {
    this.#spells.delete(name)
    this.#refresh()
  }

  /** The experiment that a spell lies on, or null. */
  under(name) {
    return this.#spells.get(name)?.key ?? null
  }

  #refresh() {
    for (const key of Object.keys(this.behave)) delete this.behave[key]
    Object.assign(this.behave, this.#known)
    for (const { key, change } of this.#spells.values()) this.behave[key] = { ...this.behave[key], ...change }
  }
}
