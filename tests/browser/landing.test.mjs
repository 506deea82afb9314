// Page tests in a real browser: on ten pages of every kind the document after the edge's edits is the one that selectors ask
// for; a redirect test loses nobody, however many reports are lost; a page made ready for nobody is not counted.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { chance } from '../../www/landing/chance.mjs'
import { eventually } from '../eventually.mjs'
import { stub } from '../edge/wire.mjs'
import { between } from './between.mjs'
import { alone, launch, PERSON } from './chromium.mjs'
import { prerender } from './stage.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const ALL = 2 ** 32
const folder = mkdtempSync(join(tmpdir(), 'pointsman-landing-'))

const EDITS = [
  { select: '#title', change: { text: 'Größer & <besser>' } },
  { select: 'a.buy', change: { attribute: { name: 'href', value: '/b?a=1&b=2' } } },
  { select: '.tag', change: { class: { add: ['new'], remove: ['old'] } } },
  { select: '#styled', change: { style: { name: 'color', value: 'red' } } },
  { select: '#list', change: { before: '<p id="b">before <b>it</b></p>' } },
  { select: '#list', change: { after: '<p id="a">after</p>' } },
  { select: '#list', change: { prepend: '<li>first</li>'.replace(/<\/?li>/g, '') } },
  { select: '#list', change: { append: 'last' } },
  { select: '#swap', change: { replace: '<em>swapped</em>' } },
  { select: '.gone', change: { remove: true } },
  { slot: 'offer', change: { text: 'Half' } },
  { select: '#moved', change: { move: { to: '#title', place: 'after' } } },
]

const BODY = `<h1 id="title">Title</h1><a class="buy" href="/a">Buy</a><p class="tag old">Tag</p><p id="styled" style="margin:0">S</p>
<div id="list"><i>in</i></div><span id="swap">swap</span><p class="gone">gone</p><p data-slot="offer">Full</p><p id="moved">M</p>`
const page = (body, head = '<title>T</title>') => `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`

/** Ten pages, each with what breaks tools of this kind. */
const PAGES = {
  plain: page(BODY),
  'no-head': `<!doctype html><title>T</title>${BODY}`,
  quirks: `<html><body>${BODY}`,
  malformed: page(`<b><i>cross</b></i><p>open<p>again<div></p></div>${BODY}<table><tr><td>one<td>two</table><div><span>`),
  tables: page(`<table><thead><tr><th class="tag old">H</th></tr></thead><tbody><tr><td id="cell">${BODY.replace('<h1', '<h2').replace('</h1', '</h2')}</td></tr></tbody></table>`),
  svg: page(`<svg viewBox="0 0 9 9"><title>shape</title><g class="tag old"><path d="M0 0h9"/></g></svg><math><mi>x</mi></math>${BODY}`),
  templates: page(`<template><p class="gone">kept for later</p></template><noscript><p class="gone">no</p></noscript>${BODY}<details><summary>more</summary><p>in</p></details>`),
  scripts: page(`<script>document.write('<p class="written">w</p>'); const text = '<h1 id="title">no</h1>'</script>${BODY}<script>document.body.dataset.ran = String(document.querySelectorAll('p').length > 3)</script>`),
  comments: page(`<!-- <h1 id="title">no</h1> --><![CDATA[ x ]]>${BODY}<xmp><h1 id="title">no</h1></xmp><style>.gone{color:red}</style>&amp;&lt;&nbsp;`),
  large: page(`${BODY}${'<section class="card"><h2>Item</h2><p>Some words about <b>it</b> and more.</p></section>\n'.repeat(57_000)}`),
}

