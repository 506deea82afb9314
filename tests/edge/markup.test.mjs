// Two promises about what goes out. For any text in a document, an address, a cookie or a header, the page that we emit
// parses to the origin's tree plus exactly our script. And two visitors behind one cache never meet each other's page.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'parse5'
import { publish, served, start } from '../../build/product.mjs'
import { plainly } from '../hostile/requests.mjs'
import { chance } from '../../www/landing/chance.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const ALL = 2 ** 32
/** How many texts are tried: each document carries many. `TEXTS=100000` tries as many as the promise names. */
const TEXTS = Number(process.env.TEXTS ?? 2000)
const FLAGS = 2000
const PAGE = '<!doctype html><html><head><title>T</title></head><body><h1 title="t">Old</h1><p class="c">P</p></body></html>'
const folder = mkdtempSync(join(tmpdir(), 'pointsman-markup-'))
let origin, product

before(async () => {
  origin = await stub((incoming, response) => {
    if (incoming.url === '/edited/state') return response.writeHead(200, { ...HTML, ...(state.etag && { etag: state.etag }) }).end(state.body)
    const [, index] = /^\/begins\/(\d+)/.exec(incoming.url) ?? []
    response.writeHead(200, { ...HTML, 'cache-control': 'public, max-age=600', etag: '"e"' }).end(index ? BEGINNINGS[index] : PAGE)
  })
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const PARTS = ['</script>', '<script>', '<!--', '-->', ']]>', '<![CDATA[', '&lt;', '&#60;', '"', "'", '`', '\\', '\\u003c', '\u2028', '\u2029', '\0', '\x85', 'é', '😀',
  '\ud800', '<svg onload=x>', '<img src=x onerror=x>', '</title>', '</style>', '<base href=//x>', '<plaintext>', '<textarea>', '=', '>', '<', '/', ' ', '\n', '\r', '{{x}}', '${x}', '%3C', 'a']

/** A text of parts that have done harm somewhere. */
const textOf = (dice) => Array.from({ length: 1 + Math.floor(dice() * 6) }, () => PARTS[Math.floor(dice() * PARTS.length)]).join('')

function documentOf(dice) {
  const text = () => textOf(dice).toWellFormed()
  const flags = Object.fromEntries(Array.from({ length: FLAGS }, (_, index) => [`f${index}`, {
    kind: 'string', client: true, variants: { a: text() }, off: 'a', otherwise: 'a', rules: [],
  }]))
  const css = text().replace(/[<\\\0]|@import|url\(/gi, '')
  return {
    format: 1, flags,
    pages: { edited: { path: '/edited/*', flag: 'f0', variants: { a: [
      { select: 'h1', change: { text: text() } }, { select: 'h1', change: { attribute: { name: 'title', value: text().replace(/javascript:/gi, '') } } },
      { select: 'p', change: { class: { add: [text().replace(/[\s\x85]/gu, '') || 'a'], remove: [] } } }, { change: { css } },
    ] } } },
    goals: { order: { click: text().replace(/[\0\x85]/g, '').trim() || 'a' } },
  }
}

/** The tree without what the document changes: the heading, its class, and our style, of which there is one. */
const shape = (text) => JSON.stringify(plainly(parse(text)), (_, value) => {
  if (value?.tag === 'h1') return ['h1', value.children.length]
  if (value?.tag === 'p') return ['p', value.children]
  return value
})

test(`for ${TEXTS} texts in documents, addresses, cookies and headers the page is the origin’s tree and exactly our script`, { timeout: 1_800_000 }, async () => {
  const dice = chance(Number(process.env.SEED ?? 1))
  const plain = shape(PAGE)
  const known = cookiesOf((await ask(product, '/')).setCookies)
  for (let tried = 0; tried < TEXTS; tried += FLAGS + 40) {
    const document = documentOf(dice)
    const { version } = await publish(product, document)
    await served(product, version)
    for (let round = 0; round < 10; round++) {
      const noise = () => textOf(dice).replace(/[\0-\x1f\x7f-\uffff]/g, '')
      // Where nothing is edited no parser reads the page.
      const isEdited = round % 2 === 0
      const path = `/${isEdited ? 'edited' : 'plain'}/${encodeURIComponent(textOf(dice).toWellFormed())}?utm_source=${encodeURIComponent(textOf(dice).toWellFormed())}&x=${noise().replace(/[ #<>"'\\`{}^|]/g, '')}`
      const headers = { ...NAVIGATION, cookie: `${cookieHeader(known)}; a=${noise()}; pm=${noise()}; pmd=${noise()}; pmp=${noise()}; pmr=${noise()}`, referer: noise(), 'accept-language': noise(), 'x-a': noise() }
      const answer = await ask(product, path, { headers })
      assert.equal(answer.status, 200, path)
      const { all, ...own } = scriptsOf(answer.text)
      assert.deepEqual(own, { data: 1, ours: 1, others: 0 }, answer.text)
      const css = document.pages.edited.variants.a[3].change.css
      const tree = shape(css.trim() || answer.text.includes('<style>') ? answer.text.replace(/<style>[^<]*<\/style>(?=<\/head>)/, '') : answer.text)
      assert.equal(isEdited ? tree : shape(answer.text), plain, answer.text)
      const decisions = decisionsOf(answer.text)
      for (const [flag, { variants }] of Object.entries(document.flags)) assert.equal(decisions.flags[flag].value, variants.a)
    }
  }
})

/** What a page may begin with, and what only looks as if it did. */
const FIRST = ['\ufeff', '<!doctype html>', '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">', '<?xml version="1.0"?>', '<!-- a -->',
  '<!-->', '<!--->', '<!-- <head> -->', '<!-- a --!>', '<!---->', `<!-- ${'a > b '.repeat(1000)} -->`, '<html>', '<html lang="en" class=\'a\'>', '<html data-a=">">', "<html a'>", '<HTML>', '<html a"b>', ' ', '\n', 'text', '\xa0', '<p>', '<title>',
  '<title><head></title>', '<script>"<head>"</script>', '<template><head></template>', '</head>', '<svg><head></svg>', '<!doctype>', '<a <head>', '<head-line>', '<header>', '<body>', '\0']
const HEADS = ['<head>', '<head lang="de">', '<HEAD >', '<head\n>', '<head/>', '<head a=">">', '<head', '']
const dice = chance(31)
const one = (list) => list[Math.floor(dice() * list.length)]
const BEGINNINGS = Array.from({ length: 400 }, () =>
  `${Array.from({ length: Math.floor(dice() * 4) }, () => one(FIRST)).join('')}${one(HEADS)}<title>T</title></head><body><h1>Old</h1>${dice() < 0.2 ? 'x'.repeat(5000) : ''}</body></html>`)

const OURS = /<script type="application\/json" data-id="pointsman">.*?<\/script><script type="module" async src="\/_pm\/p.js"><\/script>/s

/** A page's head, and whether the page itself begins one. */
function headOf(text) {
  const html = parse(text, { sourceCodeLocationInfo: true }).childNodes.find(({ nodeName }) => nodeName === 'html')
  const head = html.childNodes.find(({ nodeName }) => nodeName === 'head')
  return { head, own: Boolean(head.sourceCodeLocation?.startTag) }
}

test(`whatever a page begins with, of ${BEGINNINGS.length} beginnings, its bytes stay and our script comes once, first in the head if there is one`, async () => {
  await served(product, (await publish(product, documentOf(chance(5)))).version)
  let heads = 0
  for (const [index, body] of BEGINNINGS.entries()) {
    const { text } = await ask(product, `/begins/${index}`)
    const at = text.search(OURS)
    assert.equal(text.replace(OURS, ''), body)
    assert.ok(/<head\b[^>]*(>|">"[^>]*>)$/i.test(text.slice(0, at)) || text.replace(OURS, '\uffff').endsWith('\uffff'), text.slice(0, at))
    if (!headOf(body).own) continue
    heads += 1
    const [first] = headOf(text).head.childNodes
    assert.equal(first.attrs?.find(({ name }) => name === 'data-id')?.value, 'pointsman', body)
  }
  assert.ok(heads > BEGINNINGS.length / 4, `${heads} have a head`)
})

/** What the origin has at one address, and how it calls that. */
let state

test('a page that an address has today gets our script once, whatever was there before and whether it had a head', async () => {
  await served(product, (await publish(product, documentOf(chance(5)))).version)
  const [whole, headless] = [PAGE, '<h1>Old</h1><p>P</p>']
  const states = [['"1"', headless], ['"2"', whole], ['"2"', whole], ['"3"', headless], ['"2"', whole], ['W/"4"', whole], ['W/"4"', whole], [undefined, headless], [undefined, whole], [undefined, headless]]
  for (const [etag, body] of states) {
    state = { etag, body }
    const { text } = await ask(product, '/edited/state')
    const { all, ...own } = scriptsOf(text)
    assert.deepEqual(own, { data: 1, ours: 1, others: 0 }, `${etag}: ${text}`)
    assert.equal(text.search(OURS) < text.indexOf('<h1'), body === whole, `${etag}: ${text}`)
  }
})

/** The script elements of a page: our data, ours, and others. */
function scriptsOf(text) {
  const found = { data: 0, ours: 0, others: 0 }
  const look = ({ nodeName, attrs = [], childNodes = [], content }) => {
    const of = (name) => attrs.find((one) => one.name === name)?.value
    if (nodeName === 'script') found[of('data-id') === 'pointsman' ? 'data' : of('src') === '/_pm/p.js' ? 'ours' : 'others'] += 1
    childNodes.forEach(look)
    if (content) look(content)
  }
  look(parse(text))
  return found
}

/** A cache between visitors and the edge, as RFC 9111 lets one be: it keeps what it may, and gives it to everybody. */
async function cacheBefore(port) {
  const kept = new Map()
  const server = createServer((incoming, response) => {
    const held = kept.get(incoming.url)
    if (held && incoming.method === 'GET') return response.writeHead(held.status, { ...held.headers, age: '1' }).end(held.body)
    const onward = request({ port, host: '127.0.0.1', path: incoming.url, method: incoming.method, headers: incoming.headers }, (answer) => {
      const pieces = []
      answer.on('data', (piece) => pieces.push(piece)).on('end', () => {
        const body = Buffer.concat(pieces)
        const control = answer.headers['cache-control'] ?? ''
        const varies = (answer.headers.vary ?? '').split(',').map((name) => name.trim().toLowerCase()).filter(Boolean)
        // Two visitors send the same of everything but their cookies.
        if (/max-age=[1-9]/.test(control) && !/private|no-store|no-cache/.test(control) && !varies.some((name) => ['cookie', '*'].includes(name))) {
          kept.set(incoming.url, { status: answer.statusCode, headers: answer.headers, body })
        }
        response.writeHead(answer.statusCode, answer.headers).end(body)
      })
    })
    incoming.pipe(onward)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: server.address().port, kept, close: () => (server.closeAllConnections(), server.close()) }
}

test('two visitors behind one cache never meet each other’s variant or cookie, and what is everybody’s is kept', async () => {
  const tested = {
    format: 1, metrics: { orders: { event: 'order' } },
    flags: { hero: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: 'hero' }] } },
    experiments: { hero: { flag: 'hero', metric: 'orders', control: 'a', run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[ALL / 2, 'a'], [ALL, 'b']] } } },
    pages: {
      edited: { path: '/edited', flag: 'hero', variants: { b: [{ select: 'h1', change: { text: 'New' } }] } },
      other: { path: '/rewritten', flag: 'hero', variants: { b: [{ change: { rewrite: '/other' } }] } },
      away: { path: '/away', flag: 'hero', variants: { b: [{ change: { redirect: '/other' } }] } },
    },
  }
  await served(product, (await publish(product, tested)).version)
  const cache = await cacheBefore(product.port)
  const through = { port: cache.port }
  const host = `localhost:${product.port}`
  try {
    const variantOf = () => /hero=(\w)/.exec(origin.last().headers['pointsman-variants'])[1]
    const people = {}
    for (let tries = 0; tries < 80 && !(people.a && people.b); tries++) {
      const { setCookies } = await ask(product, '/start')
      people[variantOf()] ??= cookiesOf(setCookies)
    }
    for (const path of ['/edited', '/rewritten', '/away']) {
      const seen = {}
      for (const variant of ['b', 'a', 'b', 'a']) {
        const answer = await ask(through, path, { host, headers: { ...NAVIGATION, cookie: cookieHeader(people[variant]) } })
        const [status, text] = [answer.status, answer.text.replace(/<script.*?<\/script>/gs, '')]
        assert.deepEqual(seen[variant] ?? [status, text], [status, text])
        seen[variant] = [status, text]
        assert.ok(!answer.headers.age, 'it came from the cache')
      }
    }
    const units = new Set()
    for (let visitor = 0; visitor < 3; visitor++) units.add(cookiesOf((await ask(through, '/edited', { host })).setCookies).pm)
    assert.equal(units.size, 3)
    const part = { ...NAVIGATION, accept: '*/*', 'sec-fetch-dest': 'style' }
    await ask(through, '/s.css', { host, headers: { ...part, cookie: cookieHeader(people.a) } })
    assert.equal((await ask(through, '/s.css', { host, headers: { ...part, cookie: cookieHeader(people.b) } })).headers.age, '1')
  } finally {
    cache.close()
  }
})

test('an origin whose answer depends on the variants is kept by no cache that does not know them', async () => {
  const answers = await stub((_, response) => response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=600, s-maxage=900', vary: 'pointsman-variants' }).end('{}'))
  const own = mkdtempSync(join(tmpdir(), 'pointsman-vary-'))
  const other = await start({ folder: own, originPort: answers.port, quiet: true, environment: 'development' })
  try {
    await served(other, (await publish(other, documentOf(chance(7)))).version)
    const { headers } = await ask(other, '/api')
    assert.deepEqual([headers['cache-control'], headers.vary], ['private, max-age=600', 'pointsman-variants, cookie'])
  } finally {
    await other.stop()
    await answers.close()
    rmSync(own, { recursive: true, force: true })
  }
})
