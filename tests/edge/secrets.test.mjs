// What lets somebody in stands nowhere but where it was told: every file of a product that was used, all that its process
// has said, and all that its API tells afterwards, are searched for it.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { documentOf, PAGE } from './document.mjs'
import { ask, NAVIGATION, stub } from './wire.mjs'

const PROJECT = '/api/v1/projects/demo'
/** The secret part of a webhook's address, which the project has to keep, and tells nobody. */
const WEBHOOK = 'T00000000/B00000000/canaryofthewebhook'
const folder = mkdtempSync(join(tmpdir(), 'pointsman-secrets-'))
let product, origin, description

const files = (path) => readdirSync(path).flatMap((name) => {
  const file = join(path, name)
  return statSync(file).isDirectory() ? files(file) : [file]
})
const plain = (file) => (file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString('latin1')
const post = async (path, body) => (await product.api('POST', `${PROJECT}/${path}`, { body: JSON.stringify(body) })).json()

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, documentOf())).version)
  description = await (await fetch(`${product.console}/openapi.json`)).json()
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Makes everything that lets somebody in, uses it, and gives it by name. */
async function made() {
  const { person: { id }, token: first } = await post('people', { name: 'Ada', role: 'admin' })
  const { token: link } = await post(`people/${id}/link`, {})
  const { secret: usual } = await post('tokens', { name: 'nightly' })
  const { secret: glass } = await post('tokens', { name: 'behind glass', scope: 'stop' })
  const { server, feed } = await (await product.api('GET', 'keys')).json()
  const address = `https://hooks.slack.com/services/${WEBHOOK}`
  await post('channels', { name: '#experiments', service: 'slack', address })
  const { secret: signs } = await post('channels', { name: 'ours', service: 'webhook', address })
  assert.match(signs, /^whsec_/)
  const all = { admin: product.token, first, link, usual, glass, server, feed, signs, wrong: `${usual.slice(0, -1)}0` }
  for (const token of Object.values(all)) {
    const headers = { authorization: `Bearer ${token}` }
    for (const path of ['now', 'nowhere', 'whoami']) await (await fetch(`${product.console}${PROJECT}/${path}`, { headers })).text()
    // Whoever mistakes one place for another still tells no one.
    await ask(product, '/_pm/events', { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{"v":1,"events":[]}' })
    await ask(product, '/_pm/ofrep/v1/evaluate/flags', { method: 'POST', headers, body: '{}' })
  }
  return all
}

test('what lets somebody in is in no file, no output, no address and no later answer', async () => {
  const all = await made()
  const visit = await ask(product, '/', { headers: NAVIGATION })
  assert.equal(visit.status, 200)
  const told = []
  for (const [path, methods] of Object.entries(description.paths)) {
    if (!methods.get || path.endsWith('/keys')) continue
    const to = path.replace('{project}', 'demo').replace('{environment}', 'development').replace(/\{\w+\}/g, '1')
    const response = await product.api('GET', to, {})
    assert.equal(response.headers.get('location'), null, path)
    told.push([path, await response.text()])
  }
  assert.ok(told.length > 30, `${told.length} answers were read`)
  const secrets = Object.entries({ ...all, ...rootKeys() })
  for (const [path, text] of told) {
    for (const [name, secret] of secrets) assert.ok(!text.includes(secret), `${path} tells ${name}`)
    assert.ok(!text.includes(WEBHOOK), `${path} tells the webhook`)
  }
  await product.api('POST', 'segments')
  await product.stop('SIGKILL')

  const seen = files(folder).filter((file) => !file.endsWith('keys.json'))
  const places = [...seen.map((file) => [file.slice(folder.length), plain(file)]), ['output', product.said()], ['locations', String(visit.headers.location)]]
  for (const [place, text] of places) {
    for (const [name, secret] of secrets) assert.ok(!text.includes(secret), `${name} is in ${place}`)
    if (!place.startsWith('/state')) assert.ok(!text.includes(WEBHOOK), `the webhook is in ${place}`)
  }
  // Not because nothing was kept, or nothing was searched.
  const state = places.filter(([place]) => place.startsWith('/state')).map(([, text]) => text).join('')
  for (const kept of ['behind glass', 'nightly', WEBHOOK]) assert.ok(state.includes(kept), `${kept} is among the files`)
})

/** What the one file of keys holds, which nobody but its owner may read. */
function rootKeys() {
  const file = join(folder, 'keys.json')
  assert.equal(statSync(file).mode & 0o077, 0, 'others may read the keys')
  const texts = (value) => (typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(texts))
  return Object.fromEntries(texts(JSON.parse(readFileSync(file, 'utf8'))).filter((text) => text.length >= 16).map((text, index) => [`key ${index}`, text]))
}
