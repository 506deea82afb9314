// The two quarters before the demo's five weeks, as `npm start` tells them: who tried what, what the numbers said, and what of
// it can be found again.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { SEASONS, season } from '../../www/landing/history.mjs'
import { fieldsOf, guideOf } from '../guide.mjs'
import { knowing, typed } from '../sdk/terminal.mjs'
import { problemsOf, violationsOf } from './accessible.mjs'
import { office, on, PROJECT, PRODUCTION } from './office.mjs'
import { show } from './screens.mjs'
import { readsAsAnswered } from './verdict.mjs'

/** Hours of a step of the telling. */
const STEP = 6
const HOUR = 3_600_000

const tried = Array.from({ length: SEASONS }, (_, number) => season(number)).flat()
let team, told, moves, all

const get = (path) => team.api.get(`${PROJECT}/${path}`)
const numbers = (list, name) => {
  const counts = {}
  for (const one of list) counts[one[name]] = (counts[one[name]] ?? 0) + 1
  return counts
}

before(async () => {
  team = await office()
  const { clock } = team
  const { advance } = clock
  told = []
  moves = 0
  clock.advance = (milliseconds) => {
    moves += 1
    return advance.call(clock, milliseconds)
  }
  // Where a verdict is not the one that was written about, it throws: a seed gives the same verdicts on every machine.
  await team.story((share, words) => told.push([share, words]), ['history'])
  const { experiments } = await get('experiments')
  all = await Promise.all(experiments.map(async ({ key, team }) => ({ team, ...(await get(`experiments/${key}`)), reading: await get(`experiments/${key}/reading`) })))
})

after(() => team?.close())

test('forty experiments of four teams are concluded, and most made no difference as large as was hoped for', () => {
  assert.deepEqual(numbers(all, 'state'), { debriefed: 40 })
  assert.deepEqual(numbers(all, 'team'), { 'shop-front': 10, checkout: 10, letters: 10, prices: 10 })
  const kinds = numbers(all.map(({ reading }) => reading.conclusion), 'kind')
  assert.ok(kinds.noEffectAsLarge > 20, JSON.stringify(kinds))
  for (const kind of ['better', 'worse', 'harm', 'invalid', 'underpowered']) assert.ok(kinds[kind] > 0, `${kind}: ${JSON.stringify(kinds)}`)
  assert.deepEqual(numbers(all.map(({ decision }) => decision), 'choice'), { ship: kinds.better, keep: 31, again: 1, abort: 2 })
})

test('what was learned is about what the numbers say: each verdict is the one that its debrief was written about', () => {
  for (const { title, reading, decision, debrief } of all) {
    const tale = tried.find((one) => one.title === title)
    assert.equal(decision.choice === 'abort' ? 'aborted' : reading.conclusion.kind, tale.found, title)
    assert.deepEqual(debrief.answers, { surprise: tale.surprise, tell: tale.tell, next: tale.next })
    assert.ok(decision.byTheRule || decision.choice !== 'ship', title)
  }
})

test('a screen says of each kind of verdict what the API says, and calls nothing winning', async () => {
  const ada = await team.person()
  const kinds = new Map(all.map((one) => [one.reading.conclusion.kind, one]))
  for (const { key, reading } of kinds.values()) await readsAsAnswered(ada.page, key, reading)
  assert.deepEqual(ada.complaints, [])
})

test('what was shipped has brought what can be, each metric by itself, and each team looks at its numbers', async () => {
  const { impact } = await get('library/together')
  assert.ok(impact.length > 1, JSON.stringify(impact))
  // Four of ten order: more than everybody cannot.
  for (const { metric, believed } of impact) assert.ok(believed > 0 && 0.4 * (1 + believed) < 1, `${metric} ${believed}`)
  for (const { key } of (await get('teams')).teams) assert.ok((await get(`boards/${key}`)).metrics.length > 1, key)
})

