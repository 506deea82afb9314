// One box that finds everything, without a mouse and for screen readers, and costs nothing until somebody opens it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { everywhere } from './accessible.mjs'
import { eventually, office, on, PROJECT } from './office.mjs'

let team, ada, loaded

before(async () => {
  team = await office()
  await team.publish({ ...DOCUMENT, flags: { 'gift-note': { ...flag, description: 'A card beside the beans' } } })
  await team.api.post(`${PROJECT}/experiments`, { title: 'Tea beside the coffee', note: '' })
  ada = await team.person()
  loaded = []
  ada.page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await on(ada).heading('Now').waitFor()
})

after(() => team?.close())

const flag = { kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off' }
const box = () => ada.page.getByRole('combobox', { name: 'Find and go to' })
const chosen = () => ada.page.getByRole('listbox').getByRole('option', { selected: true })
const hash = () => ada.page.evaluate(() => location.hash)
const press = (key) => ada.page.keyboard.press(key)

/** Opens it, types, waits for that line to be the chosen one, and takes it. A question leaves it open. */
async function find(typed, name, closes = true) {
  await press('Control+k')
  await box().waitFor()
  await ada.page.keyboard.type(typed)
  await chosen().filter({ hasText: name }).waitFor()
  await press('Enter')
  if (closes) await box().waitFor({ state: 'hidden' })
}

test('it is loaded when somebody first asks for it, and not before', async () => {
  assert.deepEqual(loaded.filter((path) => path.includes('palette')), [])
  await on(ada).button(/^Find/).click()
  await box().waitFor()
  assert.ok(loaded.some((path) => path.includes('palette')))
  assert.equal(await box().evaluate((element) => element === document.activeElement), true)
})

test('open, it has no violation, light and dark, on a desk and a phone', async () => {
  await ada.page.getByRole('option', { name: 'gift-note' }).waitFor()
  // Behind an open dialog the screen is out of reach, so its heading is not told.
  assert.deepEqual((await everywhere(ada.page)).filter((problem) => !/headings of the first level|main part/.test(problem)), [])
})

test('Escape closes it, and the focus is where it was', async () => {
  await press('Escape')
  await box().waitFor({ state: 'hidden' })
  assert.ok(await eventually(() => on(ada).button(/^Find/).evaluate((element) => element === document.activeElement)))
})

for (const [what, typed, name, where] of [
  ['a screen', 'libr', 'Library', '#/library'],
  ['a setting by another word for it', 'invite', 'People', '#/setup/people'],
  ['an experiment by letters of its title', 'tbc', 'Tea beside the coffee', '#/experiments/tea-beside-the-coffee'],
  ['a flag by a word of its description', 'card', 'gift-note', '#/flags/production/gift-note'],
  ['a metric', 'orders', 'orders', '#/data/metrics/orders'],
  ['the way to a new experiment', 'new exp', 'New experiment', '#/experiments/new'],
]) {
  test(`it finds ${what}`, async () => {
    await find(typed, name)
    await ada.page.waitForFunction((place) => location.hash.startsWith(place), where)
  })
}

test('arrows choose, and go round', async () => {
  await press('Control+k')
  await box().waitFor()
  await ada.page.getByRole('option', { name: 'gift-note' }).waitFor()
  const lines = await ada.page.getByRole('listbox').getByRole('option').allInnerTexts()
  await press('ArrowUp')
  assert.equal(await chosen().innerText(), lines.at(-1))
  await press('ArrowDown')
  await press('ArrowDown')
  assert.equal(await chosen().innerText(), lines[1])
  assert.equal(await box().getAttribute('aria-activedescendant'), await chosen().getAttribute('id'))
  await press('Control+k')
  await box().waitFor({ state: 'hidden' })
})

test('it changes the colours, and says so when nothing is found', async () => {
  await find('dark', 'Dark colours')
  assert.equal(await ada.page.evaluate(() => document.documentElement.dataset.theme), 'dark')
  await press('Control+k')
  await box().waitFor()
  await ada.page.keyboard.type('zebra')
  await ada.page.getByText('Nothing is called “zebra”.').waitFor()
  await ada.page.getByRole('status').getByText('0 matches').waitFor()
  await press('Escape')
})

test('a question in words is answered right there, with the way to its evidence, by keys alone', async () => {
  await find('have we tried tea?', 'Ask “have we tried tea?”', false)
  const answer = ada.page.locator('.palette .told')
  await answer.getByText('Of 1 experiment or idea 1 speaks of “tea”; 0 ran.').waitFor()
  const { question, answers } = await team.api.get(`${PROJECT}/ask?text=${encodeURIComponent('have we tried tea?')}`)
  assert.deepEqual([question.id, question.about], ['tried', 'tea'])
  await answer.getByText(answers[0].words).waitFor()
  assert.deepEqual((await everywhere(ada.page)).filter((problem) => !/headings of the first level|main part/.test(problem)), [])
  await answer.getByText('How do you know?').press('Enter')
  await answer.getByText(answers[0].how).waitFor()
  await press('Tab')
  assert.equal(await ada.page.evaluate(() => document.activeElement.getAttribute('href')), '#/experiments/tea-beside-the-coffee')
  await press('Enter')
  await box().waitFor({ state: 'hidden' })
  assert.equal(await hash(), '#/experiments/tea-beside-the-coffee')
})

test('a suggested question is one, and what is none is looked for in the library and said to be none', async () => {
  await find('What is running', 'What is running?', false)
  const answer = ada.page.locator('.palette .told')
  await answer.getByText('No experiment runs.').waitFor()
  await box().fill('zebra crossing')
  await answer.waitFor({ state: 'hidden' })
  await chosen().filter({ hasText: 'Ask “zebra crossing”' }).waitFor()
  await press('Enter')
  await answer.getByText(/^That is no question that is answered here, so the library was searched. Of 0 concluded experiments none speaks of “zebra crossing”/).waitFor()
  await press('Escape')
  await box().waitFor({ state: 'hidden' })
})

test('the browser complained of nothing', () => {
  assert.deepEqual(ada.complaints, [])
})
