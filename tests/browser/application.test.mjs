// A front-end application in a real browser: the server's first render is the browser's, policies hold, exposures count.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { eventually } from '../eventually.mjs'
import { consumer } from '../sdk/consumer.mjs'
import { documentOf, snapshotOf, WORDS } from '../sdk/snapshots.mjs'
import { counts, grown, stage } from './stage.mjs'

const app = consumer('application')

/** Every kind of value, and one flag that nobody knows. It writes down what each of its renders saw. */
app.put('page.js', `
import { createElement } from 'react'
import { FlagsProvider, useExperiment, useFlag, Variant } from 'pointsman/react'
export const renders = []
function Values() {
  const seen = {
    words: useFlag('hero', 'none'), shipping: useFlag('shipping', 'none'), never: useFlag('never', true), price: useFlag('price', 0),
    banner: useFlag('banner', { text: 'none', lines: [] }), missing: useFlag('no-such-flag', { of: ['the', 'caller'] }),
    variant: useExperiment('hero').variant,
  }
  renders.push(JSON.stringify(seen))
  return createElement('pre', { id: 'values' }, JSON.stringify(seen))
}
export const Page = ({ flags }) => createElement(FlagsProvider, { flags },
  createElement(Values), createElement(Variant, { flag: 'hero', is: 'fresh' }, createElement('b', null, 'fresh')))
`)
app.put('client.js', `
import { createElement } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { inlined, open } from 'pointsman'
import { Page, renders } from './page.js'
const flags = open(inlined(), { plan: 'pro', name: 'Ada' })
globalThis.app = { flags, renders, errors: [] }
const query = new URLSearchParams(location.search)
if (query.has('early')) flags.update({ unit: query.get('unit'), country: 'FR' }, new Uint8Array(await (await fetch('/snapshot')).arrayBuffer()))
globalThis.app.root = hydrateRoot(document.querySelector('#root'), createElement(Page, { flags }), {
  onRecoverableError: (error) => globalThis.app.errors.push(String(error)),
})
`)
app.put('local.js', `
import { open } from 'pointsman'
const snapshot = new Uint8Array(await (await fetch('/snapshot')).arrayBuffer())
const flags = open(snapshot, { unit: 'ada' })
const values = [flags.get('hero', 'fallback')]
globalThis.app = { flags, values }
flags.subscribe(() => values.push(flags.get('hero', 'fallback')))
`)
app.put('without.js', `
import { open } from 'pointsman/js'
const snapshot = new Uint8Array(await (await fetch('/snapshot')).arrayBuffer())
const flags = open(snapshot, { unit: 'ada' })
globalThis.app = { flags, values: [flags.get('hero', 'fallback')] }
`)
const { Page } = await import(pathToFileURL(`${app.folder}/page.js`))
const { serve } = await import(pathToFileURL(`${app.folder}/node_modules/pointsman/server.js`))
const { open } = await import(pathToFileURL(`${app.folder}/node_modules/pointsman/index.js`))

const snapshot = snapshotOf(documentOf(), { client: false })
const files = {}
/** What pages have sent. */
const events = []
let scene, host

/** The page of the application, rendered on the server from what \`visit\` gives. */
const pageOf = ({ script, flags }) => `<!doctype html><html><head><meta charset="utf-8"><title>An application</title>${script}</head>
<body><div id="root">${renderToString(createElement(Page, { flags }))}</div><script type="module" src="/client/app.js"></script></body></html>`

const POLICIES = { strict: "script-src 'self'", wasm: "script-src 'self' 'wasm-unsafe-eval'" }

async function answer(request, response) {
  const url = new URL(request.url, 'http://host')
  if (files[url.pathname]) return response.setHeader('content-type', 'text/javascript').end(files[url.pathname])
  if (url.pathname === '/beacon') {
    let body = ''
    for await (const piece of request) body += piece
    events.push(...JSON.parse(body).events)
    return response.end('{}')
  }
  if (url.pathname === '/snapshot') return response.end(snapshotOf())
  response.setHeader('content-type', 'text/html; charset=utf-8')
  const policy = POLICIES[url.searchParams.get('policy')]
  if (policy) response.setHeader('content-security-policy', policy)
  const program = url.searchParams.get('program')
  if (program) return response.end(`<!doctype html><title>x</title><script type="module" src="/${program}/app.js"></script>`)
  const context = { unit: url.searchParams.get('unit') ?? undefined, country: url.searchParams.get('country') ?? undefined }
  const visit = serve(snapshot, { beacon: '/beacon' }).visit(request, context)
  response.setHeaders(visit.headers)
  response.end(pageOf(visit))
}

