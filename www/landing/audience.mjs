// Everybody who visits the demo: a steady trickle and the crowds that somebody sends, all of one table of behaviour. No
// visitor ever comes as somebody who has been here before a restart.

import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { HelpDesk } from './helpdesk.mjs'
import { traffic } from './traffic.mjs'
import { indexes, seededUnits } from './units.mjs'

/** Indexes that the trickle takes at a time: 14 hours of two visitors a second. */
const BLOCK = 100_000
/** Milliseconds before the trickle tries again when nothing answers. */
const PAUSE = 1000

export class Audience {
  /** Visitors so far, since this process began. */
  visitors = 0
  #take
  #units

  /**
   * @param product whose site they visit
   * @param folder keeps the count of visitors that ever were
   * @param habits how they behave: `seed`, `page` and `behave`, as `traffic` takes them
   * @param place whose keys sign their units
   */
  constructor({ product, folder, place, habits }) {
    this.product = product
    this.habits = habits
    this.desk = new HelpDesk(product)
    this.#take = indexes(join(folder, 'visitors.json'))
    this.#units = seededUnits({ seed: habits.seed, unitKeys: product.secrets.unitKeys, place })
  }

  /** Sends so many visitors. `options` are those of `traffic`. */
  send({ visitors, progress, ...options }) {
    return traffic({
      url: this.product.site, units: this.#units, from: this.#take(visitors), visitors, ...this.habits, desk: this.desk, ...options,
      progress: (counts) => {
        this.visitors += 1
        progress?.(counts)
      },
    })
  }

  /** Sends so many a second until the signal. What fails meanwhile (the engine may be killed) is tried again. */
  async trickle(rate, signal) {
    while (!signal.aborted) {
      await this.send({ visitors: BLOCK, rate, signal }).catch(() => wait(PAUSE, undefined, { signal }).catch(() => {}))
    }
  }
}
