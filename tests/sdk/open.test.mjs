// What application code holds: a value on the first line, and a store that changes when it is told to and never breaks.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { inlined, open } from '../../dist/npm/index.js'
import { open as openJs } from '../../dist/npm/js.js'
import { decisionsOf, documentOf, snapshotOf, unitOf, WORDS } from './snapshots.mjs'

const snapshot = snapshotOf()
const [ada, bob] = [unitOf(open, 'fresh'), unitOf(open, 'control')]

/** A collector that keeps what it gets. */
async function collector() {
  const got = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    got.push(JSON.parse(body))
    response.end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  after(() => server.close())
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async events(count) {
      for (let tries = 0; tries < 100 && got.flatMap(({ events }) => events).length < count; tries++) await new Promise((done) => setTimeout(done, 20))
      return got.flatMap(({ events }) => events)
    },
  }
}

test('inlined decisions are served without an evaluator being made', () => {
  const { Module, Instance } = WebAssembly
  WebAssembly.Module = WebAssembly.Instance = class { constructor() { throw new Error('wasm was asked for') } }
  try {
    const flags = open(decisionsOf())
    assert.equal(flags.get('hero', 'x'), WORDS.fresh)
    assert.equal(flags.get('never', true), false, 'false is a value')
    assert.deepEqual(flags.get('banner'), { text: 'Today <only>', lines: [1, 2] })
    assert.equal(flags.get('margin', 'fallback'), 'fallback')
    assert.equal(flags.version, 3)
    assert.deepEqual(flags.keys(), ['hero', 'shipping', 'never', 'banner'])
  } finally {
    Object.assign(WebAssembly, { Module, Instance })
  }
})

test('with wasm and without it the same values are there at once', () => {
  for (const each of [open, openJs]) {
    const flags = each(snapshot, { unit: ada, country: 'AT' })
    assert.deepEqual(['hero', 'shipping', 'price', 'never'].map((key) => flags.get(key)), [WORDS.fresh, true, 7, false])
    assert.equal(flags.why('hero').run, 'hero-1')
    assert.equal(flags.version, 1)
  }
})

test('another context decides anew and tells whoever listens, until they listen no more', () => {
  const flags = open(snapshot, { unit: ada })
  let told = 0
  const stop = flags.subscribe(() => told++)
  assert.equal(flags.get('shipping'), false)
  flags.update({ unit: ada, country: 'DE' })
  assert.deepEqual([flags.get('shipping'), told], [true, 1])
  stop()
  flags.update({ unit: bob })
  assert.deepEqual([flags.get('hero'), flags.get('shipping'), told], [WORDS.control, false, 1])
})

test('what is said of a flag is one object until something changes, and what was first stays', () => {
  const flags = open(snapshot, { unit: ada })
  const before = flags.why('shipping')
  const banner = flags.get('banner')
  assert.equal(flags.why('shipping'), before)
  flags.update({ unit: ada, country: 'DE' })
  assert.notEqual(flags.why('shipping'), before)
  assert.equal(flags.get('banner'), banner, 'a value that stays is the same object')
  assert.equal(flags.first('shipping'), before)
})

test('decisions stay until the context changes; then the snapshot decides', () => {
  const flags = open(decisionsOf(), { unit: bob }, { snapshot })
  assert.equal(flags.get('hero'), WORDS.fresh)
  flags.update({ unit: bob })
  assert.equal(flags.get('hero'), WORDS.control)
  assert.equal(flags.first('hero').value, WORDS.fresh)
})

test('decisions alone stay as they are, whatever the context becomes', () => {
  const flags = open(decisionsOf())
  let told = 0
  flags.subscribe(() => told++)
  flags.update({ country: 'FR' })
  assert.deepEqual([flags.get('shipping'), told], [true, 0])
})