const tested = (name, changes) => ({
  flags: { [name]: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: name }] } },
  experiments: { [name]: { flag: name, metric: 'orders', control: 'a', run: { id: `${name}-1`, salt: `${name}-1`, epoch: 1, rollout: ALL, split: [changes ? [1, 'a'] : [ALL / 2, 'a'], [ALL, 'b']] } } },
})
const joined = (...all) => ({
  flags: Object.assign({}, ...all.map(({ flags }) => flags)), experiments: Object.assign({}, ...all.map(({ experiments }) => experiments)),
})
/** Says how often it has run, and on what. */
const CODE = "const ran = document.body.dataset; ran.coded = Number(ran.coded || 0) + 1 + document.querySelector('h1').textContent"
/** Seconds after which somebody has stayed. */
const STAYS = 2
const DOCUMENT = {
  format: 1, metrics: { orders: { event: 'order' }, read: { event: 'read' } },
  ...joined(tested('edits', true), tested('away'), tested('ahead', true), tested('coded')),
  pages: {
    edits: { path: '/page/*', flag: 'edits', variants: { b: EDITS } },
    away: { path: '/away', flag: 'away', variants: { b: [{ change: { redirect: '/there' } }] } },
    ahead: { path: '/ahead', flag: 'ahead', variants: { b: [{ select: 'h1', change: { text: 'Ahead' } }] } },
    coded: { path: '/coded*', flag: 'coded', variants: { b: [{ change: { script: CODE } }] } },
  },
  goals: {
    arrived: { path: '/thanks' }, deep: { path: '/tall', scroll: 75 }, stayed: { path: '/tall', seconds: STAYS },
    clicked: { path: '/page/plain', click: 'a.buy' }, sent: { submit: 'form' } },
}

/** Has the browser render a page ahead. */
const RULES = '<script type="speculationrules">{"prerender": [{"source": "list", "urls": ["/ahead"], "eagerness": "immediate"}]}</script>'

/** Goes there once it is rendered. */
const GO = `<script>
const go = async () => ((await (await fetch('/is-ahead')).text()) === 'yes' ? setTimeout(() => location.assign('/ahead'), 1000) : setTimeout(go, 100))
go()
</script>`

let origin, product, browser

