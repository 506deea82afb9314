// Flags on a server: a request in, decisions out, and nothing in them that browsers must not know.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { open } from '../../dist/npm/index.js'
import { serve } from '../../dist/npm/server.js'
import { HOSTILE } from '../edge/document.mjs'
import { workerOf } from '../workerd.mjs'
import { consumer } from './consumer.mjs'
import { documentOf, snapshotOf, unitOf, WORDS } from './snapshots.mjs'

const snapshot = snapshotOf(documentOf(), { client: false })
const server = serve(snapshot)
const ada = unitOf(open, 'fresh')
const request = (headers = {}, url = 'https://shop.example/beans?x=1') => new Request(url, { headers })

test('a visitor who has no unit gets one in a cookie, and is the same one afterwards', () => {
  const first = server.visit(request())
  const cookie = first.headers.get('set-cookie')
  assert.match(cookie, /^pmu=[\w-]{22}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure$/)
  assert.equal(first.headers.get('cache-control'), 'private, no-store')
  for (let visit = 0; visit < 20; visit++) {
    const again = server.visit(request({ cookie: `a=b; ${cookie.split(';')[0]}; c=d` }))
    assert.deepEqual([again.headers.get('set-cookie'), again.unit, again.decisions], [null, first.unit, first.decisions])
  }
  assert.notEqual(server.visit(request()).unit, first.unit)
  for (const odd of ['pmu=', 'pmu=short', `pmu=${'x'.repeat(23)}`, 'pmu=<script>', 'xpmu=AAAAAAAAAAAAAAAAAAAAAA']) {
    assert.match(server.visit(request({ cookie: odd })).headers.get('set-cookie'), /^pmu=/, odd)
  }
})

test('whoever names the unit needs no cookie', () => {
  const { headers, unit, flags } = server.visit(request(), { unit: ada })
  assert.deepEqual([headers.get('set-cookie'), unit, flags.get('hero')], [null, ada, WORDS.fresh])
  assert.equal(serve(snapshot, { cookie: null }).visit(request()).flags.why('hero').error, 'TARGETING_KEY_MISSING')
  assert.doesNotMatch(server.visit(request({}, 'http://localhost/'), {}).headers.get('set-cookie'), /Secure/)
  assert.match(server.visit(request({ 'x-forwarded-proto': 'https' }, 'http://localhost/'), {}).headers.get('set-cookie'), /Secure/)
})

test('somebody whom the application does not know is known by the cookie, whichever way it says so', () => {
  for (const context of [undefined, {}, { unit: undefined }, { unit: null }]) {
    const first = server.visit(request(), context)
    assert.match(first.unit, /^[\w-]{22}$/)
    const cookie = first.headers.get('set-cookie').split(';')[0]
    assert.equal(server.visit(request({ cookie }), context).unit, first.unit)
    assert.notEqual(server.visit(request({ cookie: 'pmu=chosen' }), context).unit, 'chosen', 'nobody chooses a unit of another form')
  }
})

test('events are the browser’s to send: a server that calls for them sends and keeps nothing', async (t) => {
  const asked = t.mock.method(globalThis, 'fetch', async () => new Response('{}'))
  const { flags, all, decisions } = serve(snapshot, { beacon: '/_pm/e' }).visit(request(), { unit: ada })
  for (const each of [flags, all]) {
    each.seen('hero')
    each.track('order')
    each.leave()
  }
  await new Promise((done) => setTimeout(done, 20))
  assert.equal(asked.mock.callCount(), 0)
  assert.equal(decisions.beacon, '/_pm/e', 'the browser is told where they go')
})

test('a request tells path, language and device as it does at the edge, and the caller adds to it', () => {
  const asks = (attribute, value) => ({ kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [{ if: { equals: { attribute, value } }, serve: 'on' }] })
  const flags = { path: asks('path', '/beans'), language: asks('language', 'de-AT'), device: asks('device', 'phone'), plan: asks('plan', 'pro') }
  const own = serve(snapshotOf({ format: 1, flags }))
  const headers = { 'accept-language': 'de-AT,de;q=0.9', 'user-agent': 'Mozilla/5.0 (iPhone)' }
  const values = (visit) => Object.keys(flags).map((key) => visit.flags.get(key))
  assert.deepEqual(values(own.visit(request(headers), { plan: 'pro' })), [true, true, true, true])
  assert.deepEqual(values(own.visit({ headers, url: '/beans' }, { device: 'desktop' })), [true, true, false, false])
  assert.deepEqual(values(own.visit(request({}, 'https://shop.example/'))), [false, false, false, false])
  assert.equal(own.visit({ headers, url: '/shop/../beans?x#y' }).flags.get('path'), true)
  for (const url of ['//', '//beans', '/%', '*', '', 'beans', 'http://', undefined]) assert.equal(own.visit({ headers, url }).flags.get('path'), false, url)
})

test('browsers are told what is marked for them, and the server knows everything', () => {
  const { all, flags, decisions, script } = server.visit(request(), { unit: ada })
  assert.equal(all.get('margin'), 'a secret')
  assert.equal(flags.get('margin', 'nothing'), 'nothing')
  for (const text of [JSON.stringify(decisions), script]) assert.doesNotMatch(text, /margin|a secret|rule/)
  for (const key of flags.keys()) assert.deepEqual(flags.get(key), all.get(key))
  assert.equal(open(decisions).get('hero'), WORDS.fresh)
})

