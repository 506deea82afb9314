// The demo as `npm start` opens it: its story, every screen of it, and what each button of its bar promises.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { act, at } from '../../www/landing/desk.mjs'
import { did, Site, Visitor } from '../../www/landing/visitor.mjs'
import { counted, reported } from '../edge/log.mjs'
import { ask } from '../edge/wire.mjs'
import { COLOURS, everywhere, problemsOf, violationsOf } from './accessible.mjs'
import { eventually, office, on, PROJECT } from './office.mjs'
import { screensOf, show } from './screens.mjs'
import { readsAsAnswered } from './verdict.mjs'

let team, ada, running, seconds

before(async () => {
  team = await office()
  const began = performance.now()
  await team.story()
  seconds = (performance.now() - began) / 1000
  await team.begin()
  ada = await team.person()
})

after(() => team?.close())

const get = (path) => team.api.get(`${PROJECT}/${path}`)
const live = () => get(`experiments/${running.key}/live`)
const line = async (id) => (await live()).lines.find((line) => line.id === id)
const data = () => get('environments/production/data')
const sum = (counts) => Object.values(counts).reduce((total, n) => total + n, 0)
const bar = () => ada.page.getByRole('complementary', { name: 'Demo' })

/** Presses a button of the bar once it can be pressed. */
const press = (name) => bar().getByRole('button', { name, exact: true }).click()
/** Goes where the bar says that there is something to see. */
const look = () => bar().getByRole('link', { name: 'Look there' }).click()
const idle = () => eventually(async () => !(await get('demo')).busy, 60)
/** The words of a line in “Is it working?”. */
const check = (name) => ada.page.getByRole('listitem').filter({ has: ada.page.getByRole('heading', { name, exact: true }) })

test('its story is told: one shipped, one without an effect, one rolled back, one with bad numbers, one under way, a draft, ideas, four teams and one of each kind', async (t) => {
  t.diagnostic(`the story took ${seconds.toFixed(1)} s`)
  const { experiments } = await get('experiments')
  assert.deepEqual(experiments.map(({ state }) => state).sort(), ['debriefed', 'debriefed', ...Array(11).fill('draft'), 'idea', 'idea', 'idea', 'idea', 'running', 'stopped', 'stopped'])
  const { teams } = await get('teams')
  assert.deepEqual(teams.map(({ owns }) => owns.experiment ?? 0), [6, 2, 0, 2])
  assert.deepEqual((await get('ideas')).ideas.map(({ votes, state }) => [votes, state]), [[2, 'idea'], [1, 'idea'], [0, 'idea'], [0, 'draft'], [0, 'idea']])
  const whole = await Promise.all(experiments.map(({ key }) => get(`experiments/${key}`)))
  const kinds = new Map(whole.filter(({ plan }) => plan?.template).map((one) => [one.plan.template.key, one]))
  const { templates } = await get('templates')
  assert.deepEqual([...kinds.keys()].sort(), templates.map(({ key }) => key).sort(), 'each kind has its example')
  for (const { title, problems } of kinds.values()) assert.deepEqual(problems, [], title)
  const ends = experiments.filter(({ state }) => /debriefed|stopped/.test(state))
  const concluded = await Promise.all(ends.map(async ({ key }) => (await get(`experiments/${key}/reading`)).conclusion.kind))
  assert.deepEqual(concluded.sort(), ['better', 'harm', 'invalid', 'noEffectAsLarge'])
  running = experiments.find(({ state }) => state === 'running')
  const { ledger, events } = await data()
  assert.ok(events.reduce((total, { n }) => total + n, 0) < ledger.stored, 'five weeks later every event is still in the ledger')
  await on(ada).heading('Needs you').waitFor()
  await on(ada).heading('You follow').waitFor()
  await on(ada).link(running.title).first().waitFor()
})

