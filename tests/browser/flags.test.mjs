// A flag in production: off with one click, back with another, and never to more visitors than the team's playbook lets.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { consumer } from '../sdk/consumer.mjs'
import { eventually, office, on, PRODUCTION, PROJECT } from './office.mjs'

const FLAG = 'gift-note'
const DAY = 86_400_000
let team, ada

before(async () => {
  team = await office()
  await team.publish(DOCUMENT)
  const { revision } = await team.api.get(`${PRODUCTION}/flags`)
  await team.api.put(`${PRODUCTION}/flags/${FLAG}`, { share: 0.05 }, revision)
  ada = await team.person()
})

after(() => team?.close())

const flag = async () => (await team.api.get(`${PRODUCTION}/flags`)).flags.find(({ key }) => key === FLAG)
const current = async () => (await team.api.get(`${PRODUCTION}/versions`)).versions.find((version) => version.current)
const becomes = (enabled) => eventually(async () => (await flag()).enabled === enabled)
/** The row of the flag in the list. */
const row = ({ page }) => page.getByRole('listitem').filter({ hasText: FLAG })

test('one click turns a flag off, and one click takes that back, to the same bytes', async () => {
  const before = await current()
  await on(ada).go('Flags')
  await row(ada).getByRole('button', { name: /^Turn off/ }).click()
  await row(ada).getByText('Turned off', { exact: true }).waitFor()
  assert.equal((await flag()).enabled, false)
  assert.notEqual((await current()).digest, before.digest)

  await row(ada).getByRole('button', { name: 'Undo' }).click()
  await row(ada).getByRole('button', { name: /^Turn off/ }).waitFor()
  const { version, digest } = await current()
  assert.equal((await flag()).enabled, true)
  assert.equal(digest, before.digest)
  assert.equal(version, before.version + 2)
})

test('the same is done with the keyboard alone', async () => {
  const { page } = ada
  const focused = () => page.evaluate(() => document.activeElement.textContent)
  const reach = async (name, within) => {
    for (let tabs = 0; tabs <= within; tabs++) {
      if ((await focused()).startsWith(name)) return
      await page.keyboard.press('Tab')
    }
    assert.fail(`“${name}” is not within ${within} tabs`)
  }
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await on(ada).heading('Now').waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('f')
  await on(ada).heading('Flags').waitFor()
  await on(ada).link(FLAG).waitFor()
  await reach(FLAG, 20)
  await reach('Turn off', 1)
  await page.keyboard.press('Enter')
  assert.ok(await becomes(false))
  await row(ada).locator('button:not([aria-busy])', { hasText: 'Undo' }).waitFor()
  await reach('Undo', 3)
  await page.keyboard.press('Enter')
  assert.ok(await becomes(true))
})

test('a step that is too large is refused, with the cause and what to do instead', async () => {
  const { page } = ada
  const before = await current()
  await on(ada).link(FLAG).click()
  const slider = page.getByRole('slider', { name: 'Visitors who get “on”' })
  await slider.fill('50')
  const pending = page.getByRole('group', { name: 'The change before you save it' })
  await pending.getByRole('button', { name: /Save: 5\s% to 50\s%/ }).click()
  const refusal = pending.getByRole('alert')
  await refusal.waitFor()
  const [cause, fix] = await refusal.getByRole('paragraph').allInnerTexts()
  assert.match(cause, /(25|50)\s%/)
  assert.match(fix, /15\s%/)
  assert.equal((await current()).version, before.version)

  await slider.fill('15')
  await pending.getByRole('alert').waitFor({ state: 'detached' })
  assert.equal(Math.round(100 * (await flag()).share), 5)
})

test('a document in the making is there again tomorrow, and is published as it was typed', async () => {
  const { page } = ada
  const { button, box, go, part, text } = on(ada)
  const description = 'Whether the basket offers a card'
  await go('Setup')
  await part('Environments')
  await page.getByRole('radio', { name: 'Production' }).check()
  const typed = (await box('Document, as JSON').inputValue()).replace(DOCUMENT.flags[FLAG].description, description)
  await box('Document, as JSON').fill(typed)
  await button('Save the draft').click()
  await text('Nothing is wrong with it.').waitFor()
  await page.reload()
  await page.getByRole('radio', { name: 'Production' }).check()
  await text('A draft by admin').waitFor()
  assert.equal(await box('Document, as JSON').inputValue(), typed)
  await button('Publish').click()
  await text('Published.').waitFor()
  assert.equal((await flag()).description, description)
})

