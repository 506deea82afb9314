// The collector's doors in the running product: what is told to each comes back in the ledger, the sums and the catalog.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../../build/setup.mjs'
import { Visitor } from '../../www/landing/visitor.mjs'
import { eventually } from '../eventually.mjs'
import { linesBelow } from './lines.mjs'
import { AGENT, open } from './shop.mjs'

const DOCUMENT = JSON.parse(readFileSync(join(root, 'www/landing/document.json')))
const METRICS = {
  revenue: { event: 'paid', measure: { kind: 'sum', currency: 'EUR', cap: 100 } },
  pros: { event: 'paid', measure: { kind: 'count', where: { plan: ['pro'] } } },
}

let shop, product, site, read, keys

const document = (metrics) => ({
  ...DOCUMENT, rates: { EUR: 1, USD: 0.5 }, metrics: { ...DOCUMENT.metrics, ...METRICS },
  experiments: { ...DOCUMENT.experiments, hero: { ...DOCUMENT.experiments.hero, metrics } },
})

const send = (path, body, headers = {}) => fetch(`${product.site}/_pm/${path}`, {
  method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers: { authorization: `Bearer ${keys.server}`, ...headers },
})
const backend = async (...events) => (await send('events', { v: 1, events })).json()
let named = 0
const paid = (unit, v, more = {}) => ({ t: 'track', unit, id: `order ${named++}`, n: 'paid', v, c: 'EUR', ...more })

before(async () => {
  shop = await open()
  ;({ product, site, read } = shop)
  await shop.publish(document(['revenue']))
  keys = await read('keys')
})

after(() => shop?.close())

/** Somebody who has seen the tested page. */
async function visitor() {
  const one = new Visitor(site, AGENT)
  const page = await one.open()
  const { receipt } = await one.send(page.seal(page.seen()))
  assert.equal(receipt.stored + receipt.duplicate, 1, JSON.stringify(receipt))
  return { one, page, unit: one.unit }
}

const run = DOCUMENT.experiments.hero.run.id
const summed = (metric) => shop.summed(run, metric)

test('an event that is not as it should be is refused by name, and the others of its beacon are stored', async () => {
  const { one, page } = await visitor()
  const events = [
    { t: 'track', n: 'order', dt: 0 }, { t: 'track', n: 'order', dt: 0, who: 'ada' }, { t: 'track', n: '', dt: 0 },
    { t: 'track', n: 'order', dt: -1 }, { t: 'track', n: 'order', dt: 0, v: 'much' }, { t: 'track', n: 'order', dt: 0, v: 1, c: 'EURO' },
    { t: 'track', n: 'order', dt: 0, v: 1, c: 'XXX' }, { t: 'track', n: 'order', dt: 0, p: { deep: {} } }, { t: 'what', dt: 0 },
    { t: 'track', n: 'ada@example.com', dt: 0 }, null, { t: 'seen', run, x: 'nothing', d: 'forged', dt: 0 },
    { t: 'track', n: 'order', dt: 0, v: 1, c: ['EUR'] }, { t: 'seen', run: '\ud800', x: 'nothing', d: 'forged', dt: 0 },
    { t: 'track', n: ' \n', dt: 0 }, { t: 'track', n: 'order\u202e', dt: 0 },
  ]
  const { receipt: { config: _, ...receipt } } = await one.send(page.seal(events))
  const left = ['field', 'name', 'dt', 'value', 'currency', 'currency', 'properties', 'type', 'personal', 'malformed', 'token', 'currency', 'malformed', 'name', 'name']
  assert.deepEqual(receipt, {
    stored: 1, duplicate: 0, filtered: {}, left: left.map((reason, index) => ({ place: index + 1, reason })),
    rejected: { field: 1, name: 3, dt: 1, value: 1, currency: 3, properties: 1, type: 1, personal: 1, malformed: 2, token: 1 },
  })
})

