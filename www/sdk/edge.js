// The evaluator at the edge: beside decisions it gives plans of pages, and says what it could not read. Browsers that only
// read flags do not load this, and the evaluator that they get cannot plan.

import { plain } from './address.js'
import { Evaluator } from './instance.js'
import { PAGES } from './names.js'
import { ReadableDecisions } from './readable.js'
import { SLOT, UNUSABLE } from './record.js'
import { decide, value } from './single.js'

export { instances } from './instance.js'
export { HEADER } from './names.js'

/** Bytes of the longest address that pages are planned for. */
const PATH_BYTES = 8192

const encoder = new TextEncoder()

export class EdgeEvaluator extends Evaluator {
  /** Decides one flag. */
  decide(key, context, now) {
    return decide(this, key, context, now)
  }

  /** The value of one flag, or nothing if there is none. */
  value(key, context, now) {
    return value(this, key, context, now)
  }

  /** Decisions of which many are read. */
  answer(bytes, failed) {
    return new ReadableDecisions(this.names, bytes, failed)
  }

  /** An address, and the steps of a plan. What the manifest leaves out is none. */
  beyond(names) {
    names.edge = { edits: [], events: [], surveys: [], dimensions: [], ...names.edge }
    const { edits } = names.edge
    if (!Array.isArray(edits)) throw new Error()
    return PATH_BYTES + (edits.length + names.count(PAGES)) * 4
  }

  /**
   * What these decisions do to the page at an address, `host/path?query` as `URL` gives them: indices of edits, and of
   * flags whose variant the visitor meets; `pages` holds both for each page test. Throws after a trap: a plan of which
   * nothing is known is not one in which nothing is to be done.
   */
  plan(decisions, address) {
    const plan = { steps: [], edits: [], exposures: [], pages: [] }
    if (decisions.failed) return plan
    const { at, memory } = this
    const asked = plain(address)
    const steps = at.end + PATH_BYTES
    const { read, written } = encoder.encodeInto(asked, memory.subarray(at.end, steps))
    if (read < asked.length) return plan
    memory.set(decisions.bytes, at.decisions)
    let count
    try {
      count = this.wasm.plan(at.length, at.decisions, at.end, written, steps)
    } catch (trap) {
      this.recover()
      throw trap
    }
    const word = this.#words(steps)
    for (let index = 0; index < count; index++) {
      const step = word(index * 4)
      plan.steps.push(step)
      const flag = step & 0x3fffffff
      if (step >>> 31) plan.exposures.push(flag)
      if (step >>> 30) plan.pages.push({ flag, edits: [] })
      else {
        plan.edits.push(step)
        plan.pages.at(-1)?.edits.push(step)
      }
    }
    return plan
  }

  /** Attributes that the last context had and that no rule can read, by name. */
  unusable() {
    const tag = this.#words(this.at.context)
    return this.names.attributes.filter((_, slot) => tag(slot * SLOT) === UNUSABLE)
  }

  #words(start) {
    const { buffer, byteOffset } = this.memory
    const view = new DataView(buffer, byteOffset + start)
    return (at) => view.getUint32(at, true)
  }
}
