// An empty project, from the first page to a first honest count, ticked by real visitors alone.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { everywhere } from './accessible.mjs'
import { eventually, office, on, PROJECT } from './office.mjs'

let team, ada, grace

before(async () => {
  team = await office()
  ada = await team.person()
})

after(() => team?.close())

/** A step by its title, and what it says of itself. */
const step = (title) => ada.page.getByRole('listitem').filter({ has: ada.page.getByRole('heading', { name: title, exact: true }) })
const says = (title, words) => step(title).getByRole('status').getByText(words).waitFor()
const start = () => ada.page.evaluate(() => (location.hash = '#/start'))

test('an empty project leads to its first steps, and only the page that really answers is ticked', async () => {
  await on(ada).link('Set it up, step by step').click()
  await says('Put it in place', /^Your first page answers/)
  for (const [title, waits] of [
    ['Check the counting with nothing', 'Not begun.'], ['The first visitor is in it', 'Waiting for a visitor.'], ['The first event arrives', 'Waiting for an event.'],
    ['Invite somebody', 'Nobody but you.'], ['Hear from it', 'Messages go nowhere.'],
  ]) await says(title, waits)
})

test('what is copied fits what there is', async () => {
  const code = ada.page.locator('pre')
  const { client, server } = await team.api.get(`${PROJECT}/environments/production/keys`)
  assert.equal(new URL(await code.innerText()).origin, team.product.site)
  for (const [kind, holds] of [['An app with npm', client], ['A server', '/_pm/ofrep/v1/evaluate/flags/install-check']]) {
    await ada.page.getByRole('radio', { name: kind }).check({ force: true })
    await code.getByText(holds).waitFor()
    assert.ok(!(await code.innerText()).includes(server), 'a secret is not shown unasked')
  }
  await ada.page.getByRole('radio', { name: 'A site', exact: true }).check({ force: true })
})

test('a colleague and a place for messages are ticked once they are there', async () => {
  const { token } = await team.api.post(`${PROJECT}/people`, { name: 'Grace' })
  grace = await team.person(`${team.product.console}/#token=${token}`)
  const { receiver } = await team.api.get(`${PROJECT}/channels`)
  await team.api.post(`${PROJECT}/channels`, { name: '#experiments', service: 'slack', address: receiver })
  await ada.page.reload()
  await says('Invite somebody', '1 colleague can come in.')
  await says('Hear from it', 'Messages have a place to go.')
})

test('an A/A check is prepared with one click, looked at, and started by somebody else', async () => {
  const { button, box } = on(ada)
  await box('What should a visitor do in the end?').fill('order')
  await button('Prepare the check').click()
  await on(ada).heading('A/A check: both are the same').waitFor()
  for (const variant of ['off', 'on']) {
    await button(`Look at “${variant}”`).click()
    await ada.page.locator(`iframe[title^="${variant}: "]`).waitFor()
    await eventually(() => box(`“${variant}” is as it should be`).isEnabled())
    await box(`“${variant}” is as it should be`).focus()
    await ada.page.keyboard.press('Space')
    await ada.page.getByText(new RegExp(`looked at “${variant}”`)).waitFor()
  }
  await button(/^Ask for review/).click()
  await ada.page.getByText('Waiting for somebody else.').waitFor()
  await grace.page.reload()
  await on(grace).link('A/A check: both are the same').first().click()
  await on(grace).button(/Approve and start at 5\s%/).click()
  await grace.page.getByText(/It runs, with 5\s% of the visitors\./).waitFor()
  await start()
  await says('Check the counting with nothing', 'It runs.')
})

test('visitors tick the rest: the first who is in it, and the first event', async () => {
  await team.published()
  let sent = 0
  // At the first stage one visitor in twenty is in it.
  const met = async () => step('The first visitor is in it').getByText(/^\d+ visitors? so far\.$/).count()
  for (; !(await met()) && sent < 400; sent += 60) {
    await team.visitors(60, '/')
    await eventually(met, 5)
  }
  assert.ok(await eventually(met), `${sent} visitors came`)
  await says('The first event arrives', /“\w+” came/)
})

test('the screen has no violation, light and dark, on a desk and a phone, and the browser complained of nothing', async () => {
  assert.deepEqual(await everywhere(ada.page), [])
  assert.deepEqual([...ada.complaints, ...grace.complaints], [])
})
