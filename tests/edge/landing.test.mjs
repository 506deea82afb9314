// Page tests: two pages under one address, visitors who are sent on, changes by selector, other upstreams; and the page
// is there whatever becomes of them.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { patient } from './patient.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, PART, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const ALL = 2 ** 32
const folder = mkdtempSync(join(tmpdir(), 'pointsman-landing-'))
let origin, canary, product

/** A test of two variants, half and half, on its own flag and run. */
function tested(name) {
  return {
    flags: { [name]: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: name }] } },
    experiments: { [name]: {
      flag: name, metric: 'orders', control: 'a',
      run: { id: `${name}-1`, salt: `${name}-1`, epoch: 1, rollout: ALL, split: [[ALL / 2, 'a'], [ALL, 'b']] },
    } },
  }
}

/** A document with a test for each page: `{name: {path, changes}}`. */
function documentOf(pages, more = {}) {
  const document = { format: 1, flags: {}, experiments: {}, metrics: { orders: { event: 'order' } }, pages: {}, ...more }
  for (const [name, { changes, ...place }] of Object.entries(pages)) {
    const { flags, experiments } = tested(name)
    Object.assign(document.flags, flags)
    Object.assign(document.experiments, experiments)
    document.pages[name] = { ...place, flag: name, variants: { b: changes } }
  }
  return document
}

const DOCUMENT = documentOf({
  pages: { path: '/pricing', changes: [{ change: { rewrite: '/pricing-b?plan=b' } }] },
  gone: { path: '/gone', changes: [{ change: { rewrite: '/not-there' } }, { select: 'h1', change: { text: 'B' } }] },
  away: { path: '/away', changes: [{ change: { redirect: '/there?from=test' } }] },
  abroad: { path: '/abroad', changes: [{ change: { redirect: 'https://shop.example/b' } }] },
  circle: { path: '/circle', changes: [{ change: { redirect: '/circle-b' } }] },
  back: { path: '/circle-b', changes: [{ change: { redirect: '/circle' } }] },
  widely: { path: '/wide*', changes: [{ change: { redirect: '/wide-b' } }] },
  bounced: { path: '/bounced', changes: [{ change: { redirect: '/sends-back' } }] },
  upstream: { path: '/new/*', changes: [{ change: { route: 'canary' } }] },
  nowhere: { path: '/nowhere', changes: [{ change: { route: 'nowhere' } }] },
  far: { path: '/far/*', changes: [{ change: { route: 'far-away' } }] },
  closed: { path: '/closed', changes: [{ change: { route: 'closed' } }] },
  query: { path: '/asked', query: '*utm_source=:who', host: 'localhost', changes: [{ select: 'h1', change: { text: 'Asked' } }] },
  bare: { path: '/bare', changes: [{ change: { css: 'h1 { color: red }' } }] },
  edits: { path: '/edits', changes: [
    { select: '#text', change: { text: 'A < B & “C”' } },
    { select: 'a', change: { attribute: { name: 'href', value: '/b?a=1&b="2"' } } },
    { select: '#class', change: { class: { add: ['new', 'old'], remove: ['gone'] } } },
    { select: '#style', change: { style: { name: 'color', value: 'red' } } },
    { select: '#around', change: { before: '<p>before</p>' } },
    { select: '#around', change: { after: '<p>äfter</p>' } },
    { select: '#around', change: { prepend: '<b>first</b>' } },
    { select: '#around', change: { append: '<b>last</b>' } },
    { select: '#replaced', change: { replace: '<h2>Instead</h2>' } },
    { select: '#removed', change: { remove: true } },
    { slot: 'offer', change: { text: 'Half price' } },
    { change: { css: 'h1::after { content: "→"; color: red }' } },
    { select: '#moved', change: { move: { to: '#text', place: 'before' } } },
  ] },
}, { hosts: ['shop.example'] })

const PAGES = {
  '/bare': '<h1>Without the tag of a head</h1>',
  '/edits': `<!doctype html><html><head><link rel="stylesheet" href="/s.css"></head><body><h1 id="text">Old</h1><a href="/a">A</a>
<p id="class" class="old gone">C</p><p id="style" style="margin: 0;">S</p><div id="around"><i>in</i></div>
<p id="replaced">R</p><p id="removed">X</p><p data-slot="offer">Full price</p><p id="moved">M</p></body></html>`,
}

