// What teams send already, from the clients that they have: docs/integrations.md.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Analytics } from '@segment/analytics-node'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { DOCUMENT } from '../../www/landing/plans.mjs'
import { beside } from '../beside.mjs'

const PAGE = readFileSync(join(root, 'docs/integrations.md'), 'utf8')
let product, folder, keys

const event = async (name) => (await (await product.api('GET', 'events')).json()).events.find((one) => one.name === name)
const ledger = async () => (await product.api('GET', 'ledger')).json()

/** A command of the page, as somebody types it. */
async function typed(command, files = '') {
  const { stdout, status, stderr } = await beside('sh', ['-c', `${files}\n${command}`], {
    cwd: folder, env: { ...process.env, SITE: product.site, KEY: keys.server },
  })
  assert.equal(status, 0, stderr)
  return stdout.trim().split('\n').map((line) => JSON.parse(line))
}

const [backend, upload, ...spoken] = [...PAGE.matchAll(/```sh\n(.*?)```/gs)].map(([, command]) => command.replaceAll('2026-11-26T10:00:00Z', new Date().toISOString()))
/** The addresses of the page that say where things lie. */
const addresses = [...PAGE.matchAll(/^\$SITE(\S+)$/gm)].map(([, address]) => address)

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-integrations-'))
  product = await start({ folder, quiet: true, environment: 'development' })
  // What the demo serves: its recipes are those of whoever has it in front of them.
  const { version } = await publish(product, DOCUMENT)
  await served(product, version)
  keys = await (await product.api('GET', 'keys')).json()
})