test('no value ends the script that carries it', () => {
  const flags = { hero: { kind: 'string', client: true, variants: { it: HOSTILE }, off: 'it', otherwise: 'it' } }
  const { script } = serve(snapshotOf({ format: 1, flags })).visit(request())
  const [, json] = script.match(/^<script type="application\/json" data-id="pointsman">([\x20-\x7e]*)<\/script>$/)
  assert.doesNotMatch(json, /[<>&]/)
  assert.equal(JSON.parse(json).flags.hero.value, HOSTILE)
})

test('while there is no snapshot fallbacks serve, and a page is made all the same', () => {
  const none = serve({ snapshot: undefined })
  const { flags, all, script } = none.visit(request())
  assert.deepEqual([flags.get('hero', 'x'), all.get('hero', 'x'), none.version, none.why('hero', {}).error], ['x', 'x', undefined, 'FLAG_NOT_FOUND'])
  assert.match(script, /"flags":\{\}/)
})

test('behind the edge its word is taken, and nobody’s else is', () => {
  const behind = serve(snapshot, { edge: true })
  const told = (variants) => behind.visit(request(variants ? { 'pointsman-variants': variants } : {}))
  const { flags, all, headers } = told('hero=fresh, shipping=on, margin=it')
  assert.deepEqual([flags.get('hero'), flags.get('shipping'), all.get('margin')], [WORDS.fresh, true, 'a secret'])
  assert.equal(headers.get('set-cookie'), null, 'the edge knows its visitor')
  for (const odd of ['hero=gold', 'hero', '=', 'hero=fresh;x', '']) assert.equal(told(odd).flags.get('hero', 'fallback'), 'fallback', odd)
  const spoofed = server.visit(request({ 'pointsman-variants': 'hero=control' }), { unit: ada })
  assert.equal(spoofed.flags.get('hero'), WORDS.fresh, 'without an edge a client’s word is nothing')
})

test('Node’s own requests and responses do', async () => {
  const own = createServer((incoming, response) => {
    const { flags, headers } = server.visit(incoming, { country: 'AT' })
    response.setHeaders(headers)
    response.end(String(flags.get('shipping')))
  })
  await once(own.listen(0, '127.0.0.1'), 'listening')
  after(() => own.close())
  const response = await fetch(`http://127.0.0.1:${own.address().port}/beans`)
  assert.equal(await response.text(), 'true')
  assert.match(response.headers.get('set-cookie'), /^pmu=/)
})

test('where wasm is refused the first visit has no flags, and those after it have', async () => {
  const { Module } = WebAssembly
  WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('refused') } }
  try {
    // A package of its own, which has compiled nothing yet.
    const { serve } = await import(pathToFileURL(`${consumer('refused-server').installed}/server.js`))
    const refused = serve(snapshot)
    assert.equal(refused.visit(request(), { unit: ada }).flags.get('hero', 'fallback'), 'fallback')
    for (let tries = 0; tries < 100 && refused.version === undefined; tries++) await new Promise((done) => setTimeout(done, 10))
    assert.equal(refused.visit(request(), { unit: ada }).flags.get('hero', 'fallback'), WORDS.fresh)
  } finally {
    WebAssembly.Module = Module
  }
})

test('in workerd the same answers come from the module that is deployed', async () => {
  const app = consumer('workerd')
  app.put('snapshot.mjs', `export default Uint8Array.from(atob('${Buffer.from(snapshot).toString('base64')}'), (letter) => letter.charCodeAt(0))`)
  await build({
    stdin: {
      contents: `
import { open } from 'pointsman'
import { connect } from 'pointsman/connect'
import { serve } from 'pointsman/server'
import snapshot from './snapshot.mjs'
export default { fetch(request) {
  const { unit, country } = Object.fromEntries(new URL(request.url).searchParams)
  const { all } = serve(snapshot).visit(request, { unit, country })
  const flags = open(snapshot, { unit, country })
  return Response.json({ served: all.keys().map((key) => all.get(key)), opened: flags.keys().map((key) => flags.get(key)), connects: typeof connect })
} }`,
      resolveDir: app.folder,
    },
    bundle: true, format: 'esm', conditions: ['workerd'], outfile: `${app.folder}/worker.mjs`, loader: { '.wasm': 'copy' }, assetNames: '[name]', logLevel: 'silent',
  })
  const worker = await workerOf('application', [
    ['worker.mjs', 'esModule', 'target/consumers/workerd/worker.mjs'], ['evaluator.wasm', 'wasm', 'target/consumers/workerd/evaluator.wasm'],
  ])
  try {
    for (let n = 0; n < 20; n++) {
      const context = { unit: `unit-${n}`, country: n % 2 ? 'AT' : 'FR' }
      const got = await (await fetch(`${worker.address}/?${new URLSearchParams(context)}`)).json()
      const here = open(snapshot, context)
      const expected = here.keys().map((key) => here.get(key))
      assert.deepEqual(got, { served: expected, opened: expected, connects: 'function' })
    }
  } finally {
    await worker.end()
  }
})
