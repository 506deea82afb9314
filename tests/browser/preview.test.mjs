// A preview in a real browser: what it shows, by mouse, keyboard and screen reader, under strict policies and on pages
// whose styles would spoil it, and that the collector's counts do not move.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { root } from '../../build/setup.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf, PAGE, WORDS } from '../edge/document.mjs'
import { stub } from '../edge/wire.mjs'
import { problemsOf } from './accessible.mjs'
import { counts, ledger, stage } from './stage.mjs'

const SHOP = JSON.parse(readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"
const HOSTILE = 'body *,body *::before{all:unset!important;display:none!important;color:red!important;font-size:70px!important}'
let shop, origin, scene, product, strict

before(async () => {
  origin = await stub(({ url }, response) => (url === '/hostile.css'
    ? response.writeHead(200, { 'content-type': 'text/css' }).end(HOSTILE)
    : response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY })
      .end(url === '/hostile' ? PAGE.replace('</title>', '</title><link rel="stylesheet" href="/hostile.css">') : PAGE)))
  ;[shop, scene] = await Promise.all([serve(), stage()])
  product = await scene.running(shop.port, SHOP)
  strict = await scene.running(origin.port, documentOf())
})

after(async () => {
  await product?.stop()
  await strict?.stop()
  await origin?.close()
  await shop?.close()
  await scene?.close()
})

/** Opens a page with a preview, and keeps what the browser says against it. */
async function open(context, own = product, path = '/') {
  const page = await context.newPage()
  const faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  await page.goto(`${own.site}${path}?pm=debug`)
  const bar = page.getByRole('button', { name: /^Preview: / })
  await bar.waitFor()
  const choice = page.getByLabel('Show for hero')
  const headline = () => page.locator('#headline').textContent()
  return { page, faults, bar, choice, headline, show: page.getByRole('button', { name: 'Show these' }) }
}

const reloaded = (page, act) => Promise.all([page.waitForEvent('load'), act()])

test('a preview shows each flag with its variant, reason, rule and run, and shows another variant on demand', () => scene.person(async (context) => {
  const { page, faults, bar, choice, headline, show } = await open(context)
  assert.equal(page.url(), `${product.site}/`)
  assert.equal(await bar.textContent(), 'Preview: 1 flag')
  const decided = await page.getByRole('row', { name: /^hero/ }).locator('td').first().innerText()
  assert.match(decided, /^(control|fresh)\s+SPLIT, rule 0, run hero-1$/)
  for (const variant of ['fresh', 'control']) {
    await choice.selectOption(variant)
    await reloaded(page, () => show.click())
    await page.getByText('1 flag shown as you chose.').waitFor()
    assert.equal(await headline(), SHOP.flags.hero.variants[variant])
    assert.equal(await bar.textContent(), 'Preview: 1 flag, 1 chosen')
    assert.equal(await choice.inputValue(), variant)
  }
  // It goes on over pages, without anything in their addresses.
  await page.click('#cta')
  await page.waitForURL('**/beans')
  await bar.waitFor()
  await reloaded(page, () => page.getByRole('button', { name: 'All as decided' }).click())
  await page.getByText('All as decided.').waitFor()
  assert.equal(await bar.textContent(), 'Preview: 1 flag')
  await reloaded(page, () => page.getByRole('button', { name: 'End the preview' }).click())
  await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
  assert.equal(await bar.count(), 0)
  assert.deepEqual(faults, [])
}))

test('whatever is done in a preview moves no count, and the ledger says why', () => scene.person(async (context) => {
  const [before, received] = [await counts(product), await ledger(product)]
  const { page, choice, show } = await open(context)
  for (const variant of ['fresh', 'control']) {
    await choice.selectOption(variant)
    await reloaded(page, () => show.click())
    await page.getByText('1 flag shown as you chose.').waitFor()
  }
  await page.click('#cta')
  await page.click('button:has-text("Early Clear")')
  await page.click('nav a[href="/basket"]')
  await page.click('#basket button[type=submit]')
  await page.waitForURL('**/thanks')
  await eventually(async () => ((await ledger(product)).filtered.preview ?? 0) >= (received.filtered.preview ?? 0) + 5)
  await pause(300)
  const { filtered, ...rest } = await ledger(product)
  assert.deepEqual(await counts(product), before)
  assert.deepEqual(rest, { stored: received.stored, duplicate: received.duplicate, rejected: received.rejected })
  // Three pages that were seen, something in the basket and an order.
  assert.ok(filtered.preview >= (received.filtered.preview ?? 0) + 5, JSON.stringify(filtered))
}))