test('of those who order for the first time a believable part comes back when a bag is empty', async (t) => {
  const { sums } = await get('environments/production/visitors?metric=orders')
  const rows = sums.filter(({ metric }) => metric === 'back')
  const last = Math.max(...rows.map(({ epoch }) => epoch))
  // First days of which the ninth day after is over.
  const had = rows.filter(({ epoch }) => epoch <= last - 10 * 86_400_000).map(({ vector }) => vector.map(Number))
  const share = (day) => had.reduce((all, row) => all + (row[day] ?? 0), 0) / had.reduce((all, [n]) => all + n, 0)
  t.diagnostic(`of ${had.reduce((all, [n]) => all + n, 0)} who ordered, ${[1, 4, 6, 7, 8].map((day) => `${(100 * share(day)).toFixed(1)} % on day ${day}`).join(', ')}`)
  assert.ok(share(7) > 0.08 && share(7) < 0.4 && share(7) > 3 * share(4), JSON.stringify(had))
})

test('who answers for all tests finds first what costs most to ignore, and why, one click away', async () => {
  const { page } = ada
  await show(page, 'now')
  const needs = page.locator('.need')
  await needs.first().waitFor()
  // What stopped by itself stands before what somebody stopped, though that was later.
  assert.deepEqual(await needs.getByRole('heading').allInnerTexts(), ['One-page basket', 'Call the timetable a promise'])
  await needs.first().getByRole('link', { name: 'See why: One-page basket' }).click()
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict.getByRole('heading', { name: 'Stopped itself: keep the old version' }).waitFor()
  assert.match(await verdict.innerText(), /“errors” got worse/)
})

test('a result that says nothing yet says what the API says, and shows no rate and no range before there is one', async () => {
  const reading = await get(`experiments/${running.key}/reading`)
  // Which of them, a few orders more or less decide.
  assert.ok(['tooEarly', 'undecided'].includes(reading.conclusion.kind), reading.conclusion.kind)
  await readsAsAnswered(ada.page, running.key, reading)
  assert.equal(await ada.page.locator('.effect').count(), reading.lift ? 1 : 0)
})

test('whether it would be different for someone is said of groups that were named before', async () => {
  const { key } = (await get('experiments')).experiments.find(({ state }) => state === 'debriefed')
  const { page } = ada
  const back = await page.evaluate(() => location.hash)
  await page.evaluate((key) => (location.hash = `#/experiments/${key}/reading`), key)
  await on(ada).heading('Would it be different for someone?').waitFor()
  await page.getByText(/^Looked at \d+ groups that were named before \(browser/).waitFor()
  await page.getByText('The groups', { exact: true }).click()
  await page.getByRole('table', { name: 'Groups' }).waitFor()
  await page.evaluate((back) => (location.hash = back), back)
})

test('what is over tells nobody to do anything, and what was tried before is a link', async () => {
  const { page } = ada
  const back = await page.evaluate(() => location.hash)
  await show(page, 'alerts?state=resolved')
  await page.getByText('It is over.').first().waitFor()
  assert.equal(await page.getByText('What to do.').count(), 0)
  const { key } = (await get('experiments')).experiments.find(({ state }) => state === 'draft')
  await show(page, `experiments/${key}`)
  const tried = page.getByRole('list', { name: 'Checks' }).getByRole('link', { name: /^Read what they learned\./ }).first()
  await tried.waitFor()
  const { title } = await get((await tried.getAttribute('href')).slice(2))
  assert.ok((await page.getByRole('list', { name: 'Checks' }).innerText()).includes(`“${title}”`))
  await page.evaluate((back) => (location.hash = back), back)
})

test('the guide takes to the checks of a plan that was begun just now, and another plan can be begun at once', async () => {
  const { page, complaints, context } = await team.person()
  const { button, box, link } = on({ page })
  await button('Guide me').click()
  await link('Take me there').click()
  await box('What shall we call it?').fill('Say it shorter')
  await page.waitForFunction(() => location.hash === '#/experiments/say-it-shorter')
  await page.getByText(/Next, check:/).waitFor()
  assert.equal(await box('What shall we call it?').inputValue(), 'Say it shorter')
  await link('Take me there').click()
  await page.waitForFunction(() => document.activeElement.id === 'before')
  await page.evaluate(() => (location.hash = '#/experiments/new'))
  await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'New experiment')
  assert.equal(await box('What shall we call it?').inputValue(), '')
  const { revision } = await get('experiments/say-it-shorter')
  await team.api.post(`${PROJECT}/experiments/say-it-shorter/archive`, {}, revision)
  assert.deepEqual(complaints, [])
  await context.close()
})

