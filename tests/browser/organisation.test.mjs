// A team on its way from an idea to what the next team finds of it. What a person does is done on the screens, by the
// names that a screen reader would tell; only visitors and time come from elsewhere.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { everywhere } from './accessible.mjs'
import { eventually, office, on, PRODUCTION, PROJECT } from './office.mjs'
import { hard } from './verdict.mjs'

const IDEA = 'Roasted this very morning'
const OLD = 'Coffee, roasted the day it ships'
const NEW = 'Roasted this morning, at your door tomorrow'
/** A word that stands nowhere but in the debrief. */
const LEARNED = 'marmalade'
const HOUR = 3_600_000

/** A large effect is hoped for, and a larger one is there: so few visitors are enough. */
const HOPED = 60
const TRUTH = { base: 0.3, lift: 1.2 }

let team, ada, grace

before(async () => {
  team = await office()
  await team.clock.stopAt(Date.now())
  // Before anything is live, a playbook may ask for as little as a test needs.
  const { revision, playbook } = await team.api.get(`${PROJECT}/playbook`)
  await team.api.put(`${PROJECT}/playbook`, { ...playbook, hold: { ...playbook.hold, units: 2 } }, revision)
  await team.publish({ ...DOCUMENT, flags: {} })
  await team.published()
  ada = await team.person()
})

after(() => team?.close())

const PATH = `${PROJECT}/experiments/roasted-this-very-morning`
const experiment = () => team.api.get(PATH)
const reading = () => team.api.get(`${PATH}/reading`)

test('a team says where messages go, at what pace it tests, and who belongs to it', async () => {
  const { button, box, link, heading, go, part } = on(ada)
  await heading('Welcome. What would you like to find out?').waitFor()
  await go('Setup')
  await part('Integrations')
  await button('Connect').click()
  await box('Name').fill('#experiments')
  await button('Use the demo’s receiver').click()
  // Of what waits for a word, who has it is told by the dashboard.
  await ada.page.getByLabel('Somebody’s word is wanted').uncheck()
  await button('Save the place').click()
  await button('Send a test to #experiments').click()
  await ada.page.getByText('The test message was delivered.').waitFor()
  await link('See what was received').click()
  await ada.page.getByRole('article').first().waitFor()

  await go('Setup')
  await part('Playbook')
  await box('and for').fill('3')
  await button('Save the playbook').click()
  await ada.page.getByText('The playbook is saved.').waitFor()

  await part('People')
  await box('Name').fill('Grace')
  await button('Make a link').click()
  grace = await team.person(await box('The link for Grace').inputValue())
  await grace.page.getByTitle('Whose token this is').getByText('Grace').waitFor()
})

test('whoever builds an application finds its keys, and the secret one only when asked for', async () => {
  const { button, box, go, part } = on(ada)
  await go('Setup')
  await part('Applications')
  await ada.page.getByRole('radio', { name: 'Production' }).check()
  const keys = await team.api.get(`${PRODUCTION}/keys`)
  assert.equal(await box('The client key').inputValue(), keys.client)
  assert.equal(await box('The server key').count(), 0)
  await button('Show the server key').click()
  assert.equal(await box('The server key').inputValue(), keys.server)
  const address = await box('The address').inputValue()
  assert.equal((await fetch(`${address}/_pm/s/${keys.client}`)).status, 200)
})

