// Both versions of a page side by side, before anybody meets the new one.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf } from './document.mjs'
import { ask, cookieHeader, cookiesOf, NAVIGATION, stub } from './wire.mjs'

const PAGE = '<!doctype html><html><head><title>Shop</title></head><body><h1>Coffee</h1><template><h1>Later</h1></template></body></html>'
const EDITS = [{ select: 'h1', from: 'Coffee', text: 'Coffee <b>&</b> “more”' }]
const folder = mkdtempSync(join(tmpdir(), 'pointsman-frame-'))
let origin, product

before(async () => {
  origin = await stub(({ url }, response) => response.writeHead(url === '/gone' ? 404 : 200, {
    'content-type': 'text/html; charset=utf-8', 'x-frame-options': 'DENY', 'set-cookie': 'session=1', 'cache-control': 'public, max-age=60',
    'content-security-policy': "default-src 'self'; frame-ancestors 'none', img-src 'self'",
  }).end(PAGE))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, documentOf())).version)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const made = async (body) => {
  const response = await product.api('POST', 'frames', { body: JSON.stringify(body) })
  return { status: response.status, ...(await response.json()) }
}
const pathOf = (link) => link.slice(new URL(link).origin.length)
const ledger = async () => (await product.api('GET', 'ledger')).json()

test('a page is shown as it is and with words that nobody has published', async () => {
  const both = await made({ path: '/?from=mail', edits: EDITS })
  assert.equal(both.status, 200)
  const [old, changed] = [await ask(product, pathOf(both.now)), await ask(product, pathOf(both.new))]
  // Both are opened where the change is. The page's policy lets no style of ours in.
  const marked = PAGE.replace('<h1>', '<h1 id="pointsman-here">')
  for (const link of [both.now, both.new]) assert.equal(new URL(link).hash, '#pointsman-here')
  assert.equal(old.text, marked)
  assert.equal(changed.text, marked.replace('Coffee', 'Coffee &#60;b&#62;&#38;&#60;/b&#62; &#8220;more&#8221;'))
  assert.equal(origin.last().url, '/?from=mail')
})

test('a frame is for the console alone, and nothing keeps it', async () => {
  const { headers } = await ask(product, pathOf((await made({ path: '/', edits: EDITS })).new))
  assert.equal(headers['x-frame-options'], undefined)
  assert.equal(headers['content-security-policy'], `default-src 'self', img-src 'self', frame-ancestors http://127.0.0.1:${product.port}`)
  assert.equal(headers['cache-control'], 'private, no-store')
  assert.equal(headers['x-robots-tag'], 'noindex')
  const console_ = await ask(product, '/', { host: `127.0.0.1:${product.port}` })
  assert.match(console_.headers['content-security-policy'], new RegExp(`frame-src [^;]*http://localhost:${product.port}`))
})

test('a frame neither reads nor writes a cookie, and nothing of it is counted', async () => {
  const visitor = await ask(product, '/')
  const cookie = cookieHeader(cookiesOf(visitor.setCookies))
  await eventually(async () => (await ledger()).stored === 1)
  const before = await ledger()
  const seen = await ask(product, pathOf((await made({ path: '/', edits: EDITS })).new), { headers: { ...NAVIGATION, cookie } })
  assert.deepEqual(seen.setCookies, [])
  assert.equal(origin.last().headers.cookie, undefined)
  assert.equal(origin.last().headers['pointsman-variants'], undefined)
  assert.doesNotMatch(seen.text, /<script|data-id|pointsman(?!-here)/)
  assert.deepEqual(await ledger(), before)
})

test('nobody makes a frame but the console: another page, other words and an end that was moved are the site\'s own address', async () => {
  const link = new URL((await made({ path: '/', edits: EDITS })).new)
  const word = link.searchParams.get('pm')
  const [name, key, until, edits, seal] = word.split('.')
  const other = deflateRawSync('[{"select":"h1","change":{"text":"Bank"}}]').toString('base64url')
  const forged = [`/elsewhere?pm=${word}`, `/?pm=${[name, key, until, other, seal].join('.')}`, `/?pm=${[name, key, Number(until) + 1, edits, seal].join('.')}`]
  for (const path of forged) {
    const { text, headers } = await ask(product, path)
    assert.equal(text.includes('Bank') || text.includes('more'), false, path)
    assert.equal(headers['x-frame-options'], 'DENY', path)
  }
})

