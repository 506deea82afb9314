// What a person is asked, and by whom: only who met the variant, once, in a corner, by mouse or keyboard, under the
// strictest policies.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../eventually.mjs'
import { documentOf, PAGE } from '../edge/document.mjs'
import { answersIn, callers, SURVEY } from '../edge/voices.mjs'
import { decisionsOf, stub } from '../edge/wire.mjs'
import { everywhere, violationsOf } from './accessible.mjs'
import { stage } from './stage.mjs'

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"
/** Longer than the widget waits, with room for a busy machine. */
const SOON = 4500
const asking = (surveys, options) => ({ ...documentOf(options), surveys })
let scene, origin, product

before(async () => {
  origin = await stub((_, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY }).end(PAGE))
  scene = await stage()
  product = await scene.running(origin.port, asking({ clear: SURVEY }))
})

after(async () => {
  await product?.stop()
  await origin?.close()
  await scene?.close()
})

/** Opens the page and keeps its faults, its violations of the policy, and what it asks for. */
async function open(context, own = product) {
  const page = await context.newPage()
  const [faults, asked] = [[], []]
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const response = await page.goto(`${own.site}/`)
  const { flags } = decisionsOf(await response.text())
  return { page, faults, asked, variant: flags.hero.variant, dialog: page.getByRole('dialog', { name: SURVEY.question }) }
}

const answered = (page) => page.waitForResponse((response) => new URL(response.url()).pathname === '/_pm/v')

async function neverAsked(context, own) {
  const { page, faults, asked, dialog } = await open(context, own)
  await pause(SOON)
  assert.equal(await dialog.count(), 0)
  await page.close()
  return { faults, asked }
}

/** The answers that two people gave, by variant and choice; read when all is over. */
const given = []

test('who met a variant is asked after a while, answers by keyboard, and is never asked again', () => scene.person(async (context) => {
  const started = Date.now()
  const { page, faults, variant, dialog } = await open(context)
  await dialog.waitFor()
  assert.ok(Date.now() - started >= 3000)
  const lost = await page.evaluate(() => document.activeElement !== document.body)
  const moved = await page.evaluate(() => new Promise((resolve) => {
    let moves = 0
    new PerformanceObserver((list) => (moves += list.getEntries().length)).observe({ type: 'layout-shift', buffered: true })
    setTimeout(() => resolve(moves), 300)
  }))
  assert.deepEqual([lost, moved], [false, 0], 'the page keeps its focus and its place')

  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Yes', pressed: true }).waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'No', pressed: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Yes', pressed: true }).count(), 0)
  await page.keyboard.press('Tab')
  await page.keyboard.type('Ask ada@example.com')
  await page.keyboard.press('Tab')
  const answer = answered(page)
  await page.keyboard.press('Enter')
  assert.equal((await answer).status(), 200)
  await page.getByText('Thank you.').waitFor()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  given.push({ survey: 'clear', run: 'hero-1', variant, choice: 'No', text: 'Ask [e-mail]' })
  assert.deepEqual(faults, [])
  const again = await neverAsked(context)
  assert.deepEqual(again, { faults: [], asked: ['/', '/_pm/p.js', '/_pm/e'] })
}))

for (const [what, dismiss] of [
  ['the cross', ({ page }) => page.getByRole('button', { name: 'Close' }).click()],
  ['Escape', ({ page }) => page.keyboard.press('Escape')],
]) {
  test(`who closes it with ${what} is never asked again, and nothing is sent`, () => scene.person(async (context) => {
    const visit = await open(context)
    await visit.dialog.waitFor()
    await dismiss(visit)
    await visit.dialog.waitFor({ state: 'detached' })
    // That they may be asked was heard from there, and nothing was sent after that.
    assert.equal(visit.asked.filter((path) => path === '/_pm/v').length, 1)
    assert.deepEqual(await neverAsked(context), { faults: [], asked: ['/', '/_pm/p.js', '/_pm/e'] })
  }))
}

test('who is in no test is not asked, and loads nothing for it', () => scene.person(async (context) => {
  const own = await scene.running(origin.port, asking({ clear: SURVEY }, { rollout: 0 }))
  try {
    assert.deepEqual(await neverAsked(context, own), { faults: [], asked: ['/', '/_pm/p.js'] })
  } finally {
    await own.stop()
  }
}))

test('where nothing can be remembered nobody is asked, and the page hears of no fault', () => scene.person(async (context) => {
  await context.addInitScript(() => Object.defineProperty(globalThis, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } }))
  assert.deepEqual(await neverAsked(context), { faults: [], asked: ['/', '/_pm/p.js', '/_pm/e'] })
}))

