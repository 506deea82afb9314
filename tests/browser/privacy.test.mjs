// Whom a site leaves out: before consent, and where a browser asks for it, nothing is stored and nothing is sent, and
// pages work all the same.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { eventually } from '../eventually.mjs'
import { documentOf, PAGE, WORDS } from '../edge/document.mjs'
import { ask, cookieHeader, decisionsOf, PART, stub, visitorOf } from '../edge/wire.mjs'
import { guideOf } from '../guide.mjs'
import { publish, served } from '../../build/product.mjs'
import { counts, grown, ledger, stage } from './stage.mjs'

let origin, scene, product

before(async () => {
  ;[origin, scene] = await Promise.all([
    stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)), stage(),
  ])
  product = await scene.running(origin.port, documentOf())
})

after(async () => {
  await product?.stop()
  await origin?.close()
  await scene?.close()
})

const policy = async (privacy) => served(product, (await publish(product, { ...documentOf(), ...(privacy && { privacy }) })).version)

/** A page of a person, with everything that it posts. */
async function opened(context, path = '/') {
  const page = await context.newPage()
  const posted = []
  page.on('request', (request) => request.method() === 'POST' && posted.push(request.postDataJSON()))
  await page.goto(product.site + path)
  await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
  return { page, posted }
}

/** What is stored on the person's side. */
async function stored(context, page) {
  const items = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])
  return [...(await context.cookies()).map(({ name }) => name), ...items].sort()
}

/** The lines that docs/document.md gives to pages. */
const [ORDERS, AGREES] = guideOf('docs/document.md').blocks('js').map(({ body }) => body)
const push = (page, ...event) => page.evaluate((event) => void globalThis.pointsman.push(event), event)
const leave = (page) => page.evaluate(() => globalThis.dispatchEvent(new PageTransitionEvent('pagehide')))
const words = (page) => page.textContent('#headline')

/** Does what a visitor does on a page that is to leave them alone, and checks that it does. */
async function alone(context) {
  const [before, received] = [await counts(product), await ledger(product)]
  for (const path of ['/', '/other']) {
    const { page, posted } = await opened(context, path)
    assert.equal(await words(page), WORDS.control)
    await push(page, 'track', 'order')
    await leave(page)
    await pause(400)
    assert.deepEqual([posted, await stored(context, page)], [[], []])
    assert.equal(await page.evaluate(() => JSON.parse(document.querySelector('[data-id=pointsman]').textContent).flags.hero.value), WORDS.control)
  }
  assert.deepEqual([await counts(product), await ledger(product)], [before, received])
}

/** Six new people: with a fair split some of them would meet the new words. */
async function sixAlone(options, make) {
  for (let number = 0; number < 6; number++) {
    await scene.person(async (context) => {
      if (make) await context.addInitScript(make)
      await alone(context)
    }, options)
  }
}

const counted = async (options) => {
  const before = await counts(product)
  await scene.person(async (context) => {
    await opened(context)
    await grown(before, { assigned: 1, confirmed: 1 }, product)
  }, options)
}

const GPC = { extraHTTPHeaders: { 'sec-gpc': '1' } }
const DNT = { extraHTTPHeaders: { dnt: '1' } }

test('Global Privacy Control is respected where the site says so, and changes nothing elsewhere', async () => {
  await policy()
  await counted(GPC)
  await policy({ gpc: true })
  await sixAlone(GPC)
  await counted(DNT)
  await counted()
})

test('Do Not Track is respected where the site says so', async () => {
  await policy({ dnt: true })
  await sixAlone(DNT)
  await counted(GPC)
})

test('a signal that only scripts can read keeps the page silent, too', async () => {
  await policy({ gpc: true, dnt: true })
  for (const make of [
    () => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }),
    () => Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' }),
  ]) {
    await scene.person(async (context) => {
      await context.addInitScript(make)
      const { page, posted } = await opened(context)
      await push(page, 'track', 'order')
      await leave(page)
      await pause(400)
      assert.deepEqual(posted, [])
    })
  }
})

