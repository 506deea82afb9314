// Who counts: only units that we minted, only decisions that we took for that unit, only people, and each thing once.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { apiOf, publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf, PAGE } from './document.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, PART, stub, visitorOf } from './wire.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pointsman-identity-'))
let origin, product, visitor, other

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, documentOf())).version)
  visitor = await visitorOf(product, 'fresh')
  other = await visitorOf(product, 'fresh')
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const ledger = async () => (await product.api('GET', 'ledger')).json()
const received = ({ stored, duplicate, rejected, filtered }) =>
  [rejected, filtered].flatMap(Object.values).reduce((sum, n) => sum + n, stored + duplicate)

let pages = 0
const beacon = (events, page = `page-${pages++}`) => JSON.stringify({ v: 1, page, seq: 0, dropped: 0, events })
const order = { t: 'track', n: 'order', dt: 0 }
const seen = ({ answer }) => {
  const { run, variant, token } = decisionsOf(answer.text).flags.hero
  return { t: 'seen', run, x: variant, d: token, dt: 0 }
}

/** Sends a beacon, by default the visitor's. */
async function send(body, { cookies = visitor.cookies, headers, method = 'POST' } = {}) {
  const given = { ...PART, 'content-type': 'text/plain', cookie: cookieHeader(cookies), ...headers }
  const answer = await ask(product, '/_pm/e', { method, headers: given, body })
  // Which version the edge runs, and where those stand that were not kept, is in other tests' hands.
  const { config: _, left: __, ...receipt } = JSON.parse(answer.text)
  return { status: answer.status, ...receipt }
}

const kept = { status: 200, stored: 1, duplicate: 0, rejected: {}, filtered: {} }
const nothing = { ...kept, stored: 0 }

/** The same text with one character changed. */
const bent = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)

const forgeries = ({ pm }) => {
  const [version, id, key, mac] = pm.split('.')
  return {
    'with another id': [version, bent(id, 3), key, mac].join('.'),
    'with another seal': bent(pm, pm.length - 5),
    'with another key’s name': [version, id, 'k2', mac].join('.'),
    'of another version': ['v2', id, key, mac].join('.'),
    'cut off': pm.slice(0, -1),
    'without a seal': [version, id, key, ''].join('.'),
    'with something after it': `${pm}.x`,
    'of nonsense': 'v1.__proto__.k1.x',
    'that is empty': '',
  }
}

test('a visitor who comes again is the same one', async () => {
  const answer = await ask(product, '/', { headers: { ...NAVIGATION, cookie: cookieHeader(visitor.cookies) } })
  assert.deepEqual(answer.setCookies, [])
  assert.equal(decisionsOf(answer.text).flags.hero.token, decisionsOf(visitor.answer.text).flags.hero.token)
})

test('a page carries the token of its own visitor, and of nobody for whom the same was decided', async () => {
  const told = ({ answer }) => decisionsOf(answer.text).flags.hero.token
  for (const [one, another] of [[visitor, other], [other, visitor]]) {
    const { text } = await ask(product, '/', { headers: { ...NAVIGATION, cookie: cookieHeader(one.cookies) } })
    assert.equal(text.split(told(one)).length, 2)
    assert.ok(!text.includes(told(another)))
  }
})

test('a cookie that is not ours is nobody’s', async () => {
  for (const [what, pm] of Object.entries(forgeries(visitor.cookies))) {
    const answer = await ask(product, '/', { headers: { ...NAVIGATION, cookie: cookieHeader({ ...visitor.cookies, pm }) } })
    const fresh = cookiesOf(answer.setCookies)
    assert.match(fresh.pm ?? '', /^v1\./, `a cookie ${what} was taken`)
    assert.notEqual(fresh.pm.split('.')[1], visitor.cookies.pm.split('.')[1])
    assert.deepEqual(await send(beacon([order]), { cookies: { pm } }), { ...nothing, rejected: { unsigned: 1 } }, what)
  }
})