test('an idea becomes a plan by four questions, with words chosen from the page', async () => {
  const { button, box, link, heading, go } = on(ada)
  const { page } = ada
  await go('Experiments')
  await link('Note an idea').click()
  await box('What would we change?').fill(IDEA)
  await box('What do we expect, and why?').fill('Three people asked for it last week')
  await button('Keep it').click()
  await link(IDEA).click()
  await heading(IDEA).waitFor()
  await page.getByText('Three people asked for it last week').waitFor()

  await page.getByRole('button', { name: OLD }).click()
  await box('New words').fill(NEW)
  await button('See both versions').click()
  for (const device of ['Desktop', 'Phone']) {
    await page.getByRole('radio', { name: device, exact: true }).check({ force: true })
    const shown = (title) => page.frameLocator(`iframe[title="${title}: the page on a ${device.toLowerCase()}"]`).getByRole('heading', { level: 1 })
    await shown('Now').getByText(OLD, { exact: true }).waitFor()
    await shown('New').getByText(NEW, { exact: true }).waitFor()
    const [room, window] = await Promise.all([page.getByRole('region', { name: 'Both versions' }), page.locator('iframe').last()].map((part) => part.boundingBox()))
    assert.ok(window.x + window.width <= room.x + room.width + 1, `the ${device.toLowerCase()} reaches out of its room`)
  }
  await button('Close').click()
  // Words belong to their page, and are there again when somebody comes back to it.
  await box('Page').fill('/beans')
  await box('New words').waitFor({ state: 'detached' })
  await box('Page').fill('/')
  await box('New words').waitFor()
  assert.equal(await box('New words').inputValue(), NEW)
  await box('If we …').fill('promise freshness by the hour')
  await box('the metric that moves').selectOption('orders')
  // A change that is made for another reason asks for less; and back again.
  await page.getByText('Ask something else than whether it is better').click()
  await box('The question').selectOption('notWorse')
  assert.equal(await box('by more than, in percent').inputValue(), '2')
  await page.getByText('Ship the new version if “orders” is shown not to be worse by more than 2 %').waitFor()
  await page.getByText('then orders will not go down by more than 2 %').waitFor()
  await box('The question').selectOption('better')
  await box('by at least, in percent').fill(String(HOPED))
  await box('because …').fill('“this morning” means something to everybody')
  assert.equal(await page.getByRole('checkbox', { name: 'errors' }).isChecked(), true)
  const know = button('I know better')
  const guess = box('How many of 100 visitors do it now, roughly?')
  await know.or(guess).waitFor()
  if (await know.isVisible()) await know.click()
  await guess.fill('30')
  const stations = page.getByRole('list', { name: 'Share of visitors in the test, step by step' })
  const steps = await stations.getByRole('listitem').allInnerTexts()
  assert.deepEqual(steps.map((text) => parseInt(text)), [5, 25, 50])
  // Nobody has looked at either version; and before the first test no page has the script that tells of visitors.
  await page.getByText('2 things missing').waitFor()
  const list = page.getByRole('list', { name: 'Checks' })
  await list.getByText('No “order” of “orders” has arrived yet.').waitFor()
  await page.getByText(/^\d+ other checks are well$/).click()
  await page.getByRole('list', { name: 'Checks that are well' }).getByText('/ answers.').waitFor()
  assert.equal(await box('“control” is as it should be').isDisabled(), true)
  // What is missing stands first, and the way on is in sight below it.
  assert.match(await list.getByRole('listitem').first().innerText(), /Nobody has looked at “control”/)
  await button('Ask for review').click()
  await page.getByRole('alert').getByText('2 things are missing: see the list above.', { exact: true }).waitFor()
  const way = await button('Ask for review').boundingBox()
  assert.ok(way.y + way.height <= page.viewportSize().height, JSON.stringify(way))
  for (const [variant, words] of [['control', OLD], ['new', NEW]]) {
    await button(`Look at “${variant}”`).click()
    await page.frameLocator(`iframe[title="${variant}: the page on a desktop"]`).getByText(words, { exact: true }).waitFor()
    assert.ok((await page.locator('dialog iframe').boundingBox()).width > 900, 'a page is looked at, not a corner of it')
    await page.getByText(`You saw “${variant}” as a desktop shows it; the other version has its own tick.`).waitFor()
    // Whoever cannot use a mouse gets there, too.
    await box(`“${variant}” is as it should be`).focus()
    await page.keyboard.press('Space')
    await list.getByText(new RegExp(`looked at “${variant}”`)).waitFor()
  }
  await page.getByText('All there').waitFor()
  const { plan, state } = await experiment()
  assert.equal(state, 'draft')
  assert.deepEqual(plan.change.edits, [{ select: '#headline', from: OLD, text: NEW }])
  assert.deepEqual([plan.hypothesis.by, plan.base, plan.guardrails], [HOPED / 100, 0.3, ['errors']])
})

test('who wrote a plan asks for its review, and somebody else starts it', async () => {
  await on(ada).button('Ask for review').click()
  await ada.page.getByText('Waiting for somebody else.').waitFor()
  assert.equal(await on(ada).button(/Approve and start at 5\s%/).count(), 0)

  await grace.page.reload()
  await on(grace).link(IDEA).click()
  await grace.page.getByText(NEW).waitFor()
  await on(grace).button(/Approve and start at 5\s%/).click()
  await grace.page.getByText(/It runs, with 5\s% of the visitors\./).waitFor()
  team.habits.behave[(await experiment()).key] = TRUTH
  await team.published()
})

