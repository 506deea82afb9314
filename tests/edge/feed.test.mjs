// The raw log on its way to somebody else's receiver: the program of docs/integrations.md behind a line that fails.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort, publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { eventually } from '../eventually.mjs'
import { linesBelow } from './lines.mjs'

const [, PROGRAM] = /```js\n\/\/ receiver\.mjs\n(.*?)```/s.exec(readFileSync(join(root, 'docs/integrations.md'), 'utf8'))

let product, folder, keys, child, line
/** What the line does with a request: `pass`, `cut` its answer off, or be `down`. */
let mode = 'pass'
/** Requests that came by, and what the receiver said. */
const passed = []

const read = async (path) => (await product.api('GET', path)).json()
const received = async () => (await fetch(`http://127.0.0.1:${child.port}`)).json()
const project = (path) => new URL(`/api/v1/projects/demo/${path}`, product.console)
const headers = () => ({ authorization: `Bearer ${product.token}` })

async function settings(feed) {
  const { revision } = await (await fetch(project('settings'), { headers: headers() })).json()
  return fetch(project('settings'), { method: 'PUT', headers: { ...headers(), 'if-match': `"${revision}"` }, body: JSON.stringify({ feed }) })
}

let named = 0
async function track(unit, n) {
  for (let left = n; left > 0; left -= 100) {
    const events = Array.from({ length: Math.min(left, 100) }, () => ({ t: 'track', unit, id: `e${named++}`, n: 'paid', v: 1 }))
    const response = await fetch(`${product.site}/_pm/events`, {
      method: 'POST', headers: { authorization: `Bearer ${keys.server}` }, body: JSON.stringify({ v: 1, events }),
    })
    assert.equal((await response.json()).stored, events.length)
  }
}
const seal = () => product.api('POST', 'segments')

async function until(check, what) {
  assert.ok(await eventually(check), `${what}: ${JSON.stringify(await read('feed'))}`)
}

/** All lines of the segments of this machine. */
const log = () => linesBelow(join(folder, 'log'))

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-feed-'))
  const [port, demoPort] = [await freePort(), await freePort()]
  line = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    if (mode === 'down') return response.writeHead(503).end()
    const { status } = await fetch(`http://127.0.0.1:${child.port}`, { method: 'POST', headers: request.headers, body })
    passed.push({ id: request.headers['webhook-id'], status, mode, body: body.toString(), headers: request.headers })
    if (mode === 'cut') return request.socket.destroy()
    response.writeHead(status).end()
  }).listen(demoPort)
  product = await start({ folder: join(folder), quiet: true, environment: 'development', demoPort })
  const { version } = await publish(product, readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
  await served(product, version)
  keys = await read('keys')
  mkdirSync(join(folder, 'receiver'))
  writeFileSync(join(folder, 'receiver/receiver.mjs'), PROGRAM)
  child = spawn(process.execPath, [join(folder, 'receiver/receiver.mjs')], { env: { ...process.env, SECRET: keys.feed, PORT: String(port) }, stdio: 'inherit' })
  child.port = port
  await until(() => fetch(`http://127.0.0.1:${port}`).then(() => true, () => false), 'the receiver')
  assert.equal((await settings(`http://127.0.0.1:${demoPort}/receiver`)).status, 200)
})

after(async () => {
  child?.kill()
  await product?.stop()
  line?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('every line of the log arrives at the receiver of the documentation, signed', async () => {
  await track('ada', 3)
  await track('bob', 2)
  await seal()
  await until(async () => (await received()).length === log().length, 'all lines')
  const told = await received()
  assert.equal(told.filter(({ t }) => t === 'event').length, 5)
  const key = (line) => JSON.stringify(line)
  assert.deepEqual(told.map(key).sort(), log().map((text) => key(JSON.parse(text))).sort())
  const [{ id }] = JSON.parse(passed[0].body).lines
  const ids = log().map((text) => createHash('sha256').update(text).digest('hex').slice(0, 32))
  assert.ok(ids.includes(id), 'a line is called by what it says')
})

test('whoever has not the secret is not believed, nor is an old request', async () => {
  const [{ headers, body }] = passed
  const post = (more, text = body) => fetch(`http://127.0.0.1:${child.port}`, { method: 'POST', headers: { ...headers, ...more }, body: text })
  assert.equal((await post({})).status, 200)
  assert.equal((await post({}, body.replace('paid', 'laid'))).status, 401)
  assert.equal((await post({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 600) })).status, 401)
  assert.equal((await post({ 'webhook-signature': 'v1,forged' })).status, 401)
})

test('what gets no answer comes again under the same name, and counts once for whoever keeps names', async () => {
  const before = passed.length
  mode = 'cut'
  await track('cleo', 4)
  await seal()
  await until(() => passed.length > before, 'a first attempt')
  await until(async () => (await read('feed')).logs[0].failures > 0, 'a failure that is told')
  const [attempt] = passed.slice(before)
  mode = 'down'
  await track('dora', 1200)
  await seal()
  await until(async () => /503/.test((await read('feed')).logs[0].error), 'a failure of another kind')
  assert.ok((await read('feed')).logs[0].failures > 1)
  // Whatever dies meanwhile.
  await product.restart('SIGKILL')
  mode = 'pass'
  await seal()
  await until(async () => (await received()).length === log().length, 'the rest')
  assert.equal(passed[before + 1].id, attempt.id)
  assert.equal(passed[before + 1].body, attempt.body)
  for (const { body } of passed) assert.ok(JSON.parse(body).lines.length <= 500)
  const keys = (await received()).filter(({ t }) => t === 'event').map(({ unit, key }) => unit + key)
  assert.equal(new Set(keys).size, keys.length)
  assert.equal(keys.length, 5 + 4 + 1200)
})

test('of a unit that was erased nothing leaves any more but that it was', async () => {
  mode = 'down'
  await track('eve', 2)
  await seal()
  const events = (lines) => lines.filter(({ t }) => t === 'event').map(({ unit }) => unit)
  const logged = () => log().map((text) => JSON.parse(text))
  const known = new Set(events(await received()))
  const eve = events(logged()).find((unit) => !known.has(unit))
  assert.ok(eve)
  await product.api('DELETE', 'units/eve')
  await until(async () => !events(logged()).includes(eve), 'a new generation')
  mode = 'pass'
  await seal()
  await until(async () => (await received()).some(({ t, unit }) => t === 'erased' && unit === eve), 'the erasure')
  assert.ok(!events(await received()).includes(eve))
})

test('the log leaves over https alone', async () => {
  const refused = await settings('http://data.example.com/log')
  assert.equal(refused.status, 422)
  assert.equal((await refused.json()).problems[0].pointer, '/feed')
})
