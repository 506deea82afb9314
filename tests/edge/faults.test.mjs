// Faults of ours, each with each kind of page test: the visitor gets a page, and where nothing applies it is the origin's
// own, to the byte. The objects are a test's own server here, so they can break in every way.

import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import binaryen from 'binaryen'
import { bindings, keys } from '../../build/keys.mjs'
import { start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import * as tools from '../../dist/wasm/tools/compile.js'
import { signPointer } from '../../dist/worker/pointer.mjs'
import { documentOfKinds } from './kinds.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8', 'x-trace': 'abc', 'set-cookie': ['a=1; Path=/', 'b=2; HttpOnly'], etag: '"e"' }
const PLACE = { project: 'demo', environment: 'development' }
const KINDS = {
  rewrite: [{ change: { rewrite: '/other' } }],
  redirect: [{ change: { redirect: '/other' } }],
  edits: [{ select: 'h1', change: { text: 'Edited' } }],
}
const bodyOf = (url) => `<!doctype html><html><head></head><body><h1>${url}</h1></body></html>`

const DOCUMENT = documentOfKinds(KINDS)

let origin, env, snapshot, director
/** What the objects do: `(request, response, url)` by kind and operation; a test sets its own. */
let acts = {}
const open = []

before(async () => {
  tools.initSync({ module: readFileSync(join(root, 'dist/wasm/tools/compile.wasm')) })
  snapshot = compiled(DOCUMENT, 1)
  origin = await stub((request, response) => response.writeHead(200, HTML).end(bodyOf(request.url)))
  director = createServer(async (request, response) => {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    const [, kind, operation] = request.url.split(/[/?]/)
    const act = acts[`${kind}/${operation}`] ?? acts[kind] ?? good[`${kind}/${operation}`]
    if (act) return act(response, Buffer.concat(pieces).toString())
    response.writeHead(404).end()
  })
  await once(director.listen(0, '127.0.0.1'), 'listening')
})

after(async () => {
  for (const end of open) await end()
  director.closeAllConnections()
  director.close()
  await origin.close()
})

function compiled(document, version) {
  const { snapshot, problems } = tools.compile(JSON.stringify(document), version, false)
  if (!snapshot) throw new Error(JSON.stringify(problems))
  return Buffer.from(snapshot)
}

async function pointerOf(bytes, { version = 1, secrets = env, place = PLACE } = {}) {
  const digest = bytes.subarray(16, 48).toString('hex')
  const unsigned = { version, previous: 0, digest, at: 0, audit: '0'.repeat(64) }
  return JSON.stringify({ ...unsigned, signature: await signPointer(secrets, place, unsigned) })
}

const acknowledged = (response) => response.end('[{"stored":1,"duplicate":0,"rejected":{},"filtered":{}}]')
const good = {
  'control/signed': async (response) => response.end(await pointerOf(snapshot)),
  'control/edge': (response) => response.end(snapshot),
  'shard/collect': acknowledged,
}
const hangs = () => {}
const breaks = (response) => response.destroy()
const fails = (response) => response.writeHead(500).end('broken')
const slowly = (response) => setTimeout(acknowledged, 300, response)

/** A product whose objects are the director's. */
async function product(configure = (text) => text) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-faults-'))
  env = bindings(keys(join(folder, 'keys.json')))
  copyFileSync(new URL('director.mjs', import.meta.url), join(folder, 'director.mjs'))
  const running = await start({
    folder, originPort: origin.port, quiet: true, environment: 'development',
    configure: (text) => configure(text, folder)
      .replace('services = [', `services = [
    (name = "director", external = (address = "127.0.0.1:${director.address().port}", http = ())),
    (name = "objects", worker = .objects),`)
      .replace(/name = "(CONTROL|SHARD)", durableObjectNamespace = "(\w+)"/g, 'name = "$1", durableObjectNamespace = (className = "$2", serviceName = "objects")')
      .concat(`
const objects :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [(name = "director.mjs", esModule = embed "director.mjs")],
  bindings = [(name = "DIRECTOR", service = "director")],
  durableObjectNamespaces = [(className = "Control", uniqueKey = "faulty-control"), (className = "Shard", uniqueKey = "faulty-shard")],
  durableObjectStorage = (inMemory = void),
);
`),
  })
  const end = async () => {
    await running.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  open.push(end)
  return running
}

const headersOf = ({ headers }) => {
  const { date: _, 'transfer-encoding': __, connection: ___, 'keep-alive': ____, 'content-length': _____, ...rest } = headers
  return rest
}

/** The page is the origin's own. */
async function isOrigins(running, path, answer) {
  const direct = await ask(origin, path)
  assert.deepEqual([answer.status, answer.text, headersOf(answer)], [direct.status, direct.text, headersOf(direct)])
}

