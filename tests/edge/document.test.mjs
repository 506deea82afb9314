// What is published: bad documents never replace a good one, news never mix two, and no value breaks out of its page.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { apiOf, publish, served, start } from '../../build/product.mjs'
import { documentOf, HOSTILE, MARKUP, PAGE } from './document.mjs'
import { patient } from './patient.mjs'
import { ask, cookieHeader, decisionsOf, NAVIGATION, PART, stub, visitorOf } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const folder = mkdtempSync(join(tmpdir(), 'pointsman-document-'))
let origin, product, headers, hold

before(async () => {
  origin = await stub(async (request, response) => {
    if (request.url === '/held') await hold()
    response.writeHead(200, HTML).end(PAGE)
  })
  product = await begun()
  await served(product, (await publish(product, documentOf())).version)
  headers = { ...NAVIGATION, cookie: cookieHeader((await visitorOf(product, 'fresh')).cookies) }
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts it, on the port that it has. */
const begun = () => start({ folder, port: product?.port, originPort: origin.port, quiet: true, environment: 'development', configure: patient(folder) })
const put = (body, headers) => product.api('PUT', 'document', { body: typeof body === 'string' ? body : JSON.stringify(body), headers })
const etag = async () => (await product.api('GET', 'document')).headers.get('etag')
const visit = () => ask(product, '/', { headers })

/** Nothing has changed: the version that runs, the document, and the visitor's page. */
async function unchanged(version) {
  assert.equal(await etag(), version)
  const answer = await visit()
  assert.equal(`"${decisionsOf(answer.text).config}"`, version)
  assert.match(answer.text, new RegExp(MARKUP))
}

test('a bad document is refused with everything that is wrong, and the running one stays', async () => {
  const version = await etag()
  const bad = documentOf()
  bad.flags.hero.off = 'gold'
  bad.experiments.hero.metric = 'fame'
  bad.experiments.hero.run.split = [[5, 'control']]
  bad.pages.all.variants.fresh.push({ select: 'a', change: { attribute: { name: 'onclick', value: 'x()' } } })
  const response = await put(bad, { 'if-match': version })
  assert.equal(response.status, 422)
  const { problems } = await response.json()
  assert.deepEqual(problems.map(({ pointer }) => pointer).sort(), [
    '/experiments/hero/metric', '/experiments/hero/run/split', '/flags/hero/off', '/pages/all/variants/fresh/1/change/attribute',
  ])
  for (const { cause, fix, code } of problems) for (const text of [cause, fix, code]) assert.ok(text.length > 3)
  await unchanged(version)
})

for (const [what, body] of Object.entries({
  'no JSON': '{"format": 1,', 'no format': '{}', 'another format': '{"format": 2}', 'an empty body': '',
  'a key twice': '{"format": 1, "format": 1}', 'deep nesting': `{"format": 1, "flags": ${'['.repeat(5000)}`,
})) {
  test(`a document with ${what} is refused with a cause and a fix, and the running one stays`, async () => {
    const version = await etag()
    const response = await put(body, { 'if-match': version })
    assert.equal(response.status, 422)
    const { problems } = await response.json()
    assert.ok(problems.length > 0)
    for (const { pointer, cause, fix } of problems) assert.deepEqual([pointer, cause, fix].map((text) => typeof text), ['string', 'string', 'string'])
    await unchanged(version)
  })
}

test('nobody publishes over what they have not read', async () => {
  const version = await etag()
  assert.equal((await put(documentOf())).status, 428)
  for (const stale of ['"0"', '"99"', '"x"', '*']) assert.equal((await put(documentOf(), { 'if-match': stale })).status, 412, stale)
  await unchanged(version)
})

test('two who publish at once cannot both win', async () => {
  const version = await etag()
  const answers = await Promise.all([1, 2, 3].map(() => put(documentOf(), { 'if-match': version })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412])
  await served(product, Number(version.slice(1, -1)) + 1)
})

test('nobody reads or publishes without the admin token', async () => {
  const version = await etag()
  for (const authorization of ['', 'Bearer ', 'Bearer x', product.token, `Bearer ${product.token}x`, `Basic ${product.token}`]) {
    assert.equal((await put(documentOf(), { 'if-match': version, authorization })).status, 401, authorization)
    assert.equal((await fetch(`${product.console}${apiOf('development')}document`, { headers: { authorization } })).status, 401)
  }
  await unchanged(version)
})

test('the browser’s snapshot holds no flag that stays home, and neither does a page', async () => {
  const { client } = await (await product.api('GET', 'keys')).json()
  const { text } = await ask(product, `/_pm/s/${client}`, { headers: PART })
  assert.match(text, /hero/)
  for (const bytes of [text, (await visit()).text]) assert.doesNotMatch(bytes, /margin|a secret/)
})

test('news while the origin thinks change nothing for that visit', async () => {
  const version = Number((await etag()).slice(1, -1))
  let release, asked
  const arrived = new Promise((resolve) => (asked = resolve))
  const released = new Promise((resolve) => (release = resolve))
  hold = () => (asked(), released)
  const answer = ask(product, '/held', { headers })
  await arrived
  // Another flag now stands where ours stood, and it stays home.
  const flag = (value) => ({ kind: 'string', variants: { one: value }, off: 'one', otherwise: 'one', rules: [] })
  const next = { format: 1, flags: { aaa: { ...flag('x'), client: true }, bbb: { ...flag('y'), client: true } } }
  try {
    await served(product, (await publish(product, next)).version)
  } finally {
    release()
  }
  const { text, headers: given } = await answer
  assert.match(text, new RegExp(MARKUP))
  const { config, flags } = decisionsOf(text)
  assert.deepEqual([config, Object.keys(flags), flags.hero.variant], [version, ['hero'], 'fresh'])
  assert.equal(given['server-timing'], `pm;desc="${version}"`)
  assert.deepEqual(Object.keys(decisionsOf((await visit()).text)?.flags), ['aaa', 'bbb'])
})

test('no value breaks out of the page', async () => {
  const document = documentOf({ value: HOSTILE })
  document.pages.all.variants.fresh.push({ select: 'b', change: { attribute: { name: 'title', value: HOSTILE } } })
  await served(product, (await publish(product, document)).version)
  const { text } = await visit()
  assert.equal(decisionsOf(text).flags.hero.value, HOSTILE)
  const count = (pattern) => text.match(pattern)?.length ?? 0
  assert.equal(count(/<\/?script/gi), 4)
  assert.equal(count(/<!--/g), 0)
  assert.equal(count(/<h1/g), 1)
  assert.match(text, /<p>Café &amp; <b title="[^"<>]*">crème<\/b><\/p><\/body><\/html>\n$/)
})

test('visitors keep their page from the first request after a restart, however many come at once', async () => {
  await served(product, (await publish(product, documentOf())).version)
  // Whether requests overtake the first search for the configuration is chance; six restarts leave little of it.
  for (let restart = 0; restart < 6; restart++) {
    await product.stop('SIGKILL')
    product = await begun()
    const answers = await Promise.all(Array.from({ length: 12 }, visit))
    for (const { text } of answers) assert.equal(decisionsOf(text)?.flags.hero.variant, 'fresh')
  }
})

test('a first visitor who leaves at once takes no one’s variant away', async () => {
  for (const wait of [0, 1, 2, 4, 8]) {
    await product.stop()
    product = await begun()
    const socket = connect(product.port, '127.0.0.1')
    const lines = Object.entries({ host: `localhost:${product.port}`, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`)
    await new Promise((resolve) => setTimeout(resolve, wait))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    assert.equal(decisionsOf((await visit()).text)?.flags.hero.variant, 'fresh', `left after ${wait} ms`)
  }
})
