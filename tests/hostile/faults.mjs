// Faults of what is around the edge, made in earnest: a source of configurations that throws, hangs or is half there, an
// origin that fails in every way, a process that is killed, a clock that jumps. Each gives what is not as it should be.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { publish, served, start } from '../../build/product.mjs'
import { chaos } from '../chaos/run.mjs'
import { breaks, compiled, Faulty, hangs } from '../edge/faulty.mjs'
import { documentOfKinds } from '../edge/kinds.mjs'
import { ask, cookieHeader, decisionsOf, PART, stub, visitorOf } from '../edge/wire.mjs'
import { documentOf } from '../edge/document.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const PAGE = '<!doctype html><html><head></head><body><h1 id="headline">origin</h1></body></html>'
const [HOUR, DAY] = [3_600_000, 24 * 3_600_000]
/** What a machine under load may take longer than is asked. */
const LATE = 250
/** Milliseconds of the longest wait of a cold isolate, if a case says nothing of it. */
const PATIENCE = 50

const words = (text) => documentOfKinds({ edits: [{ select: 'h1', change: { text } }] })
const headline = ({ text }) => /<h1[^>]*>(.*?)<\/h1>/.exec(text)?.[1]

async function timed(port, path) {
  const begin = performance.now()
  const answer = await ask({ port }, path)
  return { answer, took: performance.now() - begin }
}

/** Pages before a source of configurations with such acts: of a cold isolate with a snapshot in it and without, and of a warm one. */
async function source(acts, most = PATIENCE) {
  const failures = []
  const origin = await stub((_, response) => response.writeHead(200, { ...HTML, 'x-own': 'yes' }).end(PAGE))
  const faulty = await Faulty.before(origin, compiled(words('published'), 1))
  const shows = async (what, product, due, within) => {
    const { answer, took } = await timed(product.port, '/edits')
    if (headline(answer) !== due) failures.push(`${what}: the page says ${headline(answer)}, due is ${due}`)
    if (took > within + LATE) failures.push(`${what}: the page took ${took.toFixed(0)} ms`)
    return answer
  }
  try {
    faulty.acts = acts(faulty)
    const stocked = await faulty.product({ builtin: compiled(words('built in'), 0) })
    await shows('a cold isolate with a snapshot', stocked, 'built in', most)
    await wait(most)
    await shows('the same a moment later', stocked, 'built in', 0)
    await faulty.end()

    const bare = await faulty.product()
    const answer = await shows('a cold isolate without one', bare, 'origin', most)
    const direct = await ask(origin, '/edits')
    if (answer.status !== direct.status || !answer.body.equals(direct.body) || answer.headers['x-own'] !== 'yes') failures.push('the page is not the origin’s own')
    await faulty.end()

    faulty.acts = {}
    const warm = await faulty.product()
    await served(warm, 1)
    faulty.acts = acts(faulty)
    // Long enough that it asks for news.
    await wait(1300)
    for (let visit = 0; visit < 3; visit++) await shows('a warm isolate', warm, 'published', 0)
    // Once pointer and body agree, what is new serves.
    faulty.acts = {}
    faulty.snapshot = compiled(words('news'), 3)
    await served(warm, 3)
    await shows('after the fault', warm, 'news', 0)
  } finally {
    await faulty.close()
    await origin.close()
  }
  return failures
}

/** What an origin does, by path. */
const ORIGIN = {
  '/refused': (request) => request.socket.destroy(),
  '/late': (_, response) => setTimeout(() => response.writeHead(200, HTML).end(PAGE), 3000),
  '/500': (_, response) => response.writeHead(500, HTML).end('<h1>broken</h1>'),
  '/502': (_, response) => response.writeHead(502, HTML).end('<h1>bad gateway</h1>'),
  '/503': (_, response) => response.writeHead(503, { ...HTML, 'retry-after': '7' }).end(),
  '/404': (_, response) => response.writeHead(404, HTML).end('<h1>not found</h1>'),
  '/cut': (request, response) => {
    response.writeHead(200, { ...HTML, 'content-length': 5000 }).write(PAGE)
    setTimeout(() => request.socket.destroy(), 100)
  },
}

