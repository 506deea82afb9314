// Faults of ours, each with each kind of page test: the visitor gets a page, and where nothing applies it is the origin's
// own, to the byte. The objects are a test's own server here, so they can break in every way.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import binaryen from 'binaryen'
import { bindings, keys } from '../../build/keys.mjs'
import { served } from '../../build/product.mjs'
import { sealed } from '../../worker/identity.mjs'
import { eventually, TRIES } from '../eventually.mjs'
import { documentOf } from './document.mjs'
import { acknowledged, breaks, compiled, fails, Faulty, hangs, PLACE } from './faulty.mjs'
import { documentOfKinds } from './kinds.mjs'
import { SURVEY } from './voices.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8', 'x-trace': 'abc', 'set-cookie': ['a=1; Path=/', 'b=2; HttpOnly'], etag: '"e"' }
const KINDS = {
  rewrite: [{ change: { rewrite: '/other' } }],
  redirect: [{ change: { redirect: '/other' } }],
  edits: [{ select: 'h1', change: { text: 'Edited' } }],
}
const bodyOf = (url) => `<!doctype html><html><head></head><body><h1>${url}</h1></body></html>`

const DOCUMENT = documentOfKinds(KINDS)

let origin, faulty, snapshot

before(async () => {
  snapshot = compiled(DOCUMENT, 1)
  origin = await stub((request, response) => response.writeHead(200, HTML).end(bodyOf(request.url)))
  faulty = await Faulty.before(origin, snapshot)
})

after(async () => {
  await faulty?.close()
  await origin?.close()
})

const slowly = (response) => setTimeout(acknowledged, 300, response)

const headersOf = ({ headers }) => {
  const { date: _, 'transfer-encoding': __, connection: ___, 'keep-alive': ____, 'content-length': _____, ...rest } = headers
  return rest
}

/** The page is the origin's own. */
async function isOrigins(path, answer) {
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
  'the pointer is another environment’s': { 'control/signed': async (response) => response.end(await faulty.pointerOf(snapshot, { place: { ...PLACE, environment: 'production' } })) },
  'the pointer is another project’s, signed with its key': {
    'control/signed': async (response) => {
      const folder = mkdtempSync(join(tmpdir(), 'pointsman-foreign-'))
      const secrets = bindings(keys(join(folder, 'keys.json')))
      rmSync(folder, { recursive: true, force: true })
      response.end(await faulty.pointerOf(snapshot, { secrets }))
    },
  },
  'the pointer is no JSON': { 'control/signed': (response) => response.end('{') },
}

for (const [what, acts] of Object.entries(FAULTS)) {
  test(`where ${what}, each page is the origin’s own`, async () => {
    faulty.acts = acts
    const running = await faulty.product()
    for (const kind of Object.keys(KINDS)) await isOrigins(`/${kind}`, await ask(running, `/${kind}`))
    // Once it has passed, the tests are there.
    faulty.acts = {}
    await eventually(async () => decisionsOf((await ask(running, '/edits')).text))
    assert.match((await ask(running, '/edits')).text, /<h1>Edited<\/h1>/)
    await faulty.end()
  })
}

/** The source of configurations, while it has a second one. */
const second = async (response) => response.end(await faulty.pointerOf(compiled({ ...DOCUMENT, pages: {} }, 2)))
const SOURCE = {
  throws: { control: breaks },
  hangs: { control: hangs },
  'has a new pointer and not yet its body': { 'control/signed': second, 'control/edge': (response) => response.writeHead(404).end('{}') },
  'has a new pointer and still the old body': { 'control/signed': second },
  'has a body that is corrupt': { 'control/signed': second, 'control/edge': (response) => response.end(Buffer.alloc(snapshot.length, 7)) },
}
/** Milliseconds that a cold isolate may wait for its configuration, and what this machine may be late by. */
const [PATIENCE, LATE] = [50, 150]

