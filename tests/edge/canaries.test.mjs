// Words that must never be stored, planted wherever a visitor's browser or a backend can put any; then every file and all
// output of the product is searched for them.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION } from './wire.mjs'

const MAIL = 'canary.bird@example.com'
const ADDRESS = '203.0.113.77'
const AGENT = 'Mozilla/5.0 (CanaryOS 7.7; rv:148.0) Gecko/20100101 Firefox/148.0'
const QUERY = 'canaryquery'
const ORDER = 'order-of-canary-4711'
const PHONE = '+49 30 123456789'
/** Ids that are whole numbers and plain words, and a telephone number without anything between its digits. */
const [CUSTOMER, MEMBER, DIGITS] = ['100012345', 'member-of-canary', '491711234567']

let product, shop, folder, unit, server

const files = (path) => readdirSync(path).flatMap((name) => {
  const file = join(path, name)
  return statSync(file).isDirectory() ? files(file) : [file]
})

const headers = (more) => ({ ...NAVIGATION, 'user-agent': AGENT, 'x-forwarded-for': ADDRESS, 'cf-connecting-ip': ADDRESS, ...more })

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-canaries-'))
  shop = await serve()
  product = await start({ folder, originPort: shop.port, quiet: true, environment: 'development' })
  const { version } = await publish(product, readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
  await served(product, version)
  ;({ server } = await (await product.api('GET', 'keys')).json())
})

after(async () => {
  await product?.stop()
  await shop?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What servers and files may say of somebody whose id is theirs: as a number, as a name, and where nobody looks for one. */
async function plant() {
  const post = (path, type, body) => ask(product, `/_pm/${path}`, { method: 'POST', headers: headers({ authorization: `Bearer ${server}`, 'content-type': type }), body })
  const told = [
    { unit: CUSTOMER, n: 'order', p: { customer: Number(CUSTOMER), phone: Number(DIGITS), account: `no. ${CUSTOMER}` } },
    { unit: CUSTOMER, n: 'order', v: Number(CUSTOMER) },
    { unit: MEMBER, n: MEMBER }, { unit: MEMBER, n: `order of ${MEMBER}` }, { unit: MEMBER, n: MEMBER, at: 'yesterday' },
    { unit: MEMBER, n: 'order', p: { [MEMBER]: true, [unit]: 1, [DIGITS]: 'x', [`${MEMBER}.total`]: 2 } },
  ]
  const events = told.map((event, index) => ({ t: 'track', id: `told ${index}`, ...event }))
  const { stored, rejected } = JSON.parse((await post('events', 'application/json', JSON.stringify({ v: 1, events }))).text)
  assert.deepEqual([stored, rejected], [2, { personal: 3, time: 1 }])
  const ticket = { id: ORDER, unit: CUSTOMER, subject: `Call ${PHONE}`, text: `I am ${MAIL} and saw a kingfisher`, tags: [MAIL], source: MAIL }
  assert.equal(JSON.parse((await post('feedback', 'application/json', JSON.stringify(ticket))).text).stored, 1)
  const file = `unit,event,customer,phone,mobile\n${CUSTOMER},order,${CUSTOMER},0${DIGITS.slice(2)},${DIGITS}\n`
  assert.match((await post('upload', 'text/csv', file)).text, /"done":true,"lines":1,"stored":1/)
}

test('what names a visitor is in no file, no log and no segment, and in nothing that a watcher is shown', async () => {
  const watched = async () => (await (await product.api('GET', 'tail')).json()).shards.flatMap(({ arrived }) => arrived)
  assert.deepEqual(await watched(), [], 'nobody has looked so far')
  const page = await ask(product, `/?q=${QUERY}`, { headers: headers({ referer: `http://localhost/?q=${QUERY}` }) })
  const cookies = cookiesOf(page.setCookies)
  unit = cookies.pm.split('.')[1]
  const { run, variant, token } = decisionsOf(page.text).flags.hero
  const p = { mail: MAIL, address: ADDRESS, agent: AGENT, me: unit, phone: PHONE, link: `https://shop.example/?q=${QUERY}`, plan: 'goldfinch' }
  const events = [{ t: 'seen', run, x: variant, d: token, dt: 0 }, { t: 'track', n: 'order', dt: 0, p }, { t: 'track', n: `mail ${MAIL}`, dt: 0 }]
  const body = JSON.stringify({ v: 1, page: 'canary', seq: 0, dropped: 0, events })
  const beacon = await ask(product, '/_pm/e', { method: 'POST', headers: headers({ cookie: cookieHeader(cookies) }), body })
  assert.deepEqual(JSON.parse(beacon.text).rejected, { personal: 1 })
  const backend = JSON.stringify({ t: 'track', unit: MAIL, id: ORDER, n: 'order', p })
  const stored = await ask(product, '/_pm/events', { method: 'POST', headers: headers({ authorization: `Bearer ${server}` }), body: backend })
  assert.equal(JSON.parse(stored.text).stored, 1)
  await plant()
  const shown = await watched()
  assert.deepEqual([...new Set(shown.map(({ outcome, reason }) => reason || outcome))].sort(), ['personal', 'stored', 'time'])
  assert.ok(shown.some(({ name, properties }) => name === 'order' && properties.includes('plan')), 'what may be told is told')
  assert.equal((await (await product.api('POST', 'segments')).json()).waiting, 0)
  await product.stop('SIGKILL')

  const all = files(folder).filter((file) => !file.endsWith('keys.json')).map((file) => [file, readFileSync(file)])
  const kept = all.map(([file, bytes]) => (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1')).join('\n')
  const text = kept + product.said() + JSON.stringify(shown)
  for (const canary of [MAIL, 'canary.bird', ADDRESS, 'CanaryOS', QUERY, ORDER, unit, PHONE, '123456789', CUSTOMER, MEMBER, DIGITS, DIGITS.slice(2)]) {
    assert.ok(!text.includes(canary), `${canary} was found`)
  }
  // What was written is where it belongs, and neither in a log nor in a segment.
  const holds = (bytes) => bytes.includes('kingfisher')
  assert.ok(all.some(([, bytes]) => holds(bytes)), 'the words were stored')
  assert.ok(!holds(product.said()) && !all.some(([file, bytes]) => file.endsWith('.gz') && holds(gunzipSync(bytes))))
  // Not because nothing was stored, or nothing was searched.
  assert.ok(text.includes('goldfinch') && text.split('goldfinch').length > 3, 'rows and segments are among the files')
})
