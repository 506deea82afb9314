// What rules can ask of a request, who is never counted, and what a deployment chooses: cookies for a whole domain, a header
// with the visitor's variants.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf, PAGE } from './document.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const folders = []
const products = []
let origin, product

/** What each attribute is asked for, and the value at which its flag is on. */
const RULES = {
  host: ['host', 'localhost'], path: ['path', '/beans'], utm: ['/query/utm_source', 'mail'], referrer: ['referrer', 'news.example'],
  language: ['language', 'de-AT'], device: ['device', 'phone'], browser: ['browser', 'Safari'], os: ['os', 'iOS'], visitor: ['visitor', 'returning'],
  cookie: ['/cookies/plan', 'pro'], consent: ['consent', true], ip: ['ip', '192.0.2.7'],
  country: ['country', 'AT'], region: ['region', '9'], city: ['city', 'Vienna'], timezone: ['timezone', 'Europe/Vienna'], unit: ['/cookies/pm', 'x'],
}
const DOCUMENT = {
  format: 1,
  flags: Object.fromEntries(Object.entries(RULES).map(([name, [attribute, value]]) => [name, {
    kind: 'boolean', client: true, variants: { yes: true, no: false }, off: 'no', otherwise: 'no',
    rules: [{ if: { equals: { attribute, value } }, serve: 'yes' }],
  }])),
}

async function running(document, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-targeting-'))
  folders.push(folder)
  const own = await start({ folder, originPort: origin.port, quiet: true, environment: 'development', ...options })
  products.push(own)
  await served(own, (await publish(own, document)).version)
  return own
}

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, HTML).end(PAGE))
  product = await running(DOCUMENT, { located: true, variables: { IP_HEADER: 'x-real-ip' } })
})

after(async () => {
  for (const own of products) await own.stop()
  await origin?.close()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/150.0 Mobile/15E148 Safari/604.1'
const RICH = {
  ...NAVIGATION, 'user-agent': IPHONE, referer: 'https://news.example/a?secret=1', 'accept-language': 'de-AT, en;q=0.5', 'x-real-ip': '192.0.2.7',
  'x-cf': JSON.stringify({ country: 'AT', regionCode: '9', city: 'Vienna', timezone: 'Europe/Vienna' }),
}
const on = ({ text }) => Object.entries(decisionsOf(text).flags).filter(([, { value }]) => value).map(([name]) => name).sort()
const PLACES = ['city', 'country', 'region', 'timezone']

test('rules can ask for everything that a request tells, and for nothing that says who somebody is', async () => {
  const { setCookies } = await ask(product, '/')
  const cookie = `${cookieHeader(cookiesOf(setCookies))}; plan=pro; pmc=1`
  const located = { port: product.locatedPort }
  const answer = await ask(located, '/beans?utm_source=mail&utm_source=other', { headers: { ...RICH, cookie }, host: `localhost:${product.port}` })
  assert.deepEqual(on(answer), Object.keys(RULES).filter((name) => name !== 'unit').sort())
  assert.deepEqual(on(await ask(product, '/')), ['host'])
})

test('a browser’s hints tell its family, its system and a tablet', async () => {
  const hints = { 'sec-ch-ua': '"Chromium";v="150", "Microsoft Edge";v="150"', 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Android"' }
  const rule = (attribute, value) => ({
    kind: 'boolean', client: true, variants: { yes: true, no: false }, off: 'no', otherwise: 'no',
    rules: [{ if: { equals: { attribute, value } }, serve: 'yes' }],
  })
  const own = await running({ format: 1, flags: { edge: rule('browser', 'Edge'), tablet: rule('device', 'tablet'), android: rule('os', 'Android') } })
  assert.deepEqual(on(await ask(own, '/', { headers: { ...NAVIGATION, ...hints } })), ['android', 'edge', 'tablet'])
  assert.deepEqual(on(await ask(own, '/')), [])
})

test('where somebody is comes from no header', async () => {
  const spoofed = { ...RICH, 'cf-ipcountry': 'AT', 'x-country': 'AT' }
  assert.deepEqual(on(await ask(product, '/beans', { headers: spoofed })).filter((name) => PLACES.includes(name)), [])
})

test('whoever works here sees what visitors see, and is never counted', async () => {
  const document = documentOf()
  document.flags.staff = {
    kind: 'boolean', variants: { yes: true, no: false }, off: 'no', otherwise: 'no',
    rules: [{ if: { any: [{ ip: { attribute: 'ip', in: ['192.0.2.0/24'] } }, { equals: { attribute: '/cookies/staff', value: '1' } }] }, serve: 'yes' }],
  }
  document.privacy = { internal: 'staff' }
  const own = await running(document, { variables: { IP_HEADER: 'x-real-ip' } })
  const ledger = async () => (await own.api('GET', 'ledger')).json()
  const nothing = await ledger()
  for (const headers of [{ ...NAVIGATION, 'x-real-ip': '192.0.2.9' }, { ...NAVIGATION, cookie: 'staff=1' }]) {
    const { text, setCookies } = await ask(own, '/', { headers })
    const { beacon, flags, exposures } = decisionsOf(text)
    assert.deepEqual([beacon, exposures], [undefined, ['hero']])
    assert.match(cookiesOf(setCookies).pm, /^v1\./, 'they keep their variant')
    // A script that sends all the same is told apart by the token.
    const body = JSON.stringify({ v: 1, page: 'p', seq: 0, dropped: 0, events: [{ t: 'seen', run: 'hero-1', x: flags.hero.variant, d: flags.hero.token, dt: 0 }] })
    const receipt = await ask(own, '/_pm/e', { method: 'POST', body, headers: { ...NAVIGATION, 'content-type': 'text/plain', cookie: cookieHeader(cookiesOf(setCookies)) } })
    assert.deepEqual(JSON.parse(receipt.text).stored, 0)
  }
  assert.equal((await ledger()).stored, nothing.stored)
  await ask(own, '/')
  await eventually(async () => (await ledger()).stored > nothing.stored)
  assert.equal((await ledger()).stored, nothing.stored + 1, 'somebody else is')
})

test('a deployment may share its cookies in a domain, and tell visitors their variants', async () => {
  const own = await running(documentOf(), { variables: { COOKIE_DOMAIN: 'example.com', SHOW_VARIANTS: 'yes' } })
  const { setCookies, headers, text } = await ask(own, '/')
  for (const line of setCookies) assert.match(line, /^pmd?=[\w.~-]+; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax; Domain=example\.com$/)
  assert.equal(headers['pointsman-variants'], `hero=${decisionsOf(text).flags.hero.variant}`)
  assert.equal((await ask(product, '/')).headers['pointsman-variants'], undefined)
})
