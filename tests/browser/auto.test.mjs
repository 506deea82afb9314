// One script tag on a site without our edge and without a bundler: from the edge, or from a folder of the site's own.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { open } from '../../dist/npm/index.js'
import { eventually } from '../eventually.mjs'
import { documentOf, snapshotOf, unitOf, WORDS } from '../sdk/snapshots.mjs'
import { counts, grown, stage } from './stage.mjs'

/** A path of the site's choice, which the edge and the site's own folder have in common here. */
const PREFIX = '/blue/train/'
const [ada, bob] = [unitOf(open, 'fresh'), unitOf(open, 'control')]
const FILES = ['auto.js', 'connect.js', 'index.js', 'evaluator-js.js', 'unsent.js']

const ELEMENTS = `<p id="fresh" data-pointsman-flag="hero" data-pointsman-is="fresh">fresh</p>
<p id="control" data-pointsman-flag="hero" data-pointsman-is="control">control</p>
<p id="never" data-pointsman-flag="never">never</p><p id="missing" data-pointsman-flag="no-such-flag">as it is</p>`
/** What a page may do before any script of ours is there; its own names are those that a minifier would take. */
const EARLY = `<script>
  const e = 1, t = 2, n = 3
  globalThis.before = new Set(Object.getOwnPropertyNames(globalThis))
  globalThis.heard = [];
  (globalThis.pointsman ??= []).push(['subscribe', (flags) => heard.push(flags.get('price', 0))])
  pointsman.push(['track', 'order'])
  pointsman.push(['constructor', 'no method of ours'])
</script>`

let scene, host, edge, key
/** What pages have sent to the site's own path. */
const events = []

before(async () => {
  host = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://host')
    const file = FILES.find((name) => url.pathname === `/our/scripts/${name}`)
    if (file) return response.setHeader('content-type', 'text/javascript').end(readFileSync(join(root, 'dist/npm', file)))
    if (url.pathname === '/our/post') {
      let body = ''
      for await (const piece of request) body += piece
      events.push(...JSON.parse(body).events)
      return response.end('{}')
    }
    const policy = url.searchParams.get('policy')
    if (policy) response.setHeader('content-security-policy', policy)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    const body = `${url.pathname.startsWith(PREFIX) ? '<i>the origin’s own</i>' : ''}${ELEMENTS}`
    response.end(`<!doctype html><head><title>A site</title>${url.searchParams.get('early') ? EARLY : ''}${tags.get(url.pathname) ?? ''}</head><body>${body}</body>`)
  })
  await once(host.listen(0, '127.0.0.1'), 'listening')
  scene = await stage()
  edge = await scene.running(host.address().port, documentOf(), { prefix: PREFIX })
  key = (await (await edge.api('GET', 'keys')).json()).client
  const more = `data-key="${key}" data-unit="${ada}" data-context='{"country": "AT"}' async></script>`
  tags.set('/edge', `<script src="${edge.site}${PREFIX}auto.js" ${more}`)
  tags.set('/own', `<script src="/our/scripts/auto.js" data-url="${edge.site}" data-path="${PREFIX}" data-beacon="/our/post" ${more}`)
  tags.set('/anybody', `<script src="/our/scripts/auto.js" data-url="${edge.site}" data-path="${PREFIX}" data-key="${key}" async></script>`)
})

after(async () => {
  await edge?.stop()
  await scene?.close()
  host?.closeAllConnections()
  host?.close()
})

/** Tags by page. */
const tags = new Map()

/** Visits a page, and gives what it asked for and what it complained about. */
const visits = (path, work, given) => scene.person(async (context) => {
  await work(await visit(context, path, given))
})

async function visit(context, path, { route } = {}) {
  const page = await context.newPage()
  const [asked, complaints] = [[], []]
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => /error|warning/.test(message.type()) && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  if (route) await page.route('**/*', route)
  await page.goto(`http://127.0.0.1:${host.address().port}${path}`)
  await page.waitForFunction(() => typeof globalThis.pointsman?.get === 'function')
  return { page, asked, complaints }
}

const decided = (page) => page.waitForFunction(() => globalThis.pointsman.why('price').value !== undefined)
const values = (page) => page.evaluate(() => ['hero', 'shipping', 'never', 'price', 'no-such-flag'].map((key) => globalThis.pointsman.get(key, 'default')))
const shown = (page) => page.evaluate(() => [...document.querySelectorAll('p')].filter(({ hidden }) => !hidden).map(({ id }) => id))
const evaluated = ['hero', 'shipping', 'never', 'price', 'no-such-flag'].map((flag) => open(snapshotOf(), { unit: ada, country: 'AT' }).get(flag, 'default'))

