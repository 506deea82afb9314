// The page wins: whatever the origin does, the visitor gets its status, headers and bytes.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { brotliCompressSync, brotliDecompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import { freePort, publish, served, start } from '../../build/product.mjs'
import { documentOf, MARKUP, PAGE, WORDS } from './document.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, PART, stub, visitorOf } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const folder = mkdtempSync(join(tmpdir(), 'pointsman-origin-'))
/** What the origin does with a path; a test sets its own. */
const answers = new Map()
let origin, product, fresh, control

const plainly = (status, headers, body) => (_, response) => response.writeHead(status, headers).end(body)

before(async () => {
  origin = await stub((request, response) => (answers.get(request.url) ?? plainly(200, HTML, PAGE))(request, response))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, documentOf())).version)
  fresh = { ...NAVIGATION, cookie: cookieHeader((await visitorOf(product, 'fresh')).cookies) }
  control = { ...NAVIGATION, cookie: cookieHeader((await visitorOf(product, 'control')).cookies) }
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks for `path` after telling the origin what to do there. */
function met(path, answer, options) {
  answers.set(path, answer)
  return ask(product, path, { headers: fresh, ...options })
}

const headline = (text) => text.match(/<h1 id="headline">([^]*?)<\/h1>/)?.[1]
/** A page without what we put in. */
const without = (text) => text.replace(/<script type="application\/json" data-id="pointsman">.*?<\/script><script type="module" async src="\/_pm\/p.js"><\/script>/s, '')
const edited = (page) => page.replace(WORDS.control, MARKUP)

test('a page is the origin’s but for the edits and our two elements', async () => {
  const answer = await ask(product, '/', { headers: fresh })
  assert.equal(answer.status, 200)
  assert.equal(without(answer.text), edited(PAGE))
  assert.equal(answer.headers['cache-control'], 'private, no-store')
  // By which configuration, for whoever looks into their browser.
  assert.equal(answer.headers['server-timing'], 'pm;desc="1"')
  const plain = await ask(product, '/', { headers: control })
  assert.equal(without(plain.text), PAGE)
})

test('an origin that is down gives 502, no body, and our name for the fault', async () => {
  const own = mkdtempSync(join(tmpdir(), 'pointsman-down-'))
  const lonely = await start({ folder: own, originPort: await freePort(), quiet: true, environment: 'development' })
  try {
    await served(lonely, (await publish(lonely, documentOf())).version)
    const answer = await ask(lonely, '/')
    assert.equal(answer.status, 502)
    assert.equal(answer.body.length, 0)
    assert.equal(answer.headers['server-timing'], 'pm;desc=origin')
    assert.deepEqual(answer.setCookies, [])
  } finally {
    await lonely.stop()
    rmSync(own, { recursive: true, force: true })
  }
})

test('a first byte after two seconds still arrives', async () => {
  const answer = await met('/slow', async (_, response) => {
    await pause(2000)
    response.writeHead(200, HTML).end(PAGE)
  })
  assert.equal(without(answer.text), edited(PAGE))
})

