// What the collector's doors say of what they were sent: what they could not take, and several receipts as one.

/** A batch of events that are nobody's, of which only the ledger hears. */
export const refusedBatch = (reason, count, names = []) =>
  ({ unit: '', events: Array.from({ length: count }, (_, index) => ({ t: 'refused', reason, n: names[index] })) })

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
