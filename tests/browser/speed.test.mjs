// How fast a page was, told by a real browser: what it measures arrives as the value of an event, and in the sums of the
// visitor's variant.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../eventually.mjs'
import { stub } from '../edge/wire.mjs'
import { between } from './between.mjs'
import { PERSON } from './chromium.mjs'
import { stage } from './stage.mjs'

const ALL = 2 ** 32
/** Milliseconds after which the page's words come, after which it moves, and that its button takes. */
const [LATE, MOVES, TAKES] = [400, 300, 250]
const BEGINNING = '<!doctype html><html><head></head><body>'
const REST = `<h1 style="font-size:80px">Late words</h1><p>More</p>
<button onclick="const end = performance.now() + ${TAKES}; while (performance.now() < end);">Buy</button>
<script>setTimeout(() => { const box = document.createElement('div'); box.style.height = '600px'; document.body.prepend(box) }, ${MOVES})</script></body></html>`

const DOCUMENT = {
  format: 1,
  metrics: {
    paint: { event: 'lcp', measure: { kind: 'mean', direction: 'down' } },
    answer: { event: 'inp', measure: { kind: 'quantile', unit: 'ms', thresholds: [200], direction: 'down' } },
    moved: { event: 'cls', measure: { kind: 'mean', scale: 3, direction: 'down' } },
  },
  flags: { hero: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: 'hero' }] } },
  experiments: { hero: { flag: 'hero', metric: 'paint', guardrails: ['answer', 'moved'], control: 'a', run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[1, 'a'], [ALL, 'b']] } } },
  pages: { all: { path: '/*', flag: 'hero', variants: { b: [] } } },
}

let scene, origin, product

before(async () => {
  scene = await stage()
  origin = await stub(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).write(BEGINNING)
    await pause(LATE)
    response.end(REST)
  })
  product = await scene.running(origin.port, DOCUMENT)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  await scene?.close()
})

test('the largest paint, the slowest answer and what has moved are told as numbers', () => scene.person(async (context) => {
  // What is sent as a page goes is seen by nobody but the network.
  const way = await between(product)
  const page = await context.newPage()
  await page.goto(way.site)
  await page.waitForFunction(() => performance.getEntriesByName(new URL('/_pm/g.js', location).href).length)
  // Until the browser has seen each, and so has whoever listened before.
  const seenBy = (type, of) => page.evaluate(([type, of]) => new Promise((resolve) => {
    new PerformanceObserver((list) => list.getEntries().some(({ name }) => !of || name === of) && resolve()).observe({ type, buffered: true, durationThreshold: 16 })
  }), [type, of])
  await seenBy('layout-shift')
  await page.click('button')
  await seenBy('event', 'click')
  const largest = await page.evaluate(() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true })
  }))
  await page.goto('about:blank')
  // What has a receipt is stored, so the report knows it.
  const stored = () => way.seen.filter(({ receipt }) => receipt).flatMap(({ events }) => events)
  const all = () => Object.fromEntries(stored().filter(({ n }) => n).map(({ n, v }) => [n, v]))
  await eventually(() => all().cls !== undefined)
  const told = all()
  await way.close()
  assert.ok(Math.abs(told.lcp - largest) <= 1 && told.lcp >= LATE, `${told.lcp}, and the browser says ${largest}`)
  assert.ok(told.inp >= TAKES && told.inp < 10_000, `${told.inp}`)
  assert.ok(told.cls > 0 && told.cls < 5, `${told.cls}`)

  const { report } = await (await product.api('GET', 'experiments/hero/report')).json()
  assert.equal(report.arms.find(({ variant }) => variant === 'b').value, Math.round(told.lcp))
}, { userAgent: PERSON }))