test('what is no page or no edit of words is refused by its place', async () => {
  const wrong = [
    [{ path: 'https://elsewhere.example/' }, '/path'], [{ path: '//elsewhere.example/' }, '/path'], [{ path: '/\\elsewhere.example' }, '/path'], [{}, '/path'],
    // An address is read without these signs, so that two slashes stand behind each other again.
    [{ path: '/\t/elsewhere.example/' }, '/path'], [{ path: '/\n\\elsewhere.example/' }, '/path'],
    [{ path: '/', edits: [{ select: 'h1 + h2', text: 'x' }] }, '/edits/0/select'], [{ path: '/', edits: [{ select: 'h1' }] }, '/edits'], [{ path: '/', edits: 'h1' }, '/edits'],
  ]
  for (const [body, pointer] of wrong) {
    const { status, problems } = await made(body)
    assert.equal(status, 422, JSON.stringify(body))
    assert.equal(problems[0].pointer, pointer)
    assert.ok(problems[0].cause && problems[0].fix)
  }
  for (const edits of [[{ select: 'h1', change: { attribute: { name: 'onclick', value: 'go()' } } }], [{ select: 'h1', change: { before: '<script>go()</script>' } }], [{ change: { redirect: 'https://elsewhere.example/' } }]]) {
    const { status, problems } = await made({ path: '/', edits })
    assert.equal(status, 422, JSON.stringify(edits))
    assert.match(problems[0].pointer, /^\/edits\/0\/change\//)
    assert.equal(problems[0].code, 'unsafe')
  }
  const noise = () => Array.from({ length: 4000 }, () => Math.random().toString(36)[2]).join('')
  const long = await made({ path: '/', edits: Array.from({ length: 6 }, () => ({ select: 'h1', text: noise() })) })
  assert.match(long.problems[0].cause, /more than an address holds/)
  assert.equal((await made({ path: '/', edits: [{ select: 'h1', text: 'x'.repeat(300_000) }] })).status, 413)
})

test('whatever a variant changes is shown beside the page as it is', async () => {
  const edits = [
    { select: 'h1', change: { before: '<p>Before</p>' } }, { select: 'title', change: { attribute: { name: 'lang', value: 'en' } } },
    { select: 'h1', change: { move: { to: 'body', place: 'append' } } }, { change: { css: 'h1 { color: red }' } },
  ]
  const { text } = await ask(product, pathOf((await made({ path: '/', edits })).new))
  for (const part of ['<p>Before</p><h1', '<title lang="en">', '<style>h1 { color: red }</style>', '"moves":[{"select":"h1","to":"body","place":"append"}]', '/_pm/p.js']) {
    assert.ok(text.includes(part), `${part}\n${text}`)
  }
  assert.doesNotMatch(text, /beacon|exposures/)
  const many = Array.from({ length: 64 }, (_, index) => ({ select: `#element-${index}`, change: { text: `A line of some length that is the ${index}th of its kind on this page` } }))
  const { status, new: address } = await made({ path: '/', edits: [...many, { select: 'h1', text: 'Last' }].slice(1) })
  assert.equal(status, 200)
  assert.ok(address.length < 4000, `${address.length} characters`)
  assert.match((await ask(product, pathOf(address))).text, /<h1[^>]*>Last<\/h1>/)
})

test('two pages stand side by side, and where one leads to another it is said where', async () => {
  const both = await made({ path: '/pricing', edits: [{ change: { rewrite: '/pricing-b?plan=b' } }] })
  await ask(product, pathOf(both.now))
  assert.equal(origin.last().url, '/pricing')
  const other = await ask(product, pathOf(both.new))
  assert.deepEqual([other.status, origin.last().url, other.headers['x-frame-options']], [200, '/pricing-b?plan=b', undefined])
  const gone = await ask(product, pathOf((await made({ path: '/pricing', edits: [{ change: { rewrite: '/gone' } }] })).new))
  assert.deepEqual([gone.status, gone.text], [502, '/gone answers 404: visitors would get the usual page.\n'])
  const sent = await made({ path: '/pricing', edits: [{ change: { redirect: '/pricing-b' } }] })
  assert.equal(sent.leads, '/pricing-b')
  await ask(product, pathOf(sent.new))
  assert.equal(origin.last().url, '/pricing-b')
})

test('a variant of a published page test is shown by its flag', async () => {
  const both = await made({ path: '/beans/kenya', flag: 'hero', variant: 'fresh' })
  assert.equal(both.status, 200)
  await ask(product, pathOf(both.now))
  const { text } = await ask(product, pathOf(both.new))
  assert.match(text, /<title>Shop<\/title>/)
  const { version } = await publish(product, { ...documentOf(), pages: { pricing: { path: '/pricing', flag: 'hero', variants: { fresh: [{ change: { rewrite: '/pricing-b' } }] } } } })
  await served(product, version)
  await ask(product, pathOf((await made({ path: '/pricing?a=1', flag: 'hero', variant: 'fresh' })).new))
  assert.equal(origin.last().url, '/pricing-b?a=1')
  for (const flag of ['margin', 'none']) assert.match((await made({ path: '/pricing', flag, variant: 'low' })).problems[0].cause, /No page test of the flag/)
  assert.equal((await made({ path: '/other', flag: 'hero', variant: 'fresh' })).status, 422)
})