test('a cookie that somebody else’s keys have signed is nobody’s', async () => {
  const own = mkdtempSync(join(tmpdir(), 'pointsman-foreign-'))
  const foreign = await start({ folder: own, originPort: origin.port, quiet: true, environment: 'development' })
  try {
    await served(foreign, (await publish(foreign, documentOf())).version)
    const { cookies } = await visitorOf(foreign, 'fresh')
    assert.deepEqual(await send(beacon([order]), { cookies }), { ...nothing, rejected: { unsigned: 1 } })
  } finally {
    await foreign.stop()
    rmSync(own, { recursive: true, force: true })
  }
})

test('our cookies are for this host’s pages alone and hidden from scripts', () => {
  for (const line of visitor.answer.setCookies) assert.match(line, /^pmd?=[\w.~-]+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax$/)
})

test('a host that is not served gets 421', async () => {
  for (const host of ['example.com', `localhost:${product.port + 1}`, 'localhost', `localhost.:${product.port + 1}`, `localhost..:${product.port}`, `sub.localhost:${product.port}`]) {
    for (const path of ['/', '/_pm/e', '/api/v1/projects']) assert.equal((await ask(product, path, { host })).status, 421, host + path)
  }
})

test('a host with the root’s dot behind it is the same site', async () => {
  assert.equal((await ask(product, '/', { host: `localhost.:${product.port}` })).status, 200)
})

test('the console is not on the site, nor the site on the console', async () => {
  const site = await ask(product, `${apiOf('development')}document`, { headers: { ...PART, authorization: `Bearer ${product.token}` } })
  assert.equal(site.text, PAGE)
  const console_ = await ask(product, '/_pm/health', { host: `127.0.0.1:${product.port}` })
  assert.equal(console_.status, 404)
})

test('a decision counts for the unit that it was taken for and for no other', async () => {
  const event = seen(other)
  assert.deepEqual(await send(beacon([event])), { ...nothing, rejected: { token: 1 } })
  assert.deepEqual(await send(beacon([event]), other), kept)
})

test('a decision that was changed is refused', async () => {
  const event = seen(visitor)
  const parts = event.d.split('.')
  for (const [at, value] of [[2, 'other-run'], [3, '2'], [4, 'control'], [5, '9'], [6, '1'], [7, '1']]) {
    const d = parts.map((part, index) => (index === at ? value : part)).join('.')
    assert.deepEqual(await send(beacon([{ ...event, d }])), { ...nothing, rejected: { token: 1 } }, d)
  }
  for (const d of ['', event.d.slice(0, -1), `${event.d}.x`, undefined, 7]) {
    assert.deepEqual(await send(beacon([{ ...event, d }])), { ...nothing, rejected: { token: 1 } })
  }
  assert.deepEqual(await send(beacon([{ ...event, x: 'control' }])), { ...nothing, rejected: { impossible: 1 } })
})

test('a beacon that is sent again counts once', async () => {
  const body = beacon([seen(visitor), order])
  assert.deepEqual(await send(body), { ...kept, stored: 2 })
  assert.deepEqual(await send(body), { ...nothing, duplicate: 2 })
  const again = await Promise.all([1, 2, 3, 4].map(() => send(body)))
  for (const receipt of again) assert.deepEqual(receipt, { ...nothing, duplicate: 2 })
})

test('machines are told apart and left out', async () => {
  const machines = { 'Googlebot/2.1': 'crawler', 'Google-PageRenderer (Preview)': 'preview', 'UptimeRobot/2.0': 'monitor', 'HeadlessChrome/150': 'headless', 'curl/8.0': 'script', '': 'nameless' }
  for (const [agent, kind] of Object.entries(machines)) {
    assert.deepEqual(await send(beacon([order, order]), { headers: { 'user-agent': agent } }), { ...nothing, filtered: { [`bot-${kind}`]: 2 } })
  }
  const before = await ledger()
  await ask(product, '/', { headers: { ...NAVIGATION, 'user-agent': 'Googlebot/2.1' } })
  assert.deepEqual(await ledger(), before)
})

