// The evaluator at the edge: beside decisions it gives plans of pages, and says what it could not read. Browsers that only
// read flags do not load this.

import { plain } from './address.js'
import { Evaluator, PATH_BYTES } from './instance.js'
import { SLOT, UNUSABLE } from './record.js'

export { instances } from './instance.js'
export { HEADER } from './names.js'

const encoder = new TextEncoder()

export class EdgeEvaluator extends Evaluator {
  /** What these decisions do to the page at `path`, as `URL` gives it: indices of edits, and of flags whose variant the visitor meets. */
  plan(decisions, path) {
    const plan = { steps: [], edits: [], exposures: [] }
    if (decisions.failed) return plan
    const { at, memory } = this
    const asked = plain(path)
    const { read, written } = encoder.encodeInto(asked, memory.subarray(at.path, at.path + PATH_BYTES))
    if (read < asked.length) return plan
    memory.set(decisions.bytes, at.decisions)
    let count
    try {
      count = this.wasm.plan(at.length, at.decisions, at.path, written, at.steps)
    } catch {
      this.recover()
      return plan
    }
    const word = this.#words(at.steps)
    for (let index = 0; index < count; index++) {
      const step = word(index * 4)
      plan.steps.push(step)
      if (step >>> 31) plan.exposures.push(step & 0x7fffffff)
      else plan.edits.push(step)
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