test('a choice alone is an answer, and what did not get through can be sent again', () => scene.person(async (context) => {
  const own = await scene.running(origin.port, asking({ clear: { ...SURVEY, comment: false } }))
  try {
    const { page, variant, dialog } = await open(context, own)
    await dialog.waitFor()
    assert.equal(await page.getByRole('textbox').count(), 0)
    await page.route('**/_pm/v', (route) => route.abort(), { times: 1 })
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByText('Please try again').waitFor()
    const answer = answered(page)
    await page.getByRole('button', { name: 'Yes' }).click()
    assert.equal((await answer).status(), 200)
    await own.stop()
    const [{ unit: _, ...stored }] = answersIn(own)
    assert.deepEqual(stored, { survey: 'clear', run: 'hero-1', variant, choice: 'Yes', text: '' })
  } finally {
    await own.stop()
  }
}))

test('a rating is given by arrow keys, and a low one is asked what was missing', () => scene.person(async (context) => {
  const rated = { experiment: 'hero', question: SURVEY.question, rating: { low: 'Not at all', high: 'Completely' }, follow: [{ after: ['1', '2'], question: 'What was missing?' }] }
  const own = await scene.running(origin.port, asking({ clear: { ...rated, when: { seconds: 0 } } }))
  try {
    const { page, faults, variant, dialog } = await open(context, own)
    await dialog.waitFor()
    const point = (name) => dialog.getByRole('radio', { name, exact: true })
    assert.deepEqual(await dialog.getByRole('radiogroup', { name: SURVEY.question }).getByRole('radio').count(), 5)
    await point('1, Not at all').waitFor()
    await page.keyboard.press('Tab')
    // The arrows choose every point on their way, so none of them is sent by that.
    for (const key of ['Space', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key)
    assert.equal(await point('5, Completely').isChecked(), true)
    assert.equal(await dialog.getByRole('textbox').count(), 0)
    for (let times = 0; times < 3; times++) await page.keyboard.press('ArrowLeft')
    const missing = dialog.getByRole('textbox', { name: 'What was missing?' })
    await missing.waitFor()
    assert.deepEqual(await violationsOf(page, { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }), [])
    await page.keyboard.press('Tab')
    await page.keyboard.type('The price')
    await page.keyboard.press('Tab')
    const answer = answered(page)
    await page.keyboard.press('Enter')
    assert.equal((await answer).status(), 200)
    await page.getByText('Thank you.').waitFor()
    assert.deepEqual(faults, [])
    await own.stop()
    const [{ unit: _, ...stored }] = answersIn(own)
    assert.deepEqual(stored, { survey: 'clear', run: 'hero-1', variant, choice: '2', text: 'The price' })
  } finally {
    await own.stop()
  }
}))

test('a survey waits for what it says, on the next page as well, speaks the page’s language, looks as the site says, and asks for more', () => scene.person(async (context) => {
  const GERMAN = { question: 'War das klar?', choices: ['Ja', 'Nein'], send: 'Senden', thanks: 'Danke.', talk: 'Dürfen wir mit Ihnen sprechen?' }
  const page = PAGE.replace('lang="en"', 'lang="de-AT"').replace('</head>', '<style>:root { --pointsman-back: rgb(1, 2, 3); --pointsman-round: 0px }</style></head>')
  const german = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page))
  const when = { goal: 'order', seconds: 0, exit: true }
  const own = await scene.running(german.port, asking({ clear: { ...SURVEY, comment: false, when, talk: 'https://calendar.example/', languages: { de: GERMAN } } }))
  try {
    const { page, dialog, variant } = await open(context, own)
    const isThere = () => page.getByRole('dialog').count()
    await page.waitForFunction(() => sessionStorage.getItem('pointsman-asked'))
    assert.equal(await isThere(), 0)
    await page.evaluate(() => globalThis.pointsman.track('order'))
    await page.goto(`${own.site}/thanks`)
    await page.waitForFunction(() => localStorage.getItem('pointsman-asked') !== null && globalThis.pointsman?.seen)
    const leave = () => page.evaluate(() => document.documentElement.dispatchEvent(new MouseEvent('mouseleave', { clientY: -1 })))
    assert.equal(await isThere(), 0, 'nobody leaves yet')
    await eventually(async () => (await isThere()) || void (await leave()))
    const box = page.getByRole('dialog', { name: GERMAN.question })
    await box.getByRole('button', { name: 'Ja' }).waitFor()
    const style = await box.evaluate((box) => [getComputedStyle(box).backgroundColor, getComputedStyle(box).borderRadius])
    assert.deepEqual(style, ['rgb(1, 2, 3)', '0px'])
    await box.getByRole('button', { name: 'Nein' }).click()
    const link = page.getByRole('link', { name: GERMAN.talk })
    assert.match(await link.getAttribute('href'), /^https:\/\/calendar\.example\/\?reference=v1\.\w+\.clear\.hero-1\./)
    await page.getByText('Danke.').waitFor()
    assert.equal(await dialog.count(), 0)
    await own.stop()
    const [{ unit: _, ...stored }] = answersIn(own)
    assert.deepEqual(stored, { survey: 'clear', run: 'hero-1', variant, choice: 'No', text: '' }, 'counted with those of other languages')
  } finally {
    await own.stop()
    await german.close()
  }
}))

