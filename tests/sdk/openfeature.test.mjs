// OpenFeature's own SDKs over our providers: values, reasons, codes, contexts, events, hooks and tracking.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { afterEach, test } from 'node:test'
import { OpenFeature as Server } from '@openfeature/server-sdk'
import { OpenFeature as Web, ProviderEvents } from '@openfeature/web-sdk'
import { connect } from '../../dist/npm/connect.js'
import { open } from '../../dist/npm/index.js'
import { PointsmanProvider as ServerProvider } from '../../dist/npm/openfeature-server.js'
import { PointsmanProvider as WebProvider } from '../../dist/npm/openfeature-web.js'
import { serve } from '../../dist/npm/server.js'
import { decisionsOf, documentOf, snapshotOf, unitOf, WORDS } from './snapshots.mjs'

const snapshot = snapshotOf()
const [ada, bob] = [unitOf(open, 'fresh'), unitOf(open, 'control')]

const servers = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await Web.clearProviders()
  await Web.clearContexts()
  await Server.clearProviders()
})

/** Flags that write down which exposures and events they were told of. */
function listening(...given) {
  const flags = open(...given)
  const heard = []
  return Object.assign(Object.create(flags, Object.getOwnPropertyDescriptors(flags)), {
    heard, seen: (key) => void heard.push(`seen ${key}`), track: (name) => void heard.push(`track ${name}`),
  })
}