test('bad data never replace good, and are named', () => {
  const flags = open(snapshot, { unit: ada })
  let told = 0
  flags.subscribe(() => told++)
  for (const bad of [new Uint8Array(0), new Uint8Array(64), snapshot.subarray(0, 99), snapshot.map((byte, at) => (at === 60 ? 255 : byte)), new Uint8Array(3 << 20)]) {
    flags.update(undefined, bad)
    assert.match(flags.fault.message, /snapshot/)
    assert.equal(flags.get('hero'), WORDS.fresh)
  }
  assert.equal(told, 0)
  flags.update(undefined, snapshotOf(documentOf({ price: 8 }), { version: 2 }))
  assert.deepEqual([flags.get('price'), flags.version, flags.fault, told], [8, 2, undefined, 1])
})

test('whatever is opened gives fallbacks, and nothing throws', () => {
  const hostile = [undefined, null, 0, 'text', [], {}, { flags: null }, { flags: 7 }, { flags: { hero: null } }, { flags: { hero: 7 } }, new Uint8Array(3), new Map()]
  for (const source of hostile) {
    const flags = open(source)
    for (const key of ['hero', '__proto__', 'toString', '', undefined, Symbol('x')]) {
      assert.equal(flags.get(key, 'fallback'), 'fallback')
      assert.equal(flags.why(key).value, undefined)
      flags.seen(key)
    }
    assert.equal(flags.subscribe(() => {})(), undefined)
    flags.leave()
  }
  for (const context of [null, 7, 'text', [], new Map(), { get unit() { throw new Error('getter') } }]) {
    const flags = open(snapshot, context)
    assert.equal(flags.why('hero').error, 'INVALID_CONTEXT')
    assert.equal(flags.get('hero'), WORDS.control, 'a flag that cannot be decided serves its off variant')
    flags.update(context)
  }
  assert.equal(inlined(), undefined)
})

test('an exposure is confirmed once for each variant that somebody meets, and says for whom and by which epoch of which version', async () => {
  const { url, events } = await collector()
  const flags = open(snapshot, { unit: ada }, { beacon: url })
  for (const key of ['hero', 'hero', 'shipping', 'no-such-flag']) flags.seen(key)
  flags.update({ unit: bob })
  flags.seen('hero')
  flags.seen('hero')
  flags.track('order')
  const got = (await events(3)).map(({ dt, ...event }) => event)
  assert.deepEqual(got, [
    { t: 'seen', run: 'hero-1', x: 'fresh', d: '1.1', u: ada }, { t: 'seen', run: 'hero-1', x: 'control', d: '1.1', u: bob },
    { t: 'track', n: 'order', u: bob },
  ])
})

test('what somebody did says what it is worth, what it was, and only declared values of who did it', async () => {
  const { url, events } = await collector()
  const dimensions = [['plan', ['plan'], ['pro']], ['club', ['account', 'club'], ['yes']], ['bad', ['bad', 'thing'], ['x']]]
  const context = { plan: 'pro', account: { club: 'no' }, mail: 'ada@example.com', bad: { get thing() { throw new Error('hostile') } } }
  const flags = open({ ...decisionsOf(), beacon: url, dimensions }, context)
  flags.track('paid', { value: 19.99, currency: 'EUR', items: 3 })
  flags.track('paid', null)
  ;['again'].forEach(flags.track)
  const got = (await events(3)).map(({ dt, ...event }) => event)
  const g = { plan: 'pro' }
  assert.deepEqual(got, [{ t: 'track', n: 'paid', v: 19.99, c: 'EUR', p: { items: 3 }, g }, { t: 'track', n: 'paid', g }, { t: 'track', n: 'again', g }])
})

test('the edge’s decisions are confirmed with its own proof, and name nobody', async () => {
  const { url, events } = await collector()
  const flags = open({ ...decisionsOf(), beacon: url })
  flags.seen('hero')
  flags.track('order')
  const got = (await events(2)).map(({ dt, ...event }) => event)
  assert.deepEqual(got, [{ t: 'seen', run: 'hero-1', x: 'fresh', d: 'v1.k1.proof' }, { t: 'track', n: 'order' }])
})