test('a link of the flag’s page shows another variant on the production site, to its bearer alone', async () => {
  const { page } = ada
  await on(ada).go('Flags')
  await on(ada).link(FLAG).click()
  await on(ada).button('Make a link').click()
  const link = await on(ada).box('The link').inputValue()
  await page.getByText(/^It ends in \d/).waitFor()
  await team.published()
  const bearer = await team.person(link)
  await on(bearer).box(`Show for ${FLAG}`).selectOption('on')
  await Promise.all([bearer.page.waitForEvent('load'), on(bearer).button('Show these').click()])
  await on(bearer).text('1 flag shown as you chose.').waitFor()
  const decisions = ({ page }) => page.evaluate(() => JSON.parse(document.querySelector('[data-id=pointsman]').textContent))
  const { value, reason } = (await decisions(bearer)).flags[FLAG]
  assert.deepEqual([value, reason], [true, 'PREVIEW'])
  const other = await team.person(`${team.product.site}/?pm=debug`)
  assert.equal((await decisions(other)).preview, undefined)
  // One that names a variant shows it before anybody chooses.
  await on(ada).box('At first it shows').selectOption('on')
  await on(ada).button('Make a link').click()
  const reader = await team.person(await on(ada).box('The link').inputValue())
  const { flags, preview } = await decisions(reader)
  assert.deepEqual([flags[FLAG].value, preview.flags.find(({ flag }) => flag === FLAG).forced], [true, 'on'])
})

test('its lines of code are copied, and do in a page what the flag says', async () => {
  const { page } = ada
  const app = consumer('copied')
  await on(ada).go('Flags')
  await on(ada).link(FLAG).click()
  for (const [language, around] of [
    ['JavaScript', (code) => `${code}\nglobalThis.copied_ = giftNote`],
    ['OpenFeature', (code) => `${code}\nglobalThis.copied_ = giftNote`],
    ['React', (code) => `import { createRoot } from 'react-dom/client'\nimport { inlined, open } from 'pointsman'\nimport { FlagsProvider } from 'pointsman/react'\n${code.replace('const', 'const Part = () => { const').trim()}; globalThis.copied_ = giftNote; return null }\ncreateRoot(document.createElement('div')).render(<FlagsProvider flags={open(inlined())}><Part /></FlagsProvider>)`],
  ]) {
    await page.getByRole('radio', { name: language, exact: true }).check()
    const code = await page.locator('pre[aria-label="Code"]').innerText()
    const bundled = await app.bundle(around(code), { splitting: false, format: 'iife', define: { 'process.env.NODE_ENV': '"production"' } })
    const visitor = await team.person(team.product.site)
    for (const value of [true, false]) {
      // What the edge has put into the page, with the flag as this visitor would have it.
      await visitor.page.evaluate((value) => {
        const inlined = document.querySelector('[data-id=pointsman]')
        const decisions = JSON.parse(inlined.textContent)
        decisions.flags['gift-note'].value = value
        inlined.textContent = JSON.stringify(decisions)
        delete globalThis.copied_
      }, value)
      await visitor.page.evaluate(new TextDecoder().decode(bundled['/app.js']))
      assert.equal(await visitor.page.waitForFunction(() => globalThis.copied_ !== undefined).then(() => visitor.page.evaluate(() => globalThis.copied_)), value, language)
    }
    await visitor.context.close()
  }
})

test('“Test it” begins a plan about that flag', async () => {
  await on(ada).go('Flags')
  await on(ada).link(FLAG).click()
  await on(ada).link('Test it').click()
  await ada.page.getByRole('radio', { name: 'A flag in code' }).waitFor()
  assert.equal(await ada.page.getByRole('radio', { name: 'A flag in code' }).isChecked(), true)
  assert.equal(await on(ada).box('Flag').inputValue(), FLAG)
})

