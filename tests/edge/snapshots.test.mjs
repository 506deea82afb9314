// Snapshots for applications: who gets which, when it is sent again, and what a client makes of it.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { apiOf } from '../../build/product.mjs'
import { open } from '../../dist/npm/index.js'
import { connect } from '../../dist/npm/connect.js'
import { serve } from '../../dist/npm/server.js'
import { eventually } from '../eventually.mjs'
import { consumer } from '../sdk/consumer.mjs'
import { documentOf, snapshotOf } from '../sdk/snapshots.mjs'
import { applications } from './applications.mjs'

let of, keys

before(async () => {
  of = await applications()
  keys = await of.keys()
})
after(() => of?.close())

const read = (key, headers = {}, options = {}) => fetch(`${of.product.site}/_pm/s/${key}`, { headers, ...options })
const readAll = (key, headers = {}) => fetch(`${of.product.site}/_pm/s`, { headers: { authorization: `Bearer ${key}`, ...headers } })
const bytes = async (response) => new Uint8Array(await response.arrayBuffer())

test('the client key reads what browsers may have, and the server key everything', async () => {
  const client = open(await bytes(await read(keys.client)), { unit: 'ada' })
  const server = open(await bytes(await readAll(keys.server)), { unit: 'ada' })
  assert.deepEqual(client.keys().sort(), ['banner', 'hero', 'never', 'price', 'shipping'])
  assert.deepEqual(server.keys().sort(), [...client.keys(), 'margin'].sort())
  for (const key of client.keys()) assert.deepEqual(client.get(key), server.get(key))
})

test('no other key reads anything', async () => {
  const staging = await of.keys('staging')
  assert.notEqual(staging.client, keys.client)
  for (const key of ['client', staging.client, keys.server, `${keys.client}x`, keys.client.replace('client', 'server'), 'v1.client.k1.', 'v1.client.k1', 'v1.client..']) {
    assert.equal((await read(key)).status, 401, key)
  }
  for (const key of ['', staging.server, keys.client, keys.server.replace('server', 'client'), `${keys.server}x`, 'v1.server.k1']) {
    const response = await readAll(key)
    assert.equal(response.status, 401, key)
    assert.equal(typeof (await response.json()).error, 'string')
  }
  assert.equal((await fetch(`${of.product.site}/_pm/s`)).status, 401)
})

test('the console tells the keys to people it knows', async () => {
  const path = `${of.product.console}${apiOf('development')}keys`
  assert.equal((await fetch(path)).status, 401)
  assert.match(keys.client, /^v1\.client\.k1\.[\w-]{22}$/)
  assert.match(keys.server, /^v1\.server\.k1\.[\w-]{22}$/)
  assert.equal((await of.product.api('GET', `${apiOf('nowhere')}keys`)).status, 404)
})

test('what a client has already is not sent again', async () => {
  const first = await read(keys.client)
  const etag = first.headers.get('etag')
  assert.match(etag, /^"\d+\.[\da-f]{32}"$/)
  assert.equal(first.headers.get('cache-control'), 'public, no-cache')
  for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await read(keys.client, { 'if-none-match': tags })
    assert.deepEqual([again.status, (await bytes(again)).length, again.headers.get('etag')], [304, 0, etag], tags)
  }
  assert.equal((await read(keys.client, { 'if-none-match': '"other"' })).status, 200)
  const all = await readAll(keys.server)
  assert.equal(all.headers.get('cache-control'), 'private, no-cache')
  assert.equal((await readAll(keys.server, { 'if-none-match': all.headers.get('etag') })).status, 304)
})

test('pages of every site may read with the client key, and no page with the server’s', async () => {
  const asked = await read(keys.client, {}, { method: 'OPTIONS' })
  assert.equal(asked.status, 204)
  assert.match(asked.headers.get('access-control-allow-headers'), /if-none-match/)
  const response = await read(keys.client)
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  assert.equal(response.headers.get('access-control-expose-headers'), 'etag')
  assert.equal((await readAll(keys.server)).headers.get('access-control-allow-origin'), null)
  assert.equal((await read(keys.client, {}, { method: 'POST', body: '' })).status, 405)
})

test('a client follows what is published, and says what it runs', async () => {
  const heard = []
  const flags = connect({ url: of.product.site, key: keys.client, context: { unit: 'ada' }, refresh: 50, onChange: () => heard.push(flags.get('price')) })
  try {
    assert.equal(flags.get('price', 0), 0, 'nothing is known before the first answer')
    await flags.ready
    assert.equal(flags.get('price', 0), 7)
    await of.publishes(documentOf({ price: 8 }))
    await eventually(() => flags.get('price') === 8)
    assert.deepEqual(heard, [7, 8])
    flags.update({ unit: 'ada', country: 'AT' })
    assert.equal(flags.get('shipping'), true)
  } finally {
    flags.close()
  }
})

test('a server decides by everything, and only what browsers may know leaves it', async () => {
  const source = connect({ url: of.product.site, key: keys.server, refresh: 0 })
  await source.ready
  const { all, decisions, flags } = serve(source).visit(new Request('https://shop.example/beans'), { unit: 'ada' })
  assert.equal(all.get('margin'), 'a secret')
  assert.equal(flags.get('margin'), undefined)
  assert.doesNotMatch(JSON.stringify(decisions), /margin|a secret/)
})