before(async () => {
  const plain = (name) => (request, response) => {
    if (/^\/(not-there|broken)/.test(request.url)) return response.writeHead(404, HTML).end('<h1>Not found</h1>')
    if (request.url.startsWith('/sends-back')) return response.writeHead(302, { location: '/bounced' }).end()
    response.writeHead(200, HTML).end(PAGES[request.url] ?? `<!doctype html><head></head><h1>${name} ${request.url}</h1>`)
  }
  origin = await stub(plain('origin'))
  canary = await stub((request, response) =>
    request.url === '/new/broken' ? response.writeHead(503, HTML).end('broken') : plain('canary')(request, response))
  product = await start({
    folder, originPort: origin.port, upstreams: { canary: `http://127.0.0.1:${canary.port}` }, quiet: true, environment: 'development', configure: addressed,
  })
  await served(product, (await publish(product, DOCUMENT)).version)
})

/** The same configuration with upstreams that are addresses, in a network that has this machine, too. */
const addressed = (text) => patient(folder)(text)
  .replace('services = [', 'services = [\n    (name = "internet", network = (allow = ["public", "private"])),')
  .replace('bindings = [', `bindings = [
    (name = "UPSTREAM_FAR_AWAY", text = "http://127.0.0.1:${canary.port}"),
    (name = "UPSTREAM_CLOSED", text = "http://127.0.0.1:9"),`)

after(async () => {
  await product?.stop()
  await origin?.close()
  await canary?.close()
  rmSync(folder, { recursive: true, force: true })
})

const people = new Map()

/** Somebody who meets a variant of a test: what the origin is told of them says which. Gives their cookies. */
async function person(flag, variant) {
  const key = `${flag}=${variant}`
  for (let tries = 0; !people.has(key) && tries < 80; tries++) {
    const cookies = cookiesOf((await ask(product, '/start')).setCookies)
    for (const pair of origin.last().headers['pointsman-variants'].split(', ')) if (!people.has(pair)) people.set(pair, cookies)
  }
  return people.get(key)
}

const as = (cookies, more) => ({ headers: { ...NAVIGATION, cookie: cookieHeader(cookies), ...more } })
const visit = async (flag, variant, path, more) => ask(product, path, as(await person(flag, variant), more))
const headline = ({ text }) => /<h1[^>]*>([^<]*)</.exec(text)?.[1]
const exposed = ({ text }) => decisionsOf(text)?.exposures

async function ledger() {
  return (await product.api('GET', 'ledger')).json()
}

test('a rewrite gives the other page under the same address, with the visitor’s own query', async () => {
  const other = await visit('pages', 'b', '/pricing?plan=x&utm_source=mail&a=%20b')
  assert.equal(headline(other), 'origin /pricing-b?plan=b&utm_source=mail&a=%20b')
  assert.deepEqual(exposed(other), ['pages'])
  const own = await visit('pages', 'a', '/pricing?plan=x')
  assert.equal(headline(own), 'origin /pricing?plan=x')
  assert.deepEqual(exposed(own), ['pages'])
})

test('where the other page is not there the visitor gets the usual one, and has met nothing', async () => {
  const answer = await visit('gone', 'b', '/gone')
  assert.deepEqual([answer.status, headline(answer)], [200, 'origin /gone'])
  assert.deepEqual(exposed(answer), [])
})

