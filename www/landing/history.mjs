// The two quarters before the demo's five weeks: forty experiments of four teams, in seasons of five that run beside each
// other. What each was about stands in history/, with the truth about it, which its numbers have to find.

import * as checkout from './history/checkout.mjs'
import * as front from './history/front.mjs'
import * as letters from './history/letters.mjs'
import * as prices from './history/prices.mjs'

const TEAMS = { 'shop-front': front, checkout, letters, prices }

/** Days that all of it took, and how it is divided. */
export const DAYS = 180
export const SEASONS = 8

const every = Object.entries(TEAMS).flatMap(([team, { TRIED }]) => TRIED.map((one) => ({ by: 0.4, lift: 0, ...one, team })))

/** How many were tried. */
export const ALL = every.length

/** What was tried in a season, in the order in which it began. */
export const season = (number) => every.filter((one) => one.season === number)

/** The flags that the shop's code asked meanwhile. */
export const FLAGS = Object.fromEntries(Object.values(TEAMS).flatMap(({ FLAGS }) => Object.entries(FLAGS)).map(([key, [description, off, ...others]]) => {
  const variants = Object.fromEntries([off, ...others].map((variant) => [variant, variant]))
  return [key, { description, kind: 'string', client: true, variants, off, otherwise: off, rules: [] }]
}))

/** What visitors do and answer who come to the page of one by themselves, by its title. */
export const ASKED = Object.fromEntries(every.filter(({ answers }) => answers).map(({ title, lift, answers }) => [title, { lift, answers }]))

/** What they count besides what everybody does. */
export const METRICS = {
  'first-orders': { description: 'A newcomer orders', event: 'first-order' },
  paid: { description: 'A visitor orders and pays', event: 'paid' },
}

/** What teams decide by that look at another number than how many order. Whoever opens pages reports orders alone. */
const DECIDES = { 'shop-front': 'first-orders', prices: 'paid' }
const decidedBy = ({ team, asked }) => (asked ? undefined : DECIDES[team]) ?? 'orders'

/** The plan of one, where everybody has `otherwise` of its flag. */
export function planOf({ title, change, because, by, ...one }, otherwise) {
  return {
    title, guardrails: ['errors'], metrics: ['revenue'], base: 0.4, ramp: [5, 25, 50, 100],
    change: one.flag
      ? { kind: 'flag', flag: one.flag[0], control: otherwise(one.flag[0]), treatment: one.flag[1] }
      : { kind: 'words', page: one.words[0], edits: one.words[1].map(([select, from, text]) => ({ select, from, text })) },
    hypothesis: { change, metric: decidedBy(one), direction: 'up', by, because },
  }
}