test('a beacon that is none is refused as a whole, and the ledger has it', async () => {
  const before = (await read('ledger')).rejected
  const status = async (body, headers) => (await fetch(`${product.site}/_pm/e`, { method: 'POST', body, headers })).status
  assert.equal(await status('{'), 400)
  const beacon = { v: 1, page: 'p', seq: 0, dropped: 0, events: [{ t: 'track', n: 'x', dt: 0 }] }
  assert.equal(await status(JSON.stringify({ ...beacon, more: 1 })), 400)
  assert.equal(await status(JSON.stringify({ ...beacon, events: Array(101).fill(beacon.events[0]) })), 400)
  assert.equal(await status('x'.repeat(65_537)), 413)
  assert.equal(await status('x', { 'content-encoding': 'gzip' }), 415)
  const after = (await read('ledger')).rejected
  const more = Object.fromEntries(Object.entries(after).map(([reason, n]) => [reason, n - (before[reason] ?? 0)]).filter(([, n]) => n))
  assert.deepEqual(more, { malformed: 2, 'too-many': 1, 'too-long': 1, encoded: 1 })
})

test('a backend says with its key what happened, once; values are money in the metric’s currency, and refunds take back', async () => {
  const { unit } = await visitor()
  const [, before] = await summed('revenue')
  const order = paid(unit, 19.99)
  assert.equal((await backend(order)).stored, 1)
  assert.equal((await backend(order)).duplicate, 1)
  assert.equal((await backend(paid(unit, 10, { c: 'USD' }), paid(unit, -4.99))).stored, 2)
  const refused = await backend(paid(unit, 1, { c: 'GBP' }), { t: 'track', n: 'paid', unit, id: 'x', at: 'yesterday' }, { t: 'track', n: 'paid', id: 'x' })
  assert.deepEqual(refused.left, [{ place: 0, reason: 'currency' }, { place: 1, reason: 'time' }, { place: 2, reason: 'unit' }])
  assert.equal((await summed('revenue'))[1] - before, 1999 + 500 - 499)
  assert.equal((await backend(paid(unit, 1000))).stored, 1)
  assert.equal((await summed('revenue'))[1] - before, 10_000, 'the cap')
  assert.equal((await send('events', order, { authorization: `Bearer ${keys.client}` })).status, 401)
})

test('an exposure that a backend claims is drawn again, and the impossible is refused', async () => {
  const claims = ['control', 'fresh', 'control', 'fresh'].map((x, index) => ({ t: 'seen', unit: `server-${index >> 1}`, run, x, epoch: 1, config: 1 }))
  const { stored, rejected } = await backend(...claims)
  assert.deepEqual([stored, rejected], [2, { impossible: 2 }], 'of two claims for a unit one is true')
})

test('a version that is claimed before it is published counts once it is', async () => {
  const { version } = await read('document')
  const claim = await send('events', { t: 'seen', unit: 'early', run, x: 'control', epoch: 1, config: version + 1 })
  assert.deepEqual([claim.status, claim.headers.get('retry-after')], [503, '5'])
  await shop.publish({ ...document(['revenue']), metrics: { ...document([]).metrics, more: { event: 'more' } } })
  assert.equal((await read('document')).version, version + 1)
  await visitor()
})

test('an exposure that a backend claims may be 400 days late, and not early', async () => {
  const days = (n) => Date.now() + n * 864e5
  const claim = (unit, at) => ['control', 'fresh'].map((x) => ({ t: 'seen', unit, run, x, epoch: 1, config: 1, at }))
  const { stored, rejected } = await backend(...claim('late-1', days(-10)), ...claim('late-2', days(-401)), ...claim('early', days(400)))
  assert.equal(stored, 1)
  assert.deepEqual(rejected, { impossible: 1, age: 2, future: 2 })
})

