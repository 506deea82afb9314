// An evaluator: one instance of the evaluator's module, and the snapshot that it holds.

import { DECISION, Decisions, failed } from './decisions.js'
import { Names, SNAPSHOT_BYTES } from './names.js'
import { Recorder, isData } from './record.js'

/** Bytes of a draw's key; `draw::ROOM`. */
const ROOM = 416
/** Bytes from which copies of decisions are cut: to make a buffer for each takes longer than to fill it. */
const SHELF = 16_384

/** What is wrong with a snapshot, in the order of `snapshot::Fault`; a bad section is damage, too. */
const FAULTS = [, 'too long', 'not a snapshot', 'of an unknown format', 'truncated', 'damaged', 'damaged']

/** Makes instances of the evaluator's wasm. It imports nothing. */
export const instances = (module) => () => new WebAssembly.Instance(module).exports

export class Evaluator {
  #make
  #recorder
  #failed = {}
  /** Where in memory all decisions are, and what their copies are cut from. */
  #decided
  #shelf = new Uint8Array()
  #taken = 0

  /** @param make gives the exports of a new instance: see `instances`, or the module without wasm */
  constructor(make) {
    this.#make = make
    this.wasm = make()
  }

  /** Takes a snapshot, or throws and keeps the one it has. Bad data never replace good data. */
  load(bytes) {
    if (this.#recorder?.busy) throw new Error('A context is read.')
    // A manifest is only looked at once the program is in order, and it may still be none.
    let fault = 'with a bad manifest'
    try {
      fault = this.#place(bytes)
    } catch {}
    if (!fault) return this
    if (this.bytes) this.#place(this.bytes, this.names)
    throw new Error(`The snapshot is ${fault}.`)
  }

  /** Writes a snapshot into the instance's memory, with room behind it for what it is asked and for its answers. */
  #place(bytes, known) {
    const { wasm } = this
    const { length } = bytes
    if (length > SNAPSHOT_BYTES || !wasm.reserve(length)) return FAULTS[1]
    new Uint8Array(wasm.memory.buffer, wasm.reserve(length) >>> 0).set(bytes)
    const fault = FAULTS[wasm.verify(length)]
    if (fault) return fault

    const names = known ?? new Names(bytes)
    const recorder = new Recorder(names.attributes)
    const context = (length + 7) & ~7
    const out = (context + recorder.room + 7) & ~7
    const decisions = out + ROOM
    const end = decisions + names.keys.length * DECISION
    const base = wasm.reserve(end + this.beyond(names)) >>> 0
    if (!base) return FAULTS[1]
    // Only `reserve` makes memory grow, so these views hold until the next snapshot.
    const { buffer } = wasm.memory
    this.memory = new Uint8Array(buffer, base)
    this.#decided = this.memory.subarray(decisions, end)
    recorder.attach(buffer, base, context)
    this.#recorder = recorder
    if (!known) this.#failed = {}
    Object.assign(this, { bytes, names, version: names.version, at: { length, context, out, decisions, end } })
  }

  /** Bytes behind the decisions that whoever extends this needs. */
  beyond() {
    return 0
  }

  /** What is given for the bytes of all decisions. */
  answer(bytes, failed) {
    return new Decisions(this.names, bytes, failed)
  }

  /** Decides every flag. Whatever the context is, this gives decisions: at worst each flag's off variant. */
  evaluate(context, now) {
    // In the place of a flag stand all of them.
    return this.run(-1, context, now) ?? this.answer(this.#copied())
  }

  #copied() {
    const decided = this.#decided
    if (this.#taken + decided.length > this.#shelf.length) {
      this.#shelf = new Uint8Array(Math.max(SHELF, decided.length))
      this.#taken = 0
    }
    const copy = this.#shelf.subarray(this.#taken, (this.#taken += decided.length))
    copy.set(decided)
    return copy
  }

  /** Leaves decisions in their places in memory, or gives those of what went wrong. */
  run(flag, context, now) {
    const { at } = this
    let written
    try {
      written = isData(context) && this.#recorder.write(context)
    } catch {}
    if (!written) return this.#fail('INVALID_CONTEXT')
    try {
      if (this.wasm.evaluate(at.length, flag, at.context, now, at.out) >= 0) return undefined
    } catch {
      return this.recover()
    }
    return this.#fail('GENERAL')
  }

  #fail(error) {
    return (this.#failed[error] ??= this.answer(failed(this.names, error), true))
  }

  /** After a trap the instance's memory is not to be trusted: the next call gets a fresh one. */
  recover() {
    this.wasm = this.#make()
    this.#place(this.bytes, this.names)
    return this.#fail('GENERAL')
  }
}
