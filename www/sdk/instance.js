// An evaluator: one instance of the small wasm module, and the snapshot that it holds.

import { __wbg_reset_state, initSync } from './evaluator.js'
import { recordBytes, writeRecord } from './record.js'

/** `limits::SNAPSHOT_BYTES`: longer ones are refused before they take memory, which wasm never gives back. */
const SNAPSHOT_BYTES = 2 << 20
/** Bytes before a snapshot's body, which its digest covers. */
export const HEADER = 48
/** Sections of the directory, in the order of `snapshot::Section`. */
const [FLAGS, RUNS, PAGES, ATTRIBUTES] = [0, 3, 5, 10]
const MANIFEST = HEADER + 9 * 8
const NO_MEMORY = -1
const DECISION = 8
const PATH_BYTES = 8192
const NONE = 0xffff

/** OpenFeature's words, in the order of `evaluate::Reason`. */
const REASONS = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR']
/** OpenFeature's error codes, in the order of `evaluate::Error`. */
const ERRORS = [undefined, 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL']
/** What is wrong with a snapshot, in the order of `snapshot::Fault`. */
const FAULTS = [
  undefined, 'too long', 'not a snapshot', 'of an unknown format', 'truncated', 'with a bad section',
  'with a bad record', 'with a bad program', 'with a bad manifest',
]

/** Where pieces of these sizes lie one after another, and where the last one ends; each starts at a whole word. */
function addresses(base, sizes) {
  const all = [base]
  for (const size of sizes) all.push((all.at(-1) + size + 7) & ~7)
  return all
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

let instantiated = false

export class Evaluator {
  /** @param {WebAssembly.Module} module the evaluator's wasm, compiled */
  constructor(module) {
    this.module = module
    this.#instantiate()
  }

  #instantiate() {
    // The bindings know one instance at a time; a reset makes the next one, with memory of its own.
    if (instantiated) __wbg_reset_state()
    instantiated = true
    this.wasm = initSync({ module: this.module })
  }

  /** Takes a snapshot, or throws and keeps the one it has. Bad data never replace good data. */
  load(bytes) {
    const fault = this.#tryPlace(bytes)
    if (!fault) return this
    if (this.bytes) this.#place(this.bytes)
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
  #place(bytes) {
    if (bytes.length > SNAPSHOT_BYTES) return FAULTS.indexOf('too long')
    const base = this.wasm.reserve(bytes.length) >>> 0
    if (!base) return NO_MEMORY
    new Uint8Array(this.wasm.memory.buffer).set(bytes, base)
    const fault = this.wasm.verify(base, bytes.length)
    if (fault) return fault

    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const [start, length] = [view.getUint32(MANIFEST, true), view.getUint32(MANIFEST + 4, true)]
    const manifest = JSON.parse(decoder.decode(bytes.subarray(HEADER + start, HEADER + start + length)))
    const count = (section) => view.getUint32(HEADER + section * 8 + 4, true)
    const fits = (names, section) => Array.isArray(names) && names.length === count(section)
    if (!fits(manifest.attributes, ATTRIBUTES) || !fits(manifest.flags, FLAGS) || !fits(manifest.runs, RUNS)) {
      return FAULTS.indexOf('with a bad manifest')
    }
    const room = ((manifest.edits?.length ?? 0) + count(PAGES)) * 4
    const sizes = [bytes.length, recordBytes(manifest.attributes.length), manifest.flags.length * DECISION, PATH_BYTES, room]
    const [snapshot, context, decisions, path, steps, end] = addresses(base, sizes)
    if (!this.wasm.reserve(end - base)) return NO_MEMORY
    Object.assign(this, { bytes, manifest, version: view.getUint32(8, true) })
    this.at = { snapshot, length: bytes.length, context, decisions, path, steps, room }
    return 0
  }

  /** Decides every flag. Whatever the context is, this gives decisions: at worst each flag's default with an error. */
  evaluate(context, now) {
    const { at, wasm, manifest } = this
    try {
      const length = writeRecord(wasm.memory.buffer, at.context, manifest.attributes, context)
      const room = manifest.flags.length * DECISION
      wasm.evaluate(at.snapshot, at.length, at.context, length, now, at.decisions, room)
      return new Decisions(manifest, new Uint8Array(wasm.memory.buffer).slice(at.decisions, at.decisions + room))
    } catch (error) {
      this.#recover(error)
      return new Decisions(manifest, null)
    }
  }

  /** What these decisions do to the page at `path`: indices of edits, and of flags whose variant the visitor meets. */
  plan(decisions, path) {
    const { at, wasm } = this
    const plan = { steps: [], edits: [], exposures: [] }
    if (!decisions.bytes) return plan
    try {
      const memory = new Uint8Array(wasm.memory.buffer)
      memory.set(decisions.bytes, at.decisions)
      const { read, written } = encoder.encodeInto(path, memory.subarray(at.path, at.path + PATH_BYTES))
      if (read < path.length) return plan
      const count = wasm.plan(
        at.snapshot, at.length, at.decisions, decisions.bytes.length, at.path, written, at.steps, at.room,
      ) >>> 0
      if (count * 4 > at.room) return plan
      const view = new DataView(wasm.memory.buffer, at.steps, count * 4)
      for (let index = 0; index < count; index++) {
        const word = view.getUint32(index * 4, true)
        plan.steps.push(word)
        if (word >>> 31) plan.exposures.push(word & 0x7fffffff)
        else plan.edits.push(word)
      }
    } catch (error) {
      this.#recover(error)
    }
    return plan
  }

  /** After a trap the instance's memory is not to be trusted: the next call gets a fresh one. */
  #recover(error) {
    if (!(error instanceof WebAssembly.RuntimeError)) return
    this.#instantiate()
    this.#place(this.bytes)
  }
}

/** The decisions of one evaluation, by flag index. `bytes` is null when the context could not be read. */
export class Decisions {
  constructor(manifest, bytes) {
    this.manifest = manifest
    this.bytes = bytes
    this.view = bytes && new DataView(bytes.buffer)
  }

  /** The decision of flag `index`; without bytes, nothing is known but that something went wrong. */
  at(index) {
    const flag = this.manifest.flags[index]
    if (!this.view) return { flag: flag.key, value: undefined, variant: undefined, reason: 'ERROR', error: 'INVALID_CONTEXT' }
    const start = index * DECISION
    const variant = this.view.getUint16(start, true)
    const [rule, run] = [this.view.getUint16(start + 4, true), this.view.getUint16(start + 6, true)]
    return {
      flag: flag.key,
      value: flag.values[variant],
      variant: flag.variants[variant],
      reason: REASONS[this.view.getUint8(start + 2)],
      error: ERRORS[this.view.getUint8(start + 3)],
      rule: rule === NONE ? undefined : rule,
      run: run === NONE ? undefined : this.manifest.runs[run],
    }
  }
}