after(async () => {
  await product?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('the backend’s command of the page is stored, and known when it is sent again', async () => {
  assert.equal((await typed(backend))[0].stored, 1)
  assert.equal((await typed(backend))[0].duplicate, 1)
  const { n, properties } = await event('paid')
  assert.deepEqual([n, properties], [1, ['items', 'plan']])
})

test('the file’s command of the page is taken', async () => {
  const told = await typed(upload, 'printf "unit,event,value\\nada,bought,2.5\\nbob,bought,much\\n" > orders.csv')
  assert.deepEqual(told[0], { line: 3, reason: 'value', words: 'The value is no number, or too large.' })
  assert.equal(told.at(-1).stored, 1)
})

test('the commands of the page for answers, links and tickets are understood, and tell what became of each', async () => {
  const [[answers], [links], [tickets]] = await Promise.all(spoken.map((command) => typed(command)))
  assert.equal(spoken.length, 3)
  for (const { outcomes } of [answers, links]) assert.deepEqual(outcomes.map(({ outcome }) => outcome), ['rejected'], 'the demo’s document asks nothing')
  assert.deepEqual([tickets.stored, tickets.rejected], [1, {}])
})

test('the addresses of the page find what a file or a service calls things', async () => {
  const [columns, pointers, hook] = addresses
  const post = (address, type, body) => typed(`curl -s "$SITE${address}" -H "authorization: Bearer $KEY" -H "content-type: ${type}" --data-binary @-`.replace(/^/, `printf '%s' '${body}' | `))
  const at = new Date().toISOString()
  assert.equal((await post(columns, 'text/csv', `ticket_id,customer,description,created_at,labels\n1,ada,It is slow.,${at},page\n`.replaceAll('\\n', '\n'))).at(-1).stored, 1)
  assert.equal((await post(pointers, 'application/x-ndjson', JSON.stringify({ ticket: { id: '2', description: 'It is slow.' }, requester: { external_id: 'ada' } }))).at(-1).stored, 1)
  const paid = { type: 'invoice.paid', id: 'in_1', created: Math.floor(Date.now() / 1000), data: { client: 'ada', amount: 1999, currency: 'gbp' } }
  assert.deepEqual((await post(hook, 'application/json', JSON.stringify(paid))).at(-1).stored, 1)
})

test('the page’s lines for Segment’s client deliver', async () => {
  const before = await ledger()
  const [, lines] = /```js\nimport \{ Analytics \} from '@segment\/analytics-node'\n(.*?)```/s.exec(PAGE)
  const delivered = new Function('Analytics', 'KEY', 'SITE', 'unit', `${lines}\nreturn analytics.closeAndFlush()`)
  await delivered(Analytics, keys.server, product.site, 'ada')
  assert.equal((await ledger()).stored - before.stored, 1)
})

test('Segment’s own client delivers: each message once, values and properties as they are, and nobody’s traits', async () => {
  const before = await ledger()
  const analytics = new Analytics({ writeKey: keys.server, host: product.site, path: '/_pm/v1/batch', flushAt: 3 })
  const failures = []
  analytics.on('error', (error) => failures.push(error))
  const message = { userId: 'ada', event: 'segment order', messageId: 'one', properties: { revenue: 19.99, currency: 'gbp', plan: 'pro', email: 'ada@example.com', cart: { deep: 1 } } }
  analytics.track(message)
  analytics.track({ ...message, messageId: 'two' })
  analytics.track(message)
  analytics.page({ anonymousId: 'somebody', name: 'Pricing' })
  analytics.identify({ userId: 'ada', traits: { email: 'ada@example.com' } })
  await analytics.closeAndFlush()
  assert.deepEqual(failures, [])
  const { n, properties, rejected } = await event('segment order')
  assert.deepEqual([n, properties, rejected], [2, ['plan'], { 'property email': 3 }])
  assert.equal((await event('page Pricing')).n, 1)
  const after = await ledger()
  assert.deepEqual([after.stored - before.stored, after.duplicate - before.duplicate, after.filtered.traits], [3, 1, 1])
  const { totals } = await (await product.api('GET', 'totals')).json()
  assert.equal(totals.find(({ event, dimension }) => event === 'segment order' && !dimension).micros, String(2 * 19_990_000))
})

test('single messages of Segment’s API are taken too, and a wrong key is not', async () => {
  const send = (kind, body, key = keys.server) => fetch(`${product.site}/_pm/v1/${kind}`, {
    method: 'POST', body: JSON.stringify(body), headers: { authorization: `Basic ${btoa(`${key}:`)}` },
  })
  assert.equal((await (await send('track', { userId: 'bob', event: 'one', messageId: 'm' })).json()).stored, 1)
  assert.equal((await (await send('identify', { userId: 'bob', traits: {} })).json()).success, true)
  assert.equal((await send('track', { userId: 'bob', event: 'one', messageId: 'n' }, keys.client)).status, 401)
  assert.deepEqual((await (await send('track', { event: 'one', messageId: 'o' })).json()).left, [{ place: 0, reason: 'unit' }])
})

test('what is no number of Segment’s is refused, and what is not given is no nought', async () => {
  const send = async (properties, more) => (await fetch(`${product.site}/_pm/v1/track`, {
    method: 'POST', headers: { authorization: `Basic ${btoa(`${keys.server}:`)}` },
    body: JSON.stringify({ userId: 'eve', event: 'nought', properties, ...more }),
  })).json()
  for (const revenue of [true, [], ' ', '0x10', {}]) assert.deepEqual((await send({ revenue })).left, [{ place: 0, reason: 'value' }], JSON.stringify(revenue))
  assert.deepEqual((await send({ revenue: 5, currency: 5 })).left, [{ place: 0, reason: 'currency' }])
  assert.deepEqual((await send({}, { userId: {} })).left, [{ place: 0, reason: 'unit' }])
  assert.deepEqual((await send({}, { event: { a: 1 } })).left, [{ place: 0, reason: 'name' }])
  for (const revenue of [null, '', '12.50', -3]) assert.equal((await send({ revenue })).stored, 1, JSON.stringify(revenue))
  const { totals } = await (await product.api('GET', 'totals')).json()
  const { n, micros } = totals.find(({ event, dimension }) => event === 'nought' && !dimension)
  assert.deepEqual([Number(n), micros], [4, String(9_500_000)])
})

test('a message of Segment’s that brings no name counts once if it says when, and each time if it does not', async () => {
  const send = async (message) => (await fetch(`${product.site}/_pm/v1/track`, {
    method: 'POST', body: JSON.stringify(message), headers: { authorization: `Basic ${btoa(`${keys.server}:`)}` },
  })).json()
  const viewed = { userId: 'bob', event: 'viewed', timestamp: new Date().toISOString(), properties: { product: 'beans' } }
  const counts = []
  for (const message of [viewed, { ...viewed, sentAt: 'later' }, { ...viewed, properties: { product: 'cup' } }]) {
    const { stored, duplicate, rejected } = await send(message)
    counts.push([stored, duplicate, rejected])
  }
  assert.deepEqual(counts, [[1, 0, {}], [0, 1, {}], [1, 0, {}]])
  for (let n = 0; n < 2; n++) assert.equal((await send({ userId: 'bob', event: 'viewed' })).stored, 1)
})