test('each went from an idea by somebody’s review through a ramp, and what ran beside it shared each step of the time', () => {
  for (const { title, thought, reviewer, author, planHash, started, ended } of all) {
    assert.ok(thought && planHash && started < ended, title)
    assert.notEqual(author, reviewer, title)
  }
  const steps = all.reduce((sum, { started, ended }) => sum + (ended - started) / (STEP * HOUR), 0)
  assert.ok(steps > 2 * moves, `${steps.toFixed(0)} steps of experiments in ${moves} of the clock`)
  // What it takes is told by how often the time moves, whatever the machine: a season of five used to take forty moves.
  assert.ok(moves < 6 * all.length, `${moves} moves of the clock for ${all.length} experiments`)
})

test('“pricing” finds evidence for and against', async () => {
  const { cards } = await get('library?q=pricing')
  const outcomes = numbers(cards, 'outcome')
  assert.ok(outcomes.ship >= 2 && outcomes.keep >= 4, JSON.stringify(outcomes))
  assert.ok(all.some(({ team, reading }) => team === 'prices' && reading.conclusion.kind === 'worse'))
})

test('each card has a picture of both versions, drawn from its plan, in which every text is a text', async () => {
  const hostile = '<img src=x onerror=globalThis.ran_=1>'
  const ada = await team.person()
  // A plan may say anything; this one says it where the card draws.
  await ada.page.route('**/library', async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    body.cards.find(({ change }) => change.kind === 'words').change.edits[0].text = hostile
    await route.fulfill({ response, json: body })
  })
  await show(ada.page, 'library')
  await on(ada).button('Show 28 more').click()
  const { cards } = await get('library')
  const kinds = new Set()
  for (const { key, title, change } of cards) {
    assert.deepEqual(change, all.find((one) => one.key === key).plan.change, title)
    const card = ada.page.locator('.library-card').filter({ has: ada.page.getByRole('link', { name: title, exact: true }) })
    const [before, after] = await card.getByRole('figure', { name: 'Both versions' }).locator('.pair-frame').allInnerTexts()
    const [was, is] = change.kind === 'words'
      ? [change.edits[0].from, kinds.has('words') ? change.edits[0].text : hostile]
      : change.kind === 'pages' ? [change.page, change.other] : [change.control, change.treatment]
    const plain = (text) => text.replaceAll(/\s+/g, ' ')
    assert.ok(plain(before).startsWith('Old ') && plain(before).includes(plain(was)), `${title}: ${before}`)
    assert.ok(plain(after).startsWith('New ') && plain(after).includes(plain(is)), `${title}: ${after}`)
    kinds.add(change.kind)
  }
  assert.ok(kinds.has('words') && kinds.has('flag'), [...kinds].join())
  assert.equal(await ada.page.evaluate(() => globalThis.ran_), undefined)
  assert.equal(await ada.page.locator('.library-card img').count(), 0)
  await ada.context.close()
})

test('people were asked and have answered, in both versions', async () => {
  const { surveys } = await get('voices')
  assert.equal(surveys.length, 2)
  for (const { open, question, arms } of surveys) {
    assert.equal(open, false)
    for (const { answers, variant } of arms) assert.ok(answers >= 5, `${question} ${variant}: ${answers}`)
  }
})

test('a long list begins with what is read, and the rest comes when somebody asks for it, with the focus', async () => {
  const ada = await team.person()
  for (const [screen, cards] of [['library', '.library-card'], ['ideas', '.ideas > li']]) {
    await show(ada.page, screen)
    await ada.page.locator(cards).first().waitFor()
    assert.equal(await ada.page.locator(cards).count(), 12, screen)
    await on(ada).button('Show 28 more').focus()
    await ada.page.keyboard.press('Enter')
    await ada.page.locator(cards).nth(39).waitFor()
    assert.equal(await ada.page.locator(cards).nth(12).evaluate((card) => card.contains(document.activeElement)), true, screen)
  }
  // Every run is reachable, by the name of its experiment, the newest first.
  await show(ada.page, 'data')
  const runs = ada.page.getByRole('table', { name: 'Runs' }).getByRole('row')
  await runs.nth(12).waitFor()
  assert.equal(await runs.count(), 13)
  await on(ada).button(/^Show \d+ more$/).focus()
  await ada.page.keyboard.press('Enter')
  const { experiments } = await get('experiments')
  const started = experiments.filter(({ run }) => run).sort((one, other) => other.started - one.started)
  await runs.nth(started.length).waitFor()
  assert.equal(await runs.nth(13).evaluate((row) => row.contains(document.activeElement)), true)
  assert.deepEqual((await runs.getByRole('link').allInnerTexts()).slice(0, 3), started.slice(0, 3).map(({ title }) => title))
  for (const screen of ['experiments', 'library', 'calendar', 'library?q=pricing', 'data']) {
    await show(ada.page, screen)
    for (const width of [1280, 390]) {
      await ada.page.setViewportSize({ width, height: 900 })
      assert.deepEqual([...await problemsOf(ada.page), ...await violationsOf(ada.page), ...ada.complaints], [], `${screen}, ${width}`)
    }
  }
})