before(async () => {
  origin = await stub((incoming, response) => {
    const { pathname, search } = new URL(incoming.url, 'http://origin')
    if (pathname === '/rules') return response.writeHead(200, HTML).end(page(RULES + (search ? GO : '')))
    if (pathname === '/is-ahead') return response.end(origin.seen.filter(({ url }) => url === '/ahead').length > 1 ? 'yes' : 'no')
    if (pathname === '/coded-strict') return response.writeHead(200, { ...HTML, 'content-security-policy': "script-src 'self'" }).end(page('<h1>strict</h1>'))
    if (pathname === '/tall') return response.writeHead(200, HTML).end(page('<div style="height: 5000px">Tall</div>'))
    const own = PAGES[pathname.replace(/^\/(page|own)\//, '')]
    response.writeHead(own || !pathname.startsWith('/page') ? 200 : 404, HTML).end(own ?? page(`<h1>${pathname}</h1>`))
  })
  ;[product, browser] = await Promise.all([start({ folder, originPort: origin.port, quiet: true, environment: 'development' }), launch()])
  await served(product, (await publish(product, DOCUMENT)).version)
})

after(async () => {
  await browser?.close()
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function person(work, site = product.site) {
  const context = await browser.newContext({ userAgent: PERSON })
  try {
    return await work(await context.newPage(), context, site)
  } finally {
    await context.close()
  }
}

/** In the page: makes the changes as selectors ask for, in the order of the document. */
function made(edits) {
  const ways = {
    text: (one, text) => (one.textContent = text),
    attribute: (one, { name, value }) => one.setAttribute(name, value),
    class: (one, { add, remove }) => (one.classList.remove(...remove), one.classList.add(...add)),
    style: (one, { name, value }) => one.setAttribute('style', `${one.getAttribute('style').replace(/;$/, '')}; ${name}: ${value}`),
    before: (one, html) => one.insertAdjacentHTML('beforebegin', html), after: (one, html) => one.insertAdjacentHTML('afterend', html),
    prepend: (one, html) => one.insertAdjacentHTML('afterbegin', html), append: (one, html) => one.insertAdjacentHTML('beforeend', html),
    replace: (one, html) => (one.outerHTML = html), remove: (one) => one.remove(),
    move: (one, { to, place }) => document.querySelector(to)[place](one),
  }
  for (const { select, slot, change } of edits) {
    const [[kind, given]] = Object.entries(change)
    for (const one of document.querySelectorAll(select ?? `[data-slot="${slot}"]`)) ways[kind](one, given)
  }
}

/** In the page: the document without what the edge adds. */
function tree() {
  const copy = document.documentElement.cloneNode(true)
  for (const own of copy.querySelectorAll('script[data-id=pointsman], script[src^="/_pm/"]')) own.remove()
  copy.normalize()
  return copy.outerHTML
}

for (const name of Object.keys(PAGES)) {
  test(`${name}: the document after the edits is the one that the selectors ask for`, () => person(async (page) => {
    await page.goto(`${product.site}/own/${name}`)
    await page.evaluate(made, EDITS)
    const due = await page.evaluate(tree)
    await page.goto(`${product.site}/page/${name}`)
    await page.waitForFunction(() => document.querySelector('#title').nextElementSibling?.id === 'moved')
    const seen = await page.evaluate(tree)
    if (seen === due) return
    const at = [...seen].findIndex((letter, index) => letter !== due[index])
    assert.fail(`${name}: …${seen.slice(Math.max(0, at - 60), at + 80)}…\nis due: …${due.slice(Math.max(0, at - 60), at + 80)}…`)
  }))
}

test('goals without code are told once', () => person(async (page) => {
  const told = []
  page.on('request', (sent) => sent.url().endsWith('/_pm/e') && told.push(...JSON.parse(sent.postData()).events.filter(({ t }) => t === 'track').map(({ n }) => n)))
  await page.goto(`${product.site}/page/plain`)
  await page.evaluate(() => {
    const form = document.body.appendChild(document.createElement('form'))
    form.addEventListener('submit', (event) => event.preventDefault())
    form.append(Object.assign(document.createElement('button'), { id: 'send', textContent: 'Send' }))
    document.querySelector('a.buy').addEventListener('click', (event) => event.preventDefault())
    document.querySelector('#title').dataset.goal = 'touched'
  })
  await page.waitForFunction(() => performance.getEntriesByName(new URL('/_pm/g.js', location).href).length)
  // The first clicks may come before our script listens.
  await eventually(async () => {
    await page.evaluate((all) => all.forEach((select) => document.querySelector(select).click()), ['a.buy', 'a.buy', '#send', '#title'])
    return told.length >= 3
  })
  assert.deepEqual(told.sort(), ['clicked', 'sent', 'touched'])
}))

test('a page reached, a depth and a time are told once', () => person(async (page) => {
  const told = []
  page.on('request', (sent) => sent.url().endsWith('/_pm/e') && told.push(...JSON.parse(sent.postData()).events.filter(({ t }) => t === 'track').map(({ n }) => n)))
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
  const scroll = (share) => page.evaluate((share) => scrollTo(0, share * document.documentElement.scrollHeight - innerHeight), share)
  const began = performance.now()
  let stayed
  page.on('request', () => told.includes('stayed') && (stayed ??= performance.now() - began))
  await page.goto(`${product.site}/tall`)
  await page.waitForFunction(() => performance.getEntriesByName(new URL('/_pm/g.js', location).href).length)
  await scroll(0.6)
  await pause(500)
  assert.ok(!told.includes('deep'), 'not far enough')
  for (const share of [0.8, 0.3, 1]) {
    await scroll(share)
    await pause(200)
  }
  await eventually(async () => {
    for (const share of [0.9, 1]) await scroll(share)
    return told.length >= 2
  })
  assert.ok(stayed >= STAYS * 1000, `not long enough: ${stayed} ms`)
  await pause(2500)
  assert.deepEqual(told.splice(0).sort(), ['deep', 'stayed'])
  await page.goto(`${product.site}/thanks`)
  await eventually(() => told.length)
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await pause(500)
  assert.deepEqual(told, ['arrived'])
}))

test('code runs once, at the end of the page, for its variant alone', async () => {
  const met = new Set()
  for (let tries = 0; tries < 40 && met.size < 2; tries++) {
    await person(async (page) => {
      await page.goto(`${product.site}/coded`)
      const coded = await page.evaluate(() => document.body.dataset.coded)
      const own = origin.last().headers['pointsman-variants'].match(/coded=(\w)/)[1]
      met.add(own)
      assert.equal(coded, own === 'b' ? '1/coded' : undefined, own)
      // A policy without inline code keeps it away, and nothing else of ours.
      await page.goto(`${product.site}/coded-strict`)
      await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
      assert.equal(await page.evaluate(() => document.body.dataset.coded), undefined)
    })
  }
  assert.deepEqual([...met].sort(), ['a', 'b'])
})

test('a page that the browser has really rendered ahead counts once it is shown, and never if it is not', { timeout: 300_000 }, async () => {
  const report = async () => {
    const { report } = await (await product.api('GET', 'experiments/ahead/report')).json()
    return report.arms.reduce((sum, { assigned, confirmed }) => [sum[0] + assigned, sum[1] + confirmed], [0, 0])
  }
  const ahead = () => origin.seen.filter(({ url, headers }) => url === '/ahead' && /prerender/.test(headers['sec-purpose'])).length
  const leave = await alone(`${product.site}/rules`)
  try {
    await eventually(() => ahead() === 1)
    await new Promise((resolve) => setTimeout(resolve, 2000))
    assert.deepEqual([ahead(), await report()], [1, [0, 0]])
  } finally {
    await leave()
  }
  const close = await alone(`${product.site}/rules?go`)
  try {
    await eventually(async () => (await report())[1] > 0)
    await new Promise((resolve) => setTimeout(resolve, 500))
    assert.deepEqual(await report(), [1, 1])
    assert.deepEqual([ahead(), origin.seen.filter(({ url }) => url === '/ahead').length], [2, 2], 'what was shown is what was rendered ahead')
  } finally {
    await close()
  }
})

/** What the report says of a variant of the redirect test. */
async function away(variant) {
  const { report } = await (await product.api('GET', 'experiments/away/report')).json()
  const { assigned, confirmed } = report.arms.find((arm) => arm.variant === variant)
  return { assigned, confirmed }
}

/** Waits until so many more are counted than before, and a little longer, so that more would show. */
async function grown(before, due) {
  const growth = async () => {
    const now = await away('b')
    return { assigned: now.assigned - before.assigned, confirmed: now.confirmed - before.confirmed }
  }
  await eventually(async () => JSON.stringify(await growth()) === JSON.stringify(due))
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.deepEqual(await growth(), due)
}

/** People who come to the redirect test, until one is sent on; `work` gets their page there. */
async function sentOn(prepare, work) {
  for (let tries = 0; tries < 30; tries++) {
    const before = await away('b')
    const arrived = await person(async (page, context) => {
      await prepare(page, context)
      await page.goto(`${product.site}/away`)
      if (new URL(page.url()).pathname !== '/there') return false
      await work(page, context, before)
      return true
    })
    if (arrived) return
  }
  throw new Error('nobody of 30 was sent on')
}

test('a redirect that the browser followed ahead is nobody’s until somebody sees the page, and then it counts once', () => sentOn(async (page, context) => {
  await context.addInitScript(prerender)
  await page.route('**/away', (route, request) => route.continue({ headers: { ...request.headers(), 'sec-purpose': 'prefetch;prerender' } }))
}, async (page, _, before) => {
  await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal((await away('b')).confirmed - before.confirmed, 0)
  await page.evaluate(() => {
    globalThis.hidden_ = false
    document.dispatchEvent(new Event('prerenderingchange'))
  })
  await grown(before, { assigned: 1, confirmed: 1 })
}))

test('whoever was sent on is counted once, over reloads, five tabs and the browser’s own cache of pages', () => sentOn(() => {}, async (page, context, before) => {
  await page.reload()
  for (let tab = 0; tab < 5; tab++) await (await context.newPage()).goto(`${product.site}/away`)
  await page.evaluate(() => {
    globalThis.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    globalThis.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await grown(before, { assigned: 1, confirmed: 1 })
}))

test('tools that a site has hear of each exposure once, and get no list of ours where they have none', async () => {
  const pushed = (page) => page.evaluate(() => globalThis.dataLayer?.filter(({ event }) => event === 'experience_impression'))
  await person(async (page, context) => {
    await context.addInitScript(() => (globalThis.dataLayer = []))
    await page.goto(`${product.site}/page/plain`)
    await page.waitForFunction(() => globalThis.dataLayer.length)
    await page.evaluate(() => {
      globalThis.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.deepEqual(await pushed(page), [{ event: 'experience_impression', exp_variant_string: 'pointsman-edits-1-b' }])
    await page.goto(`${product.site}/own/plain`)
    await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
    assert.deepEqual(await pushed(page), [])
  })
  // Google's tag without a tag manager: it hears of nothing that does not come through its function.
  await person(async (page, context) => {
    await context.addInitScript(() => {
      globalThis.dataLayer = []
      globalThis.gtag = function () { globalThis.dataLayer.push(arguments) }
    })
    await page.goto(`${product.site}/page/plain`)
    await page.waitForFunction(() => globalThis.dataLayer.length)
    const calls = await page.evaluate(() => globalThis.dataLayer.map((call) => [Object.prototype.toString.call(call), ...call]))
    assert.deepEqual(calls, [['[object Arguments]', 'event', 'experience_impression', { exp_variant_string: 'pointsman-edits-1-b' }]])
  })
  await person(async (page) => {
    await page.goto(`${product.site}/page/plain`)
    await page.waitForFunction(() => typeof globalThis.pointsman?.seen === 'function')
    await new Promise((resolve) => setTimeout(resolve, 200))
    assert.equal(await pushed(page), undefined)
  })
})

test('with instant navigation and 30 % of reports lost, assigned is what was decided, and the ratio stays clean', { timeout: 600_000 }, async (t) => {
  const dice = chance(9)
  const way = await between(product, () => (dice() < 0.3 ? 'cut' : 'pass'))
  const met = { a: 0, b: 0 }
  const report = async () => (await (await product.api('GET', 'experiments/away/report')).json()).report
  const all = async () => Object.fromEntries((await report()).arms.map(({ variant, assigned }) => [variant, assigned]))
  const before = await all()
  const assigned = async () => Object.fromEntries(Object.entries(await all()).map(([variant, n]) => [variant, n - (before[variant] ?? 0)]))
  try {
    for (let visitor = 0; visitor < 60; visitor++) {
      await person(async (page) => {
        await page.goto(`${way.site}/away`, { waitUntil: visitor % 3 ? 'commit' : 'load' })
        if (visitor % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 150))
        met[new URL(page.url()).pathname === '/there' ? 'b' : 'a'] += 1
        // Gone before anything could be told.
        await page.goto('about:blank')
      })
    }
    await eventually(async () => JSON.stringify(await assigned()) === JSON.stringify(met))
  } finally {
    await way.close()
  }
  t.diagnostic(`${JSON.stringify(met)} visitors, ${way.seen.filter(({ due }) => due === 'cut').length} of ${way.seen.length} reports lost`)
  assert.ok(met.a > 10 && met.b > 10, JSON.stringify(met))
  assert.deepEqual(await assigned(), met)
  assert.equal((await report()).sampleRatio.alarm, false)
})
