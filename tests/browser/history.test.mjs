// The two quarters before the demo's five weeks, as `npm start` tells them: who tried what, what the numbers said, and what of
// it can be found again.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { SEASONS, season } from '../../www/landing/history.mjs'
import { problemsOf, violationsOf } from './accessible.mjs'
import { office, on, PROJECT, PRODUCTION } from './office.mjs'
import { show } from './screens.mjs'

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
  all = await Promise.all(experiments.map(async (card) => ({ ...card, ...(await get(`experiments/${card.key}`)), reading: await get(`experiments/${card.key}/reading`) })))
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

test('each went from an idea by somebody’s review through a ramp, and what ran beside it shared each step of the time', () => {
  for (const { title, thought, reviewer, author, planHash, started, ended } of all) {
    assert.ok(thought && planHash && started < ended, title)
    assert.notEqual(author, reviewer, title)
  }
  const steps = all.reduce((sum, { started, ended }) => sum + (ended - started) / (STEP * HOUR), 0)
  assert.ok(steps > 2 * moves, `${steps.toFixed(0)} steps of experiments in ${moves} of the clock`)
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
  for (const screen of ['experiments', 'library', 'calendar', 'library?q=pricing']) {
    await show(ada.page, screen)
    for (const width of [1280, 390]) {
      await ada.page.setViewportSize({ width, height: 900 })
      assert.deepEqual([...await problemsOf(ada.page), ...await violationsOf(ada.page), ...ada.complaints], [], `${screen}, ${width}`)
    }
  }
})

test('every event was kept, and production is as tidy as before', async () => {
  const { ledger } = await get('environments/production/data')
  assert.deepEqual(ledger.rejected, {})
  const { document } = await team.api.get(`${PRODUCTION}/document`)
  assert.deepEqual([document.experiments ?? {}, document.surveys ?? {}, Object.keys(document.pages)], [{}, {}, ['race']])
  assert.ok(Object.values(document.flags).every(({ rules }) => !rules.length))
})

test('how far it is was told from the beginning to the end', () => {
  assert.ok(told.every(([share], index) => !index || share >= told[index - 1][0]))
  assert.deepEqual(told.at(-1), [1, 'ready'])
  assert.equal(new Set(told.map(([, words]) => words)).size, SEASONS + 2)
})