test('what is refused as a whole at a server’s door says why, and the ledger has it', async () => {
  const before = (await read('ledger')).rejected
  const doors = ['events', 'hook?name=paid&unit=/u', 'v1/track', 'v1/batch']
  for (const door of doors) {
    const status = async (body, headers) => (await send(door, body, headers)).status
    assert.equal(await status('{'), 400, door)
    assert.equal(await status('7'), door.startsWith('hook') ? 200 : 400, door)
    assert.equal(await status('x'.repeat(600_000)), 413, door)
    assert.equal(await status('x', { 'content-encoding': 'gzip' }), 415, door)
    const get = await fetch(`${product.site}/_pm/${door}`, { headers: { authorization: `Bearer ${keys.server}` } })
    assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST, OPTIONS'], door)
  }
  assert.equal((await send('events', { v: 1, events: Array(101).fill(paid('many', 1)) })).status, 400)
  assert.equal((await send('v1/batch', { batch: 'none' })).status, 400)
  const after = (await read('ledger')).rejected
  const more = Object.fromEntries(Object.entries(after).map(([reason, n]) => [reason, n - (before[reason] ?? 0)]).filter(([, n]) => n))
  assert.deepEqual(more, { malformed: 8, unit: 1, 'too-long': 4, encoded: 4, 'too-many': 1 })
})

test('a file is taken with progress, and each bad line is named', async () => {
  const lines = ['unit,event,time,value,currency,plan', ...Array.from({ length: 700 }, (_, n) => `imported-${n % 7},import,2026-11-0${1 + (n % 9)}T10:00:00Z,${n},EUR,"a, ""b"""`)]
  lines[3] = 'imported-1,import,soon,1,EUR,x'
  lines[5] = 'too,few'
  const upload = async (body, type) => (await (await send('upload', body, { 'content-type': type })).text()).trim().split('\n').map((line) => JSON.parse(line))
  const told = await upload(lines.join('\r\n'), 'text/csv')
  const last = told.at(-1)
  assert.deepEqual([last.done, last.lines, last.stored], [true, 700, 698])
  assert.deepEqual(told.filter(({ line }) => line).map(({ line, reason }) => [line, reason]), [[4, 'time'], [6, 'malformed']])
  assert.ok(told.some(({ lines, done }) => lines === 500 && !done), 'it tells how far it is')
  assert.equal((await upload(lines.join('\n'), 'text/csv')).at(-1).duplicate, 698)
  const ndjson = [{ unit: 'n-1', n: 'import', at: 1_793_600_000_000 }, { unit: 'n-1', n: 'import', at: 1_793_600_000_000 }].map((line) => JSON.stringify(line))
  const [, end] = await upload([...ndjson, '{'].join('\n'), 'application/x-ndjson').then((all) => [0, all.at(-1)])
  assert.deepEqual([end.stored, end.duplicate, end.rejected], [1, 1, { malformed: 1 }])
  assert.match((await upload('a,b\n1,2\n', 'text/csv'))[0].failed, /unit and event is missing/)
})

test('a quotation mark within a cell of CSV means nothing, and one that is never closed spoils its own line alone', async () => {
  const upload = async (body) => (await (await send('upload', body, { 'content-type': 'text/csv' })).text()).trim().split('\n').map((line) => JSON.parse(line))
  const told = await upload('unit,event,size\nq1,quoted,5" pipe\nq2,quoted,"a\nb"\nq"3,quoted,6\nq4,"quoted\n')
  assert.deepEqual(told.filter(({ line }) => line).map(({ line, reason }) => [line, reason]), [[6, 'malformed']])
  assert.equal(told.at(-1).stored, 3)
  assert.match((await upload('unit,event,event\na,b,c\n'))[0].failed, /“event” twice/)
  const once = JSON.stringify({ unit: 'n-2', n: 'odd', c: ['EUR'], v: 1 })
  const odd = await (await send('upload', `${once}\n`, { 'content-type': 'application/x-ndjson' })).text()
  assert.match(odd, /"line":1,"reason":"currency"/)
})

