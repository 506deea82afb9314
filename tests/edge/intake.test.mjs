// Whose word counts: signed units alone, or what anybody says, in a ledger of its own. Told by the npm package itself.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { connect } from '../../dist/npm/connect.js'
import { Visitor } from '../../www/landing/visitor.mjs'
import { eventually } from '../eventually.mjs'
import { AGENT, open } from './shop.mjs'

const DOCUMENT = JSON.parse(readFileSync(join(root, 'www/landing/document.json')))
const RUN = DOCUMENT.experiments.hero.run
const ALL = 2 ** 32
/** How many exposures are forged, and as many orders. `FORGED=1000000` forges as many as the promise names. */
const FORGED = Number(process.env.FORGED ?? 1000)
/** Of each in a beacon, beacons on their way at once, and addresses that they come from: each may send so many only. */
const [HALF, LANES, ADDRESSES] = [50, 8, 200]

let shop, product, site, read, keys

/** The shop's document, in which everybody takes part. */
const document = (more) => ({
  ...DOCUMENT, rates: { EUR: 1 },
  flags: { ...DOCUMENT.flags, hero: { ...DOCUMENT.flags.hero, client: true } },
  metrics: { ...DOCUMENT.metrics, revenue: { event: 'paid', measure: { kind: 'sum', currency: 'EUR', where: { kind: ['beans'] } } } },
  experiments: { hero: { ...DOCUMENT.experiments.hero, metrics: ['revenue'], run: { ...RUN, rollout: ALL } } },
  dimensions: { plan: { values: ['free', 'pro'] }, club: { attribute: '/cookies/club', values: ['yes'] } },
  surveys: {}, ...more,
})

const beacon = (events, page, address = '192.0.2.1') => fetch(`${product.site}/_pm/e`, {
  method: 'POST', headers: { 'user-agent': AGENT, 'x-address': address }, body: JSON.stringify({ v: 1, page, seq: 0, dropped: 0, events }),
})
const everything = async () => JSON.stringify([await read(`sums?run=${RUN.id}&intake=signed`), await read('events?intake=signed'), await read('totals?intake=signed')])
const summed = (...of) => shop.summed(RUN.id, ...of)

/** Somebody whom no edge knows, with the package as an application has it. */
async function application(unit, context = {}) {
  const flags = connect({ url: product.site, key: keys.client, beacon: `${product.site}/_pm/e`, context: { unit, ...context }, refresh: 0 })
  await flags.ready
  return flags
}

const until = async (check) => assert.ok(await eventually(check), String(check))

before(async () => {
  shop = await open({ IP_HEADER: 'x-address' })
  ;({ product, site, read } = shop)
  await shop.publish(document())
  keys = await read('keys')
})

after(() => shop?.close())

test('a visitor of the edge counts with what they paid, by what the document declares and nothing else', async () => {
  const one = new Visitor(site, AGENT)
  const page = await one.open()
  const p = { kind: 'beans' }
  const { receipt } = await one.send(page.seal([
    ...page.seen().map((event) => ({ ...event, g: { plan: 'pro', secret: 'ada' } })),
    { t: 'track', n: 'paid', v: 12.5, c: 'EUR', p, g: { plan: 'pro' }, dt: 0 },
    { t: 'track', n: 'paid', v: 5, c: 'EUR', p: { kind: 'cup' }, dt: 0 },
    { t: 'track', n: 'paid', v: -2, c: 'EUR', p, dt: 0 },
    { t: 'track', n: 'paid', dt: 0, g: { plan: 7 } },
  ]))
  assert.deepEqual(receipt.rejected, { groups: 1 })
  assert.deepEqual([await summed(''), await summed('', 'plan=pro'), await summed('', 'secret=ada')], [[1, 1], [1, 1], [0, 0]])
  assert.deepEqual(await summed('revenue', 'plan=pro'), [1, 1050])
})

test('the edge reads a declared dimension from the request, and the page carries them for applications', async () => {
  const response = await fetch(`${product.site}/`, { headers: { accept: 'text/html', 'user-agent': AGENT, cookie: 'club=yes' } })
  const decisions = JSON.parse(/data-id="pointsman">(.*?)<\/script>/s.exec(await response.text())[1])
  assert.deepEqual(decisions.dimensions, [['club', ['cookies', 'club'], ['yes']], ['plan', ['plan'], ['free', 'pro']]])
  await until(async () => (await summed('', 'club=yes'))[0] === 1)
})

