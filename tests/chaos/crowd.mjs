// Visitors who do not give up: what was not acknowledged is sent again unchanged until it is. The journal tells what
// they were promised, which is what the rows have to keep. Some do give up: of a beacon that was never acknowledged, and
// never came again, all may be there or nothing. And some are erased.

import { createHmac } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { chance } from '../../www/landing/chance.mjs'
import { add } from '../../www/landing/counts.mjs'
import { Visitor, did } from '../../www/landing/visitor.mjs'

export const ORDER = 'order'
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0'
/** Attempts at one thing. There is one for each death of the process, and a few for its first moments. */
const ATTEMPTS = 200
const RESENT = 0.2
const ORDERS = 0.5
/** Baskets of one shopper, and orders in each: one beacon, which is sent once. */
const BASKETS = 200
const BASKET = 4

/** An empty journal. */
export const journal = () => ({
  /** Acknowledged, in the form of the rows. */
  exposures: [],
  orders: [],
  /** Everything that was sent at least once: what is stored must be among these. */
  sent: new Set(),
  units: new Set(),
  /** Orders of beacons that were sent once and never acknowledged. */
  given: [],
  /** Who was erased, and how many events of theirs may have been news. */
  erased: new Map(),
  receipts: { stored: 0, duplicate: 0, rejected: {}, filtered: {} },
  /** Requests whose answer never came: each may have been stored or not. */
  unanswered: { pages: 0, events: 0 },
  visitors: 0,
  pages: 0,
  bare: 0,
  refused: [],
})

const hmac = (key, text) => createHmac('sha256', key).update(text).digest()

/** The unit as the collector stores it, by the definition in docs/wire.md and not by the code under test. */
export const stored = (projectKey, place, unit) =>
  hmac(hmac(Buffer.from(projectKey, 'base64url'), `place\0${place}`), `stored\0${unit}`).toString('hex').slice(0, 32)

/** An event among all, as one text. */
export const placeOf = ({ unit, name, key }) => [unit, name, key].join(' ')

/**
 * Sends visitor after visitor, `lanes` at a time, until `world.over`.
 *
 * @param world `site`, `journal`, `projectKey`, `place`; `up()` waits while the process is down; `erase(unit)`; `erased`: the
 *   share of visitors who are; `pace`: milliseconds that each lane rests before its next visitor or basket
 */
export async function crowd(world, { lanes, seed }) {
  const lane = async (index) => {
    const random = chance(seed, index)
    while (!world.over) await life(world, random)
  }
  await Promise.all([shopping(world, chance(seed, lanes)), ...Array.from({ length: lanes }, (_, index) => lane(index))])
}

/** Shoppers, one after the other, each of whom sends basket after basket until one is not answered: that one is given up. */
async function shopping(world, random) {
  while (!world.over) {
    const sending = await arrived(world, random)
    if (!sending) continue
    await deliver(sending, sending.page.seen())
    const basket = () => sendOnce(sending, Array.from({ length: BASKET }, () => did(ORDER)))
    for (let sent = 0; !world.over && sent < BASKETS && (await basket()); sent++) await wait(world.pace)
  }
}

/** Somebody who takes part, with a page before them; nothing where the page has no experiment. */
async function arrived(world, random) {
  const { journal } = world
  await wait(world.pace * 2 * random())
  const visitor = new Visitor(world.site, BROWSER)
  const page = await opened(world, visitor)
  journal.visitors += 1
  if (!page.exposures.length) return void (journal.bare += 1)
  const unit = stored(world.projectKey, world.place, visitor.unit)
  journal.units.add(unit)
  return { world, visitor, unit, page, random }
}

async function life(world, random) {
  const sending = await arrived(world, random)
  if (!sending) return
  const { page } = sending
  const seen = page.seen()
  const orders = random() < ORDERS ? [did(ORDER)] : []
  const way = random()
  if (way < 0.5) {
    await deliver(sending, seen)
    if (orders.length) await deliver(sending, orders)
  } else if (way < 0.75) {
    await deliver(sending, [...seen, ...orders])
  } else {
    // At once, so that the order may come in before the exposure that it counts for.
    await Promise.all([orders, seen].filter(({ length }) => length).map((events) => deliver(sending, events)))
  }
  if (random() < world.erased) await erase(sending)
}

/** Erases the visitor, again until it is acknowledged. */
async function erase({ world, visitor, unit, page }) {
  world.journal.erased.set(unit, 2 * page.exposures.length + 1)
  await patiently(world, () => world.erase(visitor.unit).catch(() => undefined))
}

/** A page that did arrive, in a fresh visit for each that did not. */
async function opened(world, visitor) {
  const { journal } = world
  return patiently(world, async () => {
    journal.pages += 1
    try {
      return await visitor.open()
    } catch {
      journal.unanswered.pages += 1
      return undefined
    }
  })
}

/** Sends events in one beacon until it is acknowledged, and enters in the journal what that promises. */
async function deliver(sending, events) {
  const { world, visitor, random } = sending
  const sealed = seal(sending, events)
  const resends = random() < RESENT
  const receipt = await patiently(world, () => sent(world, visitor, sealed))
  promised(sending, sealed, receipt)
  if (resends) await sent(world, visitor, sealed)
}

/** Sends events in one beacon, once, and enters in the journal what that promises, or that it was given up. Tells which. */
async function sendOnce(sending, events) {
  const { world, visitor } = sending
  const sealed = seal(sending, events)
  await world.up()
  const receipt = await sent(world, visitor, sealed)
  if (receipt) promised(sending, sealed, receipt)
  else world.journal.given.push(ordersOf(sending, sealed))
  return Boolean(receipt)
}

function seal(sending, events) {
  const sealed = sending.page.seal(events)
  for (const order of ordersOf(sending, sealed)) sending.world.journal.sent.add(placeOf(order))
  return sealed
}

/** The orders of a beacon, in the form of the rows. */
const ordersOf = ({ unit, page }, { beacon: { seq, events } }) =>
  events.map(({ t, n }, place) => ({ t, unit, name: n, key: [page.name, seq, place].join('/') }))
    .filter(({ t }) => t === 'track').map(({ t, ...order }) => order)

function promised(sending, sealed, receipt) {
  const { world: { journal }, unit } = sending
  const { events } = sealed.beacon
  if (receipt.stored + receipt.duplicate !== events.length) return
  journal.orders.push(...ordersOf(sending, sealed))
  for (const { t, run, x } of events) if (t === 'seen') journal.exposures.push({ unit, run, variant: x })
}

/** One attempt. */
async function sent({ journal }, visitor, sealed) {
  const { events } = sealed.beacon
  try {
    const { status, receipt } = await visitor.send(sealed)
    if (receipt) {
      add(journal.receipts, receipt)
      return receipt
    }
    if (status < 500) {
      journal.refused.push(`${status} for ${sealed.body}`)
      return { stored: 0, duplicate: 0 }
    }
  } catch {
    // The answer got lost. So did the beacon, perhaps.
  }
  journal.unanswered.events += events.length
  return undefined
}

async function patiently(world, attempt) {
  for (let tries = 0; tries < ATTEMPTS; tries++) {
    await world.up()
    const result = await attempt()
    if (result !== undefined) return result
    await wait(10)
  }
  throw new Error(`no answer in ${ATTEMPTS} attempts; the last words of the process:\n${world.said()}`)
}
