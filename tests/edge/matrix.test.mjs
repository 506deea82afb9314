// Whatever an origin does, on a page that is rewritten, edited or arrived at by a redirect: the visitor gets its status,
// headers and bytes, and where the other page is the one that fails, the usual page.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { documentOfKinds } from './kinds.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const OWN = { 'x-trace': 'abc', 'set-cookie': ['a=1; Path=/', 'b=2; HttpOnly'], 'content-language': 'de' }
const PAGE = '<!doctype html><html><head><title>Größe</title></head><body><h1>Old</h1><p>Größe</p></body></html>'
const KINDS = {
  rewrite: [{ change: { rewrite: '/fault' } }], redirect: [{ change: { redirect: '/fault' } }], edits: [{ select: 'h1', change: { text: 'New' } }],
}
const folder = mkdtempSync(join(tmpdir(), 'pointsman-matrix-'))
let origin, product
/** What the origin does at `/fault` and, where that is the page under test, at `/edits`. */
let act

const DOCUMENT = documentOfKinds(KINDS)

before(async () => {
  origin = createServer((request, response) => (/^\/(fault|edits)/.test(request.url) ? act(request, response) : response.writeHead(200, HTML).end('<h1>usual</h1>')))
  origin.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    socket.write(Buffer.from([0x81, 2, 0x68, 0x69]))
  })
  await once(origin.listen(0, '127.0.0.1'), 'listening')
  product = await start({ folder, originPort: origin.address().port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, DOCUMENT)).version)
})

