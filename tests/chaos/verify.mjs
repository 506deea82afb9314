// What must hold after any number of deaths. Every check reads rows or sums that somebody else has read from the disk,
// and gives its violations in words.

import { placeOf } from './crowd.mjs'

const MOST = 5
/** Deaths after which each kind of work has met one. */
const MANY = 20

/**
 * Runs all checks.
 *
 * @param world `journal`: what visitors were promised; `recount`: the rows and sums on the disk; `reports` and `ledger`:
 *   what the API said before the process ended; `replayed` and `waiting`: what the log's segments give, and how many lines
 *   were in none; `left`: units that were erased and are still in a segment; `metric` and `event`: what the experiment measures; `kills`
 */
export function verify(world) {
  return CHECKS.map(([name, check]) => {
    const violations = [...check(world)]
    const more = violations.length - MOST
    return { name, violations: more > 0 ? [...violations.slice(0, MOST), `and ${more} more`] : violations }
  })
}

const CHECKS = [
  ['every acknowledged exposure is stored, confirmed', exposuresKept],
  ['every acknowledged order is stored', ordersKept],
  ['a beacon is stored as a whole or not at all', allOrNothing],
  ['whoever is erased is gone from rows and segments', erasedGone],
  ['nothing is stored twice', nothingTwice],
  ['nothing is stored that nobody sent', nothingInvented],
  ['stored sums are the recounted ones', sumsRecounted],
  ['the segments of the log give the recounted sums', segmentsReplayed],
  ['recounted sums are what the rows say', rowsCounted],
  ['the report says what was recounted', reportRecounted],
  ['the ledger agrees with rows and receipts', ledgerBounded],
  ['no beacon was refused', ({ journal }) => journal.refused],
  ['the deaths met work under way', deathsMet],
]

const meetingOf = ({ unit, run }) => `${unit} ${run}`

function* exposuresKept({ journal, recount }) {
  const rows = new Map(recount.exposures.map((row) => [meetingOf(row), row]))
  for (const promised of journal.exposures.filter(({ unit }) => !journal.erased.has(unit))) {
    const row = rows.get(meetingOf(promised))
    if (!row) yield `${meetingOf(promised)} is not there`
    else if (row.variant !== promised.variant) yield `${meetingOf(promised)} is ${row.variant}, not ${promised.variant}`
    else if (!row.confirmed) yield `${meetingOf(promised)} is not confirmed`
  }
}

function* ordersKept({ journal, recount }) {
  const rows = new Set(recount.events.map(placeOf))
  const promises = journal.orders.filter(({ unit }) => !journal.erased.has(unit))
  for (const promised of promises) if (!rows.has(placeOf(promised))) yield `${placeOf(promised)} is not there`
}

/** Of beacons that came once, and whose answer never did. */
function* allOrNothing({ journal, recount }) {
  const rows = new Set(recount.events.map(placeOf))
  for (const orders of journal.given) {
    const there = orders.filter((order) => rows.has(placeOf(order))).length
    if (there && there < orders.length) yield `${there} of ${orders.length} orders of ${orders[0].unit} are there`
  }
}

function* erasedGone({ journal, recount, left }) {
  for (const { unit } of [...recount.exposures, ...recount.events]) if (journal.erased.has(unit)) yield `${unit} has a row`
  for (const unit of left) yield `${unit} is in a segment`
}

function* nothingTwice({ recount }) {
  for (const keys of [recount.exposures.map(meetingOf), recount.events.map(placeOf)]) {
    const seen = new Set()
    for (const key of keys) {
      if (seen.has(key)) yield `${key} is there twice`
      seen.add(key)
    }
  }
}

/** A page whose answer was lost has minted a unit that nobody carries. Such a unit has done nothing. */
function* nothingInvented({ journal, recount }) {
  for (const row of recount.events) if (!journal.sent.has(placeOf(row))) yield `${placeOf(row)} was never sent`
  const strangers = recount.exposures.filter(({ unit }) => !journal.units.has(unit))
  for (const row of strangers) if (row.confirmed) yield `${meetingOf(row)} is confirmed, and nobody is that unit`
  const { pages } = journal.unanswered
  const nobodys = new Set(strangers.map(({ unit }) => unit)).size
  if (nobodys > pages) yield `${nobodys} units are nobody's, and only ${pages} pages got lost`
}

function* sumsRecounted({ recount }) {
  yield* differences(flat(recount.sums), flat(recount.recounted), 'stored', 'recounted')
}

function* segmentsReplayed({ recount, replayed, waiting }) {
  if (waiting) yield `${waiting} lines wait for a segment`
  yield* differences(flat(replayed), flat(recount.recounted.filter(({ run }) => run)), 'replayed', 'recounted')
}

/** Sums as a map from place to number. A zero and no sum at all mean the same. */
function flat(sums) {
  const numbers = new Map()
  for (const { run, variant, epoch, metric, dimension, cohort, vector } of sums) {
    vector.forEach((number, index) => {
      if (BigInt(number) !== 0n) numbers.set(`${run} ${variant} epoch ${epoch} “${metric}” of “${dimension}” from ${cohort}[${index}]`, String(number))
    })
  }
  return numbers
}

