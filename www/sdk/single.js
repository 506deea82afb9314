// One flag alone, with those that it builds on: for whoever asks for few of many. Browsers decide all at once and do not
// load this.

import { DECISION, decision, unknown } from './decisions.js'

/** Decides one flag. */
export function decide(evaluator, key, context, now) {
  const { names, memory } = evaluator
  const index = names.index(key)
  if (index === undefined) return unknown(key)
  const failed = evaluator.run(index, context, now)
  return failed ? failed.at(index) : decision(names, memory, evaluator.at.decisions + index * DECISION, index)
}

/** The value of one flag, or nothing if there is none. */
export function value(evaluator, key, context, now) {
  const { names, memory } = evaluator
  const index = names.index(key)
  if (index === undefined) return undefined
  const { values } = names.flag(index)
  if (evaluator.run(index, context, now)) return values[names.off(index)]
  const at = evaluator.at.decisions + index * DECISION
  return values[memory[at] | (memory[at + 1] << 8)]
}
