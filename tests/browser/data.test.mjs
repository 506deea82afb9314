// What is measured, on the screens: a metric is made, read and changed, events are watched as they come in, and a team saves
// its board; by the names that a screen reader tells, and without a violation of what screens owe to people.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FRESHNESS } from '../../www/landing/habits.mjs'
import { look } from '../../www/landing/looks.mjs'
import { DOCUMENT, PLANS } from '../../www/landing/plans.mjs'
import { everywhere } from './accessible.mjs'
import { eventually, office, on, PRODUCTION, PROJECT } from './office.mjs'

const DAY = 24 * 3_600_000

let team, ada, today

before(async () => {
  team = await office()
  // Noon, so that no day ends meanwhile.
  today = Math.floor(Date.now() / DAY) * DAY
  await team.clock.stopAt(today + DAY / 2)
  await team.publish({ ...DOCUMENT, flags: {} })
  await team.published()
  ada = await team.person()
})

after(() => team?.close())

let told = 0

/** Tells of events as a server does, each of another unit. Gives what became of them. */
async function tell(events) {
  const { server } = await team.api.get(`${PRODUCTION}/keys`)
  const all = events.map((event) => ({ t: 'track', unit: `canary ${++told}`, id: `${told}`, ...event }))
  const response = await fetch(`${team.product.site}/_pm/events`, {
    method: 'POST', headers: { authorization: `Bearer ${server}`, 'content-type': 'application/json' }, body: JSON.stringify({ v: 1, events: all }),
  })
  assert.equal(response.status, 200)
  return response.json()
}

const at = (hash) => ada.page.evaluate((hash) => (location.hash = hash), hash)
const sentence = (words) => ada.page.getByRole('group', { name: 'What it means' }).getByText(words)

test('before anything has come in each part says what would stand there', async () => {
  const { heading, link } = on(ada)
  await at('#/data/metrics/orders')
  await heading('Nothing of it has come in yet').waitFor()
  await heading('Nobody did it for the first time lately').waitFor()
  await ada.page.getByText('No visitor did anything that is an event in the last fourteen whole days.').waitFor()
  assert.deepEqual(await everywhere(ada.page), [])
  await at('#/data/boards')
  await heading('A board belongs to a team').waitFor()
  await link('Add a team').waitFor()
  await at('#/data/metrics/gone')
  await heading('There is no such metric here.').waitFor()
  assert.deepEqual(ada.complaints.splice(0).filter((complaint) => !/404/.test(complaint)), [])
})

test('whoever looks sees events come in and why one was refused, can hold them and look for some', async () => {
  const { button, heading, box } = on(ada)
  await at('#/data/live')
  await heading('Nothing has come in since you began to look').waitFor()
  const table = ada.page.getByRole('table', { name: /^Events as they came in/ })
  const became = await tell([{ n: 'refund', v: -3, c: 'XYZ' }, { n: 'call', p: { topic: 'tea' } }, { n: 'order', v: 12.5, c: 'GBP' }])
  assert.deepEqual([became.stored, became.rejected], [2, { currency: 1 }])
  const row = (name) => table.getByRole('row').filter({ hasText: name })
  await row('order').getByText('Counted').waitFor()
  await row('refund').getByText('in a currency without a rate').waitFor()
  await row('call').getByText('topic').waitFor()
  assert.equal(await ada.page.getByText(/canary/).count(), 0, 'nothing says whose they are')
  await button('Pause').press('Enter')
  await heading('Paused').waitFor()
  await ada.page.getByPlaceholder('Event or reason').fill('refused')
  assert.equal(await table.getByRole('row').count(), 2, 'its head and the refund')
  assert.deepEqual(await everywhere(ada.page), [])
  await ada.page.getByPlaceholder('Event or reason').fill('nothing like that')
  await ada.page.getByText('Nothing of it matches.').waitFor()
  await button('Go on').press('Enter')
  await heading('Coming in').waitFor()
  assert.ok(await box('Only with these words').isVisible())
})

