// From an idea to a decision without a mouse: every key is pressed as somebody would, and the focus is where the last one
// has left it.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { everywhere } from './accessible.mjs'
import { eventually, office, on, PROJECT } from './office.mjs'

const TITLE = 'Tea beside the coffee'
const OLD = 'Coffee, roasted the day it ships'

let team, ada, grace

before(async () => {
  team = await office()
  await team.clock.stopAt(Date.now())
  await team.publish({ ...DOCUMENT, flags: {} })
  await team.published()
  ada = await team.person()
  const { token } = await team.api.post(`${PROJECT}/people`, { name: 'Grace' })
  grace = await team.person(`${team.product.console}/#token=${token}`)
})

after(() => team?.close())

/** More stops than any screen has. */
const STOPS = 150

/** Hands that only know a keyboard. */
function hands({ page }) {
  const press = (key) => page.keyboard.press(key)
  const has = (target) => target.evaluate((element) => element === document.activeElement)
  /** Goes on with Tab until the focus is there. */
  const to = async (target) => {
    await target.waitFor()
    for (let stop = 0; stop < STOPS; stop++) {
      if (await has(target)) return
      await press('Tab')
    }
    assert.fail(`no Tab leads to ${target}`)
  }
  return {
    to, press,
    follow: async (target) => { await to(target); await press('Enter') },
    write: async (target, words) => {
      await to(target)
      await press('Control+a')
      await page.keyboard.type(words)
    },
  }
}

const experiment = async () => (await team.api.get(`${PROJECT}/experiments`)).experiments.find(({ title }) => title === TITLE)

test('the first stop leads past the places to the screen', async () => {
  const { to, press } = hands(ada)
  await on(ada).heading('Welcome. What would you like to find out?').waitFor()
  await to(on(ada).link('Skip to the screen'))
  await press('Enter')
  assert.equal(await ada.page.evaluate(() => document.activeElement.id), 'main')
})

/** What the guide says is done and comes next. */
const guided = (words) => ada.page.getByRole('region', { name: 'Your first experiment' }).getByRole('status').filter({ hasText: words }).waitFor()

