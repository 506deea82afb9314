// What application code holds: values, and the exposures that meeting them causes.

import { Outbox } from './beacon.js'

/**
 * Opens decisions that the edge has inlined, or a snapshot to be evaluated here.
 *
 * @param source the decisions object, or the bytes of a client snapshot
 * @param evaluator gives an `Evaluator`; asked only when there is a snapshot
 * @param context attributes by name; `unit` is what is randomised
 * @param options `beacon`: where events go, or nothing to send none; `now`: the clock
 */
export function openWith(evaluator, source, context = {}, { beacon, now = Date.now } = {}) {
  const given = source instanceof Uint8Array ? copied(context) : undefined
  const flags = given ? evaluator().load(source).evaluate(given.context, now()) : new Inlined(source)
  const outbox = beacon && new Outbox(beacon, { now, unit: given?.context?.unit })
  const met = new Set()

  return {
    /** The value of a flag, or `fallback` where there is none. Never throws. */
    get(key, fallback) {
      const { value } = flags.of(key)
      return value === undefined ? fallback : value
    },

    /** Why: variant, reason and, if something went wrong, an error code. */
    why(key) {
      const { value, variant, reason, error } = flags.of(key)
      return { value, variant, reason, error }
    },

    /** The visitor has met this flag's variant: confirms the exposure, once a page. */
    seen(key) {
      const { run, variant, token } = flags.of(key)
      const id = run?.id ?? run
      if (!id || met.has(id)) return
      met.add(id)
      outbox?.add({ t: 'seen', run: id, x: variant, d: token })
      outbox?.flush()
    },

    /** The visitor did something. */
    track(name) {
      outbox?.add({ t: 'track', n: String(name) })
      outbox?.flush()
    },

    /** Every flag's key. */
    keys: () => flags.keys(),

    /** The page is going away. */
    leave: () => outbox?.leave(),
  }
}

/** A context as it is now, read once: a getter may throw, or give another unit to what is decided than to what is sent. */
function copied(context) {
  try {
    const isPlain = Object.prototype.toString.call(context) === '[object Object]'
    return { context: isPlain ? { ...context } : undefined }
  } catch {
    return { context: undefined }
  }
}

/** Decisions that the edge has made. They are asked like those of an evaluation. */
class Inlined {
  #flags

  constructor(source) {
    this.#flags = new Map(Object.entries(source?.flags ?? {}))
  }

  of(key) {
    return this.#flags.get(key) ?? { reason: 'ERROR', error: 'FLAG_NOT_FOUND' }
  }

  keys() {
    return [...this.#flags.keys()]
  }
}
