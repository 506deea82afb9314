// The page on which a visitor's own browser checks that it decides as the edge does, and which must be able to say no.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../../build/setup.mjs'
import { CROWD, decide, digestOf, roomFor } from '../../dist/proof/crowd.js'
import { Evaluator, instances } from '../../dist/sdk/instance.js'
import { documentOf, PAGE } from '../edge/document.mjs'
import { ask, PART, stub } from '../edge/wire.mjs'
import { problemsOf } from './accessible.mjs'
import { stage } from './stage.mjs'

let scene, origin, product

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  scene = await stage()
  product = await scene.running(origin.port, documentOf())
})

after(async () => {
  await product?.stop()
  await origin?.close()
  await scene?.close()
})

/** Opens the page and waits for its verdict. */
async function open(context, { query = '', prepare = () => {} } = {}) {
  const page = await context.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  await prepare(page)
  await page.goto(`${product.site}/_pm/proof${query}`)
  await page.locator('#verdict:not([data-state=working])').waitFor({ timeout: 30_000 })
  const state = (id) => page.locator(`#${id}`).getAttribute('data-state')
  const digest = (id) => page.locator(`#${id} code`).textContent()
  return { page, faults, state, digest, verdict: () => page.locator('#verdict').textContent() }
}

/** What Node decides for the same crowd, of which the page knows nothing. */
async function digestInNode() {
  const module = new WebAssembly.Module(readFileSync(join(root, 'dist/sdk/evaluator.wasm')))
  const evaluator = new Evaluator(instances(module)).load(new Uint8Array(readFileSync(join(root, 'dist/proof/snapshot.bin'))))
  const out = roomFor(evaluator)
  decide(evaluator, out, 0, CROWD)
  return digestOf(out)
}

test('the browser decides ten thousand units with wasm and without it, and both digests are the edge’s', () => scene.person(async (context) => {
  const { page, faults, state, digest, verdict } = await open(context)
  assert.deepEqual([await state('wasm'), await state('plain')], ['good', 'good'])
  const digests = await Promise.all(['edge', 'wasm', 'plain'].map(digest))
  assert.deepEqual([...new Set(digests)], [await digestInNode()])
  assert.match(await verdict(), /^All three agree/)
  assert.match(await page.locator('#wasm .state').textContent(), /^The same\. 10,000 units in \d+ ms$/)
  assert.deepEqual(faults, [])
}))

test('where a policy refuses wasm the program without it agrees alone', () => scene.person(async (context) => {
  const { faults, state, verdict } = await open(context, { query: '?policy=strict' })
  assert.deepEqual([await state('wasm'), await state('plain')], ['refused', 'good'])
  assert.match(await verdict(), /^WebAssembly was refused here/)
  assert.deepEqual(faults, [])
}))

test('an edge that says otherwise is told so', () => scene.person(async (context) => {
  const { state, verdict } = await open(context, {
    prepare: (page) => page.route('**/_pm/proof/digest', (route) => route.fulfill({ json: { units: CROWD, flags: 6, digest: 'ab'.repeat(32) } })),
  })
  assert.deepEqual([await state('wasm'), await state('plain')], ['bad', 'bad'])
  assert.match(await verdict(), /^They disagree/)
}))

test('a browser whose evaluator decides otherwise is told so', () => scene.person(async (context) => {
  const { state, verdict } = await open(context, {
    prepare: (page) => page.route('**/_pm/proof/snapshot', async (route) => route.fulfill({ body: await bent() })),
  })
  assert.deepEqual([await state('wasm'), await state('plain')], ['bad', 'bad'])
  assert.match(await verdict(), /^They disagree/)
}))

/** Another snapshot of the same flags, in good order: one visitor in a hundred more gets the new basket. */
async function bent() {
  const tools = await import('../../dist/wasm/tools/compile.js')
  tools.initSync({ module: readFileSync(join(root, 'dist/wasm/tools/compile.wasm')) })
  const document = JSON.parse(readFileSync(join(root, 'www/proof/document.json'), 'utf8'))
  document.flags['new-basket'].rules[1].rollout.below += 42_949_673
  return Buffer.from(tools.compile(JSON.stringify(document), 0, true).snapshot)
}

test('whoever is typed is on the same track in all engines, by keyboard alone', () => scene.person(async (context) => {
  const { page } = await open(context)
  const said = page.locator('#same')
  await page.getByText('“ada” is on track').waitFor()
  const tracks = new Set([await said.textContent()])
  for (const id of ['grace', 'Zoë & Åsa', 'x'.repeat(64)]) {
    await page.getByLabel('An id').focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.type(id)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await page.getByText(`“${id}” is on track`).waitFor()
    assert.equal(await said.getAttribute('data-state'), 'good')
    tracks.add((await said.textContent()).split('”')[1])
    const rows = await page.locator('tbody tr').evaluateAll((found) => found.map(({ cells }) => [...cells].slice(1).map((cell) => cell.textContent)))
    assert.equal(rows.length, 6)
    for (const cells of rows) assert.deepEqual(cells, [cells[0], cells[0], cells[0]])
    const lanes = await page.locator('.lane i').evaluateAll((found) => found.map((dot) => dot.style.insetInlineStart))
    assert.deepEqual(lanes, [lanes[0], lanes[0], lanes[0]])
  }
  assert.ok(tracks.size > 2, 'the draw is of the id')
}))

test('an edge that draws otherwise for an id is told so', () => scene.person(async (context) => {
  const { page } = await open(context, {
    prepare: (page) => page.route('**/_pm/proof/unit?*', async (route) => {
      const response = await route.fetch()
      const said = await response.json()
      said.decisions[0].variant = 'track-0' === said.decisions[0].variant ? 'track-1' : 'track-0'
      return route.fulfill({ response, json: said })
    }),
  })
  await page.locator('#same[data-state=bad]').waitFor()
}))

for (const colorScheme of ['light', 'dark']) {
  test(`people who cannot see it are told as much (${colorScheme})`, () => scene.person(async (context) => {
    const { page } = await open(context)
    await page.getByText('“ada” is on track').waitFor()
    assert.deepEqual(await problemsOf(page), [])
    await page.setViewportSize({ width: 360, height: 800 })
    assert.deepEqual(await problemsOf(page), [])
  }, { colorScheme }))
}

test('the proof answers on the site alone, and to nothing but sensible questions', async () => {
  const get = (path, options) => ask(product, path, { headers: PART, ...options })
  assert.equal((await get('/_pm/proof', { method: 'POST' })).status, 405)
  assert.equal((await get('/_pm/proof/other')).status, 404)
  for (const id of ['', 'x'.repeat(257)]) assert.equal((await get(`/_pm/proof/unit?id=${id}`)).status, 422)
  assert.equal((await get('/_pm/proof', { host: `127.0.0.1:${product.port}` })).status, 404)
  const { headers } = await get('/_pm/proof')
  assert.match(headers['content-security-policy'], /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/)
})