test('a metric is made of an event that came in, and its sentence and its mistakes stand there while it is written', async () => {
  const { button, box, link, heading } = on(ada)
  await at('#/data/metrics')
  await link('New metric').press('Enter')
  await ada.page.waitForFunction(() => document.activeElement?.matches('main form input'))
  await ada.page.keyboard.type('big spenders')
  await box('Event').selectOption({ label: await ada.page.locator('option', { hasText: /^order \(/ }).first().textContent() })
  await sentence('The share of visitors who did “order” at least once, from when they met their version on. More is better.').waitFor()
  await box('What counts').selectOption({ label: 'What a visitor’s values add up to' })
  await box('Currency (optional)').fill('gbpp')
  await ada.page.locator('.field-problem').getByText('This is no currency of ISO 4217.').waitFor()
  assert.ok(await button('Make the metric').isDisabled())
  assert.deepEqual(await everywhere(ada.page), [])
  await box('Currency (optional)').fill('gbp')
  await ada.page.getByText('No stored event of the last fourteen whole days counts for it.').waitFor()
  await box('Cap (optional)').fill('200')
  await box('Within hours (optional)').fill('336')
  await sentence(/add up to for a visitor in GBP, within 14 days of meeting their version; of each visitor at most 200 GBP count\./).waitFor()
  await button('Make the metric').press('Enter')
  await heading('big-spenders').waitFor()
  await heading('All traffic, day by day').waitFor()
  const { metrics } = (await team.api.get(`${PRODUCTION}/document`)).document
  assert.deepEqual(metrics['big-spenders'], { event: 'order', measure: { kind: 'sum', currency: 'GBP', cap: 200, hours: 336 } })
})

test('its page tells what all traffic did, from what was kept, and what it meant before', async () => {
  const { link, box, button } = on(ada)
  await team.published()
  // Before this test one order came in today, of 12.50. It was there before the metric was.
  const ago = (days) => today - days * DAY + 3_600_000
  await tell([4, 3, 3, 1].map((days) => ({ n: 'order', v: 10 * days, c: 'GBP', at: ago(days) })))
  const metric = () => team.api.get(`${PRODUCTION}/metrics/big-spenders`)
  const known = await eventually(async () => { const told = await metric(); return told.trend.days.length > 4 && told.counting === null && told }, 60)
  assert.deepEqual(known.trend.days.map(({ value }) => value), [40, 60, 0, 10, 12.5], 'a day without orders is one, and today goes on')
  assert.equal(known.trend.lately.words, '27.50 GBP a day in the last 4 whole days, from 0.00 GBP to 60.00 GBP. Days differ by 27.54 GBP (standard deviation).')
  await at('#/data/metrics/big-spenders')
  await ada.page.reload()
  await ada.page.getByText(known.trend.lately.words.replaceAll(/(?<=\d) %/g, '\u00a0%')).waitFor()
  await ada.page.getByRole('img', { name: /“big-spenders” of all traffic, day by day/ }).waitFor()
  await ada.page.getByText('The numbers as a table').click()
  assert.deepEqual(await everywhere(ada.page), [])
  await link('Change it').press('Enter')
  await box('Cap (optional)').fill('')
  await ada.page.getByRole('group', { name: 'What it means' }).getByText('Now:').waitFor()
  await button('Save the change').press('Enter')
  await ada.page.waitForFunction(() => document.querySelectorAll('.meant li').length === 2)
  assert.doesNotMatch(await ada.page.locator('.meant li').first().innerText(), /at most/)
  assert.match(await ada.page.locator('.meant li').last().innerText(), /at most 200 GBP/)
})

test('who comes back and how many visitors go from step to step stands on its page, of traffic without any test', async () => {
  const { box } = on(ada)
  // Sixty visitors call, half of them order an hour later, some of these again after one day and after three.
  const began = today - 5 * DAY
  const order = (hours) => ({ n: 'order', v: 5, c: 'GBP', at: began + hours * 3_600_000 })
  const did = (place) => [{ n: 'call', at: began }, ...(place < 30 ? [order(1)] : []), ...(place < 12 ? [order(26)] : []), ...(place < 6 ? [order(80)] : [])]
  for (let from = 0; from < 60; from += 15) {
    await tell(Array.from({ length: 15 }, (_, place) => did(from + place).map((event) => ({ ...event, unit: `regular ${from + place}` }))).flat())
  }
  const { sums } = await team.api.get(`${PRODUCTION}/visitors?metric=orders&steps=call`)
  const vector = (name, day = 0) => sums.find(({ metric, epoch }) => metric === name && epoch === day)?.vector.map(Number)
  assert.deepEqual(vector('back', began).slice(0, 4), [30, 12, 0, 6])
  assert.deepEqual(vector('steps'), [64, 60, 30])

  await at('#/data/metrics/orders')
  await ada.page.reload()
  const grid = ada.page.getByRole('table', { name: /^Visitors who come back to “orders”/ })
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(began)
  const row = grid.getByRole('row', { name: new RegExp(`^${day} `) })
  await row.waitFor()
  const cells = await row.getByRole('cell').allInnerTexts()
  assert.deepEqual(cells.slice(0, 5), ['30', '40 %', '0 %', '20 %', 'not yet'])
  await box('Step 1').selectOption('call')
  await ada.page.getByText(/^93\.8\s% of those who did anything$/).waitFor()
  await ada.page.getByText(/^50\s% of those of the step before, 46\.9\s% of all$/).waitFor()
  assert.match(await ada.page.evaluate(() => location.hash), /steps=call/)
  assert.deepEqual(await everywhere(ada.page), [])
})

test('the last fourteen days of a metric, how visitors differ and what a test finds stand there before it is made', async () => {
  const { box, link } = on(ada)
  await at('#/data/metrics')
  await link('New metric').press('Enter')
  await box('Key').fill('spending')
  await box('Event').selectOption({ label: await ada.page.locator('option', { hasText: /^order \(/ }).first().textContent() })
  const lately = ada.page.getByRole('group', { name: 'The last fourteen days' })
  await lately.getByText(/times a day in the last 5 whole days/).waitFor()
  await lately.getByText(/53\.1\s% of visitors, of 64 who did anything/).waitFor()
  await box('What counts').selectOption({ label: 'What a visitor’s values add up to' })
  await box('Currency (optional)').fill('gbp')
  // 240 of the sixty, and 110 of four others.
  await lately.getByText(/5\.47 GBP .*, of 64 who did anything.*they differ by/).waitFor()
  await lately.getByText(/^In two weeks about/).waitFor()
  await lately.getByText(/^In four weeks about/).waitFor()
  assert.deepEqual(await everywhere(ada.page), [])
})

test('of what became of everything no part stands alone in a row', async () => {
  await at('#/data')
  for (const width of [1180, 1280, 700, 390]) {
    await ada.page.setViewportSize({ width, height: 900 })
    await ada.page.waitForFunction(() => document.querySelector('.ledger dl'))
    const rows = await ada.page.evaluate(() => {
      const tops = [...document.querySelectorAll('.ledger dl > *')].map((part) => Math.round(part.getBoundingClientRect().top))
      return Object.values(Object.groupBy(tops, (top) => top)).map(({ length }) => length)
    })
    assert.equal(new Set(rows).size, 1, `${width}: ${rows}`)
  }
  await ada.page.setViewportSize({ width: 1280, height: 900 })
})

test('what a running test is measured by is held fast, and the way out is named', async () => {
  const { box, button } = on(ada)
  const reviewer = team.api.as((await team.api.post(`${PROJECT}/people`, { name: 'Grace' })).token)
  const { key, revision } = await team.api.post(`${PROJECT}/experiments`, { title: FRESHNESS, note: '' })
  await team.api.put(`${PROJECT}/experiments/${key}/plan`, PLANS[FRESHNESS], revision)
  await look(team.api, PROJECT, key)
  for (const [deed, who] of [['submit', team.api], ['approve', reviewer]]) {
    const { revision } = await team.api.get(`${PROJECT}/experiments/${key}`)
    await who.post(`${PROJECT}/experiments/${key}/${deed}`, {}, revision)
  }
  await at('#/data/metrics/orders?change=1')
  await ada.page.reload()
  await box('What counts').selectOption({ label: 'How often a visitor did it' })
  await ada.page.getByText('Only what it is called may change meanwhile.').waitFor()
  assert.ok(await button('Save the change').isDisabled())
  assert.deepEqual(await everywhere(ada.page), [])
  await at('#/data')
  const runs = ada.page.getByRole('table', { name: 'Runs' })
  await runs.getByRole('row').filter({ hasText: `${key}-1` }).getByRole('link', { name: FRESHNESS }).waitFor()
  await at('#/data/metrics/orders')
  await ada.page.getByRole('table', { name: 'Experiments that use it' }).getByRole('row').filter({ hasText: 'decides it' }).getByText('Running').waitFor()
  ada.complaints.splice(0, ada.complaints.length, ...ada.complaints.filter((complaint) => !/422/.test(complaint)))
})

test('a team saves its board, and whoever has the address sees it', async () => {
  const { button, box, link } = on(ada)
  const { revision } = await team.api.get(`${PROJECT}/teams`)
  await team.api.put(`${PROJECT}/teams`, { teams: [{ key: 'checkout', name: 'Checkout' }] }, revision)
  await at('#/data/boards')
  await ada.page.reload()
  await button('Choose metrics').press('Enter')
  for (const name of ['revenue', 'orders']) await ada.page.getByRole('checkbox', { name: new RegExp(`^${name}`) }).press('Space')
  await button('Save the board').press('Enter')
  await ada.page.waitForFunction(() => document.querySelectorAll('.board li').length === 2)
  assert.deepEqual(await ada.page.locator('.board h2').allInnerTexts(), ['revenue', 'orders'])
  assert.deepEqual(await everywhere(ada.page), [])
  const grace = await team.person(`${team.product.console}/#token=${team.product.token}`)
  await grace.page.evaluate(() => (location.hash = '#/data/boards/checkout'))
  await on(grace).link('revenue').waitFor()
  await link('orders').press('Enter')
  await on(ada).heading('orders').waitFor()
  assert.equal(await box('Whose').inputValue(), '')
  assert.deepEqual([...ada.complaints, ...grace.complaints], [])
})

test('a new plan begins with a metric for which things come, and others say that nothing does', async () => {
  const { document, version } = await team.api.get(`${PRODUCTION}/document`)
  // The first by its name.
  await team.api.put(`${PRODUCTION}/document`, { ...document, metrics: { ...document.metrics, absent: { event: 'absent' } } }, version)
  const { metrics } = await team.api.get(`${PRODUCTION}/data`)
  const week = Math.max(...metrics.map(({ last }) => last ?? 0)) - 7 * DAY
  const quiet = metrics.filter(({ last }) => (last ?? 0) < week).map(({ key }) => key)
  assert.ok(quiet.includes('absent'), `${quiet}`)
  await at('#/experiments/new')
  const { box } = on(ada)
  await box('the metric that moves').waitFor()
  assert.ok(!quiet.includes(await box('the metric that moves').inputValue()))
  const marked = ada.page.locator('option').filter({ hasText: 'which nothing has come for lately' })
  await eventually(async () => (await marked.count()) > 0)
  assert.deepEqual((await marked.evaluateAll((all) => all.map(({ value }) => value))).sort(), quiet.sort())
  assert.deepEqual(ada.complaints, [])
})