const timed = async (running) => {
  const begin = performance.now()
  const { text } = await ask(running, '/edits')
  return { took: performance.now() - begin, headline: /<h1>(.*?)<\/h1>/.exec(text)[1] }
}
/** What this act is like: whoever waits does so every time, and this machine is late now and then. */
async function quickly(milliseconds, act) {
  const all = []
  while (all.length < TRIES && !(all.at(-1)?.took < milliseconds)) all.push(await act())
  assert.ok(all.at(-1).took < milliseconds, `it takes ${all.map(({ took }) => Math.round(took))} ms`)
  return all
}

for (const [what, acts] of Object.entries(SOURCE)) {
  test(`where the source of configurations ${what}, the last good one serves, or else the one in the Worker, without a wait`, async () => {
    faulty.acts = acts
    const builtin = compiled(documentOfKinds({ edits: [{ select: 'h1', change: { text: 'Built in' } }] }), 0)
    let cold
    const firsts = await quickly(PATIENCE + LATE, async () => {
      await faulty.end()
      cold = await faulty.product({ builtin })
      return timed(cold)
    })
    await new Promise((go) => setTimeout(go, PATIENCE))
    const later = await quickly(PATIENCE, () => timed(cold))
    assert.ok([...firsts, ...later].every(({ headline }) => headline === 'Built in'))
    await faulty.end()

    faulty.acts = {}
    const warm = await faulty.product()
    await served(warm, 1)
    assert.equal((await timed(warm)).headline, 'Edited')
    faulty.acts = acts
    // Long enough that the isolate asks for news, and is told none.
    await new Promise((go) => setTimeout(go, 1300))
    const pages = await quickly(PATIENCE, () => timed(warm))
    assert.ok(pages.every(({ headline }) => headline === 'Edited'))
    await faulty.end()
  })
}

test('a bad configuration after a good one changes nothing, nor does an older one', async () => {
  faulty.acts = {}
  const running = await faulty.product()
  await served(running, 1)
  const works = async () => assert.match((await ask(running, '/edits')).text, /<h1>Edited<\/h1>/)
  await works()
  const older = async (response) => response.end(await faulty.pointerOf(compiled({ ...DOCUMENT, pages: {} }, 0), { version: 0 }))
  for (const acts of [...Object.values(FAULTS), { 'control/signed': older }]) {
    faulty.acts = acts
    for (let round = 0; round < 3; round++) {
      await works()
      await new Promise((go) => setTimeout(go, 450))
    }
  }
  await faulty.end()
})

/** What an evaluator does that decides, or only plans, by a trap. */
const TRAPS = { 'as it decides': '(unreachable)', 'as it plans': '(i32.const 0)' }
for (const [when, decides] of Object.entries(TRAPS)) {
  test(`where the evaluator traps ${when}, each page is the origin’s own`, async () => {
    faulty.acts = {}
    const running = await faulty.product({ configure: (text, folder) => {
      const trap = binaryen.parseText(`(module (memory (export "memory") 100)
        (func (export "reserve") (param i32) (result i32) (i32.const 1024)) (func (export "verify") (param i32) (result i32) (i32.const 0))
        (func (export "evaluate") (param i32 i32 i32 f64 i32) (result i32) ${decides})
        (func (export "plan") (param i32 i32 i32 i32 i32) (result i32) (unreachable)))`)
      writeFileSync(join(folder, 'trap.wasm'), trap.emitBinary())
      return text.replace(/embed "[^"]*sdk\/evaluator\.wasm"/, 'embed "trap.wasm"')
    } })
    await served(running, 1)
    for (const kind of Object.keys(KINDS)) await isOrigins(`/${kind}`, await ask(running, `/${kind}`))
    await faulty.end()
  })
}

