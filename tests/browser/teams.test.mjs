// A team, its ideas, its weeks and what somebody follows, on the screens: by the names that a screen reader tells, by keys,
// and without a violation of what screens owe to people.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { everywhere } from './accessible.mjs'
import { office, on, PROJECT } from './office.mjs'

let team, ada

before(async () => {
  team = await office()
  await team.publish({ ...DOCUMENT, flags: {} })
  await team.published()
  ada = await team.person()
})

after(() => team?.close())

const at = (hash) => ada.page.evaluate((hash) => (location.hash = hash), hash)

test('a team is added with its channel and its goal, and what is wrong stands at its field', async () => {
  const { button, box, heading } = on(ada)
  await at('#/setup/teams')
  await heading('No team yet').waitFor()
  await button('Add a team').click()
  await box('Name').fill('Checkout')
  await box('Channel (optional)').fill('nowhere')
  await button('Save the team').click()
  await ada.page.getByText('This is neither a channel nor an address.').first().waitFor()
  await box('Channel (optional)').fill('#checkout')
  await box('Goal for each week (optional)').fill('Fewer full carts that are left')
  await box('Decisions a week (optional)').fill('2')
  assert.deepEqual(await everywhere(ada.page), [])
  await button('Save the team').click()
  await ada.page.getByText('0 of 2 decisions in seven days').waitFor()
  await box('What').selectOption('metric')
  await box('Its key').fill('orders')
  await box('Belongs to').selectOption('checkout')
  await button('Give it').click()
  await ada.page.getByText('Owns 1 metric.').waitFor()
  assert.deepEqual(await everywhere(ada.page), [])
})

test('an idea is written, voted for and made a draft by keys alone', async () => {
  const { button, box, heading } = on(ada)
  await at('#/ideas')
  await heading('No idea yet').waitFor()
  await button('Write an idea down').press('Enter')
  // The form takes the focus as it appears.
  await ada.page.waitForFunction(() => document.activeElement?.matches('main input'))
  await ada.page.keyboard.type('Show the day of delivery')
  await ada.page.keyboard.press('Tab')
  await ada.page.keyboard.type('More people order, because they know when it comes')
  await box('Page (optional)').focus()
  await ada.page.keyboard.type('/')
  await box('Team').focus()
  await ada.page.keyboard.type('Checkout')
  await button('Keep it').press('Enter')
  await heading('Show the day of delivery').waitFor()
  await team.api.post(`${PROJECT}/ideas`, { what: 'Another one', expect: 'It is liked.', impact: 1, effort: 3 })
  await button('Vote for Show the day of delivery: 0 votes').press('Enter')
  await button('Take your vote back from Show the day of delivery: 1 vote').waitFor()
  await heading('Another one').waitFor()
  const titles = await ada.page.locator('.idea h3').allInnerTexts()
  assert.deepEqual(titles, ['Show the day of delivery', 'Another one'])
  assert.deepEqual(await everywhere(ada.page), [])
  await button('Put away Another one').press('Enter')
  await heading('Put away').waitFor()
  await button('Make a draft of Show the day of delivery').press('Enter')
  await ada.page.waitForFunction(() => location.hash === '#/experiments/show-the-day-of-delivery')
  await at('#/ideas?team=checkout')
  await heading('Taken up').waitFor()
  assert.equal(await heading('Another one').count(), 0)
})

test('the calendar tells in words what collides, has a table, and keeps its weeks in the address', async () => {
  const { button, heading, link } = on(ada)
  const { key, revision } = await team.api.post(`${PROJECT}/experiments`, { title: 'Larger letters', note: '' })
  await team.api.put(`${PROJECT}/experiments/${key}/plan`, { title: 'Larger letters', change: { kind: 'words', page: '/', edits: [] } }, revision)
  await at('#/calendar')
  await heading('/').waitFor()
  await ada.page.getByText('“Larger letters” changes /, too, and visitors would meet both.').first().waitFor()
  assert.deepEqual(await everywhere(ada.page), [])
  await ada.page.getByText('The same as a table').click()
  await ada.page.getByRole('cell', { name: '“Show the day of delivery” changes /, too, and visitors would meet both.' }).waitFor()
  assert.deepEqual(await everywhere(ada.page), [])
  await ada.page.getByRole('radio', { name: 'By team' }).check({ force: true })
  await heading('Checkout').waitFor()
  await heading('No team').waitFor()
  for (let steps = 0; steps < 4; steps++) await button('Four weeks earlier').press('Enter')
  await ada.page.getByText('Nothing is tested in these weeks.').waitFor()
  const hash = await ada.page.evaluate(() => location.hash)
  assert.match(hash, /^#\/calendar\?by=team&from=\d{4}-\d\d-\d\d$/)
  await ada.page.reload()
  await ada.page.getByText('Nothing is tested in these weeks.').waitFor()
  await button('Today').click()
  await link('Larger letters').first().waitFor()
})

test('what somebody follows stands first on Now until they no longer do', async () => {
  const { button, heading } = on(ada)
  await at('#/calendar')
  await button('Follow /').press('Enter')
  await button('Unfollow /').waitFor()
  await at('#/now')
  await heading('You follow').waitFor()
  assert.equal(await ada.page.getByRole('heading', { level: 2 }).first().innerText(), 'You follow')
  assert.deepEqual(await everywhere(ada.page), [])
  await ada.page.getByRole('combobox', { name: 'Whose' }).selectOption('checkout')
  await ada.page.waitForFunction(() => location.hash === '#/now?team=checkout')
  await button('Unfollow /').press('Enter')
  await heading('You follow').waitFor({ state: 'detached' })
})