test('each line of NDJSON is one of its own, whatever quotation marks and broken lines are between', async () => {
  const line = (n, more) => JSON.stringify({ unit: `pipe-${n}`, n: 'fitted', id: `fitted ${n}`, ...more })
  const lines = [line(1, { p: { size: '5" pipe' } }), line(2), '{"unit":"pipe-3","n":"fit', line(4, { at: 'soon' }), '', line(6)]
  const response = await send('upload', lines.join('\n'), { 'content-type': 'application/x-ndjson' })
  const told = (await response.text()).trim().split('\n').map((text) => JSON.parse(text))
  assert.deepEqual(told.filter(({ line: at }) => at).map(({ line: at, reason }) => [at, reason]), [[3, 'malformed'], [4, 'time']])
  assert.deepEqual([told.at(-1).lines, told.at(-1).stored], [5, 3])
})

test('a payment service’s message is mapped by its address', async () => {
  const { unit } = await visitor()
  const [, before] = await summed('revenue')
  const hook = 'hook?only=/type:invoice.paid&name=paid&unit=/data/client&id=/id&value=/data/amount&scale=2&currency=/data/currency&at=/created'
  const message = { id: 'evt_1', type: 'invoice.paid', created: Math.ceil(Date.now() / 1000), data: { client: unit, amount: 1234, currency: 'eur' } }
  assert.equal((await (await send(hook, message)).json()).stored, 1)
  assert.equal((await (await send(hook, message)).json()).duplicate, 1)
  assert.deepEqual((await (await send(hook, { ...message, type: 'other' })).json()).filtered, { unmapped: 1 })
  assert.deepEqual((await (await send(hook, { id: 'evt_2', type: 'invoice.paid' })).json()).left, [{ place: 0, reason: 'unit' }])
  assert.equal((await summed('revenue'))[1] - before, 1234)
  for (const [field, odd, reason] of [['amount', true, 'value'], ['amount', '0x10', 'value'], ['currency', ['EUR'], 'currency'], ['client', {}, 'unit']]) {
    const { left } = await (await send(hook, { ...message, id: `evt ${field} ${odd}`, data: { ...message.data, [field]: odd } })).json()
    assert.deepEqual(left, [{ place: 0, reason }], `${field} ${odd}`)
  }
})

test('the ledger balances, by hour and by variant, at either address', async () => {
  const { one, page } = await visitor()
  const forged = page.seen().map((event) => ({ ...event, d: 'forged' }))
  await one.send(page.seal([...forged, { ...forged[0], x: 'invented' }, { ...forged[0], run: 'invented-1' }]))
  one.userAgent = 'Googlebot/2.1'
  await one.send(page.seal(page.seen()))
  const ledger = await read('ledger')
  const parts = ledger.stored + ledger.duplicate + [...Object.values(ledger.rejected), ...Object.values(ledger.filtered)].reduce((all, n) => all + n, 0)
  assert.equal(ledger.received, parts)
  assert.equal(ledger.hours.reduce((all, { n }) => all + n, 0), parts)
  for (const [outcome, reason] of [['stored', ''], ['rejected', 'token'], ['filtered', 'bot-crawler'], ['rejected', 'impossible']]) {
    const of = ledger.hours.filter((line) => line.outcome === outcome && line.reason === reason)
    assert.ok(of.some((line) => line.run === run && ['control', 'fresh'].includes(line.variant) && line.n > 0), `${outcome} ${reason}`)
  }
  assert.ok(!JSON.stringify(ledger).includes('invented'), 'words of whoever invents runs are kept nowhere')
  assert.ok(ledger.losses.every(({ run: of, browser }) => of === run && browser))
  const other = await (await product.api('GET', '/api/v1/ledger?project=demo&environment=development&hours=1')).json()
  assert.equal(other.received, ledger.received)
  for (const wrong of ['ledger?hours=NaN', 'ledger?hours=-5', 'ledger?hours=1e30', 'totals?days=-1']) assert.equal((await product.api('GET', wrong)).status, 422, wrong)
})

