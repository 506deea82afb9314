// Evaluators by snapshot: opening the same one again, for another context, costs nothing but the evaluation.

import { Evaluator } from './instance.js'

/**
 * @param make gives the exports of a new instance of the evaluator
 * @param otherwise brings a module with another `instance`, for where `make` throws: many policies refuse wasm
 */
export function engineOf(make, otherwise) {
  const evaluators = new WeakMap()
  let instance = make
  let coming

  return {
    /** The evaluator that holds a snapshot, or nothing while `later` is to be waited for. Throws if it is a bad one. */
    of(snapshot) {
      if (!evaluators.has(snapshot)) {
        const evaluator = made()
        if (!evaluator) return undefined
        evaluators.set(snapshot, evaluator.load(snapshot))
      }
      return evaluators.get(snapshot)
    },

    /** Ends when the other way to make instances is there, and fails when it does not come; then it may be asked again. */
    later: () => (coming ??= bring()),
  }

  async function bring() {
    try {
      instance = (await otherwise()).instance
    } finally {
      coming = undefined
    }
  }

  /** A policy that has refused wasm once is not asked again: each question is a violation that its owner hears of. */
  function made() {
    try {
      return instance && new Evaluator(instance)
    } catch (error) {
      if (!otherwise || instance !== make) throw error
      instance = undefined
    }
  }
}
