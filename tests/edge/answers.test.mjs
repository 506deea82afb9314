// How the origin answers to a page under test is counted by variant, in the same ledger as all else: failures and the time
// to the first byte.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, PART, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const ALL = 2 ** 32
const DOCUMENT = {
  format: 1,
  metrics: {
    orders: { event: 'order' },
    failures: { event: 'origin', measure: { kind: 'count', where: { status: ['5xx'] } } },
    wait: { event: 'origin', measure: { kind: 'mean' } },
  },
  flags: { hero: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: 'hero' }] } },
  experiments: { hero: {
    flag: 'hero', metric: 'orders', metrics: ['failures', 'wait'], control: 'a',
    run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[ALL / 2, 'a'], [ALL, 'b']] },
  } },
  pages: {
    all: { path: '/page*', flag: 'hero', variants: { b: [{ select: 'h1', change: { text: 'B' } }] } },
    canary: { path: '/canary', flag: 'hero', variants: { b: [{ change: { rewrite: '/broken' } }] } },
  },
}
const folder = mkdtempSync(join(tmpdir(), 'pointsman-answers-'))
const people = {}
/** Milliseconds for which the origin thinks about pages of `b`. */
let thinks = 0
let origin, product

before(async () => {
  origin = await stub(async ({ url, headers }, response) => {
    const isB = headers['pointsman-variants'] === 'hero=b'
    if (url === '/broken' || (url === '/page-broken' && isB)) return response.writeHead(503, HTML).end('<h1>broken</h1>')
    if (isB) await wait(thinks)
    response.writeHead(200, HTML).end('<!doctype html><html><head></head><body><h1>A</h1></body></html>')
  })
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, DOCUMENT)).version)
  for (let tries = 0; tries < 60 && !(people.a && people.b); tries++) {
    const { setCookies } = await ask(product, '/start')
    people[origin.last().headers['pointsman-variants'].slice(-1)] ??= cookiesOf(setCookies)
  }
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A metric's vector of a variant, as numbers. */
async function vector(metric, variant) {
  const { sums } = await (await product.api('GET', 'sums?run=hero-1')).json()
  return (sums.find((sum) => sum.metric === metric && sum.variant === variant && sum.dimension === '')?.vector ?? []).map(Number)
}

const visit = (variant, path, more) => ask(product, path, { headers: { ...NAVIGATION, cookie: cookieHeader(people[variant]), ...more } })

/** Somebody has seen the page; metrics are of those. */
async function confirm(variant, { text }) {
  const { run, token } = decisionsOf(text).flags.hero
  const body = JSON.stringify({ v: 1, page: `of-${variant}`, seq: 0, dropped: 0, events: [{ t: 'seen', run, x: variant, d: token, dt: 0 }] })
  assert.equal((await ask(product, '/_pm/e', { method: 'POST', body, headers: { ...PART, cookie: cookieHeader(people[variant]) } })).status, 200)
}

test('failures and the time to the first byte are counted by variant', async () => {
  const visits = async (variant) => {
    await confirm(variant, await visit(variant, '/page'))
    for (const path of ['/page', '/page-broken']) await visit(variant, path)
  }
  const began = performance.now()
  await visits('a')
  const spent = performance.now() - began
  // Longer for each than for all of the others together.
  thinks = spent + 20
  await visits('b')
  // What fails in the place of a page that is there is that variant's, too.
  assert.equal((await visit('b', '/canary')).status, 200)
  const counted = async () => [(await vector('wait', 'a'))[3], (await vector('wait', 'b'))[3]]
  await eventually(async () => (await counted()).join() === '3,4')
  await wait(200)
  const [[, fails], [, failsB]] = [await vector('failures', 'a'), await vector('failures', 'b')]
  assert.deepEqual([fails ?? 0, failsB], [0, 2])
  // n, the sum of milliseconds, its square, and how many answers there were.
  const [[, fast, , answers], [, slow, , answersB]] = [await vector('wait', 'a'), await vector('wait', 'b')]
  assert.deepEqual([answers, answersB], [3, 4])
  assert.ok(slow >= 2 * spent && fast < slow, `${fast} and ${slow} ms`)
})

test('whoever came before and is given an error in the place of a page under test has met its variant', async () => {
  const exposed = async () => (await vector('', 'b'))[0]
  const before = await exposed()
  for (let tries = 0, met = false; !met; tries++) {
    assert.ok(tries < 60, 'nobody of 60 meets b')
    const cookies = cookiesOf((await ask(product, '/start')).setCookies)
    if (origin.last().headers['pointsman-variants'] !== 'hero=b') continue
    met = (await ask(product, '/page-broken', { headers: { ...NAVIGATION, cookie: cookieHeader(cookies) } })).status === 503
  }
  await eventually(async () => (await exposed()) !== before)
  assert.equal(await exposed(), before + 1)
})

test('whoever is not counted is not counted here, and an error is passed on without a cookie of ours', async () => {
  const before = await (await product.api('GET', 'ledger')).json()
  await ask(product, '/page-broken', { headers: { ...NAVIGATION, 'sec-purpose': 'prefetch' } })
  const crawler = await ask(product, '/page', { headers: { ...NAVIGATION, 'user-agent': 'Googlebot/2.1' } })
  assert.equal(crawler.status, 200)
  let due = before.stored
  for (let visitor = 0; visitor < 8; visitor++) {
    const { status, setCookies } = await ask(product, '/page-broken')
    if (status === 503) assert.deepEqual(setCookies, [])
    // An exposure and an answer.
    else due += 2
  }
  const stored = async () => (await (await product.api('GET', 'ledger')).json()).stored
  await eventually(async () => (await stored()) >= due)
  await wait(200)
  assert.equal(await stored(), due)
})