const FAULTS = {
  'there is no configuration': { 'control/signed': (response) => response.end('{"version":0,"previous":0,"digest":"","audit":"","signature":""}') },
  'the control object is down': { control: breaks },
  'the control object answers 500': { control: fails },
  'the control object hangs': { control: hangs },
  'the snapshot hangs': { 'control/edge': hangs },
  'the snapshot is corrupt': { 'control/edge': (response) => response.end(Buffer.concat([snapshot.subarray(0, 99), Buffer.from([snapshot[99] ^ 1]), snapshot.subarray(100)])) },
  'the snapshot is cut off': { 'control/edge': (response) => response.end(snapshot.subarray(0, snapshot.length / 2)) },
  'the snapshot is another one than was signed': { 'control/edge': (response) => response.end(compiled({ ...DOCUMENT, pages: {} }, 1)) },
  'the pointer is another environment’s': { 'control/signed': async (response) => response.end(await pointerOf(snapshot, { place: { ...PLACE, environment: 'production' } })) },
  'the pointer is another project’s, signed with its key': {
    'control/signed': async (response) => {
      const folder = mkdtempSync(join(tmpdir(), 'pointsman-foreign-'))
      const secrets = bindings(keys(join(folder, 'keys.json')))
      rmSync(folder, { recursive: true, force: true })
      response.end(await pointerOf(snapshot, { secrets }))
    },
  },
  'the pointer is no JSON': { 'control/signed': (response) => response.end('{') },
}

for (const [what, faulty] of Object.entries(FAULTS)) {
  test(`where ${what}, each page is the origin’s own`, async () => {
    acts = faulty
    const running = await product()
    for (const kind of Object.keys(KINDS)) await isOrigins(running, `/${kind}`, await ask(running, `/${kind}`))
    // Once it has passed, the tests are there.
    acts = {}
    for (let tries = 0; tries < 200 && !decisionsOf((await ask(running, '/edits')).text); tries++) await new Promise((go) => setTimeout(go, 50))
    assert.match((await ask(running, '/edits')).text, /<h1>Edited<\/h1>/)
    await open.pop()()
  })
}

test('a bad configuration after a good one changes nothing, nor does an older one', async () => {
  acts = {}
  const running = await product()
  const works = async () => assert.match((await ask(running, '/edits')).text, /<h1>Edited<\/h1>/)
  await works()
  const older = async (response) => response.end(await pointerOf(compiled({ ...DOCUMENT, pages: {} }, 0), { version: 0 }))
  for (const faulty of [...Object.values(FAULTS), { 'control/signed': older }]) {
    acts = faulty
    for (let round = 0; round < 3; round++) {
      await works()
      await new Promise((go) => setTimeout(go, 450))
    }
  }
  await open.pop()()
})

test('an evaluator that traps takes no page away', async () => {
  acts = {}
  const running = await product((text, folder) => {
    const trap = binaryen.parseText(`(module (memory (export "memory") 100)
      (func (export "reserve") (param i32) (result i32) (i32.const 1024)) (func (export "verify") (param i32) (result i32) (i32.const 0))
      (func (export "evaluate") (param i32 i32 i32 f64 i32) (result i32) (unreachable))
      (func (export "plan") (param i32 i32 i32 i32 i32) (result i32) (unreachable)))`)
    writeFileSync(join(folder, 'trap.wasm'), trap.emitBinary())
    return text.replace(/embed "[^"]*sdk\/evaluator\.wasm"/, 'embed "trap.wasm"')
  })
  for (const kind of Object.keys(KINDS)) {
    const answer = await ask(running, `/${kind}`)
    assert.deepEqual([answer.status, /<h1>(.*?)<\/h1>/.exec(answer.text)[1]], [200, `/${kind}`])
    assert.deepEqual(decisionsOf(answer.text)?.exposures ?? [], [])
  }
  await open.pop()()
})

const COLLECTOR = { 'is down': breaks, 'answers 500': fails, 'is slow': slowly, hangs }
for (const [what, act] of Object.entries(COLLECTOR)) {
  test(`where the collector ${what}, tests go on, and whoever was sent on is told of again`, async () => {
    acts = {}
    const running = await product()
    assert.equal((await ask(running, '/edits')).status, 200)
    acts = { shard: act }
    assert.match((await ask(running, '/edits')).text, /<h1>Edited<\/h1>/)
    assert.match((await ask(running, '/rewrite')).text, /<h1>\/other<\/h1>/)
    const begin = performance.now()
    const sent = await ask(running, '/redirect')
    const took = performance.now() - begin
    assert.deepEqual([sent.status, sent.headers.location], [302, '/other'])
    assert.ok(took < 250, `${took} ms`)
    if (act === breaks || act === fails) {
      // Nobody is lost without a word: who was not acknowledged is counted, until the next page tells of them.
      const health = async () => JSON.parse((await ask(running, '/_pm/health')).text).redirects
      for (let tries = 0; tries < 40 && !(await health()); tries++) await new Promise((go) => setTimeout(go, 25))
      assert.deepEqual(await health(), { sent: 1, unacknowledged: 1 })
    }
    const told = []
    acts = { 'shard/collect': (response, body) => (told.push(JSON.parse(body)), acknowledged(response)) }
    const arrival = await ask(running, '/other', { headers: { ...NAVIGATION, cookie: cookieHeader(cookiesOf(sent.setCookies)) } })
    assert.deepEqual(decisionsOf(arrival.text).exposures, ['redirect'])
    for (let tries = 0; tries < 40 && !told.length; tries++) await new Promise((go) => setTimeout(go, 25))
    assert.deepEqual(told.map(([{ events }]) => events.map(({ t, run, x }) => [t, run, x])), [[['assigned', 'redirect-1', 'b']]])
    await open.pop()()
  })
}
