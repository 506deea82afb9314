// The demo's server: what it takes, what it refuses, and the engine that it kills.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { start } from '../build/product.mjs'
import { demo } from '../www/landing/demo.mjs'
import { serve } from '../www/landing/serve.mjs'

const SECRETS = { unitKeys: `k1:${Buffer.alloc(32, 1).toString('base64url')}` }

/** An engine of which only the little is there that the demo's server asks. */
let engine, product, folder, server, experiments, moved, links

before(async () => {
  engine = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://engine')
    if (pathname.endsWith('/clock')) moved += 1
    const answers = {
      '/api/v1/projects': { now: Date.now() + moved * 1000 },
      '/api/v1/projects/demo/experiments': { experiments },
      '/api/v1/projects/demo/experiments/cup': {
        key: 'cup', control: 'control', ramp: { stages: [5, 25], stage: 1 }, plan: { change: { kind: 'words', page: '/beans' } },
      },
      '/api/v1/projects/demo/demo/clock': {},
      '/api/v1/projects/demo/people': { people: [{ id: 7, name: 'reviewer' }] },
    }
    if (pathname === '/api/v1/projects/demo/people/7/link') return response.end(JSON.stringify({ token: `pm_${++links}` }))
    // Only the latest link holds.
    if (/^Bearer pm_\d/.test(request.headers.authorization) && !request.headers.authorization.endsWith(`_${links}`)) response.statusCode = 401
    response.end(pathname.startsWith('/api/') ? JSON.stringify(answers[pathname]) : '<html></html>')
  })
  await new Promise((resolve) => engine.listen(0, '127.0.0.1', resolve))
})

after(() => engine.close())

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-demo-'))
  const address = `http://127.0.0.1:${engine.address().port}`
  product = { console: address, site: address, token: 'pm_x', secrets: SECRETS, folder, restart: async () => {} }
  experiments = [{ key: 'cup', state: 'running', started: 1 }]
  moved = 0
  links = 0
  server = await demo({ product, rate: 0, say: () => {} })
  await server.begin()
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function ask(method, path, body, headers) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, body, headers })
  return { status: response.status, headers: response.headers, ...(await response.json()) }
}
const post = (path, value = {}) => ask('POST', path, JSON.stringify(value))
const state = () => ask('GET', '/state')

async function idle() {
  for (let tries = 0; tries < 600; tries++) {
    const now = await state()
    if (!now.busy) return now
    await wait(50)
  }
  throw new Error('the demo was busy for half a minute')
}

test('the receiver keeps the last 100 messages, newest first, over a restart', async () => {
  for (let n = 0; n < 103; n++) assert.equal((await post('/receiver', { text: `message ${n}`, blocks: [] })).status, 200)
  await server.close()
  server = await demo({ product, rate: 0 })
  const { messages } = await ask('GET', '/messages')
  assert.equal(messages.length, 100)
  assert.deepEqual([messages[0].text, messages[99].text], ['message 102', 'message 3'])
  assert.deepEqual(messages[0].payload, { text: 'message 102', blocks: [] })
  assert.ok(Math.abs(messages[0].at - Date.now()) < 60_000)
})

test('the receiver takes nothing but a JSON object of at most 64 KiB', async () => {
  for (const body of ['{', 'x', '[]', '7', 'null']) {
    const { status, error, fix } = await ask('POST', '/receiver', body)
    assert.equal(status, 400, body)
    assert.ok(error && fix)
  }
  const full = JSON.stringify({ text: 'x'.repeat(65_536 - '{"text":""}'.length) })
  assert.equal((await ask('POST', '/receiver', `${full} `)).status, 413)
  assert.equal((await ask('POST', '/receiver', full)).status, 200)
  assert.equal((await ask('GET', '/messages')).messages.length, 1)
})

test('what is not there or not allowed is said with what to do instead', async () => {
  for (const [method, path, status] of [['GET', '/', 404], ['POST', '/nothing', 404], ['GET', '/kill', 405], ['POST', '/state', 405]]) {
    const answer = await ask(method, path)
    assert.equal(answer.status, status, `${method} ${path}`)
    assert.ok(answer.error && answer.fix)
  }
  assert.equal((await ask('GET', '/receiver')).headers.get('allow'), 'POST')
  for (const [path, body] of [['/harm', {}], ['/safari', { on: 1 }], ['/crowd', {}], ['/crowd', { visitors: 0 }], ['/crowd', { visitors: 1e9 }]]) {
    const { status, problems } = await post(path, body)
    assert.equal(status, 422, path)
    assert.deepEqual(Object.keys(problems[0]), ['pointer', 'code', 'cause', 'fix'])
  }
  const foreign = await ask('POST', '/kill', '{}', { origin: 'https://example.com' })
  assert.equal(foreign.status, 403)
  assert.equal((await ask('GET', '/state', undefined, { origin: product.console })).status, 200)
})