test(`where units are signed, ${FORGED} forged exposures change no sum and make no row`, { timeout: 3_600_000 }, async () => {
  const before = await everything()
  const { rejected } = await read('ledger?intake=signed')
  const variants = RUN.split.map(([, variant]) => variant)
  let beacons = FORGED / HALF
  const lane = async () => {
    while (beacons-- > 0) {
      const n = beacons
      const events = Array.from({ length: 2 * HALF }, (_, index) => (index % 2
        ? { t: 'track', n: 'paid', v: 1e6, c: 'EUR', u: `forged ${n} ${index}`, dt: 0 }
        : { t: 'seen', run: RUN.id, x: variants[n % 2], d: '1.1', u: `forged ${n} ${index}`, dt: 0 }))
      const { config, ...told } = await (await beacon(events, `forged${n}`, `198.51.100.${n % ADDRESSES}`)).json()
      assert.equal(config, 1)
      assert.deepEqual(told, { stored: 0, duplicate: 0, rejected: { unsigned: 2 * HALF }, filtered: {} })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const flags = await application('ada', { plan: 'pro' })
  flags.seen('hero')
  flags.track('paid', { value: 9, currency: 'EUR', kind: 'beans' })
  await until(async () => (await read('ledger?intake=signed')).rejected.unsigned === (rejected.unsigned ?? 0) + 2 * FORGED + 2)
  flags.close()
  const after = JSON.parse(await everything())
  // The catalog tells what was refused, and nothing else is new.
  for (const event of after[1].events) if (event.rejected.unsigned) delete event.rejected.unsigned
  assert.equal(JSON.stringify(after), before)
  assert.equal((await read('ledger?intake=open')).stored, 0)
})

test('a run keeps its intake for life', async () => {
  await assert.rejects(publish(product, document({ intake: 'open' })), /\/intake/)
})

test('open intake counts what applications say in a ledger of its own, by the same rules', async () => {
  const run = { ...RUN, id: 'hero-open', salt: 'hero-open', rollout: ALL }
  await shop.publish(document({ intake: 'open', experiments: { hero: { ...DOCUMENT.experiments.hero, metrics: ['revenue'], run } } }))
  const signed = await everything()
  const of = (metric, dimension) => shop.summed('hero-open', metric, dimension)
  const met = { free: 0, pro: 0 }
  for (let n = 0; n < 8; n++) {
    const plan = n % 2 ? 'pro' : 'free'
    const flags = await application(`somebody ${n}`, { plan, mail: 'ada@example.com' })
    assert.equal(flags.why('hero').run, 'hero-open')
    flags.seen('hero')
    flags.track('paid', { value: 2.5, currency: 'EUR', kind: 'beans' })
    met[plan]++
    await until(async () => (await of('revenue', ''))[1] === 250 * (n + 1))
    flags.close()
  }
  assert.deepEqual([await of('', ''), await of('', 'plan=free'), await of('revenue', 'plan=pro')], [[8, 8], [met.free, met.free], [met.pro, 250 * met.pro]])
  // A variant that somebody cannot have met is no more possible here than elsewhere; nor is a version that nobody published.
  const flags = await application('somebody 0')
  const { variant, token } = flags.why('hero')
  flags.close()
  const other = run.split.map(([, name]) => name).find((name) => name !== variant)
  const claim = (x, d) => [{ t: 'seen', run: run.id, x, d, u: 'somebody 0', dt: 0 }]
  assert.deepEqual((await (await beacon(claim(other, token), 'lie')).json()).rejected, { impossible: 1 })
  assert.equal((await beacon(claim(variant, '1.999999'), 'ahead')).status, 503)
  assert.deepEqual((await (await beacon(claim(variant, 'v1.k1.x'), 'junk')).json()).rejected, { token: 1 })
  assert.equal(await everything(), signed, 'nothing of it is in the signed ledger')
  const { intake, ledger } = await read('data')
  assert.deepEqual([intake, ledger.stored], ['open', 16])
  assert.equal((await read('experiments/hero/report')).intake, 'open')
})

test('whoever is erased is erased from both ledgers', async () => {
  const { rows } = await (await product.api('DELETE', `units/${encodeURIComponent('somebody 0')}`)).json()
  assert.ok(rows >= 2)
  const [assigned] = await shop.summed('hero-open', '')
  assert.equal(assigned, 7)
})