/** The ledger once it holds more than `before`, or after the time in which it always did. */
async function settled(before) {
  for (let tries = 0; tries < 20; tries++) {
    const now = await ledger()
    if (received(now) > received(before)) return now
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return ledger()
}

test('a page fetched ahead is no meeting, and the visit after it is one', async () => {
  for (const purpose of ['prefetch', 'prefetch;prerender', 'prefetch;anonymous-client-ip']) {
    const before = await ledger()
    const ahead = await ask(product, '/', { headers: { ...NAVIGATION, 'sec-purpose': purpose } })
    assert.equal(decisionsOf(ahead.text).exposures.length, 1)
    assert.deepEqual(await settled(before), before)
    const cookie = cookieHeader(cookiesOf(ahead.setCookies))
    await ask(product, '/', { headers: { ...NAVIGATION, cookie } })
    await eventually(async () => (await ledger()).stored > before.stored)
    assert.equal((await ledger()).stored, before.stored + 1, purpose)
  }
})

const BAD = {
  'no JSON': '{', 'an empty body': '', 'another version': JSON.stringify({ ...JSON.parse(beacon([order])), v: 2 }),
  'no events': beacon([]), 'null': 'null', 'a list': '[]', 'a page that is no name': beacon([order], '../x'),
  'a field that nobody knows': JSON.stringify({ ...JSON.parse(beacon([order])), more: 1 }),
}
for (const [what, body] of Object.entries(BAD)) {
  test(`a beacon with ${what} is told so with 400, and entered in the ledger`, async () => {
    const before = await ledger()
    const { status, error } = await send(body)
    assert.equal(status, 400)
    assert.match(error, /docs\/wire\.md/)
    assert.equal((await ledger()).rejected.malformed, (before.rejected.malformed ?? 0) + 1)
  })
}

test('an event that is none is refused by name, and the good ones beside it are kept', async () => {
  const bad = { type: { t: 'x', dt: 0 }, dt: { ...order, dt: -1 }, malformed: null, name: { ...order, n: '' }, field: { ...order, more: 1 } }
  for (const [reason, event] of Object.entries(bad)) {
    assert.deepEqual(await send(beacon([event, order], `bad-${reason}`)), { ...kept, stored: 1, rejected: { [reason]: 1 } })
  }
  assert.equal((await send(beacon([{ ...order, dt: '1' }], 'bad-kind'))).rejected.dt, 1)
  const before = await ledger()
  assert.equal((await send(beacon(Array(101).fill(order)))).status, 400)
  assert.equal((await ledger()).rejected['too-many'], (before.rejected['too-many'] ?? 0) + 1)
})

test('a beacon of more than 64 KiB is refused with 413, a coded one with 415, a GET with 405', async () => {
  const long = beacon([{ ...order, pad: 'x'.repeat(65_536) }])
  assert.equal((await send(long)).status, 413)
  assert.equal((await send(gzipSync(beacon([order])), { headers: { 'content-encoding': 'gzip' } })).status, 415)
  assert.equal((await send(undefined, { method: 'GET' })).status, 405)
  const most = beacon([{ ...order, pad: '' }])
  const full = beacon([{ ...order, pad: 'x'.repeat(65_536 - most.length - 1) }])
  assert.equal((await send(full)).status, 200)
})

test('a body that never comes to its end is refused after ten seconds with 408, and meanwhile others count', async () => {
  const headers = { host: `localhost:${product.port}`, ...PART, 'content-type': 'text/plain', 'content-length': 100, cookie: cookieHeader(visitor.cookies) }
  const slow = Array.from({ length: 50 }, () => {
    const outgoing = request({ port: product.port, host: '127.0.0.1', path: '/_pm/e', method: 'POST', headers, agent: false })
    outgoing.write('{')
    outgoing.on('error', () => {}) // The edge may hang up on what is not finished.
    return once(outgoing, 'response').then(([{ statusCode }]) => outgoing.destroy() && statusCode)
  })
  assert.deepEqual(await send(beacon([order])), kept)
  assert.deepEqual(new Set(await Promise.all(slow)), new Set([408]))
  assert.equal((await ledger()).rejected.slow, slow.length)
})

test('an event that is too old is refused, and what is received is what is accounted for', async () => {
  const before = received(await ledger())
  assert.deepEqual(await send(beacon([{ ...order, dt: 8 * 24 * 3_600_000 }])), { ...nothing, rejected: { age: 1 } })
  const sent = [beacon([order, seen(other)]), beacon([order]), 'nonsense']
  for (const body of sent) await send(body)
  assert.equal(received(await ledger()), before + 1 + 2 + 1 + 1)
})
