// An evaluator: one instance of the evaluator's module, and the snapshot that it holds.

import { plain } from './address.js'
import { DECISION, Decisions, decision, failed, unknown } from './decisions.js'
import { FLAGS, Names, PAGES } from './names.js'
import { Recorder, isData } from './record.js'

export { HEADER } from './names.js'

/** `limits::SNAPSHOT_BYTES`: longer ones are refused before they take memory, which wasm never gives back. */
const SNAPSHOT_BYTES = 2 << 20
const NO_MEMORY = -1
const PATH_BYTES = 8192

/** What is wrong with a snapshot, in the order of `snapshot::Fault`. */
const FAULTS = [
  undefined, 'too long', 'not a snapshot', 'of an unknown format', 'truncated', 'with a bad section',
  'with a bad record', 'with a bad program', 'with a bad manifest',
]

const encoder = new TextEncoder()

/** Where pieces of these sizes lie one after another, and where the last one ends; each starts at a whole word. */
function addresses(base, sizes) {
  const all = [base]
  for (const size of sizes) all.push((all.at(-1) + size + 7) & ~7)
  return all
}

/** Makes instances of the evaluator's wasm. It imports nothing. */
export const instances = (module) => () => new WebAssembly.Instance(module).exports

export class Evaluator {
  #make
  #recorder
  #memory
  #failed = {}

  /** @param make gives the exports of a new instance: see `instances`, or the module without wasm */
  constructor(make) {
    this.#make = make
    this.wasm = make()
  }

  /** Takes a snapshot, or throws and keeps the one it has. Bad data never replace good data. */
  load(bytes) {
    const fault = this.#tryPlace(bytes)
    if (!fault) return this
    if (this.bytes) this.#place(this.bytes, this.names)
    throw new Error(`The snapshot is ${FAULTS[fault] ?? 'too large for memory'}; the one before it stays.`)
  }

  /** A manifest is only looked at after the program is in order, and it may still be none. */
  #tryPlace(bytes) {
    try {
      return this.#place(bytes)
    } catch {
      return FAULTS.indexOf('with a bad manifest')
    }
  }

  /** Writes a snapshot into the instance's memory, with room behind it for a context and its answers. */
  #place(bytes, known) {
    if (bytes.length > SNAPSHOT_BYTES) return FAULTS.indexOf('too long')
    const base = this.wasm.reserve(bytes.length) >>> 0
    if (!base) return NO_MEMORY
    new Uint8Array(this.wasm.memory.buffer).set(bytes, base)
    const fault = this.wasm.verify(base, bytes.length)
    if (fault) return fault

    const names = known ?? new Names(bytes)
    const recorder = new Recorder(names.attributes)
    const room = (names.edits.length + names.count(PAGES)) * 4
    const sizes = [bytes.length, recorder.room, names.count(FLAGS) * DECISION, PATH_BYTES, room]
    const [snapshot, context, decisions, path, steps, end] = addresses(base, sizes)
    if (!this.wasm.reserve(end - base)) return NO_MEMORY
    // Only `reserve` makes memory grow, so these views hold until the next snapshot.
    const { buffer } = this.wasm.memory
    this.#memory = new Uint8Array(buffer)
    recorder.attach(buffer, context)
    this.#recorder = recorder
    if (!known) this.#failed = {}
    Object.assign(this, { bytes, names, version: names.version })
    this.at = { snapshot, length: bytes.length, context, decisions, decided: sizes[2], path, steps, room }
    return 0
  }

  /** Decides every flag. Whatever the context is, this gives decisions: at worst each flag's off variant. */
  evaluate(context, now) {
    const length = this.#read(context)
    if (length < 0) return this.#fail('INVALID_CONTEXT')
    const { at, wasm, names } = this
    try {
      wasm.evaluate(at.snapshot, at.length, at.context, length, now, at.decisions, at.decided)
    } catch {
      return this.#recover()
    }
    return new Decisions(names, this.#memory.slice(at.decisions, at.decisions + at.decided))
  }

  /** Decides one flag. */
  decide(key, context, now) {
    const index = this.names.index(key)
    if (index === undefined) return unknown(key)
    const failed = this.#decide(index, context, now)
    return failed ? failed.at(index) : decision(this.names, this.#memory, this.at.decisions + index * DECISION, index)
  }

  /** The value of one flag, or nothing if there is none. */
  value(key, context, now) {
    const index = this.names.index(key)
    if (index === undefined) return undefined
    const { values } = this.names.flag(index)
    if (this.#decide(index, context, now)) return values[this.names.off(index)]
    const at = this.at.decisions + index * DECISION
    return values[this.#memory[at] | (this.#memory[at + 1] << 8)]
  }

  /** Attributes that the last context had and that no rule can read, by name. */
  unusable() {
    return this.#recorder.unusable().map((slot) => this.names.attributes[slot])
  }

  /** What these decisions do to the page at `path`, as `URL` gives it: indices of edits, and of flags whose variant the visitor meets. */
  plan(decisions, path) {
    const plan = { steps: [], edits: [], exposures: [] }
    if (decisions.failed) return plan
    const { at, wasm } = this
    const memory = this.#memory
    memory.set(decisions.bytes, at.decisions)
    const asked = plain(path)
    const { read, written } = encoder.encodeInto(asked, memory.subarray(at.path, at.path + PATH_BYTES))
    if (read < asked.length) return plan
    let count
    try {
      count = wasm.plan(at.snapshot, at.length, at.decisions, at.decided, at.path, written, at.steps, at.room) >>> 0
    } catch {
      this.#recover()
      return plan
    }
    if (count * 4 > at.room) return plan
    const view = new DataView(memory.buffer, at.steps, count * 4)
    for (let index = 0; index < count; index++) {
      const word = view.getUint32(index * 4, true)
      plan.steps.push(word)
      if (word >>> 31) plan.exposures.push(word & 0x7fffffff)
      else plan.edits.push(word)
    }
    return plan
  }

  /** Leaves one flag's decision in its place in memory, or gives the decisions of what went wrong. */
  #decide(index, context, now) {
    const length = this.#read(context)
    if (length < 0) return this.#fail('INVALID_CONTEXT')
    const { at, wasm } = this
    try {
      wasm.decide(at.snapshot, at.length, index, at.context, length, now, at.decisions, at.decided)
    } catch {
      return this.#recover()
    }
    return undefined
  }

  /** Writes a context and gives its record's length, or -1 if it is no data or keeps us from reading it. */
  #read(context) {
    try {
      return isData(context) ? this.#recorder.write(context) : -1
    } catch {
      return -1
    }
  }

  #fail(error) {
    return (this.#failed[error] ??= failed(this.names, error))
  }

  /** After a trap the instance's memory is not to be trusted: the next call gets a fresh one. */
  #recover() {
    this.wasm = this.#make()
    this.#place(this.bytes, this.names)
    return this.#fail('GENERAL')
  }
}
