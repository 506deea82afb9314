// Three deaths in earnest; and for every check, a world in which it has to fail.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chaos } from './run.mjs'
import { verify } from './verify.mjs'

const failed = (checks) => checks.filter(({ violations }) => violations.length)

/** Check, what would have gone wrong, and how that looks. */
const TAMPERED = [
  ['every acknowledged exposure is stored, confirmed', 'an exposure is lost', ({ recount, journal }) => {
    recount.exposures = recount.exposures.filter(({ unit }) => unit !== promised(journal).unit)
  }],
  ['every acknowledged exposure is stored, confirmed', 'a variant changes', (world) => {
    rowOf(world).variant = 'other'
  }],
  ['every acknowledged exposure is stored, confirmed', 'a confirmation is lost', (world) => {
    rowOf(world).confirmed = false
  }],
  ['every acknowledged order is stored', 'an order is lost', ({ recount, journal }) => {
    const { key } = promised(journal, journal.orders)
    recount.events = recount.events.filter((row) => row.key !== key)
  }],
  ['a beacon is stored as a whole or not at all', 'half a beacon is there', ({ recount, journal }) => {
    const [{ key, name, unit }] = recount.events
    journal.given.push([{ unit, name, key }, { unit, name, key: `${key} and the next` }])
  }],
  ['whoever is erased is gone from rows and segments', 'a row stays', (world) => world.journal.erased.set(rowOf(world).unit, 0)],
  ['whoever is erased is gone from rows and segments', 'a line stays', ({ left }) => left.push('somebody')],
  ['nothing is stored twice', 'a unit lies in two shards', (world) => world.recount.exposures.push(rowOf(world))],
  ['nothing is stored twice', 'an order is stored twice', ({ recount }) => recount.events.push(recount.events[0])],
  ['nothing is stored that nobody sent', 'an order from nowhere', ({ recount }) => {
    recount.events.push({ ...recount.events[0], key: 'nowhere/99/0' })
  }],
  ['nothing is stored that nobody sent', 'a confirmed stranger', (world) => {
    world.recount.exposures.push({ ...rowOf(world), unit: 'f'.repeat(32) })
  }],
  ['nothing is stored that nobody sent', 'more strangers than lost pages', (world) => {
    for (let n = 0; n <= world.journal.unanswered.pages; n++) {
      world.recount.exposures.push({ ...rowOf(world), unit: `stranger ${n}`, confirmed: false })
    }
  }],
  ['stored sums are the recounted ones', 'a sum is one too high', ({ recount }) => raise(recount.sums[0])],
  ['stored sums are the recounted ones', 'a sum is gone', ({ recount }) => recount.sums.pop()],
  ['the segments of the log give the recounted sums', 'a line is lost', ({ replayed }) => raise(total(replayed))],
  ['the segments of the log give the recounted sums', 'lines are in no segment', (world) => (world.waiting = 1)],
  ['recounted sums are what the rows say', 'the recount errs', ({ recount }) => raise(total(recount.recounted))],
  ['the report says what was recounted', 'the report errs', ({ reports: [report] }) => (report.arms[1].converted += 1)],
  ['the ledger agrees with rows and receipts', 'the API says another one', ({ ledger }) => (ledger.duplicate += 1)],
  ['the ledger agrees with rows and receipts', 'less than the rows', (world) => enter(world, 'stored', -1e6)],
  ['the ledger agrees with rows and receipts', 'more than the receipts', (world) => enter(world, 'stored', 1e6)],
  ['the ledger agrees with rows and receipts', 'duplicates from nowhere', (world) => enter(world, 'duplicate', 1e6)],
  ['the ledger agrees with rows and receipts', 'something left out', ({ recount, ledger }) => {
    recount.ledger.filtered = ledger.filtered = { bot: 1 }
  }],
  ['no beacon was refused', 'a refusal', ({ journal }) => journal.refused.push('400')],
  ['the deaths met work under way', 'nobody gave up', (world) => {
    Object.assign(world, { kills: 100 })
    world.journal.given = []
  }],
  ['the deaths met work under way', 'nobody was there', ({ journal }) => (journal.exposures = [])],
  ['the deaths met work under way', 'no death was noticed', ({ journal }) => (journal.unanswered = { pages: 0, events: 0 })],
]

const promised = ({ exposures, erased }, promises = exposures) => promises.find(({ unit }) => !erased.has(unit))
const rowOf = ({ recount, journal }) => recount.exposures.find(({ unit }) => unit === promised(journal).unit)
const total = (sums) => sums.find(({ run, metric, dimension }) => run && metric && dimension === '')
const raise = (sum) => (sum.vector[1] = String(BigInt(sum.vector[1] ?? 0) + 1n))
const enter = ({ recount, ledger }, outcome, n) => [recount.ledger, ledger].forEach((book) => (book[outcome] += n))

test('what was acknowledged survives three deaths, exactly once', { timeout: 120_000 }, async (t) => {
  const { world, checks } = await chaos({ kills: 3, seed: 7 })
  assert.deepEqual(failed(checks), [])
  for (const [name, wrong, tamper] of TAMPERED) {
    await t.test(`“${name}” fails if ${wrong}`, () => {
      const tampered = structuredClone(world)
      tamper(tampered)
      assert.ok(failed(verify(tampered)).some((check) => check.name === name))
    })
  }
})
