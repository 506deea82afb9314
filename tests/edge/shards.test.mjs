// Several shards count as one does: the same events, told to a collector of one shard and to one of four.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'

const DOCUMENT = JSON.parse(readFileSync(join(root, 'www/landing/document.json')))
const RUN = { ...DOCUMENT.experiments.hero.run, rollout: 2 ** 32 }
const VARIANTS = RUN.split.map(([, variant]) => variant)
const UNITS = 120
const HOUR = 3_600_000
// Ledgers count by the hour, so both collectors are told within one.
const left = HOUR - Date.now() % HOUR
if (left < 120_000) await wait(left)
const AT = Date.now() - 60_000

const running = []
after(async () => {
  for (const { product, folder } of running) {
    await product.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** What a collector of so many shards says when it was told everything, in an order of its own. */
async function told(shards, order) {
  const folder = mkdtempSync(join(tmpdir(), `pointsman-shards-${shards}-`))
  const product = await start({ folder, quiet: true, environment: 'development', configure: (text) => text.replace('"SHARDS", text = "1"', `"SHARDS", text = "${shards}"`) })
  running.push({ product, folder })
  const document = {
    ...DOCUMENT, rates: { EUR: 1 }, metrics: { ...DOCUMENT.metrics, revenue: { event: 'paid', measure: { kind: 'sum', currency: 'EUR', before: 7 } } },
    experiments: { hero: { ...DOCUMENT.experiments.hero, metrics: ['revenue'], run: RUN } }, surveys: {},
  }
  const { version } = await publish(product, document)
  await served(product, version)
  const read = async (path) => (await product.api('GET', path)).json()
  const { server } = await read('keys')
  const events = Array.from({ length: UNITS }, (_, n) => {
    const unit = `unit ${n}`
    // One of the two is what the unit was drawn to; the collector refuses the other.
    const seen = VARIANTS.map((x) => ({ t: 'seen', unit, run: RUN.id, x, epoch: RUN.epoch, config: version, at: AT + n }))
    const paid = { t: 'track', unit, id: `paid ${n}`, n: 'paid', v: n / 4, c: 'EUR', at: AT + n + (n % 3 ? 1000 : -1000) }
    return [...seen, paid, { t: 'track', unit, id: `order ${n}`, n: 'order', at: AT + n + 5 }, paid]
  }).flat()
  events.sort((one, other) => order(JSON.stringify(one)) - order(JSON.stringify(other)))
  for (let from = 0; from < events.length; from += 100) {
    const body = JSON.stringify({ v: 1, events: events.slice(from, from + 100) })
    const response = await fetch(`${product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${server}` }, body })
    assert.equal(response.status, 200, await response.text())
  }
  const [{ sums }, ledger, { events: catalog }, { totals }] = await Promise.all([`sums?run=${RUN.id}`, 'ledger', 'events', 'totals'].map(read))
  await product.api('POST', 'segments')
  const logs = readdirSync(join(folder, 'log/demo/development'))
  return { counted: { sums, ledger, totals, catalog: catalog.map(({ last, ...event }) => event) }, logs }
}

test('four shards give the sums, the totals, the ledger and the catalog of one, to the bit', async () => {
  const one = await told(1, (text) => text.length)
  const four = await told(4, (text) => -Number(/\d+/.exec(text)[0]))
  assert.deepEqual([one.logs, four.logs.sort()], [['0'], ['0', '1', '2', '3']])
  const assigned = one.counted.sums.filter(({ metric, dimension }) => !metric && !dimension)
  assert.equal(assigned.reduce((all, { vector }) => all + Number(vector[0]), 0), UNITS)
  assert.equal(one.counted.ledger.rejected.impossible, UNITS)
  assert.deepEqual(four.counted, one.counted)
})
