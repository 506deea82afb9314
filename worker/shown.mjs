// What a preview has somebody see: variants in the place of those that were decided, and of every flag why it is as it is. No
// visitor's page loads this.

import { DECISION } from './sdk/decisions.js'

/** Decisions with choices in their places: one by one as `all`, and as the bytes that pages are planned from. */
export function forced(names, decisions, all, choices) {
  const bytes = decisions.bytes.slice()
  const view = new DataView(bytes.buffer)
  const shown = [...all]
  for (const [key, variant] of choices) {
    const index = names.index(key)
    const at = index === undefined ? -1 : names.flag(index).variants.indexOf(variant)
    // What the document has no more is decided as for everybody.
    if (at < 0) continue
    view.setUint16(index * DECISION, at, true)
    shown[index] = { ...all[index], variant, value: names.flag(index).values[at], reason: 'PREVIEW', error: undefined, rule: undefined, forced: true }
  }
  return { all: shown, planned: { bytes, failed: decisions.failed } }
}

/** What a preview tells of every flag, be it for browsers or not: what was decided, why, and what else there is; no values. */
export function told(names, own, all, { until }) {
  const flags = own.map(({ flag, variant, reason, error, rule, run }, index) => ({
    flag, variant, reason, error, rule, run: run?.id, variants: names.flag(index).variants,
    ...(all[index].forced && { forced: all[index].variant }),
  }))
  return { until, flags }
}