async function origin() {
  const failures = []
  const server = createServer((request, response) => (ORIGIN[request.url] ?? ((_, plain) => plain.writeHead(200, HTML).end(PAGE)))(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-origin-'))
  const product = await start({ folder, originPort: server.address().port, quiet: true, environment: 'development' })
  const plainly = async (port, path) => ask({ port }, path).catch(() => ({ status: undefined, complete: false, text: '', headers: {} }))
  try {
    await served(product, (await publish(product, documentOf())).version)
    for (const path of Object.keys(ORIGIN)) {
      const [own, direct] = [await plainly(product.port, path), await plainly(server.address().port, path)]
      const told = ({ status, complete, headers, text }) => JSON.stringify([status, complete, headers['content-type'], headers['retry-after'], status === 200 ? undefined : text])
      // Who cannot reach the origin gets no page of ours in its place.
      const due = direct.status === undefined ? JSON.stringify([502, true, null, null, '']) : told(direct)
      if (told(own) !== due) failures.push(`${path}: ${told(own)}, due is ${due}`)
      if (direct.status === 200 && direct.complete && !decisionsOf(own.text)) failures.push(`${path}: a good page that came late is not edited`)
    }
  } finally {
    await product.stop()
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return failures
}

/** Deaths of the process while visitors order: what tests/chaos checks. */
async function kill9({ n = 20 }) {
  const { checks } = await chaos({ kills: n })
  return checks.flatMap(({ name, violations }) => violations.map((violation) => `${name}: ${violation}`))
}

/** Turns the clock of the whole process, which only this test's Worker lets anybody do. */
const JUMPING = `import own from './shim.mjs'
import { setClock } from './now.mjs'
export { Control, Relay, Shard, Voices } from './shim.mjs'
export default { ...own, fetch(request, env, context) {
  const { pathname, searchParams } = new URL(request.url)
  if (pathname !== '/jump') return own.fetch(request, env, context)
  setClock({ offset: Number(searchParams.get('offset')) })
  return new Response('jumped')
} }
`

async function clock({ jumps = [-HOUR, DAY] }) {
  const failures = []
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-clock-'))
  writeFileSync(join(folder, 'jumping.mjs'), JUMPING)
  const site = await stub((_, response) => response.writeHead(200, HTML).end(PAGE))
  const product = await start({
    folder, originPort: site.port, quiet: true, environment: 'development',
    configure: (text) => text.replace('modules = [', 'modules = [\n    (name = "jumping.mjs", esModule = embed "jumping.mjs"),'),
  })
  const due = (what, is, wanted) => {
    try {
      assert.deepEqual(is, wanted)
    } catch {
      failures.push(`${what}: ${JSON.stringify(is)}, due is ${JSON.stringify(wanted)}`)
    }
  }
  try {
    let { version } = await publish(product, documentOf())
    await served(product, version)
    const { cookies } = await visitorOf(product, 'fresh')
    const send = async (seq) => {
      const body = JSON.stringify({ v: 1, page: 'p1', seq, dropped: 0, events: [{ t: 'track', n: 'order', dt: 0 }] })
      const { stored, duplicate } = JSON.parse((await ask(product, '/_pm/e', { method: 'POST', body, headers: { ...PART, cookie: cookieHeader(cookies) } })).text)
      return { stored, duplicate }
    }
    const audit = async () => (await (await product.api('GET', '/api/v1/projects/demo/audit')).json()).rows.map(({ n }) => n)
    due('an event before the clock jumps', await send(0), { stored: 1, duplicate: 0 })
    for (const [index, offset] of jumps.entries()) {
      const what = `after a jump by ${offset / HOUR} hours`
      const before = await audit()
      await ask(product, `/jump?offset=${offset}`)
      due(`${what}, the same events again`, await send(0), { stored: 0, duplicate: 1 })
      due(`${what}, a new event`, await send(index + 1), { stored: 1, duplicate: 0 })
      due(`${what}, that one again`, await send(index + 1), { stored: 0, duplicate: 1 })
      const next = await publish(product, documentOf({ value: `words ${index}` }))
      due(`${what}, the next version`, next.version, ++version)
      await served(product, version)
      const rows = await audit()
      due(`${what}, the audit goes on`, rows.slice(0, rows.length - before.length + 1), [...Array(rows.length - before.length + 1).keys()].map((down) => before[0] + rows.length - before.length - down))
      due(`${what}, the page`, headline((await visitorOf(product, 'fresh')).answer), `words ${index}`)
    }
  } finally {
    await product.stop()
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return failures
}

const unreachable = { kv_throw: () => ({ control: breaks }), kv_hang: () => ({ control: hangs }) }
/** A pointer to a second configuration whose body is not there yet. */
const partial = (faulty) => ({
  'control/signed': async (response) => response.end(await faulty.pointerOf(compiled(words('second'), 2))),
  'control/edge': (response) => response.writeHead(404).end('{}'),
})

/** How each fault is made. */
const FAULTS = {
  kv_throw: ({ most }) => source(unreachable.kv_throw, most),
  kv_hang: ({ most }) => source(unreachable.kv_hang, most),
  kv_partial_propagation: ({ most }) => source(partial, most),
  origin_faults: origin,
  kill9,
  clock_jump: clock,
}

/** Runs a case. */
export async function fault({ input, expected }) {
  if (input.kind !== 'fault') throw new Error(`the kind ${input.kind} is not known for faults`)
  if (!Object.hasOwn(FAULTS, input.fault)) throw new Error(`the fault ${input.fault} is not known; there are ${Object.keys(FAULTS).join(', ')}`)
  return { failures: await FAULTS[input.fault]({ ...input, most: expected.max_added_ms }), notes: [] }
}
