// What a person meets, in a real browser: the variant on the first paint, one confirmed exposure, the same words for ever.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { Evaluator, instances } from '../../dist/sdk/instance.js'
import { serve } from '../../www/landing/serve.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf, HOSTILE, PAGE } from '../edge/document.mjs'
import { ask, cookiesOf, decisionsOf, NAVIGATION, PART, stub } from '../edge/wire.mjs'
import { PERSON } from './chromium.mjs'
import { counts as countsOf, grown as grownOf, ledger as ledgerOf, prerender, stage } from './stage.mjs'

const SHOP = JSON.parse(readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
const WORDS = SHOP.flags.hero.variants
let shop, scene, product

before(async () => {
  ;[shop, scene] = await Promise.all([serve(), stage()])
  product = await running(shop.port, SHOP)
})

after(async () => {
  await product?.stop()
  await shop?.close()
  await scene?.close()
})

const running = (originPort, document) => scene.running(originPort, document)
const person = (work, options) => scene.person(work, options)
const counts = (of = product) => countsOf(of)
const ledger = (of = product) => ledgerOf(of)
const grown = (before, due, of = product) => grownOf(before, due, of)

/** New people, until both variants have been met; `work` gets each of them. */
async function inBothVariants(work) {
  const met = new Set()
  for (let tries = 0; tries < 30 && met.size < 2; tries++) met.add(await person(work))
  assert.deepEqual([...met].sort(), ['control', 'fresh'])
}

const variantOf = (page) => page.evaluate(() => JSON.parse(document.querySelector('[data-id=pointsman]').textContent).flags.hero.variant)
const headlineOf = (page) => page.textContent('#headline')

/** Runs in the page before anything else: keeps the headline of every frame, and what moved. */
function watchPaint() {
  globalThis.frames_ = []
  globalThis.shifts = []
  const look = () => {
    const text = document.querySelector('#headline')?.textContent
    if (text) globalThis.frames_.push(text)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  const observer = new PerformanceObserver((list) => globalThis.shifts.push(...list.getEntries().map(({ value }) => value)))
  observer.observe({ type: 'layout-shift', buffered: true })
}

/** Runs in the page before anything else: keeps every use of WebAssembly. */
function watchWasm() {
  globalThis.wasm = []
  const record = (name) => new Proxy(WebAssembly[name], {
    apply: (target, self, args) => (globalThis.wasm.push(name), Reflect.apply(target, self, args)),
    construct: (target, args) => (globalThis.wasm.push(name), Reflect.construct(target, args)),
  })
  const names = ['Module', 'Instance', 'compile', 'instantiate', 'compileStreaming', 'instantiateStreaming']
  for (const name of names) WebAssembly[name] = record(name)
}

test('the first paint already shows the variant, and nothing moves after it', () => inBothVariants(async (context) => {
  await context.addInitScript(watchPaint)
  const page = await context.newPage()
  const confirmed = page.waitForResponse('**/_pm/e')
  await page.goto(`${product.site}/`)
  await confirmed
  await page.waitForFunction(() => globalThis.frames_.length > 3)
  await pause(200)
  const variant = await variantOf(page)
  const { frames, shifts } = await page.evaluate(() => ({ frames: globalThis.frames_, shifts: globalThis.shifts }))
  assert.ok(frames.length > 3)
  assert.deepEqual([...new Set(frames)], [WORDS[variant]])
  assert.deepEqual(shifts, [])
  return variant
}))

test('no request of ours stands before the first paint', () => inBothVariants(async (context) => {
  const page = await context.newPage()
  let release
  const painted = new Promise((resolve) => (release = resolve))
  await page.route('**/_pm/**', async (route) => (await painted, route.continue()))
  await page.goto(`${product.site}/`, { waitUntil: 'commit' })
  // Our script has not come yet, and will not until the page is painted.
  const paint = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime
  const at = await (await page.waitForFunction(paint)).jsonValue()
  const confirmed = page.waitForResponse('**/_pm/e')
  release()
  await confirmed
  const ours = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.toJSON()))
  const own = ours.filter(({ name }) => name.includes('/_pm/'))
  const early = own.filter(({ startTime }) => startTime < at)
  assert.deepEqual(early.map(({ name, renderBlockingStatus }) => [new URL(name).pathname, renderBlockingStatus]), [['/_pm/p.js', 'non-blocking']])
  return variantOf(page)
}))

