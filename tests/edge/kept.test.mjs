// What caches between visitors and the edge may keep of an address where something is tested: nothing that they would give to
// everybody, whoever asks first and whatever is answered there.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { documentOfKinds } from './kinds.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, PART, stub } from './wire.mjs'

const PUBLIC = { 'cache-control': 'public, max-age=600', 'cdn-cache-control': 'max-age=900', 'surrogate-control': 'max-age=900' }
const TYPES = { json: 'application/json', utf16: 'text/html; charset=utf-16le', unknown: 'text/html; charset=nonsense' }
const folder = mkdtempSync(join(tmpdir(), 'pointsman-kept-'))
let origin, product, known

/** A page test for whoever has the plan `pro`; nobody is in an experiment, nothing is measured. */
const TARGETED = {
  format: 1,
  flags: { pro: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ if: { equals: { attribute: '/cookies/plan', value: 'pro' } }, serve: 'b' }] } },
  pages: { pro: { path: '/targeted', flag: 'pro', variants: { b: [{ select: 'h1', change: { text: 'For you' } }] } } },
}
/** Pages that lie elsewhere, and are none that could be edited. */
const REWRITTEN = documentOfKinds(Object.fromEntries(Object.keys(TYPES).map((name) => [name, [{ change: { rewrite: `/other.${name}` } }]])))

before(async () => {
  origin = await stub(({ url }, response) => {
    const type = TYPES[url.split('.')[1]] ?? (url === '/data' ? TYPES.json : 'text/html; charset=utf-8')
    response.writeHead(200, { ...PUBLIC, 'content-type': type }).end(`<!doctype html><html><head></head><body><h1>${url}</h1></body></html>`)
  })
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await publishing(TARGETED)
  known = cookieHeader(cookiesOf((await ask(product, '/targeted')).setCookies))
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const publishing = async (document) => served(product, (await publish(product, document)).version)

/** Only the browser of who asked may keep it. */
function isTheirs({ headers }, control) {
  assert.deepEqual([headers['cache-control'], headers.vary], [control, 'cookie'])
  for (const name of ['cdn-cache-control', 'surrogate-control']) assert.equal(headers[name], undefined, name)
}

/** Who is not in the rule, one way or another. */
const OTHERS = {
  'a visitor who comes again': () => ({ ...NAVIGATION, cookie: known }),
  'a machine': () => ({ ...NAVIGATION, 'user-agent': 'Googlebot/2.1' }),
  'a monitor that asks for no page in particular': () => ({ accept: '*/*', 'user-agent': 'monitor' }),
  'a script of a page': () => PART,
  'a script of a visitor’s page': () => ({ ...PART, cookie: known }),
}
for (const [who, headers] of Object.entries(OTHERS)) {
  test(`a page that some meet otherwise is kept for nobody else after ${who} was given it`, async () => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await ask(product, '/targeted', { method, headers: headers() })
      assert.equal(answer.text, method === 'GET' ? '<!doctype html><html><head></head><body><h1>/targeted</h1></body></html>' : '')
      // Who gets a cookie of ours with it has a page that not even their browser keeps.
      isTheirs(answer, answer.setCookies.length ? 'private, no-store' : 'private, max-age=600')
    }
  })
}

test('whoever is in the rule gets their page, and so does nobody after them', async () => {
  const answer = await ask(product, '/targeted', { headers: { ...NAVIGATION, cookie: `${known}; plan=pro` } })
  assert.match(answer.text, /<h1>For you</)
  isTheirs(answer, 'private, no-store')
})

test('where nothing is tested an answer is everybody’s, as the origin says', async () => {
  for (const path of ['/elsewhere', '/data']) {
    const { headers } = await ask(product, path, { headers: { ...NAVIGATION, cookie: known } })
    for (const [name, value] of Object.entries(PUBLIC)) assert.equal(headers[name], value, name)
    assert.equal(headers.vary, undefined)
  }
})

test('what takes a page’s place and cannot be edited is kept for nobody else', async () => {
  await publishing(REWRITTEN)
  for (const kind of Object.keys(TYPES)) {
    const answer = await ask(product, `/${kind}`, { headers: { ...NAVIGATION, cookie: known } })
    assert.match(answer.text, new RegExp(`<h1>/other.${kind}<`))
    assert.equal(decisionsOf(answer.text), null)
    isTheirs(answer, 'private, max-age=600')
  }
})
