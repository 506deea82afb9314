// OpenFeature's Remote Evaluation Protocol: what its own clients get, and what its specification asks.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'
import { OpenFeature as Server } from '@openfeature/server-sdk'
import { OpenFeature as Web } from '@openfeature/web-sdk'
import { start } from '../../build/product.mjs'
import { open } from '../../dist/npm/index.js'
import { conforms } from '../openfeature/protocol.mjs'
import { documentOf, unitOf, WORDS } from '../sdk/snapshots.mjs'
import { applications } from './applications.mjs'

let of, keys, base
/** Which kinds of answers have been held against the schema. */
const seen = new Set()
const ada = unitOf(open, 'fresh')

before(async () => {
  of = await applications()
  keys = await of.keys()
  base = `${of.product.site}/_pm`
})
after(async () => {
  await Server.close()
  await Web.close()
  await of?.close()
})

/** One request by the protocol; its answer is one by the protocol's published schema. */
async function ask(path, body, { key = keys.server, headers } = {}) {
  const response = await fetch(`${base}/ofrep/v1/evaluate/flags${path}`, {
    method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }), ...headers },
  })
  const text = await response.text()
  const answer = { status: response.status, headers: response.headers, body: text && JSON.parse(text) }
  conforms(path, answer)
  seen.add(`${path ? 'one' : 'all'} ${answer.status}`)
  return answer
}

test('OpenFeature’s server client reads every type, with variant, reason and metadata', async () => {
  await Server.setProviderAndWait('ofrep', new OFREPProvider({ baseUrl: base, headers: { authorization: `Bearer ${keys.server}` } }))
  const client = Server.getClient('ofrep')
  const context = { targetingKey: ada, country: 'AT' }
  const hero = await client.getStringDetails('hero', 'x', context)
  assert.deepEqual([hero.value, hero.variant, hero.reason, hero.flagMetadata.run], [WORDS.fresh, 'fresh', 'SPLIT', 'hero-1'])
  assert.equal(typeof hero.flagMetadata.version, 'number')
  assert.equal(await client.getBooleanValue('shipping', false, context), true)
  assert.equal(await client.getBooleanValue('never', true, context), false)
  assert.equal(await client.getNumberValue('price', 0, context), 7)
  assert.deepEqual(await client.getObjectValue('banner', {}, context), { text: 'Today <only>', lines: [1, 2] })
  assert.equal(await client.getStringValue('margin', 'x', context), 'a secret')
})

test('what goes wrong comes as OpenFeature’s own errors, and the default stands', async () => {
  const client = Server.getClient('ofrep')
  const code = async (key, context) => {
    const { value, reason, errorCode } = await client.getStringDetails(key, 'default', context)
    assert.deepEqual([value, reason], ['default', 'ERROR'])
    return errorCode
  }
  assert.equal(await code('no-such-flag', {}), 'FLAG_NOT_FOUND')
  assert.equal(await code('hero', {}), 'TARGETING_KEY_MISSING')
  assert.equal(await code('hero', { targetingKey: 'x'.repeat(300) }), 'INVALID_CONTEXT')
  assert.equal(await code('price', {}), 'TYPE_MISMATCH')
})

test('OpenFeature’s web client reads what browsers may know, and hears what is published', async () => {
  const provider = new OFREPWebProvider({ baseUrl: base, headers: [['X-API-Key', keys.client]], cacheMode: 'disabled', pollInterval: 50 })
  await Web.setContext({ targetingKey: ada, country: 'AT' })
  await Web.setProviderAndWait(provider)
  const client = Web.getClient()
  assert.deepEqual([client.getStringValue('hero', 'x'), client.getBooleanValue('shipping', false), client.getNumberValue('price', 0)], [WORDS.fresh, true, 7])
  assert.equal(client.getStringDetails('margin', 'x').errorCode, 'FLAG_NOT_FOUND')
  await Web.setContext({ targetingKey: ada, country: 'FR' })
  assert.equal(client.getBooleanValue('shipping', true), false)
  const changed = new Promise((resolve) => client.addHandler('PROVIDER_CONFIGURATION_CHANGED', resolve))
  await of.publishes(documentOf({ price: 8 }))
  const { flagsChanged } = await changed
  assert.ok(flagsChanged.includes('price'))
  assert.equal(client.getNumberValue('price', 0), 8)
})

test('all flags come with a tag, and are not sent again while nothing about them has changed', async () => {
  const context = { targetingKey: ada }
  const { status, headers, body } = await ask('', { context })
  assert.equal(status, 200)
  const etag = headers.get('etag')
  assert.match(etag, /^"[\da-f]{32}"$/)
  assert.equal(body.flags.length, 6)
  assert.equal((await ask('', { context }, { headers: { 'if-none-match': etag } })).status, 304)
  assert.equal((await ask('', { context }, { headers: { 'if-none-match': `W/${etag}, "x"` } })).status, 304)
  assert.equal((await ask('', { context: { ...context, country: 'AT' } }, { headers: { 'if-none-match': etag } })).status, 200)
  await of.publishes(documentOf({ price: 10 }))
  assert.equal((await ask('', { context }, { headers: { 'if-none-match': etag } })).status, 200)
})