for (const [from, path] of [['the edge', '/edge'], ['a folder of the site’s own', '/own']]) {
  test(`from ${from} one tag gives the same values as everywhere, and shows and hides elements`, () => visits(`${path}?early=1`, async ({ page, complaints, asked }) => {
    await decided(page)
    assert.deepEqual(await values(page), evaluated)
    assert.deepEqual(await shown(page), ['fresh', 'missing'])
    const { reason, run, variant } = await page.evaluate(() => globalThis.pointsman.why('hero'))
    assert.deepEqual([reason, run, variant], ['SPLIT', 'hero-1', 'fresh'])
    assert.deepEqual(await page.evaluate(() => globalThis.heard), [7], 'who subscribed before the script came has heard')
    const left = await page.evaluate(() => Object.getOwnPropertyNames(globalThis).filter((name) => !globalThis.before.has(name)))
    assert.deepEqual(left.filter((name) => !['before', 'heard', 'pointsman'].includes(name)), [])
    assert.deepEqual(complaints, [])
    assert.ok(asked.every((url) => !url.includes('_pm')), 'every path is the site’s choice')
    await page.evaluate((unit) => globalThis.pointsman.update({ unit, country: 'FR' }), bob)
    assert.deepEqual([(await values(page))[0], (await values(page))[1], await shown(page)], [WORDS.control, false, ['control', 'missing']])
  }))
}

test('exposures and goals go where the site says, each with its unit, those of before the script as well', () => visits('/own?early=1', async ({ page }) => {
  await decided(page)
  await page.waitForFunction(() => document.querySelector('#control').hidden)
  await eventually(() => events.some(({ t }) => t === 'seen') && events.some(({ t }) => t === 'track'))
  assert.deepEqual(events.find(({ t }) => t === 'seen').run, 'hero-1')
  assert.deepEqual(events.find(({ t }) => t === 'track'), { ...events.find(({ t }) => t === 'track'), n: 'order', u: ada })
}))

test('once a snapshot is kept the next page has its values without any request but for the script', () => scene.person(async (context) => {
  const first = await visit(context, '/own')
  await decided(first.page)
  await first.page.waitForFunction(() => Object.keys(localStorage).length >= 2)
  const blocked = []
  const route = (request) => {
    const { pathname } = new URL(request.request().url())
    if (['/own', '/our/scripts/auto.js'].includes(pathname)) return request.continue()
    blocked.push(pathname)
    return request.abort()
  }
  const { page } = await visit(context, '/own?early=1', { route })
  assert.deepEqual(await page.evaluate(() => globalThis.heard), [7])
  assert.deepEqual(await values(page), evaluated)
  assert.deepEqual(await shown(page), ['fresh', 'missing'])
}))

test('whoever is nobody in particular is the same one on each page', () => scene.person(async (context) => {
  const hero = async () => {
    const { page } = await visit(context, '/anybody')
    await decided(page)
    return page.evaluate(() => [localStorage['pointsman unit'], globalThis.pointsman.get('hero', '')])
  }
  const [first, second] = [await hero(), await hero()]
  assert.match(first[0], /^[\da-f]{32}$/)
  assert.deepEqual(second, first)
  assert.equal(first[1], open(snapshotOf(), { unit: first[0] }).get('hero'))
}))

test('a policy that refuses wasm is kept, and the values come all the same', () => visits(`/own?policy=${encodeURIComponent("script-src 'self'")}`, async ({ page, asked }) => {
  await decided(page)
  assert.deepEqual(await values(page), evaluated)
  assert.ok(asked.some((url) => url.endsWith('/our/scripts/evaluator-js.js')))
}))

test('the site’s path is the edge’s path: its pages, beacons and scripts, and the usual one is the origin’s', async () => {
  const before = await counts(edge)
  await scene.person(async (context) => {
    const page = await context.newPage()
    const asked = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(`${edge.site}/`)
    await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
    await page.evaluate(() => globalThis.pointsman.seen('hero'))
    await grown(before, { confirmed: 1 }, edge)
    assert.deepEqual(asked.filter((path) => path !== '/').sort(), [`${PREFIX}e`, `${PREFIX}p.js`])
  })
  assert.match(await (await fetch(`${edge.site}/_pm/p.js`)).text(), /A site/)
})

test('everything that a script of the edge may load lies beside it there', async () => {
  const found = new Map()
  async function look(name) {
    if (found.has(name)) return
    const response = await fetch(new URL(name, `${edge.site}${PREFIX}`))
    found.set(name, response.status)
    for (const [, next] of (await response.text()).matchAll(/["'](?:\.\/)?([\w-]+\.js)["']/g)) await look(next)
  }
  await look('auto.js')
  assert.deepEqual([...found].filter(([, status]) => status !== 200), [])
  assert.deepEqual([...found.keys()].sort(), [...FILES].sort())
})

test('an open page hears what is published', () => visits('/edge?early=1', async ({ page }) => {
  await decided(page)
  await publish(edge, documentOf({ price: 8 }))
  await page.waitForFunction(() => globalThis.heard.at(-1) === 8, undefined, { timeout: 60_000 })
}))