/** A server that answers as a test says. */
async function answering(answer) {
  const asked = []
  const server = createServer((request, response) => {
    asked.push(request.headers)
    answer(response, asked.length)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`, asked,
    end() {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    },
  }
}

test('whatever comes instead of a snapshot, the good one goes on and the fault is told', async () => {
  const good = snapshotOf()
  const bad = [
    (response) => response.writeHead(500).end('{"error": "broken"}'), (response) => response.writeHead(404).end(),
    (response) => response.end('<!doctype html><title>Sign in</title>'), (response) => response.end(good.subarray(0, 100)),
    (response) => response.end(''), (response) => response.destroy(), (response) => response.writeHead(200, { 'content-length': good.length }).end(good.subarray(0, 9)),
  ]
  const server = await answering((response, count) => (count === 1 ? response.setHeader('etag', '"1"').end(good) : bad[count - 2](response)))
  const errors = []
  const flags = connect({ url: server.url, key: 'v1.client.k1.x', refresh: 0, context: { unit: 'ada' }, onError: (error) => errors.push(error.message) })
  await flags.ready
  const stale = []
  flags.subscribe(() => stale.push(flags.stale))
  for (let count = 0; count < bad.length; count++) {
    await flags.refresh()
    assert.deepEqual([flags.get('price'), flags.snapshot.length, errors.length], [7, good.length, count + 1], errors.at(-1))
  }
  assert.deepEqual([flags.stale, stale], [true, [true]], 'listeners hear once that it may be old')
  assert.match(errors[0], /answers 500.*broken/)
  assert.ok(server.asked.slice(1).every((headers) => headers['if-none-match'] === '"1"'), 'the tag stays that of the good one')
  flags.close()
  await server.end()
})

test('the last good snapshot is there at once: from memory, or from storage', async () => {
  const kept = new Map()
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => void kept.set(name, text) }
  const server = await answering((response) => response.setHeader('etag', '"9"').end(snapshotOf(documentOf({ price: 9 }))))
  const first = connect({ url: server.url, key: 'v1.client.k1.kept', refresh: 0, storage })
  await first.ready
  await server.end()
  const second = connect({ url: server.url, key: 'v1.client.k1.kept', refresh: 0, storage: null })
  assert.equal(second.get('price', 0), 9, 'from memory')
  await second.ready
  assert.deepEqual([second.get('price', 0), second.stale], [9, true])

  const [[name, text]] = kept
  const elsewhere = await import('../../dist/npm/connect.js?another-page')
  const third = elsewhere.connect({ url: server.url, key: 'v1.client.k1.kept', refresh: 0, storage })
  assert.equal(third.get('price', 0), 9, 'from storage')
  for (const spoilt of ['', '{', 'null', '{"etag":"x","text":"AAAA"}', '{"text":7}', text.slice(0, -40)]) {
    kept.set(name, spoilt)
    const other = await import(`../../dist/npm/connect.js?spoilt-${spoilt.length}`)
    assert.equal(other.connect({ url: server.url, key: 'v1.client.k1.kept', refresh: 0, storage }).get('price', 0), 0, spoilt)
  }
  const broken = { getItem() { throw new Error('forbidden') }, setItem() { throw new Error('full') } }
  assert.equal(connect({ url: server.url, key: 'v1.client.k1.none', refresh: 0, storage: broken }).get('price', 0), 0)
})

test('where wasm is refused a client is ready when it has flags, and keeps them for the next page', async () => {
  const { Module } = WebAssembly
  WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('refused by a policy') } }
  const kept = new Map()
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => void kept.set(name, text) }
  const server = await answering((response) => response.setHeader('etag', '"1"').end(snapshotOf()))
  try {
    // A package of its own, which has compiled nothing yet.
    const { connect } = await import(pathToFileURL(`${consumer('refused').installed}/connect.js`))
    const flags = connect({ url: server.url, key: 'v1.client.k1.refused', refresh: 0, storage, context: { unit: 'ada' } })
    await flags.ready
    assert.deepEqual([flags.get('price', 0), flags.stale, kept.size], [7, false, 1])
  } finally {
    WebAssembly.Module = Module
    await server.end()
  }
})

test('a server that fails is asked less and less often, and two clients never at the same moments', async () => {
  const times = []
  const server = await answering((response) => {
    times.push(performance.now())
    response.writeHead(503).end()
  })
  const flags = connect({ url: server.url, key: 'v1.client.k1.x', refresh: 20, onError() {} })
  assert.ok(await eventually(() => times.length > 4))
  flags.close()
  const asked = times.length
  await pause(300)
  assert.equal(times.length, asked, 'closed is closed')
  const gaps = times.slice(1).map((time, at) => time - times[at])
  for (const [at, gap] of gaps.entries()) assert.ok(gap >= 20 * 2 ** (at + 1) * 0.79, `${at}: ${gap}`)
  await server.end()
})

test('what cannot be asked is said at once', () => {
  assert.throws(() => connect({ url: 'https://www.example.com' }), /connect\(\) has no key/)
  assert.throws(() => connect({ key: 'v1.client.k1.x' }), /connect\(\) has no url/)
})