test('it goes from 5 to 25 to 50 % by itself, and says where it is', async () => {
  await ada.page.reload()
  const here = ada.page.locator('[aria-current=step]')
  for (const [stage, share] of [[0, '5 %'], [1, '25 %'], [2, '50 %']]) {
    for (let sent = 0; (await experiment()).ramp.stage < stage; sent += 120) {
      assert.ok(sent < 1500, JSON.stringify((await experiment()).ramp))
      await team.visitors(120, '/')
      await team.clock.advance(2 * HOUR)
    }
    await team.published()
    await here.getByText(share).waitFor()
  }
})

test('a question with a scale and another for its low end is built beside its picture', async () => {
  const { button, box, go } = on(ada)
  const { page } = ada
  await go('Voices')
  await button('Ask the people who saw it').click()
  await box('One question').fill('How clear was it?')
  await page.getByRole('radio', { name: 'A rating' }).check()
  await box('What 5 means').fill('Perfectly')
  await page.getByText('A second question, depending on the answer').click()
  await box('Then ask').fill('What was missing?')
  for (const point of ['1', '2']) await page.getByRole('checkbox', { name: point, exact: true }).check()
  await box('“May we talk to you?”').selectOption('They leave an e-mail address, if they tick that they want to')
  await page.getByText('It stands apart from the answers, for 30 days; only who approves may read it.').waitFor()
  const phone = await page.locator('.phone').innerText()
  for (const words of ['How clear was it?', 'Not at all', 'Perfectly', 'After 1, 2: What was missing?']) assert.ok(phone.includes(words), phone)
  assert.deepEqual(await everywhere(page), [])
  await button('Ask it').click()
  await page.getByText('The question is being asked.').waitFor()
  await page.getByText('Then, after 1 or 2: “What was missing?”').waitFor()
  const { surveys: [{ choices, contact, rating, follow }] } = await team.api.get(`${PROJECT}/voices`)
  assert.deepEqual([choices, contact, rating, follow], [
    ['1', '2', '3', '4', '5'], true, { low: 'Not at all', high: 'Perfectly', from: 1, to: 5 }, [{ after: ['1', '2'], question: 'What was missing?' }],
  ])
  const said = { answers: { share: 0.5, control: [{ choice: '2', text: 'The hour' }], treatment: ['5'] } }
  team.habits.behave[(await experiment()).key] = { ...TRUTH, ...said }
  await team.published()
})

test('links for a mail are made of a list, and whoever answers one may leave an address, which stands in Voices', async () => {
  const { page, context } = ada
  const { unit, variant } = await team.met('/', 'roasted-this-very-morning')
  const survey = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'How clear was it?' }) })
  await survey.getByText('Who may be written to').click()
  await survey.getByText('Nobody has left an address.').waitFor()
  await survey.getByText('Ask by mail').click()
  const list = survey.getByLabel('Or paste them')
  await list.fill(Array.from({ length: 101 }, (_, index) => index).join('\n'))
  await survey.getByText('These are 101; 100 get links at once.').waitFor()
  assert.equal(await survey.getByRole('button', { name: 'Make links' }).isDisabled(), true)
  await list.fill(`${unit}\r\nnobody\n\n${unit}\n`)
  await survey.getByText('2 units in here.').waitFor()
  assert.deepEqual(await everywhere(page), [])
  const [file] = await Promise.all([page.waitForEvent('download'), survey.getByRole('button', { name: 'Make links' }).click()])
  const [, link] = new RegExp(`^unit,link,outcome\r\n${unit},(\\S+),link\r\nnobody,,unmet\r\n$`).exec(readFileSync(await file.path(), 'utf8'))
  assert.ok(link.startsWith(`${team.product.site}/_pm/ask/`), link)
  await page.getByText('1 link in the file, 1 without.').waitFor()
  const { rows: [line] } = await team.api.get(`${PROJECT}/audit`)
  assert.deepEqual([line.action, line.subject, line.detail], ['give out links', 'how-clear-was-it', 'for 2'])

  const mail = await context.newPage()
  const send = () => mail.getByRole('button', { name: 'Send' }).click()
  await mail.goto(link)
  await mail.getByRole('radio', { name: variant === 'control' ? /^2/ : /^5/ }).check()
  await send()
  if (variant === 'control') await mail.getByRole('textbox').fill('The hour').then(send)
  await mail.getByRole('link', { name: 'May we talk to you?' }).click()
  await mail.getByLabel('Your e-mail address').fill('reader@example.com')
  await mail.getByLabel('Yes, you may write to me.').check()
  await send()
  await mail.getByText('Thank you.').waitFor()
  await mail.close()
  await survey.getByText('Who may be written to').click()
  await survey.getByText('Who may be written to').click()
  await survey.getByRole('table', { name: 'Who may be written to' }).getByRole('link', { name: 'reader@example.com' }).waitFor()
  assert.deepEqual(await everywhere(page), [])
})