test('first steps tick what has come to pass, also where other tests than the check have brought the visitors', async () => {
  await ada.page.evaluate(() => (location.hash = '#/start'))
  const says = (title, words) => ada.page.getByRole('listitem').filter({ has: ada.page.getByRole('heading', { name: title, exact: true }) }).getByRole('status').getByText(words).waitFor()
  await says('The first visitor is in it', /^\d+,\d+ visitors so far\.$/)
  await says('Check the counting with nothing', /^It is drafted/)
})

test('the numbers behind a result leave as JSON, as CSV with each of them on a line, and as pictures', async () => {
  const { key } = (await get('experiments')).experiments.find(({ state }) => state === 'debriefed')
  const { page } = ada
  const back = await page.evaluate(() => location.hash)
  await page.evaluate((key) => (location.hash = `#/experiments/${key}/reading`), key)
  await page.getByText('Numbers for specialists').click()
  const saved = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), on(ada).button(name).click()])
    return readFileSync(await download.path())
  }
  const report = JSON.parse(await saved('JSON'))
  assert.equal(report.metric, 'orders')
  const numbers = (value) => (typeof value === 'object' && value !== null ? Object.values(value).reduce((n, inside) => n + numbers(inside), 0) : 1)
  const lines = (await saved('CSV')).toString().trimEnd().split('\r\n')
  assert.equal(lines[0], 'place,value')
  assert.equal(lines.length - 1, numbers(report))
  assert.ok(lines.includes(`arms/0/confirmed,${report.arms[0].confirmed}`))
  const picture = await saved('Pictures (PNG)')
  assert.equal(picture.subarray(1, 4).toString(), 'PNG')
  assert.ok(picture.length > 5000, `${picture.length} bytes`)
  // Arrows are drawn, so that they are in the file whatever fonts its reader has; each table says what it is of.
  const sides = page.locator('.dots-side')
  assert.equal(await sides.locator('path').count(), await sides.locator('text').count())
  assert.match(await sides.innerHTML(), /^<path[^>]*><\/path><text|<\/text><path/)
  assert.equal(await page.locator('.chart-table table:not(:has(caption))').count(), 0)
  await page.evaluate((back) => (location.hash = back), back)
})

test('what visitors wrote is found with a slip of the finger, stands by variant, and says what tells the versions apart', async () => {
  const { page } = ada
  const back = await page.evaluate(() => location.hash)
  await page.evaluate(() => (location.hash = '#/voices'))
  await page.getByRole('searchbox', { name: 'Search answers, tickets and notes' }).fill('the buton I press')
  await page.getByText('The button does nothing when I press it').first().waitFor()
  await page.getByRole('searchbox', { name: 'Search answers, tickets and notes' }).fill('NEAR("zebra* OR -')
  await page.getByText('Nobody has written that, in these words or nearly so.').waitFor()
  await page.getByText('Read the tickets, and what tells them apart').first().click()
  await page.getByText(/^Those who met .* write more often “/).waitFor()
  await page.getByText('All words that differ').click()
  await page.getByRole('table', { name: 'Words that one version’s people use more' }).waitFor()
  assert.deepEqual(await everywhere(page), [])
  const [download] = await Promise.all([page.waitForEvent('download'), on(ada).button('CSV').click()])
  const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n')
  assert.ok(lines.length > 10 && lines.slice(1).every((line) => /^"(themes|theme|ticket)",/.test(line)), lines[1])
  const [{ arms }] = (await get('voices')).written.filter(({ title }) => title === 'One-page basket')
  const [met, wrote] = ['exposed', 'tickets'].map((name) => arms.reduce((sum, arm) => sum + arm[name], 0))
  assert.ok(wrote > 12 && wrote < met / 2, `a believable part of those who met it wrote: ${wrote} of ${met}`)
  // The version that was taken back for harm is told of in the words of those who met it.
  const { experiments } = await get('experiments')
  const ends = await Promise.all(experiments.filter(({ state }) => state === 'stopped').map(({ key }) => get(`experiments/${key}/reading`)))
  const quotes = ends.filter(({ quote }) => quote)
  assert.deepEqual(quotes.map(({ conclusion }) => conclusion.kind), ['harm'])
  await page.evaluate((back) => (location.hash = back), back)
})