test('a guide through a first experiment opens, says what comes first, and stands in nobody’s way', async () => {
  const { follow } = hands(ada)
  await follow(on(ada).button('Guide me'))
  await guided('0 of 7 done. Next, plan:')
  assert.deepEqual(await everywhere(ada.page), [])
  await follow(on(ada).link('Take me there'))
  await ada.page.waitForURL(/#\/experiments\/new$/)
  await ada.page.evaluate(() => (location.hash = '#/now'))
})

test('a plan is written, both versions are looked at, and a review is asked for', async () => {
  const { follow, write, to, press } = hands(ada)
  const { link, button, box } = on(ada)
  await follow(link('Plan the first experiment'))
  await write(box('What shall we call it?'), TITLE)
  await follow(ada.page.getByRole('button', { name: OLD }))
  await write(box('New words'), 'Coffee and tea, the day it ships')
  await write(box('If we …'), 'offer tea')
  await to(box('the metric that moves'))
  // The letters are one word only if they come quickly, and after a while another one may begin.
  assert.ok(await eventually(async () => {
    await ada.page.keyboard.type('orders')
    return (await box('the metric that moves').inputValue()) === 'orders' || void (await ada.page.waitForTimeout(2000))
  }))
  await write(box('by at least, in percent'), '60')
  await write(box('because …'), 'people ask for it')
  await button('I know better').or(box('How many of 100 visitors do it now, roughly?')).waitFor()
  if (await button('I know better').isVisible()) await follow(button('I know better'))
  await write(box('How many of 100 visitors do it now, roughly?'), '30')
  for (const variant of ['control', 'new']) {
    await follow(button(`Look at “${variant}”`))
    await ada.page.frameLocator(`iframe[title="${variant}: the page on a desktop"]`).getByRole('heading', { level: 1 }).waitFor()
    await to(box(`“${variant}” is as it should be`))
    await press('Space')
    await ada.page.getByRole('list', { name: 'Checks' }).getByText(new RegExp(`looked at “${variant}”`)).waitFor()
  }
  await ada.page.getByText('All there').waitFor()
  await follow(button('Ask for review'))
  await ada.page.getByText('Waiting for somebody else.').waitFor()
  assert.equal((await experiment()).state, 'inReview')
  await guided('2 of 7 done. Next, start:')
})

test('somebody else finds it, reads it and starts it', async () => {
  const { follow } = hands(grace)
  await grace.page.reload()
  await follow(on(grace).link(TITLE))
  await follow(on(grace).button(/Approve and start at 5\s%/))
  await grace.page.getByText(/It runs, with 5\s% of the visitors\./).waitFor()
  assert.equal((await experiment()).state, 'running')
  await guided('3 of 7 done. Next, see it live:')
})

test('whoever types “stop” is led to the button, and nothing is stopped by that', async () => {
  const { press } = hands(grace)
  await press('Control+k')
  await grace.page.getByRole('combobox', { name: 'Find and go to' }).waitFor()
  await grace.page.keyboard.type('stop tea')
  await grace.page.getByRole('option', { name: `Stop “${TITLE}” …`, selected: true }).waitFor()
  await press('Enter')
  await on(grace).button(/^Stop/).waitFor()
  assert.match(grace.page.url(), /experiments\/tea-beside-the-coffee\/live$/)
  assert.equal((await experiment()).state, 'running')
})

test('it is stopped, and decided with a reason', async () => {
  const { follow, write } = hands(grace)
  const { button } = on(grace)
  await follow(button(/^Stop/))
  await grace.page.getByRole('region', { name: 'Stopped' }).waitFor()
  assert.equal((await experiment()).state, 'stopped')
  await follow(grace.page.getByRole('region', { name: 'Stopped' }).getByRole('link', { name: 'Read and decide' }))
  await follow(button('Keep the old version'))
  const dialog = grace.page.getByRole('dialog')
  await write(dialog.getByRole('textbox'), 'Tea is sold out')
  await follow(dialog.getByRole('button', { name: 'Keep the old version' }))
  await on(grace).heading(/^Decided: keep the old version/).waitFor()
  const { state, key, revision } = await experiment()
  assert.equal(state, 'decided')
  // Nobody came in the meantime, and nobody is asked to see that any more.
  await guided('5 of 7 done. Next, debrief:')
  await team.api.put(`${PROJECT}/experiments/${key}/debrief`, { answers: { surprise: 'Nobody drinks tea.' } }, revision)
  await guided('That was a whole experiment.')
  await hands(ada).follow(on(ada).button('Close the guide'))
  assert.equal(await on(ada).button('Guide me').evaluate((button) => button === document.activeElement && button.ariaExpanded), 'false')
})

test('a place for messages is connected, tried and taken away', async () => {
  const { to, press, follow, write } = hands(ada)
  const { button, box, heading, text } = on(ada)
  await ada.page.evaluate(() => (location.hash = '#/setup/integrations'))
  await heading('Messages go nowhere').waitFor()
  await follow(button('Connect'))
  await to(box('Service'))
  assert.deepEqual(await everywhere(ada.page), [], 'the form can be read by everybody')
  await write(box('Name'), '#tea')
  await write(box('Webhook'), 'https://169.254.169.254/latest')
  await follow(button('Save the place'))
  await text(/169\.254\.169\.254 is not among EGRESS_HOSTS/).first().waitFor()
  await follow(button('Use the demo’s receiver'))
  await to(box('The week'))
  await press('Space')
  await follow(button('Save the place'))
  await follow(button('Send a test to #tea'))
  await text('The test message was delivered.').waitFor()
  await ada.page.getByRole('table', { name: 'Last messages' }).getByText('Delivered.').waitFor()
  assert.deepEqual(await everywhere(ada.page), [])
  assert.equal(await ada.page.getByText('/receiver').count(), 0, 'its address is not shown any more')
  await follow(button('Remove #tea'))
  await follow(ada.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }))
  await heading('Messages go nowhere').waitFor()
  // The refusal stands in every browser's log.
  ada.complaints.splice(0, ada.complaints.length, ...ada.complaints.filter((complaint) => !/422/.test(complaint)))
})

test('no screen on the way had anything that the browser complained of', () => {
  assert.deepEqual([...ada.complaints, ...grace.complaints], [])
})