test('everything goes by keyboard, and focus is never lost', () => scene.person(async (context) => {
  const { page, bar, choice, headline, show } = await open(context)
  const focused = () => page.evaluate(() => {
    const { activeElement } = [...document.querySelectorAll('body > div')].find(({ shadowRoot }) => shadowRoot).shadowRoot
    return activeElement && (activeElement.getAttribute('aria-label') ?? activeElement.textContent)
  })
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'it takes no focus by itself')
  await bar.focus()
  assert.equal(await bar.getAttribute('aria-expanded'), 'true')
  await page.keyboard.press('Enter')
  assert.deepEqual([await bar.getAttribute('aria-expanded'), await choice.isVisible()], ['false', false])
  await page.keyboard.press('Space')
  const order = []
  for (let steps = 0; steps < 4; steps++) {
    await page.keyboard.press('Tab')
    order.push(await focused())
  }
  assert.deepEqual(order, ['Show for hero', 'Show these', 'All as decided', 'End the preview'])
  await page.keyboard.press('Escape')
  assert.deepEqual([await focused(), await choice.isVisible()], ['Preview: 1 flag', false])
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.type('fresh')
  await reloaded(page, async () => {
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
  })
  await page.getByText('1 flag shown as you chose.').waitFor()
  assert.equal(await headline(), SHOP.flags.hero.variants.fresh)
  assert.equal(await focused(), await show.textContent())
}))

for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['dark', 360]]) {
  test(`people who cannot see it are told as much (${colorScheme}, ${width} pixels)`, () => scene.person(async (context) => {
    const plain = await context.newPage()
    await plain.goto(`${product.site}/`)
    const own = await problemsOf(plain)
    const { page } = await open(context)
    assert.deepEqual(await problemsOf(page), own, 'it adds nothing to what is wrong with the page itself')
    const region = page.getByRole('region', { name: 'Pointsman preview' })
    await region.getByRole('table', { name: 'Flags of this site' }).waitFor()
    await region.getByRole('combobox', { name: 'Show for hero' }).waitFor()
    const [ground, ink] = await page.evaluate(() => {
      const { shadowRoot } = [...document.querySelectorAll('body > div')].find(({ shadowRoot }) => shadowRoot)
      const { backgroundColor, color } = getComputedStyle(shadowRoot.querySelector('.panel'))
      return [backgroundColor, color].map((text) => text.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0))
    })
    assert.ok(colorScheme === 'light' ? ground - ink > 600 : ink - ground > 600, `${ink} on ${ground}`)
  }, { colorScheme, viewport: { width, height: 800 } }))
}

test('the strictest policy lets it through, and the page’s styles do not touch it', () => scene.person(async (context) => {
  const looks = []
  for (const path of ['/plain', '/hostile']) {
    const { page, faults, bar } = await open(context, strict, path)
    assert.deepEqual(faults, [])
    looks.push(await bar.evaluate((button) => {
      const { color, fontSize, display, padding } = getComputedStyle(button)
      const { width, height } = button.getBoundingClientRect()
      return { color, fontSize, display, padding, width, height }
    }))
    await page.close()
  }
  assert.deepEqual(looks[1], looks[0])
  assert.equal(looks[0].fontSize, '15px')
}))

test('among many flags one is found by its name', () => scene.person(async (context) => {
  const document = documentOf()
  for (let number = 0; number < 12; number++) document.flags[`other-${number}`] = { ...document.flags.margin, description: `Flag ${number}` }
  const own = await scene.running(origin.port, document)
  try {
    const { page, bar, choice } = await open(context, own)
    assert.equal(await bar.textContent(), 'Preview: 14 flags')
    await page.getByLabel('Find a flag').fill('her')
    const rows = page.getByRole('region', { name: 'Pointsman preview' }).locator('tbody tr:visible')
    assert.deepEqual(await rows.locator('th').allTextContents(), ['hero', ...Array.from({ length: 12 }, (_, number) => `other-${number}`).sort()])
    await page.getByLabel('Find a flag').fill('hero')
    await page.keyboard.press('Enter')
    assert.deepEqual(await rows.locator('th').allTextContents(), ['hero'])
    await choice.waitFor()
  } finally {
    await own.stop()
  }
}))

test('a choice that does not get through is said, and can be sent again', () => scene.person(async (context) => {
  const { page, choice, headline, show } = await open(context, strict)
  await page.route('**/_pm/o', (route) => route.abort())
  await choice.selectOption('fresh')
  await show.click()
  await page.getByText('The edge does not answer. Please try again.').waitFor()
  await page.unroute('**/_pm/o')
  await reloaded(page, () => show.click())
  await page.getByText('1 flag shown as you chose.').waitFor()
  assert.equal(await headline(), WORDS.fresh)
}))

test('an application that reads the edge’s decisions is shown the choice, too', () => scene.person(async (context) => {
  const module = readFileSync(join(root, 'dist/npm/index.js'))
  const { page, choice, show } = await open(context, strict)
  await page.route('**/index.js', (route) => route.fulfill({ body: module, contentType: 'text/javascript' }))
  for (const variant of ['fresh', 'control']) {
    await choice.selectOption(variant)
    await reloaded(page, () => show.click())
    await page.getByText('1 flag shown as you chose.').waitFor()
    const read = await page.evaluate(async () => {
      const { inlined, open } = await import('/index.js')
      const flags = open(inlined())
      return [flags.get('hero', 'none'), flags.why('hero').variant, flags.why('hero').reason]
    })
    assert.deepEqual(read, [WORDS[variant], variant, 'PREVIEW'])
  }
}))
