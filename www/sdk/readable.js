// Decisions whose values are properties, for whoever reads many of them one after another.

import { DECISION, Decisions } from './decisions.js'

const BYTES = Symbol('bytes')

export class ReadableDecisions extends Decisions {
  #values

  /** Values by flag key, each read when it is asked for. Nothing is inherited: an unknown key is undefined. */
  get values() {
    return (this.#values ??= new (this.names.Values ??= readers(this.names))(this.bytes))
  }
}

/** A class, once for each snapshot, whose instances read one evaluation's values by name. */
function readers(names) {
  function Values(bytes) {
    this[BYTES] = bytes
  }
  Values.prototype = Object.create(null)
  names.keys.forEach((key, index) => {
    const { values } = names.flag(index)
    const at = index * DECISION
    Object.defineProperty(Values.prototype, key, {
      enumerable: true,
      get() {
        return values[this[BYTES][at] | (this[BYTES][at + 1] << 8)]
      },
    })
  })
  return Values
}