test('no name of an event is one for which the collector would refuse it and all that goes with it', async () => {
  const { url, events } = await collector()
  const flags = open({ ...decisionsOf(), beacon: url })
  for (const name of ['', '\ud83d', 'cut \udc00off', `${'a'.repeat(63)}😀`, 'b'.repeat(70), '😀 is one', 7, undefined]) flags.track(name)
  // What is no character becomes the one that says so.
  const expected = ['\ufffd', 'cut \ufffdoff', `${'a'.repeat(63)}\ufffd`, 'b'.repeat(64), '😀 is one', '7', 'undefined']
  assert.deepEqual((await events(expected.length)).map(({ n }) => n), expected)
})

test('events wait for consent while values do not, and without it they go nowhere', async () => {
  const { url, events } = await collector()
  let agree
  const flags = open({ ...decisionsOf(), beacon: url }, {}, { consent: new Promise((resolve) => (agree = resolve)) })
  assert.equal(flags.get('hero', 'x'), WORDS.fresh)
  flags.seen('hero')
  flags.track('order')
  flags.leave()
  const refused = [false, Promise.resolve(false), Promise.reject(new Error('no')), new Promise(() => {})]
  for (const consent of refused) {
    const other = open({ ...decisionsOf(), beacon: url }, {}, { consent })
    other.track('never')
    other.leave()
    assert.equal(other.get('hero', 'x'), WORDS.fresh)
  }
  await new Promise((done) => setTimeout(done, 100))
  assert.deepEqual(await events(0), [])
  agree()
  assert.deepEqual((await events(2)).map(({ t }) => t), ['seen', 'track'])
})

test('without crypto, beacons or a network values are there all the same', async () => {
  const { crypto, navigator, fetch } = globalThis
  const without = (name) => Object.defineProperty(globalThis, name, { value: undefined, configurable: true, writable: true })
  const before = ['crypto', 'navigator', 'fetch'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)])
  ;['crypto', 'navigator', 'fetch'].forEach(without)
  try {
    const flags = open(snapshot, { unit: ada }, { beacon: 'http://127.0.0.1:9/' })
    flags.seen('hero')
    flags.leave()
    await new Promise((done) => setTimeout(done, 20))
    assert.equal(flags.get('hero'), WORDS.fresh)
  } finally {
    for (const [name, descriptor] of before) descriptor ? Object.defineProperty(globalThis, name, descriptor) : delete globalThis[name]
  }
  assert.deepEqual([globalThis.crypto, globalThis.navigator, globalThis.fetch], [crypto, navigator, fetch])
})

test('where wasm is refused fallbacks serve at once, and values as soon as the program without wasm has come', async () => {
  const { Module } = WebAssembly
  let asked = 0
  WebAssembly.Module = class { constructor() { asked++; throw new WebAssembly.CompileError('refused by a policy') } }
  try {
    // A module of its own, which has compiled nothing yet.
    const { open } = await import('../../dist/npm/index.js?refused')
    const flags = open(snapshot, { unit: ada })
    assert.equal(flags.get('hero', 'fallback'), 'fallback')
    flags.update({ unit: ada })
    assert.equal(open(snapshotOf(), { unit: ada }).get('hero', 'fallback'), 'fallback')
    await new Promise((done) => flags.subscribe(done))
    assert.equal(flags.get('hero', 'fallback'), WORDS.fresh)
    assert.equal(open(snapshot, { unit: bob }).get('hero'), WORDS.control, 'and from then on at once')
    assert.equal(asked, 1, 'each question is a violation of the policy')
  } finally {
    WebAssembly.Module = Module
  }
})

test('opening one snapshot for many contexts makes one evaluator', () => {
  const { Instance } = WebAssembly
  let made = 0
  WebAssembly.Instance = class extends Instance { constructor(...given) { super(...given); made++ } }
  try {
    const own = snapshotOf(documentOf({ price: 9 }))
    for (let number = 0; number < 50; number++) assert.equal(open(own, { unit: `u${number}` }).get('price'), 9)
  } finally {
    WebAssembly.Instance = Instance
  }
  assert.equal(made, 1)
})
