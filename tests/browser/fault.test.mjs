// A page that breaks says so by itself, once a view, where an experiment can be the cause.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { documentOf, PAGE } from '../edge/document.mjs'
import { stub } from '../edge/wire.mjs'
import { counts, grown, stage } from './stage.mjs'

const nothing = { assigned: 0, confirmed: 0, converted: 0 }
const broken = { assigned: 1, confirmed: 1, converted: 1 }
let scene, origin, product

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  scene = await stage()
  const document = documentOf()
  document.metrics = { errors: { event: 'error' } }
  document.experiments.hero.metric = 'errors'
  document.pages.all.path = '/tested'
  product = await scene.running(origin.port, document)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  await scene?.close()
})

/** The names of the goals in the beacons of a page. */
function goalsOf(page) {
  const goals = []
  page.on('request', (request) => {
    if (request.url().endsWith('/_pm/e')) goals.push(...JSON.parse(request.postData()).events.filter(({ t }) => t === 'track').map(({ n }) => n))
  })
  return goals
}

async function open(context, path) {
  const page = await context.newPage()
  const goals = goalsOf(page)
  await page.goto(product.site + path)
  await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
  return { page, goals }
}

const FAULTS = {
  'an uncaught error': () => setTimeout(() => { throw new Error('broken') }),
  'a rejection that nobody handles': () => void Promise.reject(new Error('broken')),
  'a rejection without a reason': () => void Promise.reject(),
}
for (const [what, fail] of Object.entries(FAULTS)) {
  test(`${what} on a page under test counts, once a view`, () => scene.person(async (context) => {
    const before = await counts(product)
    const { page, goals } = await open(context, '/tested')
    await page.evaluate(fail)
    await grown(before, broken, product)
    for (const again of Object.values(FAULTS)) await page.evaluate(again)
    await pause(300)
    assert.deepEqual(goals, ['error'])
  }))
}

test('what browsers report as an error and is none does not count', () => scene.person(async (context) => {
  const before = await counts(product)
  const { page, goals } = await open(context, '/tested')
  await page.evaluate(() => {
    const message = 'ResizeObserver loop completed with undelivered notifications.'
    dispatchEvent(new ErrorEvent('error', { message }))
    // A picture that is not there: its own fault, and no script's.
    document.body.append(Object.assign(new Image(), { src: 'data:,' }))
  })
  await pause(300)
  assert.deepEqual(goals, [])
  await page.evaluate(FAULTS['an uncaught error'])
  await grown(before, broken, product)
}))

test('a page outside every test tells nothing of its errors', () => scene.person(async (context) => {
  const before = await counts(product)
  const { page, goals } = await open(context, '/elsewhere')
  await page.evaluate(FAULTS['an uncaught error'])
  await pause(300)
  assert.deepEqual(goals, [])
  await grown(before, nothing, product)
}))
