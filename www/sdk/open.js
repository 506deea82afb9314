// What application code holds: values, why they are so, and the exposures that meeting them causes.

import { outboxOf } from './beacon.js'
import { claimOf, unknown } from './decisions.js'
import { declared } from './declared.js'
import { exposures } from './exposures.js'
import { isData } from './record.js'
import { whenVisible } from './visible.js'

/**
 * Opens decisions that were made elsewhere, or a snapshot to be evaluated here. Never throws, whatever it is given.
 *
 * @param engine gives the evaluator of a snapshot (engine.js); not asked before there is one to evaluate
 * @param source the decisions object, or the bytes of a client snapshot
 * @param context attributes by name; `unit` is what is randomised
 * @param options `snapshot`: what decides from the first `update` on, where `source` are decisions; `beacon`: where
 *   events go, if not where the decisions say; `now`: the clock; `consent`: a promise before whose end nothing is sent;
 *   `unsent`: brings what keeps undelivered events (unsent.js); `coming`: hears what ends when a decision that has to
 *   wait was made; `heard`: is given the answers to events, and gives them back
 */
export function openWith(engine, source, context = {}, options = {}) {
  const { snapshot, beacon = source?.beacon, now = Date.now, coming = () => {} } = options
  const outbox = beacon && outboxOf(beacon, now, options)
  const listeners = new Set()
  let given = copied(context)
  let current = version(elsewhere(source))
  // The newest snapshot, the last good one, and what was wrong with the newest.
  let newest = snapshot
  let good
  let fault

  /** Decides anew. Where wasm is refused what was decided before stays until the program without wasm is there. */
  function decide() {
    fault = undefined
    try {
      const evaluator = engine.of(newest)
      if (!evaluator) return void coming(engine.later().then(update, () => {}))
      current = version(evaluator.evaluate(given, now()))
      good = newest
    } catch (error) {
      fault = error
      newest = good
    }
  }

  function update(context, snapshot) {
    if (context) given = copied(context)
    if (snapshot) newest = snapshot
    if (!newest) return
    const before = current
    decide()
    if (current !== before) [...listeners].forEach((listener) => listener())
  }

  // Test runners have more than one `Uint8Array`.
  if (ArrayBuffer.isView(source)) {
    newest = source
    decide()
  }
  const first = current

  return {
    /** The value of a flag, or `fallback` where there is none. */
    get(key, fallback) {
      const { value = fallback } = current.of(key)
      return value
    },

    /** Why: variant, reason and, if something went wrong, an error code. The same object until something changes. */
    why: (key) => current.of(key),

    /** The same as it was when this was opened: what a server has rendered. */
    first: (key) => first.of(key),

    // The edge knows who its visitor is; elsewhere an event says for whom was decided.
    ...exposures((key) => current.of(key), outbox, whenVisible, () => ({
      u: (good ? given : source)?.unit, g: declared(current.dimensions, given),
    })),

    /** Decides for another context, or by another snapshot, and tells whoever listens. */
    update,

    /** Calls `listener` after every change; gives what ends that. */
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    /** Every flag's key. */
    keys: () => current.keys(),

    /** The page is going away. */
    leave: () => outbox?.leave(),

    /** The version of the configuration that decided. */
    get version() {
      return current.version
    },

    /** The snapshot that decides, if one does. */
    get snapshot() {
      return good
    },

    /** What is wrong with the last snapshot that was given, if it was refused. */
    get fault() {
      return fault
    },
  }
}

/** A context as it is now, read once: a getter may throw, or give another unit to what is decided than to what is sent. */
function copied(context) {
  try {
    return isData(context) ? { ...context } : undefined
  } catch {}
}

/** Decisions as they are asked. What is said of a flag is one object, so that whoever compares sees no change. */
function version(decisions) {
  const told = new Map()
  return {
    of(key) {
      if (!told.has(key)) {
        const { value, variant, reason, error, rule, run, token } = decisions.of(key)
        told.set(key, { value, variant, reason, error, rule, run: run?.id ?? run, token: token ?? claimOf(decisions.names, run) })
      }
      return told.get(key)
    },
    keys: () => decisions.keys(),
    version: decisions.names.version,
    dimensions: decisions.names.edge.dimensions,
  }
}

/** Decisions that were made elsewhere. They are asked like those of an evaluation. */
function elsewhere(source) {
  const flags = { __proto__: null, ...source?.flags }
  return {
    of: (key) => flags[key] ?? unknown(),
    keys: () => Object.keys(flags),
    names: { version: source?.config, edge: source ?? {} },
  }
}
