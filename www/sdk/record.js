// Copies a context into the flat record that the evaluator reads (src/context.rs). JavaScript values stop here: only
// own properties are looked at, each is read once, and what no rule can read is marked unusable.
//
// Room is bounded, so that no context takes memory, and by a rule that every engine follows: attributes are written in
// the order of their slots, and a text or a list that would make the record longer than its slots and `CONTEXT_BYTES`
// is unusable. A list starts at the next multiple of four with the slots of its items, and their texts follow. An item
// is written like an attribute; a list or an object in a list is unusable.
//
// An attribute whose name starts with `/` is a JSON pointer (RFC 6901) into the context. It leads through objects
// only: over a list, or over something that is not there, it is missing.

/** Bytes of a slot: a tag and two words. */
export const SLOT = 12
const WORDS = SLOT / 4
// Bundlers put constants in their places, as long as each stands alone and comes before anything else.
const MISSING = 0
const TEXT = 1
const NUMBER = 2
const BOOLEAN = 3
const LIST = 5
/** The tag of what is there and cannot be read. */
export const UNUSABLE = 4

/** Bytes of a text; `limits::ATTRIBUTE_BYTES`. */
const ATTRIBUTE_BYTES = 1024
/** Bytes of a record beside its slots; `limits::CONTEXT_BYTES`. */
export const CONTEXT_BYTES = 16_384
/** Items of a list; `limits::LIST_ITEMS`. */
const LIST_ITEMS = 64
/** Characters up to which a loop over them is faster than a call of the encoder. */
const SHORT = 128

/** Made for the first text that needs it: an application is also imported where there is none, as in Jest's jsdom. */
let encoder
const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)
// The older way to ask is the faster one: half the time of `Object.hasOwn` in V8.
const { hasOwnProperty: own, toString: kindOf } = Object.prototype

/** Whether this is an object with properties of its own, and not a list, a map, a date or another thing of JavaScript. */
export function isData(value) {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || kindOf.call(value) === '[object Object]'
}

/** Writes the records of one snapshot's contexts into one place of the evaluator's memory. */
export class Recorder {
  /** Properties in the order in which they are read: `name` of the context, or of what the read `from` gave. */
  #reads = []
  /** Which read fills which slot. */
  #filling
  #values
  #bytes
  #words
  #at = 0
  #end = 0
  #limit = 0

  constructor(attributes) {
    const known = new Map()
    this.#filling = attributes.map((attribute) => {
      const path = attribute[0] === '/' ? attribute.slice(1).split('/').map(unescaped) : [attribute]
      // What two pointers share is read once for both.
      return path.reduce((from, name, depth) => {
        const place = JSON.stringify(path.slice(0, depth + 1))
        if (!known.has(place)) known.set(place, this.#reads.push({ from, name }) - 1)
        return known.get(place)
      }, -1)
    })
    this.#values = this.#reads.map(() => undefined)
    /** The most bytes that a record can take. */
    this.room = attributes.length * SLOT + CONTEXT_BYTES
  }

  /** Gives the memory that records are written to from now on, `at` bytes behind `base`; both are whole words. */
  attach(buffer, base, at) {
    this.#bytes = new Uint8Array(buffer, base)
    // Little-endian, like wasm, on everything that runs JavaScript today.
    this.#words = new Uint32Array(buffer, base)
    this.#at = at
    this.#limit = at + this.room
  }

  /** Whether a context is being read, which may run code of its own. */
  busy = false

  /** Writes `context`, which is data, and gives where its record ends; throws what reading it throws. */
  write(context) {
    // A getter that asks the evaluator which reads it would mix two contexts.
    if (this.busy) throw new Error()
    this.busy = true
    try {
      return this.#write(context)
    } finally {
      this.busy = false
    }
  }

  #write(context) {
    const values = this.#values
    const reads = this.#reads
    for (let index = 0; index < reads.length; index++) {
      const { from, name } = reads[index]
      const holder = from < 0 ? context : values[from]
      values[index] = (from < 0 || isData(holder)) && own.call(holder, name) ? holder[name] : undefined
    }
    const filling = this.#filling
    this.#end = this.#at + filling.length * SLOT
    for (let index = 0; index < filling.length; index++) {
      const value = values[filling[index]]
      const slot = (this.#at >> 2) + index * WORDS
      if (typeof value === 'object' && Array.isArray(value)) this.#list(slot, value)
      else this.#scalar(slot, value)
    }
    return this.#end
  }

  #put(slot, tag, low, high) {
    this.#words[slot] = tag
    this.#words[slot + 1] = low
    this.#words[slot + 2] = high
  }

  #scalar(slot, value) {
    if (typeof value === 'string') {
      const length = this.#text(value)
      if (length < 0) this.#put(slot, UNUSABLE, 0, 0)
      else {
        this.#put(slot, TEXT, this.#end - this.#at, length)
        this.#end += length
      }
    } else if (value === undefined || value === null) this.#put(slot, MISSING, 0, 0)
    else if (typeof value === 'boolean') this.#put(slot, BOOLEAN, value ? 1 : 0, 0)
    else if (Number.isFinite(value)) {
      double[0] = value
      this.#put(slot, NUMBER, halves[0], halves[1])
    } else this.#put(slot, UNUSABLE, 0, 0)
  }

  #list(slot, list) {
    const start = (this.#end + 3) & ~3
    const { length } = list
    // A list may be anything that says it is one, so its length may be anything.
    if (length >>> 0 !== length || length > LIST_ITEMS || start + length * SLOT > this.#limit) {
      this.#put(slot, UNUSABLE, 0, 0)
      return
    }
    this.#end = start + length * SLOT
    for (let index = 0; index < length; index++) {
      this.#scalar((start >> 2) + index * WORDS, own.call(list, index) ? list[index] : undefined)
    }
    this.#put(slot, LIST, start - this.#at, length)
  }

  /** Writes a text at the end and gives its bytes, or -1 if it is none or does not fit. */
  #text(value) {
    const bytes = this.#bytes
    const end = this.#end
    const { length } = value
    const room = Math.min(ATTRIBUTE_BYTES, this.#limit - end)
    if (length > room) return -1
    if (length <= SHORT) {
      let index = 0
      for (; index < length; index++) {
        const code = value.charCodeAt(index)
        if (code > 127) break
        bytes[end + index] = code
      }
      if (index === length) return length
    }
    if (!value.isWellFormed()) return -1
    const { read, written } = (encoder ??= new TextEncoder()).encodeInto(value, bytes.subarray(end, end + room))
    return read === length ? written : -1
  }
}

const unescaped = (token) => token.replaceAll('~1', '/').replaceAll('~0', '~')
