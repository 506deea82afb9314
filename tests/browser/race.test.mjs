// The race says what was on the screen and when: its films are compared with what a watcher of our own has seen there.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { EDITS, raced } from '../../www/landing/race.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { ask, PART } from '../edge/wire.mjs'
import { problemsOf } from './accessible.mjs'
import { TRIES } from '../eventually.mjs'
import { stage } from './stage.mjs'

const [NEW, OLD] = [EDITS[0].text, 'Coffee, roasted the day it ships']
/** Nothing else was to be read before. A busy browser may paint the page's head before its headline has come. */
const RIGHT = /^The new headline (from the first paint on, after \d+ ms|after \d+ ms, with no headline before it)\.$/
let shop, scene, product, plain

before(async () => {
  ;[shop, scene] = await Promise.all([serve(), stage()])
  product = await scene.running(shop.port, raced(DOCUMENT, 'on'))
  // The same shop behind an edge that changes nothing in its lane.
  plain = await scene.running(shop.port, raced(DOCUMENT))
})

after(async () => {
  await product?.stop()
  await plain?.stop()
  await shop?.close()
  await scene?.close()
})

/** Keeps, in each lane, the headline of every frame once something is painted, with its time. */
function watch() {
  const seen = (globalThis.seen = [])
  const look = () => {
    const painted = performance.getEntriesByName('first-contentful-paint').length > 0
    const words = document.querySelector('#headline')?.textContent
    if (painted && words) seen.push([performance.now(), words])
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** Runs the race and reads what its page shows, beside what the watcher has seen. */
async function run(context, { wait = '150', hide = false, own = product } = {}) {
  await context.addInitScript(watch)
  const page = await context.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(`${own.site}/race`)
  await page.getByLabel('Each request takes').selectOption(wait)
  if (hide) await page.getByLabel('the snippet hides the page').check()
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByText('Both have run.').waitFor({ timeout: 30_000 })
  assert.deepEqual(faults, [])
  const lanes = {}
  for (const name of ['edge', 'snippet']) {
    const film = await page.locator(`#${name} .film li`).evaluateAll((stills) => stills.map((still) => [still.className, Number.parseInt(still.querySelector('.time').textContent, 10), still.querySelector('.words').textContent]))
    const seen = await page.frames().find((frame) => frame.url().includes(`/race/${name}`)).evaluate(() => globalThis.seen)
    lanes[name] = { film, seen, outcome: await page.locator(`#${name} .outcome`).textContent(), told: await page.locator(`#${name} .told`).textContent() }
  }
  return lanes
}

const words = ({ film }) => [...new Set(film.map(([, , said]) => said))]
const numbers = (text) => text.match(/[\d.]+(?= ms)/g).map(Number)

test('the edge’s lane never shows other words, the snippet’s does, and both films are what was seen', () => scene.person(async (context) => {
  let edge, snippet, settled, wrong, change, spell
  // What is told is what was seen, up to a frame that was late.
  for (let tries = 0; tries < TRIES && !(Math.abs(settled - change) < 150 && Math.abs(wrong - spell) < 150); tries++) {
    ;({ edge, snippet } = await run(context, { wait: '400' }))
    ;[settled, wrong] = numbers(snippet.outcome)
    change = snippet.seen.find(([, said]) => said === NEW)[0]
    spell = change - snippet.seen[0][0]
  }
  assert.deepEqual(words(edge), ['nothing', NEW])
  assert.match(edge.outcome, RIGHT)
  assert.deepEqual([...new Set(edge.seen.map(([, said]) => said))], [NEW])
  assert.match(edge.told, /layout shifts since then 0\.000\.$/)

  assert.deepEqual(words(snippet), ['nothing', OLD, NEW])
  assert.deepEqual([...new Set(snippet.seen.map(([, said]) => said))], [OLD, NEW])
  assert.ok(Math.abs(settled - change) < 150, `it says ${settled} ms, and it was ${change} ms`)
  assert.ok(Math.abs(wrong - spell) < 150, `it says ${wrong} ms, and it was ${spell} ms`)
  // A page, a script and its configuration, one after the other.
  assert.ok(settled > 3 * 400, `${settled} ms`)
  assert.equal(edge.film.length, snippet.film.length)
  for (const [kind, time, said] of [...edge.film, ...snippet.film]) {
    assert.equal(time % 100, 0)
    assert.equal(kind, { [NEW]: 'right', [OLD]: 'other', nothing: 'nothing' }[said])
  }
}))

test('a snippet that hides the page shows nothing until it is done', () => scene.person(async (context) => {
  const { edge, snippet } = await run(context, { hide: true })
  assert.deepEqual(words(snippet), ['nothing', NEW])
  const [[first], [later]] = [edge, snippet].map(({ outcome }) => numbers(outcome))
  assert.ok(later > 3 * 150 && first > 2 * 150, `${first} ms and ${later} ms`)
}))

test('an edge that does not change its lane is not said to', () => scene.person(async (context) => {
  const { edge } = await run(context, { wait: '0', own: plain })
  assert.deepEqual(words(edge), ['nothing', OLD])
  assert.equal(edge.outcome, 'The new headline was never there.')
}))

test('it goes by keyboard, again and again', () => scene.person(async (context) => {
  const page = await context.newPage()
  await page.goto(`${product.site}/race`)
  await page.getByLabel('Each request takes').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  for (let time = 0; time < 2; time++) {
    await page.keyboard.press('Enter')
    await page.locator('#start button[aria-disabled]').waitFor()
    await page.locator('#start button:not([aria-disabled])').waitFor({ timeout: 30_000 })
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Run', 'focus stays')
    assert.match(await page.locator('#edge .outcome').textContent(), RIGHT)
  }
  // The pages in the lanes are to be looked at: nobody has to walk through them.
  await page.keyboard.press('Tab')
  assert.notEqual(await page.evaluate(() => document.activeElement.tagName), 'IFRAME')
}))

for (const [colorScheme, width] of [['light', 1280], ['dark', 360]]) {
  test(`people who cannot see it are told as much (${colorScheme}, ${width} pixels)`, () => scene.person(async (context) => {
    const page = await context.newPage()
    await page.goto(`${product.site}/race`)
    assert.deepEqual(await problemsOf(page), [])
    await page.getByLabel('Each request takes').selectOption('0')
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText('Both have run.').waitFor({ timeout: 30_000 })
    assert.deepEqual(await problemsOf(page), [])
    const told = page.getByRole('list', { name: 'The headline through the edge, every 100 milliseconds' }).getByRole('listitem')
    assert.match(await told.last().innerText(), new RegExp(NEW))
  }, { colorScheme, viewport: { width, height: 800 } }))
}

test('lanes answer after the time that was asked for, at most two seconds, and are kept by no cache', async () => {
  for (const [path, least] of [['/race/200/config.json', 190], ['/race/0/snippet.js', 0], ['/race/edge?wait=99999', 1990]]) {
    let took
    for (let tries = 0; tries < TRIES && !(took < least + 900); tries++) {
      const began = performance.now()
      const { status, headers } = await ask({ port: shop.port }, path, { headers: PART })
      took = performance.now() - began
      assert.deepEqual([status, headers['cache-control'], took >= least], [200, 'no-store', true], `${path} took ${took} ms`)
    }
    assert.ok(took < least + 900, `${path} took ${took} ms`)
  }
  for (const path of ['/race/other', '/race/0/constructor', '/race/0/..%2frace.mjs', '/race/x/shop.css']) {
    assert.equal((await ask({ port: shop.port }, path, { headers: PART })).status, 404, path)
  }
})