/** Asks that the flag goes to everybody. */
async function askForEverybody(why) {
  const { page } = ada
  await on(ada).go('Flags')
  await on(ada).link(FLAG).click()
  await page.getByRole('slider', { name: 'Visitors who get “on”' }).fill('100')
  await on(ada).box('Why? (optional)').fill(why)
  await on(ada).button('Ask for approval').click()
  await page.getByText('It waits for approval.').waitFor()
}

test('who works alone types what goes to everybody, and has ten minutes to take it back', async () => {
  const { page } = ada
  await askForEverybody('For the season')
  await on(ada).go('Now')
  await on(ada).link(`Confirm: ${FLAG}`).click()
  await page.getByText(/for the season/i).waitFor()
  await page.getByRole('region', { name: 'What publishing would do' }).getByText(FLAG).waitFor()
  await on(ada).button('Confirm …').click()
  const dialog = page.getByRole('dialog')
  assert.equal(await dialog.getByRole('button', { name: 'Confirm' }).isDisabled(), true)
  await dialog.getByLabel(`Type “${FLAG}”`).fill(FLAG)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await page.getByText('goes live soon', { exact: true }).waitFor()
  assert.equal(Math.round(100 * (await flag()).share), 5)
  await team.clock.advance(10 * 60_000)
  await page.getByText('is live', { exact: true }).waitFor()
  assert.equal((await flag()).share, 1)
})

test('in a team a second person lets the very change go live that its author asked for', async () => {
  const { revision } = await team.api.get(`${PRODUCTION}/flags`)
  await team.api.put(`${PRODUCTION}/flags/${FLAG}`, { share: 0 }, revision)
  const { token } = await team.api.post('/api/v1/projects/demo/people', { name: 'Grace' })
  const grace = await team.person(`${team.product.console}/#token=${token}`)
  await askForEverybody('Once more, for all')
  await on(ada).go('Now')
  assert.equal(await on(ada).link(`Look at it: ${FLAG}`).count(), 0, 'nobody approves their own')
  await grace.page.reload()
  await on(grace).link(`Look at it: ${FLAG}`).click()
  await grace.page.getByText(/Once more, for all/).first().waitFor()
  const diff = grace.page.getByRole('table', { name: 'What it changes' }).getByRole('row')
  await diff.filter({ hasText: `/flags/${FLAG}/rules/0/rollout/below` }).getByText(/^100\s?%$/).waitFor()
  assert.equal(await diff.count(), 2, 'its head and the one thing that is different')
  await on(grace).button('Approve and publish').click()
  await grace.page.getByText(`${FLAG} is live.`).waitFor()
  assert.equal((await flag()).share, 1)
  assert.deepEqual(grace.complaints, [])
})

test('a change is sent back with what should be otherwise, and its author reads that', async () => {
  const { revision } = await team.api.get(`${PRODUCTION}/flags`)
  await team.api.put(`${PRODUCTION}/flags/${FLAG}`, { share: 0.2 }, revision)
  const { token } = await team.api.post(`${PROJECT}/people`, { name: 'Alan' })
  const alan = await team.person(`${team.product.console}/#token=${token}`)
  await askForEverybody('And again')
  await alan.page.reload()
  await on(alan).link(`Look at it: ${FLAG}`).click()
  await on(alan).button('Send back').click()
  const dialog = alan.page.getByRole('dialog', { name: 'Send back' })
  assert.equal(await dialog.getByRole('button', { name: 'Send back' }).isDisabled(), true, 'not without a word')
  await dialog.getByLabel('What should change?').fill('Half of them first')
  await dialog.getByRole('button', { name: 'Send back' }).click()
  await on(ada).go('Flags')
  await on(ada).link('Approvals').first().click()
  await ada.page.getByText('“Half of them first”').waitFor()
  await ada.page.getByText('was returned', { exact: true }).first().waitFor()
  assert.equal(Math.round(100 * (await flag()).share), 20)
})