for (const [what, type] of [['an edited page', 'text/html; charset=utf-8'], ['a download', 'application/octet-stream']]) {
  test(`the first bytes of ${what} arrive before the origin sends the last`, async () => {
    let release
    const arrived = new Promise((resolve) => (release = resolve))
    const half = PAGE.indexOf('<p>')
    const answer = await met(`/stream/${what.length}`, async (_, response) => {
      response.writeHead(200, { 'content-type': type }).write(PAGE.slice(0, half))
      // Would wait for ever, were the page held back until it is whole.
      const first = await Promise.race([arrived, pause(60_000, 'nothing', { ref: false })])
      response.end(first === 'nothing' ? 'held back' : PAGE.slice(half))
    }, { onData: (data) => data.includes('</h1>') && release('data') })
    assert.equal(without(answer.text), type.startsWith('text/html') ? edited(PAGE) : PAGE)
  })
}

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')
const AS_IT_IS = {
  'an error page': [500, { ...HTML, 'x-trace': 'abc' }, PAGE],
  'a page that is not found': [404, HTML, PAGE],
  'JSON': [200, { 'content-type': 'application/json', etag: '"a"' }, '{"html":"<head></head>"}'],
  'an image': [200, { 'content-type': 'image/png', 'accept-ranges': 'bytes', 'last-modified': 'Sun, 22 Nov 2026 10:00:00 GMT' }, PNG],
  'compressed JSON': [200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, gzipSync('{"a":1}')],
  'a compressed download': [200, { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' }, gzipSync(PNG, { level: 1 })],
  'a part of a page': [206, { ...HTML, 'content-range': `bytes 0-9/${PAGE.length}` }, PAGE.slice(0, 10)],
  'no content': [204, { 'x-done': 'yes' }, undefined],
  'not modified': [304, { etag: '"a"' }, undefined],
  'a redirect': [302, { location: 'https://elsewhere.example/a?b=c' }, 'Moved'],
  'a redirect with a page in it': [301, { ...HTML, location: '/there' }, PAGE],
}

for (const [what, [status, headers, body]] of Object.entries(AS_IT_IS)) {
  test(`${what} passes as it is`, async () => {
    const path = `/as-it-is/${encodeURIComponent(what)}`
    const answer = await met(path, plainly(status, headers, body), { headers: { ...fresh, 'accept-encoding': 'gzip' } })
    assert.equal(answer.status, status)
    for (const [name, value] of Object.entries(headers)) assert.equal(answer.headers[name], value, name)
    assert.deepEqual(answer.body, Buffer.from(body ?? ''))
    assert.ok(answer.complete)
    assert.deepEqual(answer.setCookies, [])
  })
}

test('a new visitor gets no cookie with what is no page', async () => {
  const answer = await met('/new-visitor', plainly(500, HTML, PAGE), { headers: NAVIGATION })
  assert.deepEqual([answer.status, answer.text, answer.setCookies], [500, PAGE, []])
})

const CODINGS = { gzip: [gzipSync, gunzipSync], br: [brotliCompressSync, brotliDecompressSync] }
for (const [coding, [compress, decompress]] of Object.entries(CODINGS)) {
  test(`a page in ${coding} is edited and stays readable`, async () => {
    const headers = { ...fresh, 'accept-encoding': 'gzip, deflate, br, zstd' }
    const answer = await met(`/coded/${coding}`, plainly(200, { ...HTML, 'content-encoding': coding }, compress(PAGE)), { headers })
    const body = answer.headers['content-encoding'] === coding ? decompress(answer.body) : answer.body
    assert.equal(without(body.toString()), edited(PAGE))
  })
}

for (const coding of ['deflate', 'zstd', 'x-own']) {
  test(`a page in ${coding}, which cannot be read here, passes as it is`, async () => {
    const bytes = deflateSync(PAGE)
    const headers = { ...fresh, 'accept-encoding': 'gzip, deflate, br, zstd' }
    const answer = await met(`/coded/${coding}`, plainly(200, { ...HTML, 'content-encoding': coding }, bytes), { headers })
    assert.equal(answer.headers['content-encoding'], coding)
    assert.deepEqual(answer.body, bytes)
  })
}

test('a test page is asked for only in codings that the visitor and the edge both read', async () => {
  for (const [accepted, asked] of [['gzip, deflate, br, zstd', /^gzip, ?br$/], ['zstd', /^identity$/], ['GZIP;q=0.5', /^GZIP;q=0.5$/]]) {
    await ask(product, '/', { headers: { ...fresh, 'accept-encoding': accepted } })
    assert.match(origin.last().headers['accept-encoding'], asked)
    await ask(product, '/shop.css', { headers: { ...PART, 'accept-encoding': accepted } })
    assert.equal(origin.last().headers['accept-encoding'], accepted)
  }
})

test('HEAD gives the headers of the page and no body', async () => {
  const answer = await met('/head', plainly(200, { ...HTML, 'content-length': PAGE.length, etag: '"a"' }, ''), { method: 'HEAD' })
  assert.deepEqual([answer.status, answer.headers.etag, answer.body.length], [200, '"a"', 0])
  assert.equal(answer.headers['content-length'], String(PAGE.length))
  assert.equal(origin.last().method, 'HEAD')
})

test('the body of a POST reaches the origin unchanged', async () => {
  const body = Buffer.concat([PNG, gzipSync('a')])
  const headers = { ...fresh, 'content-type': 'application/x-own', 'content-length': body.length }
  const answer = await met('/post', plainly(201, { 'x-made': 'yes' }, 'made'), { method: 'POST', body, headers })
  assert.deepEqual([answer.status, answer.text, answer.headers['x-made']], [201, 'made', 'yes'])
  assert.deepEqual(origin.last().body, body)
  assert.equal(origin.last().headers['content-type'], 'application/x-own')
})

test('conditions of a request for a part reach the origin, and those for a test page do not', async () => {
  const conditions = { 'if-none-match': '"a"', 'if-modified-since': 'Sun, 22 Nov 2026 10:00:00 GMT' }
  await ask(product, '/shop.css', { headers: { ...PART, ...conditions } })
  assert.equal(origin.last().headers['if-none-match'], '"a"')
  await ask(product, '/', { headers: { ...fresh, ...conditions } })
  assert.equal(origin.last().headers['if-none-match'], undefined)
  assert.equal(origin.last().headers['if-modified-since'], undefined)
})

test('the origin’s cookies all arrive together with ours', async () => {
  const theirs = ['a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2; HttpOnly', 'pmx=3']
  const answer = await met('/cookies', plainly(200, { ...HTML, 'set-cookie': theirs }, PAGE), { headers: NAVIGATION })
  assert.deepEqual(answer.setCookies.slice(0, 3), theirs)
  assert.deepEqual(Object.keys(cookiesOf(answer.setCookies)), ['a', 'b', 'pmx', 'pm', 'pmd'])
})

const WESTERN = Buffer.from(PAGE, 'latin1')
/** Bytes of windows-1252 as a browser shows them; of the signs between 0x80 and 0x9f only our apostrophe is due. */
const western = (bytes) => bytes.toString('latin1').replaceAll('\x92', '’')
/** Text as an HTML parser reads it, of which references by number are what can occur. */
const parsed = (text) => text.replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(digits))
for (const [where, type, page] of [
  ['in the header', 'text/html; charset=windows-1252', WESTERN],
  ['in the page', 'text/html', Buffer.from(PAGE.replace('<head>', '<head><meta charset="windows-1252">'), 'latin1')],
]) {
  test(`a page whose encoding is named ${where} keeps its bytes and gets words that it can show`, async () => {
    const answer = await met(`/western/${where[7]}`, plainly(200, { 'content-type': type }, page))
    const shown = western(answer.body)
    assert.equal(answer.headers['content-type'], type)
    assert.equal(parsed(headline(shown)), WORDS.fresh)
    assert.equal(decisionsOf(shown).flags.hero.value, WORDS.fresh)
    const rest = (text) => without(text).replace(/(<h1 id="headline">)[^]*?(<\/h1>)/, '$1$2')
    assert.equal(rest(shown), rest(page.toString('latin1')))
  })
}

for (const charset of ['utf-16le', 'nonsense']) {
  test(`a page in ${charset}, which cannot be edited, passes as it is`, async () => {
    const bytes = Buffer.from(PAGE, charset === 'utf-16le' ? 'utf16le' : 'utf8')
    const answer = await met(`/charset/${charset}`, plainly(200, { 'content-type': `text/html; charset=${charset}` }, bytes))
    assert.deepEqual([answer.status, answer.complete], [200, true])
    assert.deepEqual(answer.body, bytes)
  })
}

for (const [what, headers] of [['with a length', { 'content-length': 100_000 }], ['in chunks', {}]]) {
  for (const type of ['text/html', 'application/json']) {
    test(`a body ${what} (${type}) that breaks off does not end as if it were whole`, async () => {
      const broken = async (request, response) => {
        response.writeHead(200, { 'content-type': type, ...headers }).write(PAGE.slice(0, 150))
        await pause(100)
        request.socket.destroy()
      }
      const answer = await met(`/broken/${type}/${what.length}`, broken).catch(() => ({ complete: false }))
      assert.equal(answer.complete, false)
    })
  }
}

for (const page of [`<h1 id="headline">${WORDS.control}</h1><p>No head`, '', 'plain words', '<!-- <head> --><p>x', '<p>cut <b']) {
  test(`a page without a head keeps its text: ${JSON.stringify(page)}`, async () => {
    const answer = await met('/headless', plainly(200, HTML, page))
    assert.equal(without(answer.text), edited(page))
    assert.equal(decisionsOf(answer.text)?.flags.hero.variant, 'fresh')
  })
}

test('the origin learns our variants and never what a client says of them', async () => {
  const claims = { 'pointsman-variants': 'hero=gold', 'Pointsman-Variants': 'hero=gold' }
  for (const [headers, variants] of [
    [{ ...control, ...claims }, 'hero=control, margin=low'],
    [{ ...fresh, ...claims, accept: '*/*', 'sec-fetch-dest': 'empty' }, 'hero=fresh, margin=low'],
    [{ ...PART, ...claims }, undefined],
  ]) {
    for (const method of ['GET', 'POST']) {
      await ask(product, '/variants', { headers, method })
      // Whoever navigates by sending something is known by their cookie.
      assert.equal(origin.last().headers['pointsman-variants'], variants, method)
    }
  }
})

test('a selector that matches nothing changes nothing', async () => {
  const page = '<!doctype html><head></head><h1>Another page</h1>'
  const answer = await met('/another', plainly(200, HTML, page))
  assert.equal(without(answer.text), page)
})

test('without a published document every page is the origin’s own', async () => {
  const own = mkdtempSync(join(tmpdir(), 'pointsman-empty-'))
  const empty = await start({ folder: own, originPort: origin.port, quiet: true, environment: 'development' })
  try {
    answers.set('/own', plainly(200, { ...HTML, etag: '"a"', 'set-cookie': ['a=1', 'b=2'] }, gzipSync(PAGE)))
    const answer = await ask(empty, '/own', { headers: { ...NAVIGATION, 'if-none-match': '"b"', 'pointsman-variants': 'hero=gold' } })
    assert.deepEqual(answer.body, gzipSync(PAGE))
    assert.deepEqual([answer.status, answer.headers.etag, answer.setCookies], [200, '"a"', ['a=1', 'b=2']])
    assert.equal(origin.last().headers['if-none-match'], '"b"')
    assert.equal(origin.last().headers['pointsman-variants'], undefined)
  } finally {
    await empty.stop()
    rmSync(own, { recursive: true, force: true })
  }
})
