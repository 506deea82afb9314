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
  const flags = source instanceof Uint8Array ? evaluate(evaluator().load(source), context, now()) : hydrate(source)
  const outbox = beacon && new Outbox(beacon, { now, unit: source instanceof Uint8Array ? context.unit : undefined })
  const met = new Set()

  return {
    /** The value of a flag, or `fallback` where there is none. Never throws. */
    get(key, fallback) {
      const decision = flags.get(key)
      return decision?.value === undefined ? fallback : decision.value
    },

    /** Why: variant, reason and, if something went wrong, an error code. */
    why(key) {
      const { value, variant, reason, error } = flags.get(key) ?? { reason: 'ERROR', error: 'FLAG_NOT_FOUND' }
      return { value, variant, reason, error }
    },

    /** The visitor has met this flag's variant: confirms the exposure, once a page. */
    seen(key) {
      const decision = flags.get(key)
      if (!decision?.run || met.has(decision.run)) return
      met.add(decision.run)
      outbox?.add({ t: 'seen', run: decision.run, x: decision.variant, d: decision.token })
      outbox?.flush()
    },

    /** The visitor did something. */
    track(name) {
      outbox?.add({ t: 'track', n: String(name) })
      outbox?.flush()
    },

    /** Every flag's key. */
    keys: () => [...flags.keys()],

    /** The page is going away. */
    leave: () => outbox?.leave(),
  }
}

function hydrate(source) {
  return new Map(Object.entries(source?.flags ?? {}))
}

function evaluate(evaluator, context, now) {
  const decisions = evaluator.evaluate(context, now)
  return new Map(
    evaluator.manifest.flags.map((flag, index) => {
      const { run, ...decision } = decisions.at(index)
      return [flag.key, { ...decision, run: run?.id }]
    }),
  )
}