test('what was served before is restored from the history, and whom that moves is told before', async () => {
  const [now, before] = (await team.api.get(`${PRODUCTION}/versions`)).versions
  await on(ada).go('Flags')
  await on(ada).link('History').click()
  await on(ada).button(`Restore version ${before.version}`).click()
  const dialog = ada.page.getByRole('dialog', { name: `Go back to version ${before.version}?` })
  await dialog.getByText(/get something else than now/).waitFor()
  assert.equal((await current()).version, now.version)
  await dialog.getByRole('button', { name: 'Restore it' }).click()
  await ada.page.getByText(`Production serves what version ${before.version} served.`).waitFor()
  assert.equal((await flag()).share, 1)
  assert.equal((await current()).digest, before.digest)
})

test('a flag is brought to another environment, and who gets it there is told before', async () => {
  const { page } = ada
  await on(ada).go('Flags')
  await on(ada).link(FLAG).click()
  await on(ada).button(`Promote ${FLAG} to Staging`).click()
  const dialog = page.getByRole('dialog', { name: `Bring ${FLAG} to Staging?` })
  await dialog.getByText(/everybody gets what it serves when it is off/).first().waitFor()
  const diff = dialog.getByRole('table', { name: 'What changes in Staging' }).getByRole('row')
  await diff.filter({ hasText: '/rules' }).getByText('[]').waitFor()
  await dialog.getByLabel('Its rules, too').check()
  await diff.filter({ hasText: '/rules' }).getByText(/"serve":"on"/).waitFor()
  await dialog.getByText(/100\s?% of visitors get something else/).waitFor()
  await dialog.getByRole('button', { name: 'Promote to Staging' }).click()
  await page.getByText('the same', { exact: true }).waitFor()
  const { flags } = await team.api.get('/api/v1/projects/demo/environments/staging/flags')
  assert.deepEqual(flags.map(({ key, share }) => [key, share]), [[FLAG, 1]])
})

test('its row says its kind, whose it is, when it changed, what it does elsewhere, and at last that it is stale', async () => {
  const { revision } = await team.api.get(`${PROJECT}/teams`)
  await team.api.put(`${PROJECT}/teams`, { teams: [{ key: 'basket', name: 'Basket', channel: '', goal: '', decisions: null }] }, revision)
  await team.api.put(`${PROJECT}/owners/flag/${FLAG}`, { team: 'basket' })
  await ada.page.reload()
  await on(ada).go('Flags')
  for (const fact of ['On / off', 'Basket', /^changed /]) await row(ada).getByText(fact, { exact: true }).waitFor()
  const elsewhere = (name) => row(ada).getByRole('paragraph').filter({ hasText: name })
  await elsewhere('Staging').getByText('Everybody', { exact: true }).waitFor()
  await elsewhere('Development').getByText('not there').waitFor()
  assert.equal(await row(ada).getByText(/exposures since/).count(), 0, 'nobody counts who meets a flag that is in no test')
  assert.equal(await row(ada).getByText('Stale', { exact: true }).count(), 0)
  await team.clock.advance(31 * DAY)
  await ada.page.reload()
  await row(ada).getByText('Stale', { exact: true }).waitFor()
})

test('a segment that is there is changed, and whom that moves is told before it is saved', async () => {
  const { page } = ada
  const staging = `${PROJECT}/environments/staging`
  const { document, version } = await team.api.get(`${staging}/document`)
  const abroad = { description: 'Not at home', if: { equals: { attribute: 'country', value: 'FR' } } }
  const flags = { ...document.flags, [FLAG]: { ...document.flags[FLAG], rules: [{ if: { segment: 'abroad' }, serve: 'on' }] } }
  await team.api.put(`${staging}/document`, { ...document, segments: { ...document.segments, abroad }, flags }, version)
  await page.evaluate((flag) => (location.hash = `#/flags/staging/${flag}`), FLAG)
  await on(ada).button('Change the rules').click()
  await page.getByText('Segments: groups of visitors').click()
  await on(ada).button('Change the segment abroad').click()
  const dialog = page.getByRole('dialog', { name: 'Segment abroad' })
  assert.equal(await dialog.getByLabel('Who is in it? (optional)').inputValue(), 'Not at home')
  assert.equal(await dialog.getByLabel('Attribute').inputValue(), 'country')
  await dialog.getByLabel('Value', { exact: true }).fill('CH')
  await dialog.getByRole('button', { name: 'Change it' }).click()
  const pending = page.getByRole('group', { name: 'The rules before you save them' })
  await pending.getByRole('row').filter({ hasText: '/segments/abroad' }).getByText('CH').first().waitFor()
  await on(ada).button('Save the rules').click()
  await page.getByText(`The rules of ${FLAG} are changed.`).waitFor()
  const { segments } = (await team.api.get(`${staging}/document`)).document
  assert.deepEqual(segments.abroad, { ...abroad, if: { equals: { attribute: 'country', value: 'CH' } } })
})