test('a page hydrated by the edge loads no wasm', () => inBothVariants(async (context) => {
  await context.addInitScript(watchWasm)
  const page = await context.newPage()
  const asked = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const confirmed = page.waitForResponse('**/_pm/e')
  await page.goto(`${product.site}/`)
  await confirmed
  assert.deepEqual(await page.evaluate(() => globalThis.wasm), [])
  assert.deepEqual(asked.filter((path) => path.startsWith('/_pm/')).sort(), ['/_pm/e', '/_pm/p.js'])
  assert.deepEqual(asked.filter((path) => /wasm/.test(path)), [])
  return variantOf(page)
}))

test('an exposure is confirmed once, over reloads and five tabs', () => person(async (context) => {
  const before = await counts()
  let acknowledged = 0
  context.on('response', (response) => response.url().endsWith('/_pm/e') && acknowledged++)
  const page = await context.newPage()
  await page.goto(`${product.site}/`)
  await page.reload()
  for (let tab = 0; tab < 5; tab++) await (await context.newPage()).goto(`${product.site}/`)
  await eventually(() => acknowledged >= 7, 5)
  await eventually(() => acknowledged >= 6)
  assert.ok(acknowledged >= 6, `${acknowledged} beacons`) // The first page may leave before its frames have come.
  await grown(before, { assigned: 1, confirmed: 1, crossed: 0 })
}))

/** Chromium under Playwright shows every tab, so this stands in for a tab in the background. */
function hide() {
  globalThis.hidden_ = true
  Object.defineProperty(Document.prototype, 'visibilityState', { get: () => (globalThis.hidden_ ? 'hidden' : 'visible') })
}

for (const [what, make, event] of [['in the background', hide, 'visibilitychange'], ['rendered ahead', prerender, 'prerenderingchange']]) {
  test(`a page ${what} is not confirmed until somebody sees it`, () => person(async (context) => {
    await context.addInitScript(make)
    const before = await counts()
    const page = await context.newPage()
    await page.goto(`${product.site}/`)
    await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
    await pause(500)
    await grown(before, { assigned: 1, confirmed: 0 })
    await page.evaluate((name) => {
      globalThis.hidden_ = false
      document.dispatchEvent(new Event(name))
    }, event)
    await grown(before, { assigned: 1, confirmed: 1 })
  }))
}

test('a visitor who leaves before the next frames has still seen the page', () => person(async (context) => {
  // Frames for the page’s own scripts never come; the browser paints all the same.
  await context.addInitScript(() => (globalThis.requestAnimationFrame = () => 0))
  const before = await counts()
  const page = await context.newPage()
  await page.goto(`${product.site}/`)
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0, undefined, { polling: 50 })
  await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function', undefined, { polling: 50 })
  await grown(before, { assigned: 1, confirmed: 0 })
  await page.goto(`${product.site}/beans`)
  await grown(before, { assigned: 1, confirmed: 1 })
}))

test('goals count whether the page’s scripts run before ours or after', () => person(async (context) => {
  const goal = "<script>(globalThis.pointsman ??= []).push(['track', 'order'])</script>"
  const origin = await stub((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE.replace('</body>', `${goal}</body>`))
  })
  const own = await running(origin.port, documentOf())
  try {
    const page = await context.newPage()
    const faults = []
    page.on('pageerror', (error) => faults.push(error.message))
    let release
    const parsed = new Promise((resolve) => (release = resolve))
    await page.route('**/_pm/p.js', async (route) => (await parsed, route.continue()))
    await page.goto(`${own.site}/`, { waitUntil: 'commit' })
    await page.waitForSelector('p')
    release()
    await grown({ assigned: 0, confirmed: 0, converted: 0 }, { assigned: 1, confirmed: 1, converted: 1 }, own)
    await page.evaluate(() => globalThis.pointsman.push(['track', 'order']))
    await eventually(async () => (await ledger(own)).stored >= 4)
    assert.deepEqual(await ledger(own), { stored: 4, duplicate: 0, rejected: {}, filtered: {} })
    assert.deepEqual(faults, [])
  } finally {
    await own.stop()
    await origin.close()
  }
}))