test('the pages that a mail opens say one thing each, to eyes, ears and keys, in the dark and on a phone', () => scene.person(async (context) => {
  const letter = {
    experiment: 'hero', question: SURVEY.question, rating: { low: 'Not at all', high: 'Completely' }, contact: true, follow: [{ after: ['1', '2'], question: 'What was missing?' }],
  }
  const own = await scene.running(origin.port, asking({ letter }))
  try {
    const { seer, told } = callers(() => own)
    const { outcomes: [{ link }] } = await told('links', { v: 1, survey: 'letter', units: [(await seer('fresh')).unit] })
    const page = await context.newPage()
    const faults = []
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor()
    await page.goto(`${link}?choice=3`)
    await heading(SURVEY.question)
    assert.equal(await page.getByRole('radio', { name: '3', exact: true }).isChecked(), true)
    await page.getByRole('radio', { name: '5 · Completely' }).waitFor()
    assert.deepEqual(await everywhere(page), [])
    for (const key of ['Tab', 'ArrowUp', 'ArrowUp', 'Tab', 'Enter']) await page.keyboard.press(key)
    await heading('What was missing?')
    assert.deepEqual(await everywhere(page), [])
    await page.keyboard.press('Tab')
    await page.keyboard.type('The price')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await heading('Thank you.')
    assert.deepEqual(await everywhere(page), [])
    await page.getByRole('link', { name: 'May we talk to you?' }).click()
    await heading('May we talk to you?')
    assert.deepEqual(await everywhere(page), [])
    await page.getByLabel('Your e-mail address').fill('ada@example.com')
    await page.keyboard.press('Enter')
    // Nothing leaves without the tick, and the browser says which box it is.
    assert.equal(await page.locator(':invalid:focus').getAttribute('type'), 'checkbox')
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await heading('Thank you.')
    const { contacts } = await (await own.api('GET', 'contacts/letter')).json()
    assert.deepEqual([contacts.map(({ address }) => address), faults], [['ada@example.com'], []])
    await page.goto(`${own.site}/_pm/ask/nothing`)
    await heading('This link opens nothing.')
    assert.deepEqual(await everywhere(page), [])
  } finally {
    await own.stop()
  }
}))

const look = (dialog) => dialog.evaluate((box) => {
  const { backgroundColor, animationName } = getComputedStyle(box)
  const { left, right, bottom } = box.getBoundingClientRect()
  return { backgroundColor, animationName, left, right: innerWidth - right, bottom: innerHeight - bottom }
})

test('it stands in the corner, fits a phone, and follows dark mode and calm motion', async () => {
  const seen = await Promise.all([
    { viewport: { width: 1280, height: 720 }, colorScheme: 'light', reducedMotion: 'no-preference' },
    { viewport: { width: 375, height: 667 }, colorScheme: 'dark', reducedMotion: 'reduce' },
  ].map((options) => scene.person(async (context) => {
    const { dialog, page } = await open(context)
    await dialog.getByRole('button', { name: 'Send' }).waitFor()
    await dialog.evaluate((box) => Promise.all(box.getAnimations().map(({ finished }) => finished)))
    return { ...(await look(dialog)), wide: await page.evaluate(() => document.documentElement.scrollWidth > innerWidth) }
  }, options)))
  const [desk, phone] = seen
  assert.deepEqual([desk.right, desk.bottom, desk.backgroundColor, desk.animationName, desk.wide], [16, 16, 'rgb(255, 255, 255)', 'i', false])
  assert.deepEqual([phone.left, phone.right, phone.animationName, phone.wide], [8, 8, 'none', false])
  assert.notEqual(phone.backgroundColor, desk.backgroundColor)
})

test('what was said is stored with the variant that was met, and without the e-mail address', async () => {
  await product.stop()
  assert.deepEqual(answersIn(product).map(({ unit: _, ...answer }) => answer), given)
})
