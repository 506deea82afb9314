// A link to one result: who has it reads exactly that, until its time has come, and nothing else of the project.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FRESHNESS, PER_CUP } from '../../www/landing/habits.mjs'
import { look } from '../../www/landing/looks.mjs'
import { DOCUMENT, NOTES, PLANS } from '../../www/landing/plans.mjs'
import { everywhere, violationsOf } from './accessible.mjs'
import { office, on, PRODUCTION, PROJECT } from './office.mjs'

const DAY = 86_400_000

let team, ada, reviewer, guest, link

before(async () => {
  team = await office()
  await team.clock.stopAt(Date.now())
  await team.publish(DOCUMENT)
  await team.published()
  // What decides has to arrive before anything starts.
  await team.visitors(40, '/')
  reviewer = team.api.as((await team.api.post(`${PROJECT}/people`, { name: 'Grace' })).token)
  for (const title of [FRESHNESS, PER_CUP]) await launched(title)
  await team.published()
  await team.visitors(30, '/')
  ada = await team.person()
})

after(() => team?.close())

const keyOf = (title) => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')

/** Planned, looked at, reviewed and started. */
async function launched(title) {
  const { key, revision } = await team.api.post(`${PROJECT}/experiments`, { title, note: NOTES[title] })
  await team.api.put(`${PROJECT}/experiments/${key}/plan`, PLANS[title], revision)
  await look(team.api, PROJECT, key)
  for (const [deed, who] of [['submit', team.api], ['approve', reviewer]]) {
    const { revision } = await team.api.get(`${PROJECT}/experiments/${key}`)
    await who.post(`${PROJECT}/experiments/${key}/${deed}`, {}, revision)
  }
  return key
}

/** What the engine says to the word of a link. */
async function opened(word) {
  const response = await fetch(`${team.product.console}${PRODUCTION}/shared`, { headers: { authorization: `Share ${word}` } })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const wordOf = (link) => link.split('/').at(-1)
const post = async (path, token, body) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${team.product.console}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: await response.json() }
}

test('a link is made with a button, for a week if nobody says otherwise', async () => {
  const { button, box, heading } = on(ada)
  await ada.page.evaluate((key) => (location.hash = `#/experiments/${key}/reading`), keyOf(FRESHNESS))
  await button('Share this result').click()
  await button('Make the link').click()
  link = await box('The link').inputValue()
  assert.ok(link.startsWith(`${team.product.console}/#/shared/demo/v1.`), link)
  await button('Close').click()
  await heading(FRESHNESS).waitFor()
})

test('whoever has it reads the result without a login, light and dark, on a phone and on paper, and finds nothing to press', async () => {
  guest = await team.person(link)
  const { page } = guest
  await page.getByRole('heading', { name: FRESHNESS, level: 1 }).waitFor()
  const verdict = await ada.page.getByRole('region', { name: 'Verdict' }).getByRole('heading').innerText()
  assert.equal(await page.getByRole('region', { name: 'Verdict' }).getByRole('heading').innerText(), verdict)
  assert.equal(await page.getByRole('navigation').count(), 0)
  const hrefs = await page.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  assert.deepEqual(hrefs, [])
  assert.equal(await page.locator('meta[name=robots]').getAttribute('content'), 'noindex')
  assert.deepEqual(await everywhere(page), [])
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('.button:visible').count(), 0)
})

test('it reads that experiment and no other, and no names', async () => {
  const { status, headers, body } = await opened(wordOf(link))
  assert.equal(status, 200)
  assert.equal(headers.get('x-robots-tag'), 'noindex')
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(body.experiment.key, keyOf(FRESHNESS))
  const text = JSON.stringify(body)
  for (const secret of ['Grace', 'admin', PER_CUP, keyOf(PER_CUP), NOTES[FRESHNESS]]) assert.ok(!secret || !text.includes(secret), secret)
  // The same word with another name in it, another time, another key or another seal.
  const [version, keyId, until, experiment, seal] = wordOf(link).split('.')
  for (const forged of [
    [version, keyId, until, keyOf(PER_CUP), seal], [version, keyId, `${Number(until) + DAY}`, experiment, seal],
    [version, 'gone', until, experiment, seal], [version, keyId, until, experiment, seal.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))], [''],
  ]) {
    const answer = await opened(forged.join('.'))
    assert.equal(answer.status, 403, forged.join('.'))
    assert.equal(answer.body.detail, 'This link opens nothing.')
  }
})

test('its word opens nothing else of the API', async () => {
  const word = wordOf(link)
  for (const path of ['now', 'experiments', `experiments/${keyOf(FRESHNESS)}/reading`, `experiments/${keyOf(PER_CUP)}/reading`, 'people', 'environments/production/data']) {
    for (const scheme of ['Share', 'Bearer']) {
      const { status } = await fetch(`${team.product.console}${PROJECT}/${path}`, { headers: { authorization: `${scheme} ${word}` } })
      assert.equal(status, 401, `${scheme} ${path}`)
    }
  }
  for (const environment of ['staging', 'development']) {
    const { status } = await fetch(`${team.product.console}${PROJECT}/environments/${environment}/shared`, { headers: { authorization: `Share ${word}` } })
    assert.equal(status, 403, environment)
  }
})

