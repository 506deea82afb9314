// Pages that visitors share: kept for each set of variants, for nobody in particular, and only where the origin says so.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const PUBLIC = 'public, max-age=600'
const ALL = 2 ** 32
const DOCUMENT = {
  format: 1, metrics: { orders: { event: 'order' } },
  flags: { hero: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: 'hero' }] } },
  experiments: { hero: { flag: 'hero', metric: 'orders', control: 'a', run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[ALL / 2, 'a'], [ALL, 'b']] } } },
  pages: {
    edited: { path: '/edited*', flag: 'hero', variants: { b: [{ select: 'h1', change: { text: 'B' } }] } },
    other: { path: '/rewritten', flag: 'hero', variants: { b: [{ change: { rewrite: '/other' } }] } },
  },
}
/** What the origin says of its pages, by path. */
const PAGES = {
  '/edited': { 'cache-control': PUBLIC }, '/edited-gzip': { 'cache-control': 's-maxage=60', 'content-encoding': 'gzip' },
  '/varies': { 'cache-control': PUBLIC, vary: 'Pointsman-Variants', etag: '"v1"' },
  '/rewritten': { 'cache-control': PUBLIC }, '/other': { 'cache-control': PUBLIC },
  '/short': { 'cache-control': 'public, max-age=1' },
  '/private': { 'cache-control': 'private, max-age=600' }, '/no-store': { 'cache-control': 'public, max-age=600, no-store' }, '/silent': {},
  '/cookie': { 'cache-control': PUBLIC, 'set-cookie': 'session=1' }, '/by-cookie': { 'cache-control': PUBLIC, vary: 'cookie' },
  '/browser-only': { 'cache-control': 'max-age=600' },
}
const folder = mkdtempSync(join(tmpdir(), 'pointsman-cache-'))
const people = { a: [], b: [] }
let origin, product, asked = 0