test('harm and Safari’s silence lie on the running experiment until they are lifted', async () => {
  const { started, look, where } = await post('/harm', { on: true })
  assert.deepEqual([started, where], [true, '#/experiments/cup/live'])
  assert.ok(look)
  assert.match((await state()).busy.what, /broken version/)
  // So many that sixty meet the new version, which half of a quarter get.
  assert.equal((await idle()).visitors, 480)
  await post('/safari', { on: true })
  await post('/harm', { on: true })
  assert.equal((await state()).harmful, 'cup')
  assert.equal(server.habits.behave.cup.errors.treatment, 0.4)
  assert.equal(server.habits.behave.cup.silent.browser, 'Safari')
  assert.equal((await idle()).visitors, 480 + 1200, 'who comes already is enough for a second spell')
  await post('/harm', { on: false })
  const { harmful, safari } = await state()
  assert.deepEqual([harmful, safari, server.habits.behave.cup.errors], [null, true, undefined])

  experiments = []
  await post('/safari', { on: false })
  assert.equal(server.habits.behave.cup, undefined)
  const refused = await post('/harm', { on: true })
  assert.equal(refused.status, 409)
  assert.match(refused.error, /No experiment is running/)
})

test('one thing is under way at a time, and no visitor comes twice', async () => {
  assert.equal((await post('/bots')).started, true)
  const refused = await post('/crowd', { visitors: 5 })
  assert.equal(refused.status, 409)
  assert.match(refused.error, /300 bots/)
  assert.equal((await idle()).visitors, 300)
  await post('/crowd', { visitors: 5 })
  assert.equal((await idle()).visitors, 305)
  await server.close()
  server = await demo({ product, rate: 0 })
  // What an earlier process has taken stays taken.
  const told = []
  await server.audience.send({ visitors: 1, units: (index) => void told.push(index) })
  assert.deepEqual(told, [305])
})

test('while its past is told the demo says how far it is, and nothing may change what is told', async () => {
  server.tells(0.5, '23 of 40 experiments')
  assert.deepEqual((await state()).telling, { done: 0.5, words: '23 of 40 experiments' })
  for (const [path, body] of [['/jump'], ['/bots'], ['/kill'], ['/reviewer'], ['/harm', { on: true }], ['/crowd', { visitors: 5 }]]) {
    const { status, error, fix } = await post(path, body)
    assert.deepEqual([status, Boolean(error && fix)], [409, true], path)
  }
  assert.equal((await post('/receiver', { text: 'x' })).status, 200)
  server.tells(1, 'ready')
  assert.equal((await state()).telling, null)
  assert.equal((await post('/crowd', { visitors: 1 })).status, 200)
})

test('the second person’s link is made once and kept, until it holds no longer', async () => {
  assert.equal((await post('/reviewer')).token, 'pm_1')
  assert.equal((await post('/reviewer')).token, 'pm_1')
  await server.close()
  server = await demo({ product, rate: 0 })
  assert.equal((await post('/reviewer')).token, 'pm_1')
  assert.equal(statSync(join(folder, 'reviewer')).mode & 0o077, 0)
  // Somebody makes another one in Setup.
  links += 1
  assert.equal((await post('/reviewer')).token, 'pm_3')
})

test('a day is twelve steps of the clock, with visitors before each', async () => {
  await post('/jump')
  const { visitors, clock, failed } = await idle()
  assert.deepEqual([moved, visitors, failed], [12, 960, null])
  assert.ok(Math.abs(clock.offset - 12_000) < 1000)
})

test('a killed engine comes back under its address with its visitors', async () => {
  const own = mkdtempSync(join(tmpdir(), 'pointsman-demo-'))
  const shop = await serve({})
  const real = await start({ folder: own, originPort: shop.port, quiet: true })
  let ended = false
  real.ended.then(() => (ended = true))
  await server.close()
  server = await demo({ product: real, rate: 0 })
  const leaving = new AbortController()
  try {
    const trickle = server.audience.trickle(50, leaving.signal)
    const { pid } = real.child
    assert.equal((await post('/kill')).started, true)
    assert.equal((await idle()).failed, null)
    assert.notEqual(real.child.pid, pid)
    assert.equal(ended, false)
    const before = server.audience.visitors
    await wait(1000)
    assert.ok(server.audience.visitors > before + 10, 'the steady visitors are back')
    leaving.abort()
    await trickle
  } finally {
    leaving.abort()
    await real.stop()
    await shop.close()
    rmSync(own, { recursive: true, force: true })
  }
  assert.equal(ended, true)
})