test('what is held to be so is written with what speaks for and against it, and found beside the debriefs', async () => {
  const ada = await team.person()
  const { page } = ada
  const known = (await get('claims')).claims
  assert.ok(known.length >= 5 && known.filter((claim) => claim.for.length && claim.against.length).length >= 3, 'teams hold some things, and not all of them for sure')
  const named = new Set(known.flatMap((claim) => [...claim.for, ...claim.against].map(({ key }) => key)))
  const { cards } = await get('library')
  const [shipped, kept] = ['ship', 'keep'].map((outcome) => cards.find((card) => card.outcome === outcome && !named.has(card.key)) ?? cards.find((card) => card.outcome === outcome))
  await show(page, `experiments/${kept.key}/debrief`)
  await page.getByText('No claim rests on this experiment yet.').waitFor()
  await page.getByRole('link', { name: 'Write a claim' }).click()
  await page.getByLabel('What holds, in a sentence?').fill('Lower pricing is overrated.')
  await page.getByLabel('An experiment').selectOption(shipped.key)
  await on(ada).button('It speaks against this').click()
  await on(ada).button('Keep it').click()
  await page.locator('.claim-text', { hasText: 'Lower pricing is overrated.' }).waitFor()
  const { claims: [claim] } = await get('claims')
  assert.deepEqual([claim.for[0].key, claim.against[0].key], [kept.key, shipped.key])
  for (const screen of ['library?q=pricing', `library/claims?show=${claim.id}`, `experiments/${kept.key}/debrief`]) {
    await show(page, screen)
    await page.getByText('Lower pricing is overrated.').waitFor()
    assert.deepEqual([...await problemsOf(page), ...await violationsOf(page), ...ada.complaints], [], screen)
  }
})