/** A server whose snapshot, or fault, a test chooses. */
async function publisher(bytes) {
  const state = { bytes }
  const server = createServer((_, response) => {
    if (state.refusal) response.writeHead(401).end(JSON.stringify({ error: state.refusal }))
    else if (state.bytes) response.setHeader('etag', `"${state.bytes[8]}"`).end(state.bytes)
    else response.writeHead(503).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  servers.push(server)
  return Object.assign(state, { url: `http://127.0.0.1:${server.address().port}` })
}

/** The names of a client's events from now on. */
function eventsOf(client, events = ProviderEvents) {
  const told = []
  for (const name of Object.values(events)) client.addHandler(name, () => told.push(name.replace('PROVIDER_', '')))
  return told
}

const settle = () => new Promise((done) => setTimeout(done, 20))

test('the web provider is ready before anything is awaited, with every type of value', () => {
  Web.setProvider(new WebProvider(open(decisionsOf())))
  const client = Web.getClient()
  assert.equal(client.providerStatus, 'READY')
  const { value, variant, reason, flagMetadata } = client.getStringDetails('hero', 'x')
  assert.deepEqual({ value, variant, reason, flagMetadata }, { value: WORDS.fresh, variant: 'fresh', reason: 'SPLIT', flagMetadata: { version: 3, run: 'hero-1' } })
  assert.equal(client.getBooleanValue('shipping', false), true)
  assert.equal(client.getBooleanValue('never', true), false, 'false is a value')
  assert.deepEqual(client.getObjectValue('banner', {}), { text: 'Today <only>', lines: [1, 2] })
})

test('reasons, metadata and codes are OpenFeature’s', () => {
  Web.setProvider(new WebProvider(open(snapshot, { country: 'AT' })))
  const client = Web.getClient()
  const details = ({ reason, flagMetadata, errorCode }) => [reason, flagMetadata.rule, errorCode]
  assert.deepEqual(details(client.getBooleanDetails('shipping', false)), ['TARGETING_MATCH', 0, undefined])
  assert.deepEqual(details(client.getNumberDetails('price', 0)), ['STATIC', undefined, undefined])
  for (const [errorCode, kind, key, fallback] of [
    ['FLAG_NOT_FOUND', 'String', 'no-such-flag', 'x'], ['TARGETING_KEY_MISSING', 'String', 'hero', 'x'],
    ['TYPE_MISMATCH', 'Number', 'shipping', 1], ['TYPE_MISMATCH', 'Boolean', 'price', true], ['TYPE_MISMATCH', 'Object', 'price', {}],
  ]) {
    const given = client[`get${kind}Details`](key, fallback)
    assert.deepEqual([given.value, given.reason, given.errorCode], [fallback, 'ERROR', errorCode])
    assert.equal(typeof given.errorMessage, 'string')
  }
})

test('a context decides anew at once, whether it was set before the provider or after', async () => {
  await Web.setContext({ targetingKey: ada, country: 'AT' })
  Web.setProvider(new WebProvider(open(snapshot)))
  const client = Web.getClient()
  const events = eventsOf(client)
  assert.deepEqual([client.getStringValue('hero', 'x'), client.getBooleanValue('shipping', false)], [WORDS.fresh, true])
  const changing = Web.setContext({ targetingKey: bob })
  assert.deepEqual([client.getStringValue('hero', 'x'), client.getBooleanValue('shipping', true)], [WORDS.control, false])
  await changing
  assert.deepEqual(events, ['READY', 'CONTEXT_CHANGED'])
})

test('each domain has a provider, a context and events of its own', async () => {
  const [from, key] = [await publisher(snapshot), 'v1.client.k1.domain']
  const followed = connect({ url: from.url, key, refresh: 0 })
  await Web.setContext({ targetingKey: bob })
  await Web.setContext('shop', { targetingKey: ada, country: 'AT' })
  await Web.setProviderAndWait(new WebProvider(open(decisionsOf())))
  await Web.setProviderAndWait('shop', new WebProvider(followed))
  const [shop, rest] = [Web.getClient('shop'), Web.getClient('blog')]
  assert.deepEqual([shop.getNumberValue('price', 0), shop.getBooleanValue('shipping', false)], [7, true])
  assert.equal(rest.getNumberDetails('price', 0).errorCode, 'FLAG_NOT_FOUND', 'other domains have the default provider')

  const [shopHeard, restHeard] = [eventsOf(shop), eventsOf(rest)]
  await Web.setContext('shop', { targetingKey: ada, country: 'FR' })
  assert.deepEqual([shop.getBooleanValue('shipping', true), rest.getBooleanValue('shipping', false)], [false, true])
  from.bytes = snapshotOf(documentOf({ price: 8 }), { version: 2 })
  await followed.refresh()
  assert.deepEqual([shopHeard, restHeard], [['READY', 'CONTEXT_CHANGED', 'CONFIGURATION_CHANGED'], ['READY']])
})

test('asking for a value is the exposure, unless tracking says it', async () => {
  const flags = listening(snapshot, { unit: ada })
  Web.setProvider(new WebProvider(flags))
  const client = Web.getClient()
  client.getStringValue('hero', 'x')
  client.getStringValue('no-such-flag', 'x')
  client.track('order', { value: 7 })
  assert.deepEqual(flags.heard, ['seen hero', 'track order'])

  const quiet = listening(snapshot, { unit: ada })
  Web.setProvider(new WebProvider(quiet, { exposures: 'tracking' }))
  Web.getClient().getStringValue('hero', 'x')
  assert.deepEqual(quiet.heard, [])
  Web.getClient().track('feature_flag.exposure', { 'feature_flag.key': 'hero' })
  assert.deepEqual(quiet.heard, ['seen hero'])
})

test('hooks run around each value', () => {
  Web.setProvider(new WebProvider(open(snapshot, { unit: ada })))
  const told = []
  const hook = {
    before: () => void told.push('before'), after: (_, { variant }) => void told.push(`after ${variant}`),
    error: (_, { code }) => void told.push(`error ${code}`), finally: () => void told.push('finally'),
  }
  Web.getClient().getStringValue('hero', 'x', { hooks: [hook] })
  Web.getClient().getStringValue('no-such-flag', 'x', { hooks: [hook] })
  assert.deepEqual(told, ['before', 'after fresh', 'finally', 'before', 'error FLAG_NOT_FOUND', 'finally'])
})

test('events tell of what is published, of silence, and of its end', async () => {
  const from = await publisher(snapshot)
  const flags = connect({ url: from.url, key: 'v1.client.k1.web', refresh: 0, context: { unit: ada } })
  await Web.setProviderAndWait(new WebProvider(flags))
  const client = Web.getClient()
  const events = eventsOf(client)
  from.bytes = snapshotOf(documentOf({ price: 8 }), { version: 2 })
  await flags.refresh()
  assert.equal(client.getNumberValue('price', 0), 8)
  from.bytes = undefined
  await flags.refresh()
  await flags.refresh()
  assert.deepEqual([client.providerStatus, client.getNumberValue('price', 0)], ['STALE', 8])
  from.bytes = snapshotOf(documentOf({ price: 8 }), { version: 2 })
  await flags.refresh()
  assert.equal(client.providerStatus, 'READY')
  assert.deepEqual(events, ['READY', 'CONFIGURATION_CHANGED', 'STALE', 'READY'])
})

test('a provider that gets no flags says so, serves defaults, and is ready when they come', async () => {
  const from = await publisher(undefined)
  const flags = connect({ url: from.url, key: 'v1.client.k1.none', refresh: 0 })
  const why = /No flags could be loaded; defaults serve until they come\. http:.* answers 503/
  await assert.rejects(Web.setProviderAndWait(new WebProvider(flags)), why)
  const client = Web.getClient()
  assert.deepEqual([client.providerStatus, client.getNumberDetails('price', 1).errorCode], ['ERROR', 'FLAG_NOT_FOUND'])
  const events = eventsOf(client)
  from.bytes = snapshot
  await flags.refresh()
  assert.deepEqual([client.providerStatus, client.getNumberValue('price', 1)], ['READY', 7])
  assert.deepEqual(events, ['ERROR', 'READY'])
})

test('the server provider decides for each call’s context', async () => {
  const tracked = []
  await Server.setProviderAndWait(new ServerProvider(serve(snapshot), { onTrack: (...given) => tracked.push(given) }))
  const client = Server.getClient()
  const [one, two] = await Promise.all([ada, bob].map((targetingKey) => client.getStringDetails('hero', 'x', { targetingKey, country: 'AT' })))
  assert.deepEqual([one.variant, two.variant, one.reason, one.flagMetadata], ['fresh', 'control', 'SPLIT', { version: 1, run: 'hero-1', rule: 0 }])
  assert.equal(await client.getBooleanValue('shipping', false, { country: 'DE' }), true)
  assert.deepEqual(await client.getObjectValue('banner', {}), { text: 'Today <only>', lines: [1, 2] })
  assert.equal((await client.getStringDetails('hero', 'x')).errorCode, 'TARGETING_KEY_MISSING')
  assert.equal((await client.getNumberDetails('hero', 1, { targetingKey: ada })).errorCode, 'TYPE_MISMATCH')
  assert.equal((await client.getStringDetails('no-such-flag', 'x')).errorCode, 'FLAG_NOT_FOUND')
  client.track('order', { targetingKey: ada }, { value: 7 })
  assert.deepEqual(tracked, [['order', { unit: ada }, { value: 7 }]])
})

test('the server provider follows what is published', async () => {
  const from = await publisher(snapshot)
  const source = connect({ url: from.url, key: 'v1.server.k1.of', refresh: 0 })
  await Server.setProviderAndWait(new ServerProvider(serve(source)))
  const client = Server.getClient()
  const events = eventsOf(client, { Ready: 'PROVIDER_READY', Changed: 'PROVIDER_CONFIGURATION_CHANGED', Stale: 'PROVIDER_STALE' })
  await settle()
  from.bytes = snapshotOf(documentOf({ price: 8 }), { version: 2 })
  await source.refresh()
  assert.equal(await client.getNumberValue('price', 0), 8)
  from.bytes = undefined
  await source.refresh()
  assert.equal(client.providerStatus, 'STALE')
  assert.deepEqual(events, ['READY', 'CONFIGURATION_CHANGED', 'STALE'])
})

test('each domain has a server provider of its own, and tracking goes to it', async () => {
  const tracked = { shop: [], blog: [] }
  const provider = (name, price) => new ServerProvider(serve(snapshotOf(documentOf({ price }))), { onTrack: (...told) => tracked[name].push(told) })
  await Server.setProviderAndWait('shop', provider('shop', 1))
  await Server.setProviderAndWait('blog', provider('blog', 2))
  const [shop, blog] = [Server.getClient('shop'), Server.getClient('blog', { targetingKey: bob })]
  assert.deepEqual([await shop.getNumberValue('price', 0), await blog.getNumberValue('price', 0)], [1, 2])
  blog.track('read', { country: 'AT' }, { value: 3 })
  assert.deepEqual(tracked, { shop: [], blog: [['read', { unit: bob, country: 'AT' }, { value: 3 }]] })
})

test('a refused key is fatal to a provider that has no flags, and the message says what to do', async () => {
  const from = await publisher(undefined)
  from.refusal = 'This is no key of this environment.'
  for (const [api, make] of [[Web, (flags) => new WebProvider(flags)], [Server, (flags) => new ServerProvider(serve(flags))]]) {
    const flags = connect({ url: from.url, key: 'v1.client.k1.refused', refresh: 0 })
    await assert.rejects(api.setProviderAndWait(make(flags)), /401.*This is no key of this environment/)
    const client = api.getClient()
    assert.equal(client.providerStatus, 'FATAL')
    assert.equal((await client.getNumberDetails('price', 1)).errorCode, 'PROVIDER_FATAL')
  }
})