test('a page that the browser fetches ahead is confirmed when it is opened, and not before', () => person(async (context) => {
  const ahead = []
  const rules = JSON.stringify({ prefetch: [{ urls: ['/'], eagerness: 'immediate' }] })
  // The origin's page under this path asks for the landing page ahead of time.
  const origin = await stub((request, response) => {
    const purpose = request.headers['sec-purpose']
    if (purpose) ahead.push(purpose)
    const link = `<!doctype html><head><script type="speculationrules">${rules}</script></head><body><a href="/">on</a>`
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(request.url === '/from' ? link : PAGE)
  })
  const document = documentOf()
  document.pages.all.path = '/'
  const own = await running(origin.port, document)
  try {
    const before = await counts(own)
    const page = await context.newPage()
    await page.goto(`${own.site}/from`)
    await eventually(() => ahead.length)
    assert.match(ahead[0] ?? 'the browser fetched nothing ahead', /^prefetch/)
    await pause(300)
    await grown(before, { assigned: 0, confirmed: 0 }, own)
    await page.click('a')
    await page.waitForSelector('#headline')
    await grown(before, { assigned: 1, confirmed: 1 }, own)
  } finally {
    await own.stop()
    await origin.close()
  }
}))

test('an order in the shop is a conversion', () => person(async (context) => {
  const before = await counts()
  const page = await context.newPage()
  await page.goto(`${product.site}/`)
  await page.click('#cta')
  await page.click('button:has-text("Early Clear")')
  await page.click('nav a[href="/basket"]')
  await grown(before, { assigned: 1, confirmed: 1, converted: 0 })
  await page.click('#basket button[type=submit]')
  await page.waitForURL('**/thanks')
  await grown(before, { assigned: 1, confirmed: 1, converted: 1 })
  // The same order on a page that is loaded again is no second one.
  await page.reload()
  await pause(300)
  await grown(before, { assigned: 1, confirmed: 1, converted: 1, crossed: 0 })
}))

test('a browser that calls itself a machine meets the control, keeps its variant when it comes again, and is not counted', () => person(async (context) => {
  const [before, received] = [await counts(), await ledger()]
  const page = await context.newPage()
  await page.goto(`${product.site}/`)
  assert.equal(await headlineOf(page), WORDS.control)
  const answered = page.waitForResponse('**/_pm/e')
  await page.goto(`${product.site}/`)
  assert.equal((await answered).status(), 200)
  assert.equal(await headlineOf(page), WORDS[await variantOf(page)])
  await grown(before, { assigned: 0, confirmed: 0 })
  assert.equal((await ledger()).filtered['bot-headless'], (received.filtered['bot-headless'] ?? 0) + 1)
}, { userAgent: `${PERSON} HeadlessChrome/150` }))

test('no value breaks out of the page in a real parser', () => person(async (context) => {
  const origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  const document = documentOf({ value: HOSTILE })
  document.pages.all.variants.control = document.pages.all.variants.fresh
  document.pages.all.variants.fresh.push({ select: 'b', change: { attribute: { name: 'title', value: HOSTILE } } })
  document.flags.hero.variants.control = HOSTILE
  const own = await running(origin.port, document)
  try {
    const page = await context.newPage()
    await page.goto(`${own.site}/`)
    const found = await page.evaluate(() => ({
      scripts: [...document.scripts].map(({ type, dataset }) => [type, dataset.id]),
      value: JSON.parse(document.querySelector('[data-id=pointsman]').textContent).flags.hero.value,
      headline: document.querySelector('#headline').textContent,
      title: document.querySelector('b').title,
      rest: document.querySelector('p').textContent,
    }))
    // HTML has no way to write the character NUL.
    const text = HOSTILE.replace('\0', '')
    assert.deepEqual(found.scripts, [['application/json', 'pointsman'], ['module', undefined]])
    assert.equal(found.value, HOSTILE)
    assert.equal(found.headline.replace(/[\0\ufffd]/g, ''), text)
    assert.equal(found.title.replace(/[\0\ufffd]/g, ''), text)
    assert.equal(found.rest, 'Café & crème')
  } finally {
    await own.stop()
    await origin.close()
  }
}))