test('of two questions to the same visitors the one that waits says so, and behind which it does', async () => {
  const { unit } = await team.met('/', 'roasted-this-very-morning')
  const ask = (key) => team.api.post(`${PROJECT}/voices/${key}/links`, { units: [unit] })
  await ask('how-clear-was-it')
  await team.api.post(`${PROJECT}/voices`, { experiment: (await experiment()).key, question: 'When did you drink it?', choices: ['Today', 'Later'] })
  await team.published()
  assert.equal((await ask('when-did-you-drink-it')).outcomes[0].outcome, 'quiet')
  const survey = ada.page.locator('.card').filter({ has: ada.page.getByRole('heading', { name: 'When did you drink it?' }) })
  await survey.getByText('Asked so far: 0. It waits behind “How clear was it?”: whoever was asked another question is left alone by this one for 30 days, which was so 1 time.').waitFor()
  await team.api.post(`${PROJECT}/voices/when-did-you-drink-it/close`, {})
})

test('at its planned size a report arrives, which leads to the decision', async () => {
  const { go, part, link, button } = on(ada)
  const about = ({ text }) => text.includes(IDEA)
  const messages = async () => (await team.api.get(`${PROJECT}/demo/messages`)).messages.filter((message) => about(message) && /Planned size reached/.test(JSON.stringify(message)))
  for (let sent = 0; (await messages()).length === 0; sent += 120) {
    assert.ok(sent < 2500, JSON.stringify(await reading()))
    await team.visitors(120, '/')
    await team.clock.advance(2 * HOUR)
  }
  const { people, planned } = await reading()
  assert.ok(people >= planned, `${people} of ${planned}`)
  assert.equal((await messages()).length, 1)

  await go('Setup')
  await part('Integrations')
  await link('See what was received').click()
  const message = ada.page.getByRole('article').filter({ hasText: IDEA }).filter({ hasText: 'Planned size reached' })
  await message.getByRole('link').first().click()
  await ada.page.getByRole('region', { name: 'Verdict' }).getByText('Ship it').waitFor()
  await button('Decide').click()
  await button('Ship it, in steps').click()
  const dialog = ada.page.getByRole('dialog', { name: 'Ship it, in steps' })
  await dialog.getByLabel('Anything to remember? (optional)').fill('The words cost nothing.')
  await dialog.getByRole('button', { name: 'Ship it, in steps' }).click()
  await on(ada).heading('Decided: ship it, in steps').waitFor()
  await ada.page.getByText('By the rule', { exact: true }).waitFor()
})

test('a rating stands by version, with its average and what was asked next', async () => {
  const { page } = ada
  await on(ada).go('Voices')
  const survey = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'How clear was it?' }) })
  await survey.locator('.said-new').getByText('5.0 on average').waitFor()
  await survey.locator('.said-old').getByText('2.0 on average').waitFor()
  await survey.locator('.said-new').getByText('Perfectly').waitFor()
  await survey.getByText('Read and search the answers').click()
  await survey.locator('.answers').getByText('The hour').first().waitFor()
  await survey.locator('.answers').getByText('What was missing?').first().waitFor()
  assert.deepEqual(await everywhere(page), [])
  await page.goBack()
})

test('what is asked about it is answered in the words of its screens, by keys alone, with how one knows behind', async () => {
  const { page } = ada
  const told = page.locator('.told')
  const key = (name) => page.keyboard.press(name)
  await on(ada).button('How does it stand?').focus()
  await key('Enter')
  const { headline, words, segments } = await reading()
  await told.getByText(hard(`${headline}. ${words}`), { exact: true }).waitFor()
  await told.getByText('How do you know?').press('Enter')
  await told.getByText('The range holds at every look together').waitFor()
  assert.match(await told.locator('dl').innerText(), /visitors\s+[\d,]+ of [\d,]+ planned/)
  await on(ada).box('Or in your own words').fill('who responded best?')
  await key('Enter')
  await told.getByText(hard(segments?.words ?? 'No two groups that were named before')).waitFor()
  assert.deepEqual(await everywhere(page), [])
  await told.getByText('How do you know?').press('Enter')
  await told.getByRole('link', { name: /^Its reading/ }).press('Enter')
  assert.match(await page.evaluate(() => location.hash), /\/reading$/)
})