test('its segments give the numbers of its dashboard, by the SQL of the documentation', async () => {
  const [{ run }] = (await get('environments/production/data')).runs.filter(({ experiment }) => experiment === running.key)
  // Visitors go on coming, so both are asked until nobody came in between.
  const told = await eventually(async () => {
    const report = reported(await get(`environments/production/experiments/${running.key}/report`))
    const { waiting } = await team.api.post(`${PROJECT}/environments/production/segments`)
    return waiting === 0 && isDeepStrictEqual((await counted(join(team.product.folder, 'log')))[run], report) && report
  }, 60)
  assert.ok(told && Object.values(told).every(({ converted }) => Number(converted) > 10), JSON.stringify(told))
})

test('the edge’s lane of the race shows everybody the new words', async () => {
  for (let visitor = 0; visitor < 8; visitor++) {
    const { text } = await ask(team.product, '/race/edge?wait=0')
    assert.match(text, /<h1 id="headline"[^>]*>Roasted this morning, at your door tomorrow</)
  }
})

test('every screen can be told by a screen reader, has no violation of WCAG 2.2 AA, fits and breaks no rule of the browser, light and dark, on a desk and a phone', async () => {
  const { experiments } = await get('experiments')
  const one = await team.person()
  const problems = []
  const look = async (screen) => {
    for (const width of [1280, 390]) {
      await one.page.setViewportSize({ width, height: 900 })
      const found = [...await problemsOf(one.page), ...one.complaints.splice(0)]
      for (const [colorScheme, rules] of [['light', undefined], ['dark', COLOURS]]) {
        await one.page.emulateMedia({ colorScheme })
        found.push(...(await violationsOf(one.page, rules)).map((violation) => `${colorScheme}: ${violation}`))
      }
      problems.push(...found.map((problem) => `${screen}, ${width}: ${problem}`))
    }
  }
  for (const screen of screensOf(experiments)) {
    await show(one.page, screen)
    await look(screen)
  }
  await one.page.evaluate(() => localStorage.clear())
  await one.page.reload()
  await on(one).heading('Open the dashboard with your link').waitFor()
  await look('sign in')
  // Where nothing is, the engine says so, and the browser repeats it.
  assert.deepEqual(problems.filter((problem) => !/gone.*404/.test(problem)), [])
  await one.context.close()
})

test('a screen that cannot be told is noticed', async () => {
  const { context } = await team.person()
  const page = await context.newPage()
  await page.setContent(`<html><title>x</title><h1 id=a>One</h1><h1 id=a>Two</h1><h3>Three</h3><button></button><input>
    <label for=gone>Box</label><p style="width: 3000px">wide</p>`)
  assert.deepEqual((await problemsOf(page)).map((problem) => problem.split(/[“”,:]|\d+ pixels/)[0].trim()), [
    'a button without a name', 'a textbox without a name', '2 headings of the first level', '', 'not one main part', 'the id',
    'for leads to', 'it is', 'no title or no language',
  ])
  const rules = new Set((await violationsOf(page)).map((violation) => violation.split(':')[0]))
  for (const rule of ['button-name', 'label', 'html-has-lang']) assert.ok(rules.has(rule), rule)
  await context.close()
})

test('Be a visitor: the shop opens for somebody who has never been there', async () => {
  const units = []
  for (let visit = 0; visit < 2; visit++) {
    const opened = ada.context.waitForEvent('page')
    await press('Be a visitor')
    const shop = await opened
    await shop.getByRole('heading', { level: 1 }).waitFor()
    assert.equal(new URL(shop.url()).origin, team.product.site)
    units.push((await ada.context.cookies(team.product.site)).find(({ name }) => name === 'pm').value)
    await shop.close()
  }
  assert.notEqual(units[0], units[1])
})

test('while its past is being told the console says how far it is, and offers nothing that would change it', async () => {
  const telling = bar().getByText(/^Telling the past: /)
  assert.equal(await telling.count(), 0)
  team.tells(0.5, '23 of 40 experiments')
  await bar().getByText('Telling the past: 23 of 40 experiments').waitFor()
  assert.equal(await bar().getByRole('progressbar', { name: 'How much of the past is told' }).getAttribute('aria-valuenow'), '50')
  assert.equal(await bar().getByRole('button', { name: 'Jump a day ahead' }).isDisabled(), true)
  assert.equal(await bar().getByRole('button', { name: 'Be a visitor' }).isDisabled(), false)
  assert.deepEqual([...await violationsOf(ada.page), ...await problemsOf(ada.page)], [])
  team.tells(1, 'ready')
  await telling.waitFor({ state: 'detached' })
  await bar().getByRole('status').getByText('The past of this demo is told.').waitFor()
  assert.equal(await bar().getByRole('button', { name: 'Jump a day ahead' }).isDisabled(), false)
})