test('without the edge’s decisions the same evaluator decides in the page as it does at the edge', () => person(async (context) => {
  const visits = await Promise.all(Array.from({ length: 20 }, async () => {
    const found = []
    for (let visit = 0; visit < 10; visit++) {
      const { text, setCookies } = await ask(product, '/')
      found.push([cookiesOf(setCookies).pm.split('.')[1], decisionsOf(text).flags.hero.variant])
    }
    return found
  }))
  const edge = visits.flat()
  assert.deepEqual([...new Set(edge.map(([, variant]) => variant))].sort(), ['control', 'fresh'])

  const { client } = await (await product.api('GET', 'keys')).json()
  const { body } = await ask(product, `/_pm/s/${client}`, { headers: PART })
  const snapshot = new Uint8Array(body)
  const evaluator = new Evaluator(instances(new WebAssembly.Module(readFileSync(join(root, 'dist/sdk/evaluator.wasm'))))).load(snapshot)
  const node = edge.map(([unit]) => [unit, evaluator.evaluate({ unit }, Date.now()).at(0).variant])
  assert.deepEqual(node, edge)

  const files = {
    '/index.js': ['text/javascript', readFileSync(join(root, 'dist/npm/index.js'))],
    '/snapshot': ['application/octet-stream', body],
  }
  const host = await stub(({ url }, response) => {
    const [type, bytes] = files[url] ?? ['text/html', '<!doctype html><title>An application</title>']
    response.writeHead(200, { 'content-type': type }).end(bytes)
  })
  try {
    await context.addInitScript(watchWasm)
    const page = await context.newPage()
    await page.goto(`http://localhost:${host.port}/`)
    const { decided, wasm } = await page.evaluate(async (units) => {
      const { open } = await import('/index.js')
      const bytes = new Uint8Array(await (await fetch('/snapshot')).arrayBuffer())
      const decided = units.map((unit) => {
        const flags = open(bytes, { unit })
        return [unit, flags.why('hero').variant, flags.get('hero', 'none')]
      })
      return { decided, wasm: globalThis.wasm }
    }, edge.map(([unit]) => unit))
    assert.deepEqual(decided, edge.map(([unit, variant]) => [unit, variant, WORDS[variant]]))
    // Which also shows that the watch of the hydrated page sees what there is to see.
    assert.ok(wasm.includes('Module'), wasm.join())
  } finally {
    await host.close()
  }
}))

test('a visitor keeps the variant over visits, a restart and a raise of the allocation', async () => {
  const half = structuredClone(SHOP)
  half.experiments.hero.run.rollout = 2 ** 31
  let own = await running(shop.port, half)
  /** Two dozen people: what they met first, whether the test has them, and their cookies. */
  const people = []
  try {
    for (let n = 0; n < 24; n++) {
      const { text, setCookies } = await ask(own, '/')
      const { flags, exposures } = decisionsOf(text)
      people.push({ cookies: cookiesOf(setCookies), variant: flags.hero.variant, isIn: exposures.length === 1 })
    }
    assert.ok(people.some(({ isIn }) => !isIn) && people.some(({ isIn, variant }) => isIn && variant === 'fresh'))
    const chosen = people.find(({ isIn, variant }) => isIn && variant === 'fresh')
    await person(async (context) => {
      await context.addCookies(Object.entries(chosen.cookies).map(([name, value]) => ({ name, value, url: own.site })))
      const page = await context.newPage()
      const kept = async () => {
        await page.goto(`${own.site}/`)
        assert.equal(await headlineOf(page), WORDS.fresh)
        await everybody(own, people)
      }
      await kept()
      await kept()
      await own.stop('SIGKILL')
      own = await start({ folder: own.folder, port: own.port, originPort: shop.port, quiet: true, environment: 'development' })
      await kept()
      const whole = structuredClone(SHOP)
      Object.assign(whole.experiments.hero.run, { rollout: 2 ** 32, epoch: 2 })
      await served(own, (await publish(own, whole)).version)
      for (const one of people) one.moves = !one.isIn
      await kept()
      assert.equal((await counts(own)).crossed, 0)
      assert.equal((await counts(own)).assigned, people.length)
    })
  } finally {
    await own.stop()
  }
})

/** Each of these people comes again and meets what they met; only who was not in the test may have been taken in. */
async function everybody(own, people) {
  for (const one of people) {
    const cookie = Object.entries(one.cookies).map(([name, value]) => `${name}=${value}`).join('; ')
    const { text, setCookies } = await ask(own, '/', { headers: { ...NAVIGATION, cookie } })
    const { flags, exposures } = decisionsOf(text)
    // Whoever is told something new keeps their cookie for longer; it never becomes another one.
    assert.ok([undefined, one.cookies.pm].includes(cookiesOf(setCookies).pm))
    if (one.moves) assert.equal(exposures.length, 1)
    else assert.deepEqual([flags.hero.variant, exposures.length === 1], [one.variant, one.isIn])
  }
}