test('a redirect keeps the query, is nobody else’s, and is confirmed where the visitor arrives', async () => {
  const cookies = await person('away', 'b')
  const answer = await ask(product, '/away?utm_source=mail&from=me', as(cookies))
  assert.deepEqual([answer.status, answer.headers.location], [302, '/there?from=test&utm_source=mail'])
  assert.equal(answer.headers['cache-control'], 'private, no-store')
  const carried = { ...cookies, ...cookiesOf(answer.setCookies) }
  const arrival = await ask(product, answer.headers.location, as(carried))
  assert.deepEqual(exposed(arrival), ['away'])
  assert.match(arrival.setCookies.join(), /pmr=; Path=\/; Max-Age=0/)
  const { pmr, ...left } = carried
  assert.deepEqual(exposed(await ask(product, '/there', as(left))), [], 'who comes by themselves is in no test')
  assert.deepEqual(exposed(await ask(product, '/elsewhere', as(carried))), [], 'nor does another page confirm it')
  const forged = pmr.replace(/\.[^.]*$/, '.AAAAAAAAAAAAAAAAAAAAAA')
  assert.deepEqual(exposed(await ask(product, '/there', as({ ...left, pmr: forged }))), [])
})

test('whoever is sent on was counted before', async () => {
  const before = await ledger()
  const { cookies } = { cookies: cookiesOf((await ask(product, '/start')).setCookies) }
  const variant = /away=(\w)/.exec(origin.last().headers['pointsman-variants'])[1]
  const answer = await ask(product, '/away', as(cookies))
  assert.equal(answer.status, variant === 'b' ? 302 : 200)
  if (variant === 'a') await eventually(async () => (await ledger()).stored > before.stored)
  assert.equal((await ledger()).stored, before.stored + 1)
})

test('a redirect leads to hosts that the document names', async () => {
  const answer = await visit('abroad', 'b', '/abroad?a=1')
  assert.deepEqual([answer.status, answer.headers.location], [302, 'https://shop.example/b?a=1'])
})

test('nobody is sent in a circle', async () => {
  const both = async () => {
    for (let tries = 0; tries < 80; tries++) {
      const cookies = cookiesOf((await ask(product, '/start')).setCookies)
      if (/circle=b/.test(origin.last().headers['pointsman-variants']) && /back=b/.test(origin.last().headers['pointsman-variants'])) return cookies
    }
    throw new Error('nobody of 80 is in both')
  }
  for (const path of ['/circle', '/circle-b']) {
    const answer = await ask(product, path, as(await both()))
    assert.deepEqual([answer.status, exposed(answer)], [200, []], path)
  }
})

test('whoever is where a redirect leads stays there', async () => {
  assert.equal((await visit('widely', 'b', '/wide')).headers.location, '/wide-b')
  const there = await visit('widely', 'b', '/wide-b')
  assert.deepEqual([there.status, exposed(there)], [200, ['widely']])
})

test('an origin that sends people back ends a journey, not the visit', async () => {
  let jar = await person('bounced', 'b')
  let [path, answer] = ['/bounced']
  for (let hops = 0; hops < 15; hops++) {
    answer = await ask(product, path, as(jar))
    jar = { ...jar, ...cookiesOf(answer.setCookies) }
    if (answer.status !== 302) break
    path = answer.headers.location
  }
  assert.deepEqual([answer.status, path, exposed(answer)], [200, '/bounced', []])
})

test('a page and its parts come from another upstream, and from the origin where that fails', async () => {
  assert.equal(headline(await visit('upstream', 'b', '/new/page')), 'canary /new/page')
  assert.equal(headline(await visit('upstream', 'a', '/new/page')), 'origin /new/page')
  const part = await ask(product, '/new/part.js', { headers: { ...PART, cookie: cookieHeader(await person('upstream', 'b')) } })
  assert.equal(headline(part), 'canary /new/part.js')
  assert.match(part.headers['cache-control'], /private/)
  const broken = await visit('upstream', 'b', '/new/broken')
  assert.deepEqual([broken.status, headline(broken), exposed(broken)], [200, 'origin /new/broken', []])
  // One that is an address is asked by the platform's own network.
  assert.equal(headline(await visit('far', 'b', '/far/page')), 'canary /far/page')
  assert.equal(canary.last().headers.host, `127.0.0.1:${canary.port}`)
  const closed = await visit('closed', 'b', '/closed')
  assert.deepEqual([closed.status, headline(closed), exposed(closed)], [200, 'origin /closed', []])
  const nowhere = await visit('nowhere', 'b', '/nowhere')
  assert.deepEqual([nowhere.status, headline(nowhere), exposed(nowhere)], [200, 'origin /nowhere', []])
})