test('Be the reviewer: the second person lets it start, nobody else can, and one is oneself again', async () => {
  const { page } = ada
  const back = await page.evaluate(() => location.hash)
  const drafts = (await get('experiments')).experiments.filter(({ state }) => state === 'draft')
  let key
  for (const one of drafts) if (!key && (await act(team.api, one.key, 'submit').catch(() => undefined))) key = one.key
  assert.ok(key, 'one of the examples can be handed in')
  await page.evaluate((key) => (location.hash = `#/experiments/${key}`), key)
  await page.getByText('Waiting for somebody else.').waitFor()
  const start = page.getByRole('button', { name: /^Approve and start/ })
  assert.equal(await start.count(), 0)
  await assert.rejects(act(team.api, key, 'approve'), /answered with 40[39]/)

  await press('Be the reviewer')
  await page.locator('.nav-person', { hasText: 'reviewer' }).waitFor()
  assert.equal(await bar().getByRole('button', { name: 'Be yourself again' }).getAttribute('aria-pressed'), 'true')
  await page.reload()
  await page.locator('.nav-person', { hasText: 'reviewer' }).waitFor()
  await start.click()
  await page.waitForURL(/\/live$/)
  await press('Be yourself again')
  await page.locator('.nav-person', { hasText: 'admin' }).waitFor()
  const started = await get(`experiments/${key}`)
  assert.deepEqual([started.state, started.reviewer], ['running', 'reviewer'])
  assert.equal(await page.evaluate(() => localStorage.getItem('pointsman.self')), null)
  await act(team.api, key, 'stop', { why: 'It was started to see who may.' })
  assert.equal((await team.api.get(at(key))).state, 'stopped')
  await page.evaluate((back) => (location.hash = back), back)
})

test('A wave of bots: all 300 are filtered, and no experiment counts one', async () => {
  const before = { ...(await data()), arms: (await live()).arms }
  await press('A wave of bots')
  await look()
  await on(ada).heading('Data').waitFor()
  assert.ok(await idle())
  const now = { ...(await data()), arms: (await live()).arms }
  const filtered = sum(now.ledger.filtered)
  assert.ok(filtered - sum(before.ledger.filtered) >= 300)
  assert.equal(now.ledger.stored, before.ledger.stored)
  assert.deepEqual(now.arms, before.arms)
  await ada.page.locator('.ledger-filtered .ledger-n').getByText(filtered.toLocaleString('en')).waitFor()
})