before(async () => {
  for (const program of ['client', 'local', 'without']) {
    const bundled = await app.bundle(`import './${program}.js'`, { define: { 'process.env.NODE_ENV': '"development"' } })
    for (const [path, bytes] of Object.entries(bundled)) files[`/${program}${path}`] = bytes
  }
  scene = await stage()
  host = createServer(answer)
  await once(host.listen(0, '127.0.0.1'), 'listening')
})
after(async () => {
  await scene?.close()
  host?.closeAllConnections()
  host?.close()
})

/** Counts what is done with wasm, and tells of every complaint of the page. */
const watched = (path, work, first = () => {}) => scene.person(async (context) => {
  await context.addInitScript(first)
  await context.addInitScript(() => {
    globalThis.wasm = []
    for (const name of ['Module', 'Instance', 'compile', 'instantiate', 'compileStreaming', 'instantiateStreaming']) {
      const real = WebAssembly[name]
      WebAssembly[name] = new Proxy(real, {
        construct: (...given) => (globalThis.wasm.push(name), Reflect.construct(...given)),
        apply: (...given) => (globalThis.wasm.push(name), Reflect.apply(...given)),
      })
    }
  })
  const page = await context.newPage()
  const complaints = []
  page.on('console', (message) => /error|warning/.test(message.type()) && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  const requests = []
  page.on('request', (request) => requests.push(new URL(request.url()).pathname))
  const response = await page.goto(`http://localhost:${host.address().port}${path}`)
  await page.waitForFunction(() => globalThis.app)
  return work({ page, complaints, requests, html: await response.text() })
})

const unescaped = (html) => html.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#x27;', "'").replaceAll('&amp;', '&')

/** A unit for each variant of the experiment. */
const units = Object.fromEntries(Array.from({ length: 40 }, (_, n) => `unit-${n}`).map((unit) => [open(snapshot, { unit }).why('hero').variant, unit]))

for (const [variant, country] of [['fresh', 'AT'], ['control', 'FR']]) {
  test(`the browser’s first render is the server’s: ${variant}, ${country}`, () => watched(`/?unit=${units[variant]}&country=${country}`, async ({ page, complaints, html }) => {
    const served = unescaped(html.match(/<pre id="values">(.*?)<\/pre>/s)[1])
    assert.deepEqual(JSON.parse(served), {
      words: WORDS[variant], shipping: country === 'AT', never: false, price: 7, banner: { text: 'Today <only>', lines: [1, 2] },
      missing: { of: ['the', 'caller'] }, variant,
    })
    await page.waitForFunction(() => globalThis.app.renders.length)
    const { renders, errors, wasm } = await page.evaluate(() => ({ ...globalThis.app, flags: undefined, wasm: globalThis.wasm }))
    assert.deepEqual([...new Set(renders)], [served], 'no render saw anything else')
    assert.equal(await page.textContent('#values'), served)
    assert.equal((await page.locator('b').count()) === 1, variant === 'fresh')
    assert.deepEqual([errors, complaints], [[], []])
    assert.deepEqual(wasm, [], 'decisions load no wasm')
    assert.doesNotMatch(html, /margin|a secret/)
  }))
}

/** Runs in the page before anything else: nobody sees it until `appear` is called. */
function unseen() {
  let hidden = true
  Object.defineProperty(Document.prototype, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') })
  globalThis.appear = () => {
    hidden = false
    document.dispatchEvent(new Event('visibilitychange'))
  }
}

test('a component is met when somebody sees the page, and not if it has gone by then', () => watched(`/?unit=${units.fresh}`, async ({ page }) => {
  await page.waitForFunction(() => globalThis.app.renders.length)
  await page.waitForTimeout(100)
  const seen = () => events.filter(({ t }) => t === 'seen').length
  const before = seen()
  await page.evaluate(() => globalThis.appear())
  await eventually(() => seen() > before)
  await page.waitForTimeout(200)
  assert.equal(seen(), before + 1, 'once, however many components read the flag')
  assert.deepEqual([events.at(-1).run, events.at(-1).x], ['hero-1', 'fresh'])

  await page.reload()
  await page.waitForFunction(() => globalThis.app?.renders.length)
  await page.evaluate(() => globalThis.app.root.unmount())
  await page.evaluate(() => globalThis.appear())
  await page.waitForTimeout(200)
  assert.equal(seen(), before + 1)
}, unseen))

test('flags that change before React has come to the page change after its first render', () => watched(`/?unit=${units.fresh}&country=AT&early=1`, async ({ page, complaints }) => {
  await page.waitForFunction(() => globalThis.app.renders.length > 1)
  const { renders, errors } = await page.evaluate(() => ({ ...globalThis.app, flags: undefined }))
  assert.deepEqual(renders.map((text) => JSON.parse(text).shipping), [true, false])
  assert.deepEqual([errors, complaints], [[], []])
}))

test('a change of the flags renders anew only what reads them, and once', () => watched(`/?unit=${units.fresh}&country=AT`, async ({ page, complaints }) => {
  await page.waitForFunction(() => globalThis.app.renders.length)
  const renders = await page.evaluate(async (unit) => {
    const { flags, renders } = globalThis.app
    const before = renders.length
    const snapshot = new Uint8Array(await (await fetch('/snapshot')).arrayBuffer())
    flags.update({ unit, country: 'FR' }, snapshot)
    while (renders.length === before) await new Promise((done) => setTimeout(done, 10))
    await new Promise((done) => setTimeout(done, 100))
    return renders.slice(before).map((text) => JSON.parse(text).shipping)
  }, units.fresh)
  assert.deepEqual(renders, [false])
  assert.deepEqual(complaints, [])
}))

test('under a policy that allows wasm the first value is there at once', () => watched('/?program=local&policy=wasm', async ({ page, complaints, requests }) => {
  const { values, wasm } = await page.evaluate(() => ({ values: globalThis.app.values, wasm: globalThis.wasm }))
  const decided = open(snapshot, { unit: 'ada' }).get('hero')
  assert.deepEqual([values, wasm, complaints], [[decided], ['Module', 'Instance'], []])
  assert.deepEqual(requests.filter((path) => /evaluator-js/.test(path)), [], 'what is not needed is not loaded')
}))

test('under a policy that refuses wasm the fallback is there at once, and the value comes by itself', () => watched('/?program=local&policy=strict', async ({ page, requests }) => {
  await page.waitForFunction(() => globalThis.app.values.length > 1)
  assert.deepEqual(await page.evaluate(() => globalThis.app.values), ['fallback', open(snapshot, { unit: 'ada' }).get('hero')])
  assert.equal(requests.filter((path) => /evaluator-js/.test(path)).length, 1)
}))

test('under a policy that refuses wasm `pointsman/js` has the value at once, and breaks no rule', () => watched('/?program=without&policy=strict', async ({ page, complaints }) => {
  const { values, wasm } = await page.evaluate(() => ({ values: globalThis.app.values, wasm: globalThis.wasm }))
  assert.deepEqual([values, wasm, complaints], [[open(snapshot, { unit: 'ada' }).get('hero')], [], []])
}))

test('behind the edge a component that is there confirms its exposure once, and an order counts with what it is worth', async () => {
  const document = documentOf()
  document.metrics.revenue = { event: 'order', measure: { kind: 'sum', currency: 'EUR', where: { items: { min: 2 } } } }
  document.experiments.hero.metrics = ['revenue']
  Object.assign(document, { rates: { EUR: 1 }, dimensions: { plan: { values: ['free', 'pro'] } } })
  const edge = await scene.running(host.address().port, document)
  try {
    const before = await counts(edge)
    await scene.person(async (context) => {
      const page = await context.newPage()
      await page.goto(`${edge.site}/`)
      await page.waitForFunction(() => globalThis.app?.renders.length)
      await page.evaluate(() => globalThis.app.flags.track('order', { value: 19.99, currency: 'EUR', items: 3 }))
      await page.evaluate(() => globalThis.app.flags.track('order', { value: 5, currency: 'EUR', items: 1 }))
      await grown(before, { confirmed: 1, converted: 1 }, edge)
      const { sums } = await (await edge.api('GET', `sums?run=${document.experiments.hero.run.id}`)).json()
      const told = sums.filter(({ metric, vector }) => metric === 'revenue' && vector[1] === '1999').map(({ dimension }) => dimension)
      assert.deepEqual(told.filter((dimension) => !dimension.includes('=') || dimension.startsWith('plan')), ['', 'plan=pro'])
      await page.reload()
      await page.waitForFunction(() => globalThis.app?.renders.length)
      await grown(before, { confirmed: 1, converted: 1 }, edge)
    })
  } finally {
    await edge.stop()
  }
})
