// One simulated visitor, from the first page to the last beacon.

import { setTimeout as wait } from 'node:timers/promises'
import { BOTS, BROWSERS, picked } from './agents.mjs'
import { complaint, conduct, reply } from './behaviour.mjs'
import { add, tally } from './counts.mjs'
import { Visitor, did } from './visitor.mjs'

const ORDER = 'order'
const ERROR = 'error'
/** Share of beacons that arrive twice, as they do when an acknowledgement is lost. */
const RESENT = 0.05
/** Share of those who order and come back that order again: it must not count as another visitor who ordered. */
const AGAIN = 0.1
/** Attempts at one beacon; after that it is lost, as it would be when a tab closes. */
const ATTEMPTS = 3

/**
 * Everything that a visitor decides, drawn before anything happens, so that no answer shifts the sequence. New choices
 * are drawn last: then a seed still gives what it gave.
 */
export function choices(random, { bots, repeat, page = '/' }) {
  const bot = random() < bots
  return {
    bot,
    ...picked(bot ? BOTS : BROWSERS, random()),
    order: random(),
    comesBack: random() < repeat,
    ordersAgain: random() < AGAIN,
    resends: Array.from({ length: 4 }, () => random() < RESENT),
    error: random(),
    silent: random(),
    answers: random(),
    answer: random(),
    page: landing(page, random()),
    bags: 1 + Math.floor(random() ** 2 * 4),
    writes: random(),
    words: random(),
  }
}

/** Where somebody lands: a path, or the one that a number falls on in `{path: share}`. */
const landing = (page, number) =>
  typeof page === 'string' ? page : picked(Object.entries(page).map(([path, share]) => ({ path, share })), number).path

/**
 * Lives a visitor's life and counts what of it was delivered.
 *
 * @param chosen the visitor's choices
 * @param options `base`, `lift` and `behave` of behaviour.mjs
 * @param unit the value of the unit cookie that the visitor brings along, if any
 */
export async function journey(site, chosen, options, counts, unit) {
  const visit = {
    visitor: new Visitor(site, chosen.agent, unit), chosen, options, counts, met: new Map(), resends: chosen.resends.values(),
  }
  try {
    const page = await look(visit)
    const acts = conduct(options, page.exposures, chosen)
    const ordered = !acts.silent && (await use(visit, page, acts))
    if (chosen.comesBack) await comeBack(visit, acts, ordered)
  } catch {
    counts.lost += 1
  }
  counts.visitors += 1
  counts[chosen.bot ? 'bots' : 'people'] += 1
  if (!chosen.bot) tally(counts, visit.met)
}

/** Opens the page and notes what stands under test there. */
async function look({ visitor, chosen, met, counts }) {
  const page = await visitor.open(chosen.page)
  counts.pages += 1
  // A machine that comes for the first time is in no test.
  if (!page.exposures.length && !chosen.bot) counts.bare += 1
  for (const { run, variant } of page.exposures) {
    const known = met.get(run) ?? { variant, confirmed: false, ordered: false, crossed: false }
    met.set(run, { ...known, crossed: known.crossed || known.variant !== variant })
  }
  return page
}

/** The first visit: sees the page, and perhaps meets an error, orders or answers. Tells whether the order counts. */
async function use(visit, page, { orders, errs }) {
  const { visitor, chosen, options, counts } = visit
  await confirm(visit, page)
  const events = [...(errs ? [did(ERROR)] : []), ...(orders ? [did(ORDER, spent(chosen))] : [])]
  const delivered = await report(visit, page, events)
  if (delivered && errs) counts.errors += 1
  const answer = page.survey && !chosen.bot && reply(options, page.survey, page.exposures, chosen)
  if (answer && (await visitor.answer(page.survey, answer))) counts.answers += 1
  const text = options.desk && !chosen.bot && complaint(options, page.exposures, chosen)
  if (text) await options.desk.take({ id: page.name, unit: visitor.unit, text })
  return delivered && orders
}

/** A bag in pounds, between the shop's cheapest and its dearest; the postage is left out. */
const BAG = 9.9
const spent = ({ bags }) => ({ v: Number((bags * BAG).toFixed(2)), c: 'GBP' })

/** The second visit: whoever ordered may order again. */
async function comeBack(visit, { silent }, ordered) {
  const page = await look(visit)
  if (silent) return
  await confirm(visit, page)
  await report(visit, page, ordered && visit.chosen.ordersAgain ? [did(ORDER, spent(visit.chosen))] : [])
}

async function confirm({ visitor, met, counts, resends }, page) {
  if (!page.exposures.length) return
  if (!(await deliver(visitor, page.seal(page.seen()), counts, resends))) return
  for (const { run } of page.exposures) met.get(run).confirmed = true
}

/** Sends what was done on a page, if anything. Tells whether all of it counts. */
async function report({ visitor, met, counts, resends }, page, events) {
  // A page that the edge has not touched takes no beacons.
  if (!events.length || !page.path) return false
  const delivered = await deliver(visitor, page.seal(events), counts, resends)
  const ordered = delivered && events.some(({ n }) => n === ORDER)
  if (ordered) for (const { run } of page.exposures) met.get(run).ordered = true
  return delivered
}

/** Sends a beacon until it is acknowledged, and sometimes once more. Tells whether all of it counts. */
async function deliver(visitor, sealed, counts, resends) {
  const receipt = await acknowledged(visitor, sealed, counts)
  if (receipt && resends.next().value) await acknowledged(visitor, sealed, counts)
  return receipt !== undefined && receipt.stored + receipt.duplicate === sealed.beacon.events.length
}

async function acknowledged(visitor, sealed, counts) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const { status, receipt } = await visitor.send(sealed)
      if (receipt) {
        add(counts.receipts, receipt)
        return receipt
      }
      if (status < 500 && status !== 429) {
        counts.refused += 1
        return undefined
      }
    } catch {
      // No answer: it may have been stored, so the same bytes go again.
    }
    await wait(100 * 2 ** attempt)
  }
  counts.lost += 1
  return undefined
}
