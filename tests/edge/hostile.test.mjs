// What a hostile or unlucky document, page or client may not do.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf } from './document.mjs'
import { ask, cookieHeader, decisionsOf, NAVIGATION, PART, stub, visitorOf } from './wire.mjs'

const PAGE = `<!doctype html><html><head><title>x</title><script id="code">let kept = 1</script></head>
<body><h1 id="headline">words</h1><a class="link" href="/">x</a></body></html>`

const folder = mkdtempSync(join(tmpdir(), 'pointsman-hostile-'))
let origin, product, visitor

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  const document = documentOf()
  for (let number = 0; number < 1000; number++) {
    document.flags[`extra-${number}`] = { kind: 'boolean', variants: { on: true }, off: 'on', otherwise: 'on' }
  }
  document.pages.all.variants.fresh.push({ select: '#code', change: { text: 'let kept = 2' } })
  await served(product, (await publish(product, document)).version)
  visitor = await visitorOf(product, 'fresh')
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a thousand flags do not make a header that the origin refuses', async () => {
  const answer = await ask(product, '/')
  assert.equal(answer.status, 200)
  const header = origin.last().headers['pointsman-variants']
  assert.match(header, /^hero=(control|fresh)$/)
})

test('no client tells the origin of variants, however it spells the header', async () => {
  await ask(product, '/', { headers: { ...NAVIGATION, Pointsman_Variants: 'hero=gold', 'POINTSMAN-VARIANTS': 'hero=gold' } })
  assert.doesNotMatch(JSON.stringify(origin.last().headers), /gold/)
})

test('an edit never changes what runs', async () => {
  const { text } = await ask(product, '/', { headers: { ...NAVIGATION, cookie: cookieHeader(visitor.cookies) } })
  assert.match(text, /let kept = 1/)
  assert.equal(decisionsOf(text).flags.hero.variant, 'fresh')
})

const ledger = async () => (await product.api('GET', 'ledger')).json()
const total = ({ stored, duplicate, rejected, filtered }) =>
  [rejected, filtered].flatMap(Object.values).reduce((sum, n) => sum + n, stored + duplicate)

test('whatever stands in a beacon, it is accounted for and the next good one counts', async () => {
  const order = { t: 'track', n: 'order', dt: 0 }
  const good = { v: 1, page: 'p', seq: 0, dropped: 0, events: [order] }
  const strange = [
    { ...good, page: 5 }, { ...good, page: null }, { ...good, page: true }, { ...good, page: ['abc'] }, { ...good, page: '' },
    { ...good, seq: -1 }, { ...good, seq: 1e308 }, { ...good, events: [] }, { ...good, events: 'x' }, { ...good, events: Array(101).fill(order) }, { ...good, v: 2 }, [], null, 7,
  ]
  const headers = { ...PART, 'content-type': 'text/plain', cookie: cookieHeader(visitor.cookies) }
  const send = (body) => ask(product, '/_pm/e', { method: 'POST', headers, body })
  // All but one who came were new, and are told of once their page has left.
  assert.ok(await eventually(async () => total(await ledger()) === origin.seen.length - 1))
  const start = await ledger()
  for (const [index, beacon] of strange.entries()) {
    assert.equal((await send(JSON.stringify(beacon))).status, 400, JSON.stringify(beacon).slice(0, 80))
    assert.equal(total(await ledger()), total(start) + index + 1)
  }
  const odd = [null, 7, [], { ...order, n: '\ud800' }, { ...order, n: '' }, { ...order, dt: -1 }, { ...order, dt: 1.5 }, { ...order, __proto__: null, toString: 1 }]
  for (const event of odd) {
    const { status, text } = await send(JSON.stringify({ ...good, page: 'odd', events: [event] }))
    assert.deepEqual([status, total(JSON.parse(text)), JSON.parse(text).stored], [200, 1, 0], JSON.stringify(event))
  }
  const { status, text } = await send(JSON.stringify({ ...good, page: '-starts_with-a-hyphen' }))
  assert.deepEqual([status, JSON.parse(text).stored], [200, 1])
  const named = JSON.parse((await send(JSON.stringify({ ...good, page: 'named', events: [{ ...order, u: 'somebody' }] }))).text)
  assert.deepEqual([named.stored, named.rejected], [0, { unsigned: 1 }])
})

test('odd writes are refused in words', async () => {
  const put = (body, seen) => product.api('PUT', 'document', { body, headers: { 'if-match': seen } })
  for (const seen of ['%', '1#x', '"%31"', '-1', '1.0']) assert.equal((await put('{"format":1,"flags":{}}', seen)).status, 412, seen)
  for (const body of [Buffer.from('{"format":1,"$schema":"\xff"}', 'latin1'), Buffer.from('\ufeff{"format":1,"flags":{}}')]) {
    const response = await put(body, '"1"')
    assert.equal(response.status, 422)
    assert.match((await response.json()).problems[0].cause, /UTF-8|byte order mark/)
  }
})

test('methods that nothing is written for do nothing', async () => {
  const before = await (await product.api('GET', 'document')).json()
  for (const [method, status] of [['PROPFIND', 405], ['LOCK', 405], ['PATCH', 405], ['DELETE', 404], ['POST', 404]]) {
    assert.equal((await product.api(method, 'document')).status, status, method)
  }
  assert.deepEqual(await (await product.api('GET', 'document')).json(), before)
})

/** One request line by line, as no client library would send it. */
const raw = (text) => new Promise((resolve) => {
  let answer = ''
  const socket = connect(product.port, '127.0.0.1', () => socket.end(text))
  socket.on('data', (data) => (answer += data)).on('close', () => resolve(answer.split('\r\n')[0]))
})

test('an address that is none gets an answer of the 400s', async () => {
  for (const host of ['a b', '%zz', 'localhost:999999']) {
    assert.match(await raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`), /^HTTP\/1.1 4\d\d/, host)
  }
})