test('what all traffic does is counted by day and dimension, and the catalog knows each event', async () => {
  const { events } = await read('events')
  const imported = events.find(({ name }) => name === 'import')
  assert.deepEqual([imported.n, imported.properties, imported.rejected.time], [699, ['plan'], 2])
  const { totals } = await read('totals?days=60')
  const days = totals.filter(({ event, dimension }) => event === 'import' && dimension === '')
  assert.equal(days.reduce((all, { n }) => all + Number(n), 0), 699)
  assert.ok(totals.some(({ event, dimension }) => event === 'order' && dimension === 'device=phone'))
  // By metric: what was paid in both currencies less what was paid back, in cents, without the cap of the test's own sums.
  const { metrics } = await read('totals')
  const sum = (metric, field) => metrics.filter((one) => one.metric === metric && !one.dimension).reduce((all, one) => all + Number(one[field]), 0)
  assert.deepEqual([sum('revenue', 'n'), sum('revenue', 'y')], [5, 1999 + 500 - 499 + 100_000 + 1234])
  const orders = totals.filter(({ event, dimension }) => event === 'order' && !dimension).reduce((all, { n }) => all + Number(n), 0)
  assert.deepEqual([sum('orders', 'n'), sum('orders', 'y'), orders > 0], [orders, orders, true])
})

test('a metric that is new on old data is made from it, exactly', async () => {
  const { unit } = await visitor()
  await backend(paid(unit, 5, { p: { plan: 'pro' } }), paid(unit, 5, { p: { plan: 'free' } }), paid(unit, 6, { p: { plan: 'pro' } }))
  await shop.publish(document(['revenue', 'pros']))
  await visitor().then(({ one, page }) => one.send(page.seal([{ t: 'track', n: 'order', dt: 0 }])))
  const [n, pros] = await summed('pros')
  assert.deepEqual([n, pros], [(await summed('orders'))[0], 2])
  assert.deepEqual((await read('data')).rebuilding, [])
})

test('a measure that cannot be is refused when it is published', async () => {
  const bad = { ...document([]), metrics: { ...document([]).metrics, odd: { event: 'x', measure: { kind: 'ratio' } }, worse: { event: 'x', measure: { kind: 'mode' } } } }
  const response = await product.api('PUT', 'document', { body: JSON.stringify(bad), headers: { 'if-match': (await product.api('GET', 'document')).headers.get('etag') } })
  const { problems } = await response.json()
  assert.deepEqual(problems.map(({ pointer }) => pointer), ['/metrics/odd/measure/per', '/metrics/worse/measure'])
})

test('who is erased is gone from sums, rows and segments, and stays away', async () => {
  const { one, page, unit } = await visitor()
  await backend(paid(unit, 7))
  const lines = () => linesBelow(join(shop.folder, 'log/demo/development/0')).map((line) => JSON.parse(line))
  assert.equal((await (await product.api('POST', 'segments')).json()).waiting, 0)
  const before = [await summed('orders'), lines().filter(({ t }) => t !== 'erased').length]
  assert.deepEqual(await (await product.api('DELETE', `units/${unit}`)).json(), { rows: 3, answers: 0 })
  assert.equal((await summed('orders'))[0], before[0][0] - 1)
  await eventually(() => lines().filter(({ t }) => t !== 'erased').length === before[1] - 4)
  // The edge's report and the browser's, the page's, and the payment.
  assert.equal(before[1] - lines().filter(({ t }) => t !== 'erased').length, 4)
  assert.equal(lines().filter(({ t }) => t === 'erased').length, 1)
  const { receipt } = await one.send(page.seal([{ t: 'track', n: 'order', dt: 0 }]))
  assert.deepEqual(receipt.filtered, { erased: 1 })
})