test('a report that gets lost on the way is told on the live page, with its browser', async () => {
  await on(ada).go('Experiments')
  await on(ada).link(running.title).click()
  const told = check('Reports on the way')
  await told.getByText(/^No report was lost on the way; [\d,]+ came in\.$/).waitFor()
  const { experiment } = await live()
  const [site, safari] = [new Site(team.product.site, 1), 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15']
  let visitor, page
  // Who does not meet the test has nothing to lose.
  while (!page?.seen().length) {
    visitor = new Visitor(site, safari)
    page = await visitor.open(experiment.plan.change.page)
  }
  // Two never leave, and a third does.
  page.seal([did('a')])
  page.seal([did('b')])
  const { status } = await visitor.send(page.seal(page.seen()))
  site.close()
  assert.equal(status, 200)
  await told.getByText(/^2 of [\d,]+ reports were lost on the way \(Safari 2\)\.$/).waitFor()
  const { lost } = (await live()).browsers.find(({ browser }) => browser === 'Safari').arms.find(({ lost }) => lost)
  assert.equal(lost, 2)
  await ada.page.getByRole('columnheader', { name: 'Reports lost' }).waitFor()
})

test('Kill the process: the dashboard says so, recovers, and everything is still accounted for', async () => {
  const leaving = new AbortController()
  const visitors = team.audience.trickle(40, leaving.signal)
  const before = await data()
  const { pid } = team.product.child
  await press('Kill the process')
  await look()
  await bar().getByText('The engine is killed and starts again').or(ada.page.getByText('The engine is back')).first().waitFor()
  assert.ok(await eventually(() => team.product.child.pid !== pid))
  assert.ok(await eventually(async () => !(await get('demo').catch(() => ({ busy: true }))).busy))
  await ada.page.getByText('The engine does not answer').waitFor({ state: 'hidden' })
  const grown = await eventually(async () => {
    const { ledger } = await data()
    return ledger.stored > before.ledger.stored && ledger
  })
  leaving.abort()
  await visitors
  assert.ok(grown, 'visitors are counted again')
  assert.equal(sum(grown.filtered) >= sum(before.ledger.filtered), true)
  const { experiment } = await live()
  assert.deepEqual([experiment.state, experiment.ramp.held], ['running', false])
  const parts = await ada.page.locator('.ledger dd.ledger-n').allInnerTexts()
  const whole = await ada.page.locator('.ledger-received strong').innerText()
  const number = (text) => Number(text.replaceAll(',', ''))
  assert.equal(parts.map(number).reduce((total, n) => total + n), number(whole))
})

test('Jump a day ahead: the date moves, and the experiment is a day older', async () => {
  const day = () => ada.page.getByRole('listitem').filter({ has: on(ada).link(running.title) }).locator('.run-facts dd').first().innerText()
  await on(ada).go('Now')
  const before = { day: Number(await day()), now: (await team.api.get('/api/v1/projects')).now }
  await press('Jump a day ahead')
  await bar().getByText('A day passes').waitFor()
  assert.ok(await idle())
  await look()
  assert.ok(await eventually(async () => Number(await day()) === before.day + 1))
  const { now } = await team.api.get('/api/v1/projects')
  assert.ok(now - before.now >= 24 * 3_600_000)
  const date = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short' }).format(now)
  await bar().getByText(`it is ${date} here`).waitFor()
})

test('Lose Safari’s reports: the line “Browsers” names Safari, and says what to do', async () => {
  await press('Lose Safari’s reports')
  await look()
  const began = performance.now()
  await check('Browsers').getByText('Look', { exact: true }).waitFor({ timeout: 20_000 })
  await check('Browsers').getByText(/Safari on the new version/).waitFor()
  assert.ok(performance.now() - began < 15_000, 'it shows within a few seconds')
  assert.ok(await idle())
  await press('Let Safari report again')
  await bar().getByRole('button', { name: 'Lose Safari’s reports' }).waitFor()
})

test('Break the new version: it is taken back by itself, at once, and a message says so', async () => {
  const before = (await get('demo/messages')).messages.length
  await press('Break the new version')
  await look()
  const began = performance.now()
  await ada.page.getByText('Stopped itself: a guardrail broke').waitFor({ timeout: 20_000 })
  assert.ok(performance.now() - began < 15_000, 'it is taken back within a few seconds')
  assert.equal((await line('guardrails')).status, 'stop')
  assert.ok(await eventually(async () => (await get('demo/messages')).messages.length > before))
  // Everybody who comes from now on gets the old words.
  await team.published()
  for (let visitor = 0; visitor < 5; visitor++) {
    const { page, context } = await team.person(`${team.product.site}/beans`)
    await page.getByText('250 g, whole beans').first().waitFor()
    assert.equal(await page.getByText('16 cups').count(), 0)
    await context.close()
  }
  await on(ada).go('Setup')
  await on(ada).part('Integrations')
  await on(ada).link('See what was received').click()
  await ada.page.getByRole('article').first().getByText(/Stopped itself/).waitFor()
  assert.equal(await ada.page.getByRole('article').count(), 12, 'the newest of them, and all once somebody asks')
  assert.ok(await idle())
  await press('Mend the new version')
  await bar().getByRole('button', { name: 'Break the new version' }).waitFor()
})

test('what the browser had to say against all that was the silence of a killed engine', () => {
  assert.deepEqual(ada.complaints.filter((complaint) => !/ERR_CONNECTION|ERR_EMPTY|ERR_CONTENT_LENGTH|502|503/.test(complaint)), [])
})