test('query and host are part of where a test is', async () => {
  assert.equal(headline(await visit('query', 'b', '/asked?a=1&utm_source=mail')), 'Asked')
  assert.equal(headline(await visit('query', 'b', '/asked?a=1')), 'origin /asked?a=1')
})

test('every kind of change is made as it says', async () => {
  const { text } = await visit('edits', 'b', '/edits')
  for (const part of [
    '<h1 id="text">A &#60; B &#38; &#8220;C&#8221;</h1>', '<a href="/b?a=1&#38;b=&#34;2&#34;">A</a>', '<p id="class" class="old new">C</p>',
    '<p id="style" style="margin: 0; color: red">S</p>', '<p>before</p><div id="around"><b>first</b><i>in</i><b>last</b></div><p>&#228;fter</p>',
    '\n<h2>Instead</h2>\x3c!---->'.slice(0, 17), '<p data-slot="offer">Half price</p>', '<style>h1::after { content: "\\2192 "; color: red }</style></head>',
  ]) assert.ok(text.includes(part), `${part}\n${text}`)
  assert.doesNotMatch(text, /id="removed"|id="replaced"/)
  assert.deepEqual(decisionsOf(text).moves, [{ select: '#moved', to: '#text', place: 'before' }])
  assert.ok(!(await visit('edits', 'a', '/edits')).text.includes('<style>'))
})

test('a page without the tag of a head has its variant’s style, and is counted with it', async () => {
  const bare = await visit('bare', 'b', '/bare')
  assert.ok(bare.text.startsWith(`${PAGES['/bare']}<style>h1 { color: red }</style>`), bare.text)
  assert.deepEqual(exposed(bare), ['bare'])
})

const BAD = {
  'a script element': { select: 'p', change: { append: '<script>x()</script>' } },
  'an element that is not closed': { select: 'p', change: { before: '<div>' } },
  'an attribute that runs code': { select: 'p', change: { replace: '<img src="/x.png" onerror="x()">' } },
  'style that ends its element': { change: { css: 'a{}</style><script>' } },
  'style that loads from elsewhere': { change: { css: 'a { background: url(//evil.example/x) }' } },
  'a redirect to another site': { change: { redirect: 'https://evil.example/' } },
  'a redirect to a path of another site': { change: { redirect: '//evil.example/' } },
  'a redirect that runs code': { change: { redirect: 'javascript:x()' } },
  'a redirect with a line break': { change: { redirect: '/a\r\nset-cookie: a=b' } },
  'a rewrite to another site': { change: { rewrite: 'https://evil.example/' } },
  'a selector for the whole page': { select: 'p', change: { rewrite: '/b' } },
  'a change of nothing': { change: { text: 'x' } },
  'a kind of change that there is not': { change: { run: 'x()' } },
  'code that ends itself': { change: { script: 'a = "</ScRiPt>"' } },
  'code that hides what follows': { change: { script: 'a = "<!--<script>"' } },
  'code that an encoding spoils': { change: { script: 'a = "\u2026"' } },
  'code of one element': { select: 'h1', change: { script: 'x()' } },
}
for (const [what, change] of Object.entries(BAD)) {
  test(`${what} is refused`, async () => {
    const document = documentOf({ bad: { path: '/', changes: [change] } })
    const etag = (await product.api('GET', 'document')).headers.get('etag')
    const response = await product.api('PUT', 'document', { body: JSON.stringify(document), headers: { 'if-match': etag } })
    assert.equal(response.status, 422)
    const { problems } = await response.json()
    assert.ok(problems[0].pointer.startsWith('/pages/bad/variants/b/0'), JSON.stringify(problems))
  })
}

test('whoever works here is never counted, and a machine that nobody knows meets the control', async () => {
  const before = await ledger()
  const crawler = await ask(product, '/away', { headers: { ...NAVIGATION, 'user-agent': 'Googlebot/2.1' } })
  assert.deepEqual([crawler.status, exposed(crawler)], [200, []])
  assert.deepEqual(await ledger(), before)
})