test('a flag that cannot be decided is a failure among the others', async () => {
  const { body } = await ask('', {})
  const told = Object.fromEntries(body.flags.map(({ key, ...rest }) => [key, rest]))
  assert.equal(told.hero.errorCode, 'TARGETING_KEY_MISSING')
  assert.equal(told.hero.value, undefined)
  assert.deepEqual([told.price.value, told.price.reason], [10, 'STATIC'])
})

const isFailure = ({ status, body }, expected, errorCode, key) => {
  assert.deepEqual([status, body.errorCode, body.key], [expected, errorCode, key])
  assert.equal(typeof body.errorDetails, 'string')
}

test('errors are those of the specification', async () => {
  isFailure(await ask('/no-such-flag', {}), 404, 'FLAG_NOT_FOUND', 'no-such-flag')
  isFailure(await ask('/margin', {}, { key: keys.client }), 404, 'FLAG_NOT_FOUND', 'margin')
  isFailure(await ask('/toString', {}), 404, 'FLAG_NOT_FOUND', 'toString')
  isFailure(await ask('/%E0%A4', {}), 404, 'FLAG_NOT_FOUND', '%E0%A4')
  isFailure(await ask('/hero', {}), 400, 'TARGETING_KEY_MISSING', 'hero')
  for (const context of [null, 7, 'text', []]) isFailure(await ask('/hero', { context }), 400, 'INVALID_CONTEXT', 'hero')
  for (const body of ['{', 'null', '[]', '7']) {
    isFailure(await ask('/hero', body), 400, 'PARSE_ERROR', 'hero')
    isFailure(await ask('', body), 400, 'PARSE_ERROR', undefined)
  }
  assert.equal((await ask('/price', '')).body.value, 10, 'no context is an empty one')
})

test('without a key of this environment nothing is told', async () => {
  const staging = await of.keys('staging')
  for (const key of ['', 'x', 'v1.server.k1', staging.server, staging.client, `${keys.server}x`]) {
    for (const path of ['', '/hero']) {
      const { status, body } = await ask(path, {}, { key })
      assert.equal(status, 401)
      assert.equal(typeof body.errorDetails, 'string')
    }
  }
})

test('pages of every site may ask with the client’s key, and none with the server’s', async () => {
  const asked = await fetch(`${base}/ofrep/v1/evaluate/flags`, { method: 'OPTIONS' })
  assert.equal(asked.status, 204)
  assert.equal(asked.headers.get('access-control-allow-methods'), 'POST')
  for (const name of ['authorization', 'x-api-key', 'content-type', 'if-none-match']) assert.ok(asked.headers.get('access-control-allow-headers').includes(name), name)
  const { headers } = await ask('/hero', { context: { targetingKey: ada } }, { key: keys.client })
  assert.equal(headers.get('access-control-allow-origin'), '*')
  assert.equal(headers.get('access-control-expose-headers'), 'etag')
  const secret = await ask('/hero', { context: { targetingKey: ada } }, { key: keys.server })
  assert.deepEqual([secret.status, secret.headers.get('access-control-allow-origin')], [200, null])
  assert.equal((await fetch(`${base}/ofrep/v1/other`, { method: 'POST' })).status, 404)
  assert.equal((await ask('', { context: { pad: 'x'.repeat(70_000) } })).status, 413)
  assert.equal((await fetch(`${base}/ofrep/v1/evaluate/flags`, { headers: { 'x-api-key': keys.client } })).status, 405)
})

test('an edge that has read no configuration yet does not say that there are no flags', async () => {
  await of.product.stop()
  const { folder, port } = of.product
  const [file, otherwise] = [join(folder, 'keys.json'), 'A'.repeat(43)]
  const made = JSON.parse(readFileSync(file, 'utf8'))
  const begin = async (publishPublicKey) => {
    writeFileSync(file, JSON.stringify({ ...made, publishPublicKey }), { mode: 0o600 })
    of.product = await start({ folder, port, originPort: of.origin.port, quiet: true, environment: 'development' })
  }
  // Nothing that is published is this project's word now.
  await begin(otherwise)
  for (const path of ['', '/hero']) {
    const { status, body } = await ask(path, { context: { targetingKey: ada } })
    assert.deepEqual([status, body.flags, body.errorCode], [503, undefined, undefined], path)
  }
  await of.product.stop()
  await begin(made.publishPublicKey)
  assert.equal((await ask('/hero', { context: { targetingKey: ada } })).status, 200)
})

test('each kind of answer was held against the published schema, which refuses others', async () => {
  for (const kind of ['one 200', 'one 400', 'one 401', 'one 404', 'all 200', 'all 304', 'all 400', 'all 401']) assert.ok(seen.has(kind), kind)
  const { headers, body } = await ask('', { context: { targetingKey: ada } })
  const [one] = body.flags
  for (const wrong of [{ ...one, value: undefined }, { ...one, metadata: { run: { id: 7 } } }, { ...one, key: 7 }, { errorCode: 'GENERAL' }]) {
    const flags = JSON.parse(JSON.stringify([wrong]))
    assert.throws(() => conforms('', { status: 200, headers, body: { flags } }), assert.AssertionError, JSON.stringify(wrong))
  }
  assert.throws(() => conforms('/hero', { status: 404, headers, body: { key: 'hero', errorCode: 'GENERAL' } }), assert.AssertionError)
  assert.throws(() => conforms('/hero', { status: 302, headers, body: '' }), assert.AssertionError)
})
