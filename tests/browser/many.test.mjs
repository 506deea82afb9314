// Long lists: five hundred flags, two hundred experiments. The browser's own observer of long tasks counts, so that what is
// felt is what is measured.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { office, on, PROJECT } from './office.mjs'

const [FLAGS, EXPERIMENTS] = [500, 200]
/** Milliseconds from which on the browser itself calls a task long; and twice that, for a machine that does much else besides. */
const LONG = 50
const TOLERATED = 2 * LONG

let team, ada

before(async () => {
  team = await office()
  const flag = (n) => ({ description: `Number ${n} of many`, kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off' })
  await team.publish({ ...DOCUMENT, flags: Object.fromEntries(Array.from({ length: FLAGS }, (_, n) => [`flag-${n}`, flag(n)])) })
  for (let n = 0; n < EXPERIMENTS; n++) await team.api.post(`${PROJECT}/experiments`, { title: `Idea number ${n}`, note: 'One of many' })
  ada = await team.person()
  await on(ada).heading('Now').waitFor()
  await ada.page.evaluate(() => {
    globalThis.long_ = []
    new PerformanceObserver((list) => globalThis.long_.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })
  })
})

after(() => team?.close())

/** The long tasks since the last time. */
const long = async () => {
  await ada.page.waitForTimeout(300)
  return ada.page.evaluate(() => globalThis.long_.splice(0))
}
const go = (screen) => ada.page.evaluate((screen) => (location.hash = `#/${screen}`), screen)

test('a long task is noticed', async () => {
  await ada.page.evaluate(() => void setTimeout(() => { for (const end = performance.now() + 120; performance.now() < end;); }))
  const tasks = await long()
  assert.ok(tasks.some((task) => task >= 100), JSON.stringify(tasks))
})

for (const [screen, rows, count, placeholder, typed, left] of [
  ['flags', '.flag', FLAGS, /Search|Find/, 'number 499', 1], ['experiments', '.experiment-row', EXPERIMENTS, /Search/, 'number 199', 1],
]) {
  test(`${count} ${screen} are listed and searched without a long task`, async (t) => {
    await long()
    await go(screen)
    await ada.page.waitForFunction(([rows, count]) => document.querySelectorAll(rows).length === count, [rows, count])
    const listed = await long()
    await ada.page.getByPlaceholder(placeholder).first().pressSequentially(typed)
    await ada.page.waitForFunction(([rows, left]) => document.querySelectorAll(rows).length === left, [rows, left])
    const searched = await long()
    t.diagnostic(`long tasks while listing: ${JSON.stringify(listed)}, while searching: ${JSON.stringify(searched)}`)
    assert.deepEqual([...listed, ...searched].filter((task) => task > TOLERATED), [])
  })
}

test('all of them are found by the palette without a long task', async (t) => {
  await ada.page.keyboard.press('Control+k')
  const box = ada.page.getByRole('combobox', { name: 'Find and go to' })
  await box.waitFor()
  await ada.page.getByRole('option', { name: /flag-/ }).first().waitFor()
  await long()
  await box.pressSequentially('number 321')
  await ada.page.getByRole('listbox').getByRole('option', { selected: true }).getByText('321').waitFor()
  const searched = await long()
  t.diagnostic(`long tasks: ${JSON.stringify(searched)}`)
  assert.deepEqual(searched.filter((task) => task > TOLERATED), [])
})