const COLLECTOR = { 'is down': breaks, 'answers 500': fails, 'is slow': slowly, hangs }
for (const [what, act] of Object.entries(COLLECTOR)) {
  test(`where the collector ${what}, tests go on, and whoever was sent on is told of again`, async () => {
    let told = 0
    const telling = (act) => ({ shard: (response) => (told++, act(response)) })
    faulty.acts = telling(acknowledged)
    const running = await faulty.product()
    await served(running, 1)
    assert.equal((await ask(running, '/edits')).status, 200)
    assert.ok(await eventually(() => told === 1))
    faulty.acts = telling(act)
    assert.match((await ask(running, '/edits')).text, /<h1>Edited<\/h1>/)
    assert.match((await ask(running, '/rewrite')).text, /<h1>\/other<\/h1>/)
    const all = await quickly(250, async () => {
      const begin = performance.now()
      const answer = await ask(running, '/redirect')
      return { took: performance.now() - begin, answer }
    })
    for (const { answer: { status, headers } } of all) assert.deepEqual([status, headers.location], [302, '/other'])
    const { answer: sent } = all.at(-1)
    if (act === breaks || act === fails) {
      // Nobody is lost without a word: who was not acknowledged is counted, until the next page tells of them.
      const health = async () => JSON.parse((await ask(running, '/_pm/health')).text).redirects
      await eventually(async () => (await health())?.sent === all.length)
      assert.deepEqual(await health(), { sent: all.length, unacknowledged: all.length })
    }
    // Pages are told of once they have left.
    assert.ok(await eventually(() => told === 3 + all.length))
    const again = []
    faulty.acts = { 'shard/collect': (response, body) => (again.push(JSON.parse(body)), acknowledged(response)) }
    const arrival = await ask(running, '/other', { headers: { ...NAVIGATION, cookie: cookieHeader(cookiesOf(sent.setCookies)) } })
    assert.deepEqual(decisionsOf(arrival.text).exposures, ['redirect'])
    await eventually(() => again.length)
    assert.deepEqual(again.map(([{ events }]) => events.map(({ t, run, x }) => [t, run, x])), [[['assigned', 'redirect-1', 'b']]])
    await faulty.end()
  })
}

test('while the collector fails now and then, who is assigned and who was not acknowledged are all who were sent on', async () => {
  faulty.acts = {}
  const running = await faulty.product()
  await served(running, 1)
  const stored = new Set()
  const store = (response, body) => {
    for (const { unit } of JSON.parse(body)) stored.add(unit)
    acknowledged(response)
  }
  let asked = 0
  faulty.acts = { 'shard/collect': (response, body) => (asked++ % 3 ? store(response, body) : fails(response)) }
  const people = []
  for (let visitor = 0; visitor < 60; visitor++) {
    const sent = await ask(running, '/redirect')
    if (sent.status === 302) people.push(sent)
  }
  const health = async () => JSON.parse((await ask(running, '/_pm/health')).text).redirects
  await eventually(async () => (await health()).sent >= people.length)
  const { sent, unacknowledged } = await health()
  assert.deepEqual([people.length, sent], [60, 60])
  assert.equal(unacknowledged, 20)
  assert.equal(stored.size + unacknowledged, sent)
  // The page where they arrive tells of whoever was missing.
  faulty.acts = { 'shard/collect': store }
  for (const { setCookies } of people) await ask(running, '/other', { headers: { ...NAVIGATION, cookie: cookieHeader(cookiesOf(setCookies)) } })
  await eventually(() => stored.size >= sent)
  assert.equal(stored.size, sent)
  await faulty.end()
})

test('a door for mail says that the collector does not answer, after which the same is good once more', async () => {
  const bytes = compiled({ ...documentOf(), surveys: { clear: SURVEY } }, 1)
  faulty.acts = { 'control/signed': async (response) => response.end(await faulty.pointerOf(bytes)), 'control/edge': (response) => response.end(bytes), 'shard/met': breaks }
  const running = await faulty.product()
  await served(running, 1)
  const [keyId] = faulty.env.UNIT_KEYS.split(':')
  const text = `v1.server.${keyId}`
  const authorization = `Bearer ${text}.${await sealed(faulty.env, { name: `${PLACE.project}/${PLACE.environment}` }, 'key', text, keyId)}`
  for (const [path, body] of [['links', { v: 1, survey: 'clear', units: ['somebody'] }], ['answers', { survey: 'clear', unit: 'somebody', choice: 'Yes' }]]) {
    const { status, headers, text } = await ask(running, `/_pm/${path}`, { method: 'POST', headers: { authorization }, body: JSON.stringify(body) })
    assert.deepEqual([status, headers['retry-after'], JSON.parse(text).error], [503, '2', 'The collector does not answer. Send the same again.'])
  }
  await faulty.end()
})