test('a new rule begins with nobody, so that production takes it', async () => {
  const { page } = ada
  await page.evaluate((flag) => (location.hash = `#/flags/production/${flag}`), FLAG)
  await on(ada).button('Change the rules').click()
  await on(ada).button('Add a rule').click()
  // It comes before the one that is for everybody.
  const fields = page.getByRole('group', { name: 'Rule 0', exact: true })
  assert.equal(await fields.getByRole('spinbutton').inputValue(), '0')
  await fields.getByLabel('Attribute').fill('country')
  await fields.getByLabel('Value', { exact: true }).fill('AT')
  const moved = page.getByRole('table', { name: 'What changes' }).getByRole('row').filter({ hasText: '/rules/1' })
  await moved.getByText('everybody: on').waitFor()
  await page.getByText(`The rules of ${FLAG} are changed.`).waitFor({ state: 'detached' })
  await on(ada).button('Save the rules').click()
  await page.getByText(`The rules of ${FLAG} are changed.`).waitFor()
  const { rules } = (await team.api.get(`${PRODUCTION}/document`)).document.flags[FLAG]
  assert.equal(rules[0].rollout.below, 0)
})

test('a flag of words says in the list what everybody gets, and one in a test that only the document has leads nowhere', async () => {
  const { page } = ada
  const { document } = await team.api.get(`${PRODUCTION}/document`)
  const greeting = { kind: 'string', variants: { kind: 'Good morning', short: 'Hi' }, off: 'kind', otherwise: 'kind' }
  const tried = { ...greeting, rules: [{ experiment: 'alone' }] }
  // One rule for some, and a quarter of all others.
  const some = [{ if: { in: { attribute: 'country', values: ['DE'] } }, serve: 'on' }, { serve: 'on', rollout: { salt: 'ruled', below: 2 ** 30 } }]
  const ruled = { kind: 'boolean', variants: { off: false, on: true }, off: 'off', otherwise: 'off', rules: some }
  const run = { id: 'alone-1', salt: 'alone-1', epoch: 1, rollout: 2 ** 31, split: [[2 ** 31, 'kind'], [2 ** 32, 'short']] }
  await team.api.put(`${PROJECT}/environments/development/document`, {
    format: 1, flags: { greeting, tried, ruled }, metrics: document.metrics,
    experiments: { alone: { flag: 'tried', metric: Object.keys(document.metrics)[0], control: 'kind', run } },
  }, 0)
  await page.evaluate(() => (location.hash = '#/flags/development'))
  const row = (name) => page.getByRole('listitem').filter({ has: on(ada).link(name) })
  await row('greeting').getByText('Everybody: “Good morning”', { exact: true }).waitFor()
  await row('tried').getByText('In a test', { exact: true }).waitFor()
  await row('ruled').getByText('25 %, and by rules', { exact: true }).waitFor()
  assert.deepEqual(await row('tried').getByRole('link').allInnerTexts().then((names) => names.filter((name) => name !== 'Who gets it')), ['tried'])
  await on(ada).link('tried').click()
  await page.getByText('The experiment “alone” stands in the document alone').waitFor()
  assert.equal(await page.locator('a[href="#/experiments/alone"]').count(), 0)
  const shares = page.getByRole('table', { name: 'Variants' }).getByRole('cell', { name: 'as the test draws' })
  assert.equal(await shares.count(), 2)
})

test('the browser had nothing to complain of but the refusal', () => {
  assert.deepEqual(ada.complaints.filter((complaint) => !/409|422/.test(complaint)), [])
})