before(async () => {
  origin = await stub(({ url, headers }, response) => {
    const own = PAGES[url.split('?')[0]] ?? {}
    const html = `<!doctype html><html><head></head><body><h1>${url}</h1><p>${own.vary ? headers['pointsman-variants'] : ''} ${++asked}</p></body></html>`
    response.writeHead(200, { ...HTML, ...own }).end(own['content-encoding'] ? gzipSync(html) : html)
  })
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development', variables: { VARIANT_CACHE: 'yes' } })
  await served(product, (await publish(product, DOCUMENT)).version)
  for (let tries = 0; tries < 80 && !(people.a.length > 1 && people.b.length > 1); tries++) {
    const { setCookies } = await ask(product, `/start?${tries}`)
    people[origin.last().headers['pointsman-variants'].slice(-1)].push(cookiesOf(setCookies))
  }
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const hits = (path) => origin.seen.filter(({ url }) => url === path).length

const visit = ([variant, who], path, more) => ask(product, path, { headers: { ...NAVIGATION, cookie: cookieHeader(people[variant][who]), ...more } })
const EVERYBODY = [['a', 0], ['b', 0], ['a', 1], ['b', 1], ['a', 0], ['b', 0]]

/** Whether somebody is answered without the origin. */
async function isKept(somebody, path, more) {
  const before = origin.seen.length
  await visit(somebody, path, more)
  return origin.seen.length === before
}

/** Has a page kept for either variant, which takes a moment after the first visit. */
async function keep(path) {
  for (const somebody of EVERYBODY.slice(0, 2)) {
    assert.ok(!(await isKept(somebody, path)), `the page of ${somebody[0]} is one of its own`)
    assert.ok(await eventually(() => isKept(somebody, path)), path)
  }
  return origin.seen.length
}
const words = ({ text }) => /<h1>(.*?)<\/h1>/.exec(text)[1]

test('what is kept of a page for each variant answers in the place of the origin, and everybody gets their own page', async () => {
  const asked = await keep('/edited')
  const tokens = new Set()
  for (const somebody of EVERYBODY) {
    const answer = await visit(somebody, '/edited')
    const [variant] = somebody
    assert.equal(words(answer), variant === 'b' ? 'B' : '/edited')
    assert.equal(answer.headers['cache-control'], 'private, no-store')
    assert.equal(decisionsOf(answer.text).flags.hero.variant, variant)
    tokens.add(decisionsOf(answer.text).flags.hero.token)
  }
  assert.equal(origin.seen.length, asked)
  assert.equal(tokens.size, EVERYBODY.length, 'each has a proof of their own')
  // Somebody new gets a cookie of their own on top of it.
  const [one, other] = [await ask(product, '/edited'), await ask(product, '/edited')]
  assert.notEqual(cookiesOf(one.setCookies).pm, cookiesOf(other.setCookies).pm)
  assert.equal(origin.seen.length, asked)
})

test('another page in the place of one is kept under its own address', async () => {
  const asked = await keep('/rewritten')
  assert.ok(hits('/rewritten') > 0 && hits('/other') > 0)
  for (const somebody of EVERYBODY) assert.equal(words(await visit(somebody, '/rewritten')), somebody[0] === 'b' ? '/other' : '/rewritten')
  assert.equal(origin.seen.length, asked)
})

test('a packed page is kept for whoever can unpack it, and others get it plain', async () => {
  const packed = { 'accept-encoding': 'gzip' }
  const coding = async () => (await visit(['a', 0], '/edited-gzip', packed)).headers['content-encoding']
  assert.equal(await coding(), 'gzip')
  assert.ok(await eventually(() => isKept(['a', 0], '/edited-gzip', packed)))
  const asked = origin.seen.length
  assert.deepEqual([await coding(), origin.seen.length], ['gzip', asked])
})

test('what is not everybody’s is never kept', async () => {
  for (const path of ['/private', '/no-store', '/silent', '/cookie', '/by-cookie', '/browser-only']) {
    for (const somebody of EVERYBODY) {
      await visit(somebody, path)
      await wait(60)
    }
    assert.equal(hits(path), EVERYBODY.length, path)
  }
})

test('no address leads to what is kept, nor takes another page’s place', async () => {
  const before = origin.seen.length
  for (const path of ['/edited?pm-variants=hero%3Db', '/.pointsman/x', '/edited?']) await visit(['a', 0], path)
  assert.equal(origin.seen.length, before + 3)
  assert.equal(words(await visit(['a', 0], '/edited')), '/edited')
})

test('what has grown old is asked for again', async () => {
  assert.ok(await eventually(() => isKept(['a', 0], '/short')))
  assert.ok(await eventually(async () => !(await isKept(['a', 0], '/short'))))
})

test('whoever asks for a part or shows who they are is answered by the origin', async () => {
  const before = hits('/edited')
  await visit(['a', 0], '/edited', { range: 'bytes=0-9' })
  await visit(['a', 0], '/edited', { authorization: 'Basic x' })
  assert.equal(hits('/edited'), before + 2)
})

// The last one: it publishes a document of which nothing goes into pages, so that they go out as they are.
test('a page that depends on the variants has an entity tag for each, by which a browser may keep it', async () => {
  const hero = { ...DOCUMENT.flags.hero, rules: [{ split: { salt: 'hero-1', ranges: [[ALL / 2, 'a'], [ALL, 'b']] } }] }
  await served(product, (await publish(product, { format: 1, flags: { hero } })).version)
  const tags = {}
  const asked = await keep('/varies')
  for (const somebody of EVERYBODY) {
    const answer = await visit(somebody, '/varies')
    const [, variant] = /hero=(\w) /.exec(answer.text)
    assert.match(answer.headers['cache-control'], /^private/)
    tags[variant] ??= answer.headers.etag
    assert.equal(answer.headers.etag, tags[variant])
    assert.equal((await visit(somebody, '/varies', { 'if-none-match': tags[variant] })).status, 304)
    assert.equal((await visit(somebody, '/varies', { 'if-none-match': '"v1"' })).status, 200)
  }
  assert.equal(origin.seen.length, asked)
  assert.ok(tags.a !== tags.b, JSON.stringify(tags))
})
