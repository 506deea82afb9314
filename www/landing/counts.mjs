// Counts of what was delivered, which is all that a report may claim.

/** Nothing yet. */
export const nothing = () => ({
  visitors: 0, people: 0, bots: 0, pages: 0, bare: 0, errors: 0, answers: 0, runs: {},
  receipts: { stored: 0, duplicate: 0, rejected: {}, filtered: {} }, refused: 0, lost: 0, seconds: 0,
})

/** Adds a receipt's counts. */
export function add(total, { stored, duplicate, rejected, filtered }) {
  total.stored += stored
  total.duplicate += duplicate
  for (const [mine, theirs] of [[total.rejected, rejected], [total.filtered, filtered]]) {
    for (const [reason, n] of Object.entries(theirs)) mine[reason] = (mine[reason] ?? 0) + n
  }
}

/** Enters what one unit met, once for each run. */
export function tally({ runs }, met) {
  for (const [run, { variant, confirmed, ordered, crossed }] of met) {
    runs[run] ??= {}
    const arm = (runs[run][variant] ??= { assigned: 0, confirmed: 0, converted: 0, crossed: 0 })
    arm.assigned += 1
    arm.confirmed += confirmed
    arm.converted += confirmed && ordered
    arm.crossed += crossed
  }
}

/** Prints counts for people. */
export function print(counts) {
  const { visitors, people, bots, pages, bare, errors, answers, receipts, refused, lost, seconds } = counts
  console.log(`${visitors} visitors in ${seconds.toFixed(1)} s (${Math.round(visitors / seconds)} a second): ${people} people, ${bots} bots, ${pages} pages`)
  for (const [run, arms] of Object.entries(counts.runs)) {
    console.log(`\n${run.padEnd(16)}  assigned  confirmed  converted     rate`)
    for (const [variant, { assigned, confirmed, converted }] of Object.entries(arms).sort()) {
      const rate = `${((100 * converted) / confirmed).toFixed(2)} %`
      console.log(`  ${variant.padEnd(14)}${String(assigned).padStart(10)}${String(confirmed).padStart(11)}${String(converted).padStart(11)}${rate.padStart(9)}`)
    }
  }
  const reasons = (of) => Object.entries(of).map(([reason, n]) => `${n} ${reason}`).join(', ') || '0'
  console.log(`\nevents: ${receipts.stored} stored, ${receipts.duplicate} duplicate, rejected ${reasons(receipts.rejected)}, filtered ${reasons(receipts.filtered)}`)
  if (errors || answers) console.log(`${errors} met an error, ${answers} answered a question`)
  if (bare) console.log(`${bare} pages had no experiment on them`)
  if (refused || lost) console.log(`not delivered: ${refused} beacons refused, ${lost} without an answer`)
}
