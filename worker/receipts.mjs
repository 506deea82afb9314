// What the collector's doors say of what they were sent: what they could not take, and several receipts as one.

import { refused } from './happening.mjs'
import { deliver } from './shards.mjs'

/** A batch of events that are nobody's, of which only the ledger hears. `config` is the version by which they are read. */
export const refusedBatch = (reason, events, config) => ({ unit: '', config, events: events.map((event) => refused(event, reason)) })

/** An answer that refuses a body as a whole, of which the ledger hears first. It counts as one event; a question is none. */
export async function booked(env, place, reason, refusal) {
  if (reason) await deliver(env, place, [refusedBatch(reason, [undefined])])
  return refusal
}

/** Several receipts as one. */
export function total(receipts) {
  const all = { stored: 0, duplicate: 0, rejected: {}, filtered: {} }
  for (const { stored, duplicate, rejected, filtered } of receipts) {
    all.stored += stored
    all.duplicate += duplicate
    for (const [mine, theirs] of [[all.rejected, rejected], [all.filtered, filtered]]) {
      for (const [reason, n] of Object.entries(theirs)) mine[reason] = (mine[reason] ?? 0) + n
    }
  }
  return all
}