test('past experiments come in from a file, with what stands where, a look at them, and each mistake at its line', async () => {
  const ada = await team.person()
  const { page } = ada
  const choose = (text) => page.getByLabel('Files', { exact: true }).setInputFiles({ name: 'past.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await show(page, 'library/import')
  await choose('Test,Result,When,Lesson\nZebra stripes,won,31.12.2019,Stripes sell\nMore zebras,perhaps,,\n')
  await page.getByText('past.csv:3').waitFor()
  await choose('Test,Result,When,Lesson\nZebra stripes,won,31.12.2019,Stripes sell\nMore zebras,flat,,\n')
  await page.getByText('Left out: When, Lesson.').waitFor()
  await page.getByLabel('Found', { exact: true }).selectOption('Lesson')
  await page.getByLabel('Ended', { exact: true }).selectOption('When')
  await page.getByText('2 experiments would be new, 0 would change').waitFor()
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    assert.deepEqual([...await problemsOf(page), ...await violationsOf(page), ...ada.complaints], [], `${width}`)
  }
  await on(ada).button('Import 2 experiments').click()
  await page.getByText('2 experiments came into the library').waitFor()
  await show(page, 'library?q=zebra')
  assert.equal(await page.locator('.library-card', { hasText: 'Imported, not verified' }).count(), 2)
  await page.getByRole('link', { name: 'Zebra stripes' }).click()
  await page.getByText('Nobody here has verified its numbers').waitFor()
  assert.deepEqual([...await problemsOf(page), ...await violationsOf(page), ...ada.complaints], [])
  assert.equal((await get('past/zebra-stripes')).ended, '2019-12-31')
  await show(page, 'library/together')
  await page.getByText('2 imported experiments are in no figure here').waitFor()
})

test('what was said is looked for among those alone who met a version', async () => {
  const ada = await team.person()
  const { page } = ada
  const { surveys } = await get('voices')
  const answers = (await Promise.all(surveys.map(async ({ key, experiment }) => (await get(`voices/${key}`)).answers.map((answer) => ({ ...answer, experiment }))))).flat()
  const { text, variant, experiment } = answers.find(({ text }) => /\p{L}{5}/u.test(text))
  const [word] = /\p{L}{5,}/u.exec(text)
  await show(page, `voices?${new URLSearchParams({ q: word })}`)
  await page.locator('.answers li').first().waitFor()
  await page.getByLabel('Who wrote it').selectOption(`${experiment} ${variant}`)
  await page.waitForURL((url) => new URLSearchParams(url.hash.split('?')[1]).get('variant') === variant)
  const { found } = await get(`search?${new URLSearchParams({ q: word, experiment, variant })}`)
  assert.ok(found.length > 0 && found.every(({ met }) => met.some((one) => one.variant === variant)), JSON.stringify(found))
  await page.locator('.answers').getByText(`, ${variant}`).nth(found.length - 1).waitFor()
  assert.equal(await page.locator('.answers li').count(), found.length)
  assert.deepEqual([...await problemsOf(page), ...await violationsOf(page), ...ada.complaints], [])
})

test('a result leaves as a picture and three sentences, those of its verdict and its debrief', async () => {
  const ada = await team.person()
  const { page } = ada
  const { key, reading } = all.find(({ reading, decision }) => decision?.choice === 'ship' && reading.lift)
  const { prefilled } = await get(`experiments/${key}/debrief`)
  await show(page, `experiments/${key}/reading`)
  await on(ada).button('Result card').click()
  const dialog = page.getByRole('dialog', { name: 'Result card' })
  const told = await dialog.getByRole('img').getAttribute('aria-label')
  const message = await dialog.getByLabel('The same as a message').innerText()
  for (const sentence of [prefilled.expected, prefilled.found, prefilled.decision]) {
    assert.ok(told.includes(sentence) && message.includes(sentence), sentence)
  }
  assert.ok(prefilled.found.startsWith(`${reading.headline}. ${reading.words}`))
  await dialog.getByText('As blocks for Slack').click()
  const slack = JSON.parse(await dialog.getByLabel('The same as blocks for Slack').innerText())
  // The limits of Block Kit, by its reference.
  const [header, expected, found, decided, context, actions] = slack.blocks
  assert.deepEqual(slack.blocks.map(({ type }) => type), ['header', 'section', 'section', 'section', 'context', 'actions'])
  assert.ok(header.text.text.length <= 150 && header.text.type === 'plain_text' && slack.text.length <= 4000)
  assert.ok([expected, found, decided, { text: context.elements[0] }].every(({ text }) => text.type === 'mrkdwn' && text.text.length > 0 && text.text.length <= 3000))
  const slackens = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  assert.deepEqual([expected, decided].map(({ text }) => text.text), [['Expected', prefilled.expected], ['Decided', prefilled.decision]].map(([label, text]) => `*${label}.* ${slackens(text)}`))
  assert.match(actions.elements[0].url, /#\/experiments\/.*\/reading$/)
  const saved = async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), on(ada).button('Picture (PNG)').click()])
    return readFileSync(await download.path())
  }
  await on(ada).box('Light').check()
  const light = await saved()
  await on(ada).box('Dark').check()
  const dark = await saved()
  for (const picture of [light, dark]) {
    assert.equal(picture.subarray(1, 4).toString(), 'PNG')
    assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [2400, 1350])
    assert.ok(picture.length > 40_000, `${picture.length} bytes`)
  }
  assert.notDeepEqual(light, dark)
  assert.deepEqual([...await violationsOf(page), ...ada.complaints], [])
})