after(async () => {
  await product?.stop()
  origin.closeAllConnections()
  origin.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The answer for a page of a kind, behind its redirect. */
async function met(kind, options = {}) {
  const first = await ask(product, `/${kind}`, options)
  if (first.status !== 302 || kind !== 'redirect') return first
  const headers = { ...NAVIGATION, ...options.headers, cookie: cookieHeader(cookiesOf(first.setCookies)) }
  return ask(product, first.headers.location, { ...options, headers })
}

const plainly = (status, headers, body) => (_, response) => response.writeHead(status, { ...OWN, ...headers }).end(body)
/** A page without what we put in or change. */
const bare = (text) => text.replace(/<script type="application\/json" data-id="pointsman">.*?<\/script><script type="module" async src="\/_pm\/p.js"><\/script>/s, '').replace('<h1>New<', '<h1>Old<')

const PAGES = {
  'a page': plainly(200, HTML, PAGE),
  'a slow page': async (request, response) => {
    await pause(700)
    plainly(200, HTML, PAGE)(request, response)
  },
  'a page in chunks': async (_, response) => {
    response.writeHead(200, { ...OWN, ...HTML })
    for (let at = 0; at < PAGE.length; at += 7) {
      response.write(PAGE.slice(at, at + 7))
      await pause(2)
    }
    response.end()
  },
  'a page after early hints': (request, response) => {
    response.writeEarlyHints({ link: '</s.css>; rel=preload; as=style' })
    plainly(200, HTML, PAGE)(request, response)
  },
  'a page in gzip': plainly(200, { ...HTML, 'content-encoding': 'gzip' }, gzipSync(PAGE)),
  'a page in brotli': plainly(200, { ...HTML, 'content-encoding': 'br' }, brotliCompressSync(PAGE)),
}
const UNPACK = { gzip: gunzipSync, br: brotliDecompressSync }

for (const [what, answer] of Object.entries(PAGES)) {
  for (const kind of Object.keys(KINDS)) {
    test(`${what}, ${kind}: edited or not, it is the origin’s`, async () => {
      act = answer
      const got = await met(kind, { headers: { ...NAVIGATION, 'accept-encoding': 'gzip, br' } })
      const text = (UNPACK[got.headers['content-encoding']] ?? ((body) => body))(got.body).toString()
      assert.deepEqual([got.status, bare(text)], [200, PAGE])
      assert.deepEqual(decisionsOf(text).exposures, [kind])
      assert.equal(text.includes('<h1>New<'), kind === 'edits')
      assert.deepEqual(got.setCookies.slice(0, 2), OWN['set-cookie'])
      for (const name of ['x-trace', 'content-language']) assert.equal(got.headers[name], OWN[name])
      assert.equal(got.headers['content-type'], HTML['content-type'])
    })
  }
}

/** What is no page to edit: `[status, headers, body]`. Where another page should stand in its place, there is the usual one. */
const OTHERS = {
  'an error': [500, HTML, PAGE], 'no service': [503, { ...HTML, 'retry-after': '5' }, PAGE], 'not found': [404, HTML, PAGE],
  'JSON': [200, { 'content-type': 'application/json' }, '{"a":1}'], 'no content': [204, {}, undefined],
  'a part': [206, { ...HTML, 'content-range': 'bytes 0-9/100' }, PAGE.slice(0, 10)],
  'not modified': [304, { etag: '"a"' }, undefined], 'a page in an unknown coding': [200, { ...HTML, 'content-encoding': 'zstd' }, gzipSync(PAGE)],
}
for (const [what, [status, headers, body]] of Object.entries(OTHERS)) {
  for (const kind of Object.keys(KINDS)) {
    test(`${what}, ${kind}: it passes as it is`, async () => {
      act = plainly(status, headers, body)
      const got = await met(kind)
      if (kind === 'rewrite' && (status >= 300)) return assert.deepEqual([got.status, bare(got.text).startsWith('<h1>usual</h1>')], [200, true])
      assert.deepEqual([got.status, got.body], [status, Buffer.from(body ?? '')])
      for (const [name, value] of Object.entries({ ...OWN, ...headers })) assert.deepEqual(got.headers[name], value, name)
    })
  }
}

for (const kind of Object.keys(KINDS)) {
  test(`a page that breaks off, ${kind}: it does not end as if it were whole`, async () => {
    act = async (request, response) => {
      response.writeHead(200, HTML).write(PAGE.slice(0, 60))
      await pause(100)
      request.socket.destroy()
    }
    const got = await met(kind).catch(() => ({ complete: false }))
    assert.equal(got.complete, false)
  })

  test(`an origin that ends the connection, ${kind}: 502, or the usual page`, async () => {
    act = (request) => request.socket.destroy()
    const got = await met(kind)
    if (kind === 'rewrite') assert.deepEqual([got.status, bare(got.text).startsWith('<h1>usual</h1>')], [200, true])
    else assert.deepEqual([got.status, got.body.length, got.headers['server-timing']], [502, 0, 'pm;desc=origin'])
  })

  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
    test(`${method}, ${kind}: it is the origin’s business alone`, async () => {
      act = plainly(200, HTML, method === 'HEAD' ? undefined : PAGE)
      const got = await ask(product, `/${kind}`, { method, body: method === 'POST' || method === 'PUT' ? 'a=1' : undefined })
      assert.equal(got.status, 200)
      assert.deepEqual(decisionsOf(got.text), null)
      assert.deepEqual(got.setCookies, kind === 'edits' ? OWN['set-cookie'] : [])
    })
  }

  test(`a web socket, ${kind}: both sides talk`, { timeout: 60_000 }, async () => {
    act = plainly(426, {}, 'upgrade')
    const socket = connect(product.port, '127.0.0.1')
    const lines = [`GET /${kind} HTTP/1.1`, `Host: localhost:${product.port}`, 'Upgrade: websocket', 'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', 'Accept: text/html', '', '']
    socket.write(lines.join('\r\n'))
    let heard = Buffer.alloc(0)
    while (!heard.includes('hi')) heard = Buffer.concat([heard, (await once(socket, 'data'))[0]])
    assert.match(heard.toString('latin1'), /^HTTP\/1\.1 101 /)
    socket.destroy()
  })
}

/** Kilobytes of memory of the process that serves, and the most that it has had. */
const memory = () => {
  const status = readFileSync(`/proc/${product.child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1])
}

/** Milliseconds after an origin's first bytes within which a visitor has them. */
const AT_ONCE = 20

for (const kind of Object.keys(KINDS)) {
  test(`a page that begins long before its head, ${kind}: its beginning waits for nothing`, async (t) => {
    let sent
    act = async (_, response) => {
      response.writeHead(200, HTML).write('<!doctype html>\n<!-- shop -->\n<html lang="en">\n')
      sent = performance.now()
      await pause(150)
      response.end(PAGE.slice(PAGE.indexOf('<head>')))
    }
    await startsAtOnce(kind, () => sent, t)
    const { text } = await met(kind)
    assert.equal(bare(text), `<!doctype html>\n<!-- shop -->\n<html lang="en">\n${PAGE.slice(PAGE.indexOf('<head>'))}`)
    assert.deepEqual(decisionsOf(text).exposures, [kind])
  })
}

const SIZE = 100_000_000
for (const kind of Object.keys(KINDS)) {
  test(`a page of 100 MB, ${kind}: it starts at once, arrives whole, and takes no memory`, { timeout: 300_000 }, async (t) => {
    const line = Buffer.from(`<p>${'x'.repeat(990)}</p>\n`)
    let sent
    act = async (_, response) => {
      response.writeHead(200, HTML).write(PAGE.slice(0, PAGE.indexOf('</body>')))
      sent = performance.now()
      // The first byte shows whether anything waits for more.
      await pause(200)
      for (let bytes = 0; bytes < SIZE && !response.destroyed; bytes += line.length) {
        if (!response.write(line)) await Promise.race(['drain', 'close'].map((event) => once(response, event)))
      }
      response.end('</body></html>')
    }
    await startsAtOnce(kind, () => sent, t)
    // What the process takes once, such as buffers of its sockets, it has taken by then.
    await pass(kind)
    const before = memory()
    let most = before
    const watch = setInterval(() => (most = Math.max(most, memory())), 20)
    const { bytes } = await pass(kind)
    clearInterval(watch)
    t.diagnostic(`${((most - before) / 1024).toFixed(1)} MiB more memory`)
    assert.ok(bytes > SIZE, `${bytes} bytes`)
    assert.ok(most - before <= 8 * 1024, `${most - before} KiB`)
  })
}

/** Some visitor has the first byte as soon as the origin has sent it. Whoever waits does so every time; this machine is late now and then. */
async function startsAtOnce(kind, sent, t) {
  const waits = []
  for (let tries = 0; tries < 60 && !(waits.at(-1) < AT_ONCE); tries++) waits.push((await pass(kind, true)).first - sent())
  t.diagnostic(`first bytes after ${waits.map((wait) => wait.toFixed(1))} ms`)
  assert.ok(waits.at(-1) < AT_ONCE, `${waits.at(-1)} ms`)
}

/**
 * Reads a page without keeping it, behind its redirect where there is one, to its end or to its first byte behind all headers;
 * `first` is when that came.
 */
async function pass(kind, toFirst = false) {
  const sentOn = kind === 'redirect' ? await ask(product, '/redirect') : undefined
  const headers = { ...NAVIGATION, ...(sentOn && { cookie: cookieHeader(cookiesOf(sentOn.setCookies)) }) }
  return new Promise((resolve, reject) => {
    const socket = connect(product.port, '127.0.0.1')
    let [head, bytes, first] = ['', 0]
    const lines = [`GET ${sentOn?.headers.location ?? `/${kind}`} HTTP/1.1`, `Host: localhost:${product.port}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), 'Connection: close', '', '']
    socket.write(lines.join('\r\n'))
    socket.on('data', (piece) => {
      if (first === undefined) head += piece.toString('latin1')
      // Behind the blank line; the length of a chunk stands before its bytes.
      if (/\r\n\r\n[^]*</.test(head)) first ??= performance.now()
      if (first !== undefined && toFirst) socket.destroy()
      bytes += piece.length
    })
    socket.on('error', reject).on('close', () => resolve({ bytes, first }))
  })
}