function* differences(ones, others, one, other) {
  for (const key of new Set([...ones.keys(), ...others.keys()])) {
    const [left, right] = [ones.get(key) ?? '0', others.get(key) ?? '0']
    if (left !== right) yield `${key}: ${left} ${one}, ${right} ${other}`
  }
}

/** A third opinion, from the rows alone: visitors here order only after they were assigned, so no time is compared. */
function* rowsCounted({ recount, metric, event }) {
  const ordered = new Set(recount.events.filter(({ name }) => name === event).map(({ unit }) => unit))
  const counted = new Map()
  const more = (key, yes) => yes && counted.set(key, (counted.get(key) ?? 0) + 1)
  for (const { unit, run, variant, confirmed } of recount.exposures) {
    more(`${run} ${variant} assigned`, true)
    more(`${run} ${variant} confirmed`, confirmed)
    more(`${run} ${variant} converted`, confirmed && ordered.has(unit))
  }
  yield* differences(texts(counted), texts(totals(recount.recounted, metric)), 'in rows', 'recounted')
}

/** Recounted sums of all epochs and browsers under the report's names. */
function totals(sums, metric) {
  const found = new Map()
  for (const sum of sums.filter(({ run, dimension }) => run && dimension === '')) {
    const names = { '': ['assigned', 'confirmed', 'crossed'], [metric]: [undefined, 'converted'] }[sum.metric] ?? []
    names.forEach((name, index) => {
      if (!name) return
      const key = `${sum.run} ${sum.variant} ${name}`
      found.set(key, (found.get(key) ?? 0) + Number(sum.vector[index] ?? 0))
    })
  }
  return found
}

const texts = (numbers) => new Map([...numbers].filter(([, number]) => number).map(([key, number]) => [key, String(number)]))

function* reportRecounted({ reports, recount, metric }) {
  for (const report of reports) {
    const said = new Map()
    for (const arm of report.arms) {
      for (const name of ['assigned', 'confirmed', 'crossed', 'converted']) said.set(`${report.run} ${arm.variant} ${name}`, arm[name])
    }
    const ofRun = recount.recounted.filter(({ run }) => run === report.run)
    yield* differences(texts(said), texts(totals(ofRun, metric)), 'reported', 'recounted')
  }
}

/**
 * A row was new once, and an exposure may be news a second time, when it is confirmed. Rows of who was erased are gone. Against the receipts only the
 * unanswered requests leave room, and the edge's own assignments, which give no receipt: at most one for each experiment of a page.
 */
function* ledgerBounded({ journal, reports, recount, ledger }) {
  if (canonical(ledger) !== canonical(recount.ledger)) {
    yield `the API says ${canonical(ledger)}, the disk ${canonical(recount.ledger)}`
  }
  const { receipts, unanswered, pages } = journal
  const { stored, duplicate, rejected, filtered } = recount.ledger
  const rows = recount.exposures.length + recount.events.length
  const confirmed = recount.exposures.filter((row) => row.confirmed).length
  const gone = [...journal.erased.values()].reduce((all, n) => all + n, 0)
  yield* within('stored, by rows,', stored, rows, rows + confirmed + gone)
  const room = unanswered.events + pages * reports.length
  yield* within('stored, by receipts,', stored, receipts.stored, receipts.stored + room)
  yield* within('duplicate', duplicate, receipts.duplicate, receipts.duplicate + room)
  // The edge's report of a page may come in after its visitor was erased.
  const { erased = 0, ...others } = filtered
  yield* within('filtered as erased', erased, 0, gone)
  // What stood still on its way was refused, and came again.
  const { slow = 0, ...wrong } = rejected
  yield* within('rejected as slow', slow, receipts.rejected.slow ?? 0, (receipts.rejected.slow ?? 0) + room)
  for (const [reason, n] of Object.entries({ ...wrong, ...others })) yield `${n} events were left out: ${reason}`
}

/** Against a run that proves nothing. */
function* deathsMet({ journal, kills }) {
  const { exposures, orders, unanswered, given, erased } = journal
  if (!exposures.length || !orders.length) yield `${exposures.length} exposures and ${orders.length} orders were acknowledged`
  if (kills && !(unanswered.pages + unanswered.events)) yield 'no request was without an answer'
  if (kills >= MANY && !given.length) yield 'no beacon was given up'
  if (kills >= MANY && !erased.size) yield 'nobody was erased'
}

function* within(name, number, least, most) {
  if (number < least || number > most) yield `${name} is ${number}, not between ${least} and ${most}`
}

const canonical = ({ stored, duplicate, rejected, filtered }) =>
  JSON.stringify({ stored, duplicate, rejected: Object.entries(rejected).sort(), filtered: Object.entries(filtered).sort() })