test('whoever had a cookie before they asked for privacy has none afterwards, and their beacons are left out', async () => {
  await policy({ gpc: true })
  const { cookies, answer } = await visitorOf(product, 'fresh')
  const before = await ledger(product)
  const { run, variant, token } = decisionsOf(answer.text).flags.hero
  const events = [{ t: 'seen', run, x: variant, d: token, dt: 0 }, { t: 'track', n: 'order', dt: 0 }]
  const body = JSON.stringify({ v: 1, page: 'before', seq: 3, dropped: 0, events })
  const headers = { ...PART, cookie: cookieHeader(cookies), 'sec-gpc': '1' }
  const { config: _, ...receipt } = JSON.parse((await ask(product, '/_pm/e', { method: 'POST', headers, body })).text)
  assert.deepEqual(receipt, { stored: 0, duplicate: 0, rejected: {}, filtered: { privacy: 2 } })
  assert.equal((await ledger(product)).filtered.privacy, (before.filtered.privacy ?? 0) + 2)
  const page = await ask(product, '/', { headers: { ...PART, accept: 'text/html', 'sec-fetch-dest': 'document', cookie: cookieHeader(cookies), 'sec-gpc': '1' } })
  assert.deepEqual(page.setCookies.map((line) => line.split(';')[0]).sort(), ['pm=', 'pmd='])
  for (const line of page.setCookies) assert.match(line, /Max-Age=0/)
})

test('where consent comes first nobody is met, stored or sent before it, and everybody after it', async () => {
  await policy({ consent: 'first' })
  await sixAlone()
  await scene.person(async (context) => {
    const before = await counts(product)
    const { page, posted } = await opened(context)
    await page.evaluate(AGREES)
    await pause(300)
    assert.deepEqual([posted, await stored(context, page)], [[], ['pmc']])
    await opened(context, '/other')
    await grown(before, { assigned: 1, confirmed: 1 }, product)
    // And no longer.
    await push(page, 'consent', false)
    const next = await opened(context, '/third')
    assert.equal(await words(next.page), WORDS.control)
    await next.page.evaluate(ORDERS)
    await pause(300)
    assert.deepEqual([next.posted, await stored(context, next.page)], [[], []])
  })
})

test('where consent may come later variants are met at once, nothing is counted, and what waited is sent when it comes', async () => {
  await policy({ consent: 'later' })
  const met = new Set()
  for (let tries = 0; tries < 20 && met.size < 2; tries++) {
    await scene.person(async (context) => {
      const before = await counts(product)
      const { page, posted } = await opened(context)
      met.add(await words(page))
      await push(page, 'track', 'order')
      await leave(page)
      await pause(300)
      assert.deepEqual([posted, await stored(context, page)], [[], ['pm']])
      await grown(before, { assigned: 0, confirmed: 0, converted: 0 }, product)
      await push(page, 'consent', true)
      await grown(before, { assigned: 1, confirmed: 1, converted: 1, crossed: 0 }, product)
      assert.deepEqual(posted.flatMap(({ events }) => events.map(({ t }) => t)).sort(), ['seen', 'track'])
      const next = await opened(context, '/other')
      assert.equal(await words(next.page), await words(page))
      await grown(before, { assigned: 1, confirmed: 1, converted: 1, crossed: 0 }, product)
    })
  }
  assert.deepEqual([...met].sort(), [WORDS.control, WORDS.fresh].sort())
})

test('tools that a site has hear of nobody who has not agreed', async () => {
  await policy({ consent: 'later' })
  await scene.person(async (context) => {
    await context.addInitScript(() => (globalThis.dataLayer = []))
    const { page } = await opened(context)
    await pause(300)
    assert.equal(await page.evaluate(() => globalThis.dataLayer.length), 0)
    await push(page, 'consent', true)
    await page.waitForFunction(() => globalThis.dataLayer.length === 1)
    assert.match(await page.evaluate(() => globalThis.dataLayer[0].exp_variant_string), /^pointsman-hero-1-(control|fresh)$/)
  })
})

test('who agrees before our script has come has agreed', async () => {
  await policy({ consent: 'later' })
  await scene.person(async (context) => {
    const before = await counts(product)
    await context.addInitScript(() => (globalThis.pointsman = [['track', 'order'], ['consent', true]]))
    await opened(context)
    await grown(before, { assigned: 1, confirmed: 1, converted: 1 }, product)
  })
})

test('who agrees no longer is not counted any more, and what was kept for the next page is gone', async () => {
  await policy({ consent: 'later' })
  await scene.person(async (context) => {
    const before = await counts(product)
    const { page } = await opened(context)
    await push(page, 'consent', true)
    await grown(before, { assigned: 1, confirmed: 1 }, product)
    await page.route('**/_pm/e', (route) => route.abort())
    await push(page, 'track', 'order')
    await leave(page)
    assert.ok(await eventually(async () => (await stored(context, page)).includes('pointsman-unsent /_pm/e')))
    await push(page, 'consent', false)
    assert.deepEqual((await stored(context, page)).filter((name) => !/^pmd?$/.test(name)), [])
    // What was under way still may come in; the collector leaves it out.
    await page.unroute('**/_pm/e')
    const next = await opened(context, '/other')
    await push(next.page, 'track', 'order')
    await pause(2500)
    assert.deepEqual(next.posted, [])
    await grown(before, { assigned: 1, confirmed: 1, converted: 0 }, product)
  })
})
