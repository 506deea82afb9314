// A stop reaches new visitors within fifteen seconds, whatever else is broken, and pages go on meanwhile. Isolates ask
// their relay as seldom here as on Cloudflare.

import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { apiOf, publish, served, start } from '../../build/product.mjs'
import { documentOf, MARKUP, PAGE, WORDS } from './document.mjs'
import { ask, NAVIGATION, stub } from './wire.mjs'

/** Milliseconds within which a stop reaches whoever comes. */
const BOUND = 15_000
const PROJECT = '/api/v1/projects/demo'
const FLAG = `${apiOf('development')}flags/hero`
/** Whatever snapshots are read from. */
const SOURCE = { 'control/signed': 'fails', 'control/edge': 'fails', 'control/client': 'fails' }

let origin, product, folder, glass

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-stops-'))
  copyFileSync(new URL('fragile.mjs', import.meta.url), join(folder, 'fragile.mjs'))
  // The dashboard is not there either.
  const assets = join(folder, 'nothing')
  mkdirSync(assets)
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  product = await start({
    folder, originPort: origin.port, quiet: true, environment: 'development', assets, variables: { RELAY_PACE: '5000' }, located: true,
    configure: (text) => text.replace('modules = [', 'modules = [\n    (name = "fragile.mjs", esModule = embed "fragile.mjs"),'),
  })
  await served(product, (await publish(product, documentOf())).version)
  const made = await product.api('POST', `${PROJECT}/tokens`, { body: JSON.stringify({ name: 'behind glass', scope: 'stop' }) })
  glass = (await made.json()).secret
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Breaks these operations, and mends all others. */
const broken = (operations) => ask(product, '/', { method: 'POST', host: 'faults', body: JSON.stringify(operations), headers: {} })

afterEach(async () => {
  await broken({})
  if (!(await meets(MARKUP))) {
    const { ok } = await change(product.secrets.adminToken, { enabled: true })
    assert.ok(ok)
  }
  await until(() => meets(MARKUP), 'the test is on again')
})

async function change(token, body) {
  const headers = { authorization: `Bearer ${token}` }
  const { revision } = await (await fetch(new URL(`${apiOf('development')}flags`, product.console), { headers })).json()
  return fetch(new URL(FLAG, product.console), { method: 'PUT', body: JSON.stringify(body), headers: { ...headers, 'if-match': `"${revision}"` } })
}

/** Whether one of forty new visitors reads these words; each of them gets a page. With a fair split one does. */
async function meets(words) {
  const pages = await Promise.all(Array.from({ length: 40 }, () => ask(product, '/')))
  for (const { status, text, complete } of pages) assert.ok(status === 200 && complete && (text.includes(MARKUP) || text.includes(WORDS.control)), text)
  return pages.some(({ text }) => text.includes(words))
}

/** Milliseconds until something is so. */
async function until(test, what, bound = BOUND) {
  const began = performance.now()
  while (!(await test())) {
    assert.ok(performance.now() - began < bound, `${what}: not within ${bound} ms`)
    await pause(100)
  }
  return performance.now() - began
}

const stopped = async () => !(await meets(MARKUP))

test('a stop reaches new visitors within fifteen seconds without the snapshot source', async (t) => {
  await broken(SOURCE)
  const began = performance.now()
  assert.equal((await change(glass, { enabled: false })).status, 200)
  await until(stopped, 'the stop')
  t.diagnostic(`${Math.round(performance.now() - began)} ms`)
})

test('a stop that was answered reaches them though the control object is never heard of again', async () => {
  for (const how of ['fails', 'hangs']) {
    assert.equal((await change(glass, { enabled: false })).status, 200)
    await broken({ control: how })
    await until(stopped, `the stop, where the control object ${how}`)
    await broken({})
    assert.ok((await change(product.secrets.adminToken, { enabled: true })).ok)
    await until(() => meets(MARKUP), 'the test is on again')
  }
})

test('a relay that fails, hangs or is told nothing takes no page away, and hears of the stop once it can', async () => {
  for (const faults of [{ relay: 'fails' }, { relay: 'hangs' }, { 'relay/push': 'fails', 'control/signed': 'fails' }]) {
    await broken(faults)
    const began = performance.now()
    assert.equal((await change(glass, { enabled: false })).status, 200)
    assert.ok(performance.now() - began < 3000, 'whoever stops waits for no relay')
    await pause(6000)
    assert.ok(await meets(MARKUP), 'nobody has heard of it')
    await broken({})
    await until(stopped, `the stop, after ${JSON.stringify(faults)}`, 20_000)
    assert.ok((await change(product.secrets.adminToken, { enabled: true })).ok)
    await until(() => meets(MARKUP), 'the test is on again')
  }
})

test('what a relay was told survives it, and so does what it was not told yet', async () => {
  assert.equal((await change(glass, { enabled: false })).status, 200)
  await product.restart()
  await broken(SOURCE)
  await until(stopped, 'the stop')
  await broken({ relay: 'fails' })
  assert.ok((await change(product.secrets.adminToken, { enabled: true })).ok)
  await product.restart()
  await until(() => meets(MARKUP), 'what the relay was not told')
})

test('each data centre that serves has a relay of its own, which is told of a stop like the first', async () => {
  const there = { ...NAVIGATION, 'x-cf': JSON.stringify({ colo: 'FRA' }) }
  const visit = () => ask({ port: product.locatedPort }, '/', { host: `localhost:${product.port}`, headers: there })
  // From its first visitor on this isolate asks the relay of Frankfurt, which asks the control object.
  for (const end = Date.now() + 7000; Date.now() < end; await pause(500)) assert.equal((await visit()).status, 200)
  await broken(SOURCE)
  assert.equal((await change(glass, { enabled: false })).status, 200)
  await until(stopped, 'the stop in Frankfurt')
})

test('the answer to a beacon says which version the edge runs', async () => {
  const page = await ask(product, '/')
  const cookie = page.setCookies.map((line) => line.split(';')[0]).join('; ')
  const body = JSON.stringify({ v: 1, page: 'p', seq: 0, dropped: 0, events: [{ t: 'track', n: 'order', dt: 0 }] })
  const answer = await ask(product, '/_pm/e', { method: 'POST', body, headers: { ...NAVIGATION, cookie, 'content-type': 'text/plain' } })
  const { version } = JSON.parse((await ask(product, '/_pm/health')).text)
  assert.deepEqual([answer.status, JSON.parse(answer.text).config], [200, version])
})