test('debriefs leave as Markdown and come back as the same files', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'pointsman-markdown-'))
  try {
    const pointsman = (...args) => {
      const { status, said, stderr } = typed(args, { env: knowing(scratch, { ...team.product, project: 'demo' }), json: true })
      assert.equal(status, 0, stderr)
      return said
    }
    const [first, between, second] = ['first', 'between', 'second'].map((name) => join(scratch, name))
    pointsman('export', first)
    const files = readdirSync(join(first, 'experiments')).filter((name) => name.endsWith('.md'))
    assert.equal(files.length, 40)
    // They are experiments of this project, so each comes back under another key.
    mkdirSync(between)
    const renamed = (name) => readFileSync(join(first, 'experiments', name), 'utf8').replace('key: "', 'key: "then-')
    for (const name of files) writeFileSync(join(between, name), renamed(name))
    assert.equal(pointsman('library', 'import', between).added, 40)
    pointsman('export', second)
    for (const name of files) assert.equal(readFileSync(join(second, 'imported', `then-${name}`), 'utf8'), renamed(name), name)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})

test('every event was kept, and production is as tidy as before', async () => {
  const { ledger } = await get('environments/production/data')
  assert.deepEqual(ledger.rejected, {})
  const { document } = await team.api.get(`${PRODUCTION}/document`)
  assert.deepEqual([document.experiments ?? {}, document.surveys ?? {}, Object.keys(document.pages)], [{}, {}, ['race']])
  assert.ok(Object.values(document.flags).every(({ rules }) => !rules.length))
})

test('docs/api.md shows the fields that the API answers, and no others', async () => {
  const { text, blocks } = guideOf('docs/api.md')
  const lines = text.split('\n')
  const about = ({ line }) => /^(?:`GET (?:P|…)\/([\w/]+)`|`(\w+)`:)/.exec(lines.slice(0, line - 2).reverse().find((words) => words.startsWith('`')))
  const examples = Object.fromEntries(blocks('json').map((block) => [about(block)?.slice(1).find(Boolean), JSON.parse(block.body)]))
  const live = await Promise.all(all.map(({ key }) => get(`experiments/${key}/live`)))
  const answers = {
    Experiment: all.map(({ reading, team, ...experiment }) => experiment), Plan: all.map(({ plan }) => plan).filter(({ change }) => change.kind === 'words'), live, reading: all.map(({ reading }) => reading),
    now: [await get('now')], practice: [await get('practice')], 'library/together': [await get('library/together')],
  }
  const wrong = {}
  for (const [name, seen] of Object.entries(answers)) {
    const [told, answered] = [fieldsOf(examples[name]), new Set(seen.flatMap((answer) => [...fieldsOf(answer)]))]
    const parent = (path) => path.slice(0, Math.max(path.lastIndexOf('.'), 0))
    const [elsewhere, reached] = [[...told].filter((path) => ![...told].some((other) => parent(other) === path)), new Set([...answered].map(parent))]
    const untold = [...answered].filter((path) => !told.has(path) && !elsewhere.some((leaf) => leaf && path.startsWith(`${leaf}.`)))
    const stale = [...told].filter((path) => !answered.has(path) && reached.has(parent(path)) && path !== SELDOM)
    if (untold.length || stale.length) wrong[name] = { untold, stale }
  }
  assert.deepEqual(wrong, {})
})

/** There only where somebody else had to say yes to a decision against the rule. */
const SELDOM = 'decision.approver'

test('how far it is was told from the beginning to the end', () => {
  assert.ok(told.every(([share], index) => !index || share >= told[index - 1][0]))
  assert.deepEqual(told.at(-1), [1, 'ready'])
  const counted = told.map(([, words]) => /^(\d+) of 40 experiments$/.exec(words)?.[1]).filter(Boolean).map(Number)
  assert.deepEqual([counted[0], counted.at(-1)], [0, 40])
  assert.ok(new Set(counted).size > 20, 'it is told as they are concluded, not by the season')
})
