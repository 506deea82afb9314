// Visitors who come by the shop's own backend (backend.mjs), a crowd at a time: the engine draws what they meet, and what
// comes of it follows from a seed and from the truth about the tests.

import { done, met } from './backend.mjs'
import { chance } from './chance.mjs'

/** Shares of those who order and who meet an error, whatever they are shown. */
const EVERYBODY = { orders: 0.4, errors: 0.01 }
/** What a bag costs in pounds. */
const BAG = 9.9

export class Guests {
  /** How many came so far. */
  #came = 0

  /** @param name what their units begin with */
  constructor(backend, { name, seed }) {
    Object.assign(this, { backend, name, seed })
  }

  /**
   * Lets so many come and reports what they did.
   *
   * @param tests `{run, treatment, truth}`: the truth has the `lift` of the treatment, and perhaps the share of `errors` in
   *   it and of visitors whose meeting is lost, `silent`. Those that run count in `seen` whom the shop has reported.
   * @returns the units that ordered
   */
  async come(visitors, tests) {
    const running = new Map(tests.filter(({ run }) => run).map((test) => [test.run, test]))
    const events = []
    const ordered = []
    for (let n = 0; n < visitors; n++) {
      const unit = `${this.name}-${this.#came}`
      const random = chance(this.seed, this.#came++)
      const [orders, errs, bags, ...lost] = Array.from({ length: 3 + tests.length }, random)
      let { orders: rate, errors } = EVERYBODY
      for (const meeting of this.backend.meets(unit)) {
        const test = running.get(meeting.run)
        if (!test) continue
        const { lift, errors: more = 0, silent = 0 } = meeting.variant === test.treatment ? test.truth : { lift: 0 }
        rate *= 1 + lift
        errors = Math.max(errors, more)
        if (lost[tests.indexOf(test)] < silent) continue
        events.push(met(unit, meeting))
        test.seen += 1
      }
      if (errs < errors) events.push(done(unit, 'error'))
      if (orders >= rate) continue
      // Nobody comes twice, so each order is somebody's first; who orders again does so by telephone (regulars.mjs).
      ordered.push(unit)
      events.push(done(unit, 'order', { v: Number((BAG * (1 + Math.floor(bags ** 2 * 4))).toFixed(2)), c: 'GBP' }), done(unit, 'first-order'), done(unit, 'paid'))
    }
    await this.backend.report(events)
    return ordered
  }
}
