// Lessons that are tried by hand: the engine's own statistics in the browser, in a thread of their own.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { statistics } from '../../dist/npm/tools.js'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { TRIES } from '../eventually.mjs'
import { everywhere } from './accessible.mjs'
import { office, on } from './office.mjs'

let team, ada, loaded

before(async () => {
  team = await office()
  await team.publish(DOCUMENT)
  ada = await team.person()
  loaded = []
  ada.page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await on(ada).heading('Now').waitFor()
  await ada.page.evaluate(() => (location.hash = '#/learn'))
  await on(ada).heading('How many visitors does it take?').waitFor()
})

after(() => team?.close())

/** A card by its heading. */
const card = (name) => ada.page.locator('.card').filter({ has: ada.page.getByRole('heading', { name, exact: true }) })
/** Sets a slider as a keyboard does. */
async function slide(name, steps) {
  await ada.page.getByLabel(name, { exact: true }).focus()
  for (let step = 0; step < Math.abs(steps); step++) await ada.page.keyboard.press(steps < 0 ? 'ArrowLeft' : 'ArrowRight')
}

test('a size is what the statistics say, and half the change takes about four times the visitors', async () => {
  const answer = card('How many visitors does it take?').locator('.learn-answer')
  const told = async () => Number((await answer.locator('strong').first().innerText()).replaceAll(/\D/g, ''))
  const due = async (lift) => 2 * (await statistics({ ask: 'size', base: 0.1, lift, power: 0.8, others: 1 })).units
  await answer.getByText('visitors').waitFor()
  assert.equal(await told(), await due(0.1))
  await slide('You hope for', -2)
  await answer.getByText((await due(0.05)).toLocaleString('en')).waitFor()
  const times = (await told()) / (await due(0.1))
  assert.ok(times > 3.5 && times < 4.5, String(times))
})

test('of a thousand tests of nothing, read every day, the textbook’s way is fooled in many and ours in few', async () => {
  // Meanwhile the page is as quick as before.
  let longest
  for (let tries = 0; tries < TRIES && !(longest < 100); tries++) {
    await card('Watch a thousand tests of nothing').getByRole('button', { name: tries ? 'Watch another thousand' : 'Watch' }).click()
    await ada.page.getByRole('progressbar').waitFor()
    longest = await ada.page.evaluate(() => new Promise((resolve) => {
      let longest = 0
      new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) }).observe({ entryTypes: ['longtask'] })
      setTimeout(() => resolve(longest), 1500)
    }))
    await ada.page.getByRole('button', { name: 'Watch another thousand' }).waitFor()
  }
  assert.ok(longest < 100, `a task took ${longest} ms`)
  const [textbook, ours] = (await card('Watch a thousand tests of nothing').locator('.learn-figure strong').allInnerTexts()).map(parseFloat)
  assert.ok(textbook > 15, `${textbook} %`)
  assert.ok(ours <= 5, `${ours} %`)
})

test('a split that cannot be chance is told as in a result', async () => {
  const lesson = card('Were both versions counted alike?')
  await lesson.getByText('Nothing speaks against the planned split.').waitFor()
  await slide('Of the new one’s visitors, nobody told us about', 5)
  const { sampleRatio } = await statistics({
    ask: 'read', control: 'old', arms: [{ variant: 'old', weight: 1, units: 5000, converted: 0 }, { variant: 'new', weight: 1, units: 4000, converted: 0 }],
  })
  assert.equal(sampleRatio.alarm, true)
  await slide('Of the new one’s visitors, nobody told us about', 5)
  await lesson.locator('.tone-stop').waitFor()
})

test('of twenty groups in which nothing differs, some group “differs” in most tests', async () => {
  const lesson = card('Is it different for somebody?')
  await lesson.getByRole('button').click()
  await lesson.getByRole('button', { name: 'Look at 200 others' }).waitFor({ timeout: 30_000 })
  const [alone, corrected] = (await lesson.locator('dd strong').allInnerTexts()).map(Number)
  assert.ok(alone > 90 && alone < 160, String(alone))
  assert.ok(corrected < 30, String(corrected))
})

test('the statistics come with the first lesson, and only their thread may compile wasm', async () => {
  assert.ok(loaded.some((path) => /stats-.*\.wasm$/.test(path)))
  const thread = loaded.find((path) => /statistics\.worker/.test(path))
  const policyOf = async (path) => (await fetch(`${team.product.console}${path}`)).headers.get('content-security-policy')
  assert.match(await policyOf(thread), /wasm-unsafe-eval/)
  for (const path of ['/', ...loaded.filter((path) => path.startsWith('/assets/') && path !== thread)]) {
    assert.doesNotMatch(await policyOf(path), /wasm-unsafe-eval/, path)
  }
})

test('the screen has no violation, light and dark, on a desk and a phone, and the browser complained of nothing', async () => {
  assert.deepEqual(await everywhere(ada.page), [])
  assert.deepEqual(ada.complaints, [])
})
