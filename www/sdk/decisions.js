// The decisions of one evaluation: bytes, and what they mean by the names of their snapshot.

/** Bytes of a decision: `variant u16, reason u8, error u8, rule u16, run u16` (src/evaluate.rs). */
export const DECISION = 8
const NONE = 0xffff
/** The place of `ERROR` among the reasons. */
const ERROR = 5

/** OpenFeature's words, in the order of `evaluate::Reason`. */
const REASONS = ['STATIC', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'ERROR']
/** OpenFeature's error codes, in the order of `evaluate::Error`. */
const ERRORS = [undefined, 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL']

/** What the decision at `at` in `bytes` says of flag `index`. */
export function decision(names, bytes, at, index) {
  const { variants, values } = names.flag(index)
  const variant = bytes[at] | (bytes[at + 1] << 8)
  const rule = bytes[at + 4] | (bytes[at + 5] << 8)
  const run = bytes[at + 6] | (bytes[at + 7] << 8)
  return {
    flag: names.keys[index],
    value: values[variant],
    variant: variants[variant],
    reason: REASONS[bytes[at + 2]],
    error: ERRORS[bytes[at + 3]],
    rule: rule === NONE ? undefined : rule,
    run: run === NONE ? undefined : names.run(run),
  }
}

/** What is said of a flag that no snapshot knows. */
export const unknown = (key) => ({ flag: key, reason: 'ERROR', error: 'FLAG_NOT_FOUND' })

/** What stands in the place of the edge's token where nobody has signed: by which epoch of which version was decided. */
export const claimOf = ({ version }, run) => run?.id && `${run.epoch}.${version}`

/** The decisions of one evaluation. Those that have `failed` are every flag's off variant. */
export class Decisions {
  constructor(names, bytes, failed) {
    this.names = names
    this.bytes = bytes
    this.failed = failed
  }

  /** The decision of flag `index`. */
  at(index) {
    return decision(this.names, this.bytes, index * DECISION, index)
  }

  /** The decision of the flag `key`. */
  of(key) {
    const index = this.names.index(key)
    return index === undefined ? unknown(key) : this.at(index)
  }

  /** Every flag's key. */
  keys() {
    return [...this.names.keys]
  }
}

/** The bytes of every flag's off variant, because of an error of `ERRORS`. */
export function failed(names, error) {
  const bytes = new Uint8Array(names.keys.length * DECISION).fill(0xff)
  for (let index = 0; index < names.keys.length; index++) {
    const off = names.off(index)
    bytes.set([off, off >> 8, ERROR, ERRORS.indexOf(error)], index * DECISION)
  }
  return bytes
}