test('who made a link stands in the history, and once it is called back it opens nothing', async () => {
  const { button, box } = on(ada)
  await button('Share this result').click()
  await box('It is good for').selectOption('a month')
  await button('Make the link').click()
  const second = await box('The link').inputValue()
  assert.equal((await opened(wordOf(second))).status, 200)
  const lines = async (action) => (await team.api.get(`${PROJECT}/audit`)).rows.filter((row) => row.action === action).map(({ who, subject }) => [who, subject])
  const idOf = (link) => wordOf(link).split('.').slice(2, 4).join('.')
  assert.deepEqual(await lines('share'), [second, link].map((link) => ['admin', idOf(link)]))
  const links = ada.page.getByRole('dialog').getByRole('listitem')
  await links.nth(1).waitFor()
  await links.filter({ hasText: 'in 4 weeks' }).getByRole('button', { name: 'Call it back' }).press('Enter')
  await ada.page.getByText('It is called back').waitFor()
  assert.deepEqual([(await opened(wordOf(second))).status, (await opened(wordOf(link))).status], [410, 200], 'that one and no other')
  assert.deepEqual(await lines('call a link back'), [['admin', idOf(second)]])
  assert.deepEqual(await violationsOf(ada.page), [])
  await button('Close').click()
})

test('whoever only reads makes none, and neither does anybody of what is not there or for longer than ninety days', async () => {
  const person = await team.api.post(`${PROJECT}/people`, { name: 'Viewer', role: 'viewer' })
  const path = `${PRODUCTION}/share`
  assert.equal((await post(path, person.token, { experiment: keyOf(FRESHNESS) })).status, 403)
  assert.equal((await post(path, 'nobody', { experiment: keyOf(FRESHNESS) })).status, 401)
  for (const [body, pointer] of [
    [{ experiment: 'gone' }, '/experiment'], [{}, '/experiment'], [{ experiment: keyOf(FRESHNESS), days: 91 }, '/days'], [{ experiment: keyOf(FRESHNESS), days: 0.5 }, '/days'],
  ]) {
    const { status, body: answer } = await post(path, team.product.token, body)
    assert.equal(status, 422)
    assert.deepEqual(answer.problems.map((problem) => problem.pointer), [pointer])
  }
})

test('after its time it is closed, and says so', async () => {
  await team.clock.advance(7 * DAY - 60_000)
  assert.equal((await opened(wordOf(link))).status, 200)
  await team.clock.advance(120_000)
  assert.equal((await opened(wordOf(link))).status, 410)
  await guest.page.reload()
  await guest.page.getByText('This link is good no longer.').waitFor()
  assert.deepEqual(ada.complaints, [])
})

test('the mail of a Monday opens what the week has brought for whoever gets it, and so does a link of the dashboard', async () => {
  await team.api.post(`${PROJECT}/channels`, { name: 'Everybody', service: 'mail', address: 'everybody@example.com', route: { kinds: ['digest'] } })
  const path = `${PROJECT}/experiments/${keyOf(PER_CUP)}`
  const { decision } = await team.api.post(`${path}/decide`, { choice: 'keep', why: 'Enough was seen.' }, (await team.api.get(path)).revision)
  await team.clock.advance(7 * DAY)
  const { messages } = await team.api.get(`${PROJECT}/demo/messages`)
  const [mail, ...others] = messages.flatMap(({ payload }) => payload.mail ?? [])
  assert.deepEqual([mail.to, others], [['everybody@example.com'], []])
  const [link] = /http\S+\/#\/shared\/\S+/.exec(mail.text)
  const { status, body } = await opened(wordOf(link))
  assert.equal(status, 200)
  assert.ok(body.others.some(({ title, headline, words }) => title === PER_CUP && headline === decision.headline && words === decision.words), JSON.stringify(body.others))
  for (const name of ['Grace', 'admin']) assert.ok(!JSON.stringify(body).includes(name), name)
  const { page, complaints } = await team.person(link)
  assert.match(body.title, /^The week from [A-Z][a-z]{2} \d+ to [A-Z][a-z]{2} \d+, \d{4}$/)
  await page.getByRole('heading', { name: body.title, level: 1 }).waitFor()
  await page.getByText(decision.headline).first().waitFor()
  assert.deepEqual([await page.getByRole('navigation').count(), await page.locator('a').count()], [0, 0])
  assert.deepEqual(await everywhere(page), [])
  // The next week's word is another one.
  const [version, keyId, until, week, seal] = wordOf(link).split('.')
  assert.equal((await opened([version, keyId, until, Number(week) + 1, seal].join('.'))).status, 403)

  const { button, box, heading, link: to } = on(ada)
  await ada.page.evaluate(() => (location.hash = '#/library'))
  await to('What the week brought').click()
  await heading(body.title).waitFor()
  await button('Make a link').click()
  assert.equal((await opened(wordOf(await box('The link').inputValue()))).body.week, Number(week))
  assert.deepEqual([...complaints, ...ada.complaints], [])
  // Under this sentence it was decided, whatever comes in afterwards.
  await ada.page.evaluate((key) => (location.hash = `#/experiments/${key}/reading`), keyOf(PER_CUP))
  await ada.page.getByText('This is what was said when it was decided').waitFor()
  assert.equal(await ada.page.getByRole('region', { name: 'Verdict' }).getByRole('heading').innerText(), decision.headline)
})