test('what was learned is found in the library by a word of the debrief', async () => {
  const { link, box, button } = on(ada)
  await link('Write down what you learned').click()
  await box('What surprised you?').fill('That so few words move so many.')
  await box('What would you tell the next team?').fill(`Say when, not how. Nobody asked about the ${LEARNED}.`)
  await box('What comes next?').fill('The same promise on the page of a coffee.')
  await button('Save').click()
  await ada.page.getByText('Saved', { exact: true }).waitFor()
  await grace.page.reload()
  await on(grace).go('Library')
  await on(grace).box('Search what is known').fill(LEARNED)
  await grace.page.getByText('1 of 1 experiment').waitFor()
  await grace.page.locator('mark').getByText(LEARNED).first().waitFor()
  await on(grace).link(IDEA).waitFor()
  // A link to another search, followed from here, is another search.
  await grace.page.evaluate(() => (location.hash = '#/library?q=zebra'))
  await grace.page.getByText('0 of 1 experiment').waitFor()
  assert.equal(await on(grace).box('Search what is known').inputValue(), 'zebra')
  assert.equal((await experiment()).state, 'debriefed')
})

test('the shipped version reaches everybody in steps', async () => {
  const shown = async () => (await team.api.get(`${PROJECT}/environments/production/flags`)).flags[0]
  const share = await eventually(async () => {
    // Each step waits for visitors who show that it does no harm.
    await team.visitors(60, '/')
    await team.clock.advance(2 * HOUR)
    const { share } = await shown()
    return share === 1 && share
  })
  assert.equal(share, 1, JSON.stringify(await shown()))
  await team.published()
  const { page } = await team.person(`${team.product.site}/`)
  await on({ page }).heading(NEW).waitFor()
})

test('another way to read, chosen and given up again, leaves the planned looks as they were', async () => {
  const method = { kind: 'groupSequential', spending: { power: 2 }, looks: [0.3, 0.6, 1] }
  const { playbook, revision } = await team.api.get(`${PROJECT}/playbook`)
  await team.api.put(`${PROJECT}/playbook`, { ...playbook, method }, revision)
  const { button, box, go, part } = on(ada)
  await go('Setup')
  await part('Playbook')
  const ways = box('When the metric that decides may be read')
  await ways.selectOption('At any time, every day')
  await ways.selectOption('At 30 % and 60 % and 100 % of the planned size')
  await box('and for').fill('4')
  await button('Save the playbook').click()
  await ada.page.getByText('The playbook is saved.').waitFor()
  const kept = (await team.api.get(`${PROJECT}/playbook`)).playbook
  assert.deepEqual([kept.method, kept.hold.units], [method, 4])
})

test('the question of a template is asked in other words, or declined, before anything starts', async () => {
  const { box, heading } = on(ada)
  const { page } = ada
  await page.evaluate(() => (location.hash = '#/experiments/new?template=checkout-step'))
  await heading('What are they asked?').waitFor()
  assert.equal(await box('The question').last().inputValue(), 'What nearly kept you from ordering?')
  assert.deepEqual(await everywhere(page), [])
  await box('What shall we call it?').fill('Address last')
  const kept = (is) => eventually(async () => {
    const { experiments } = await team.api.get(`${PROJECT}/experiments`)
    const key = experiments.find(({ title }) => title === 'Address last')?.key
    // What was begun has no plan until it is saved.
    const { plan } = key ? await team.api.get(`${PROJECT}/experiments/${key}`) : {}
    return plan && is(plan.ask)
  })
  assert.ok(await kept((ask) => ask === undefined))
  await box('The question').last().fill('What was missing at the address?')
  assert.ok(await kept((ask) => ask === 'What was missing at the address?'))
  await page.getByRole('checkbox', { name: 'Ask those who see it something' }).uncheck()
  assert.ok(await kept((ask) => ask === ''))
  // From the top: what is scrolled half below the bar that stays there is covered by it.
  await page.evaluate(() => scrollTo(0, 0))
  assert.deepEqual(await everywhere(page), [])
  await page.getByRole('checkbox', { name: 'Ask those who see it something' }).check()
  assert.ok(await kept((ask) => ask === undefined))
})

test('no screen on the way had anything that the browser complained of', () => {
  const refusal = /422 .*\/submit\)$/
  assert.deepEqual([...ada.complaints, ...grace.complaints].filter((words) => !refusal.test(words)), [])
})
