// The shop's regulars of the last four weeks, of whom some have ordered in the shop at first: whoever has finished a bag orders
// another one. They order by telephone, so the shop's backend reports them, each order with its own time.

import { done } from './backend.mjs'
import { chance } from './chance.mjs'

const DAY = 86_400_000
const SEED = 23
/** Days back from now, and how many order for the first time on each of them: fewer on the last two days of seven. */
const [DAYS, A_DAY, AT_THE_END] = [27, 16, 9]
/** Share of those who like it; a bag lasts them a week, and a smaller share wants something else a day or two later. */
const [LIKE, MORE] = [0.55, 0.12]
/** Shares of those who like it that order on day 5, 6, ... after a first order, while they have a bag. */
const AGAIN = [0.08, 0.22, 0.34, 0.2, 0.1, 0.06]
/** What a bag costs in pounds. */
const BAG = 9.9

/**
 * Their orders up to a time, as the door for files takes them.
 *
 * @param ordered `[{unit, at}]`: who has ordered in the shop for the first time, and when; some of them become regulars
 */
export function regulars(now, ordered = []) {
  const random = chance(SEED, 0)
  const events = []
  const order = (unit, at, bags) => {
    if (at < now) events.push({ ...done(unit, `order ${Math.round(at)}`, { v: Number((BAG * bags).toFixed(2)), c: 'GBP' }), n: 'order', at: Math.round(at) })
  }
  /** What follows a first order. */
  const again = (unit, first) => {
    let at = first
    if (random() < MORE) order(unit, at + (1 + random()) * DAY, 1)
    for (let likes = random() < LIKE; likes && at < now; likes = random() < 0.8) {
      at += (5 + lastsFor(random()) + 0.5 * random()) * DAY
      order(unit, at, 1)
    }
  }
  const today = now - (now % DAY)
  for (let day = DAYS; day >= 1; day--) {
    const comers = new Date(today - day * DAY).getUTCDay() % 6 === 0 ? AT_THE_END : A_DAY
    for (let n = 0; n < comers; n++) {
      const unit = `regular-${day}-${n}`
      // Nobody orders at night.
      const at = today - day * DAY + (8 + 14 * random()) * 3_600_000
      order(unit, at, 1 + Math.floor(random() * 2))
      again(unit, at)
    }
  }
  for (const { unit, at } of ordered) if (at > today - DAYS * DAY) again(unit, at)
  return events
}

/** For how many days beyond five a bag lasts. */
function lastsFor(number) {
  let [days, left] = [0, number]
  while (days < AGAIN.length - 1 && left >= AGAIN[days]) left -= AGAIN[days++]
  return days
}
