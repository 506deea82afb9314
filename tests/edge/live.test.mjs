// What is published reaches whoever listens within seconds, and everybody works on from the last good copy while nothing
// can be heard.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, afterEach, before, test } from 'node:test'
import { publish, start } from '../../build/product.mjs'
import { connect } from '../../dist/npm/connect.js'
import { eventually } from '../eventually.mjs'
import { guideOf } from '../guide.mjs'
import { documentOf, snapshotOf } from '../sdk/snapshots.mjs'
import { applications } from './applications.mjs'

/** Milliseconds within which news arrive, on the slowest machine: whoever is told of nothing asks again in an hour. */
const SECONDS = 30_000
const HOUR = 3_600_000

/** The clock that no test turns. */
const { setTimeout: timer } = globalThis
const pause = (milliseconds, value) => new Promise((resolve) => timer(resolve, milliseconds, value))

let of, keys
const open = new Set()

before(async () => {
  of = await applications()
  keys = await of.keys()
})
after(() => of?.close())
afterEach(() => {
  for (const end of open) end()
  open.clear()
})

/** Fails unless `work` ends within seconds. */
const within = (milliseconds, what, work) => new Promise((resolve, reject) => {
  work.then(resolve, reject)
  timer(() => reject(new Error(`${what}: nothing within ${milliseconds} ms`)), milliseconds).unref()
})

/** Flags that are only ever told of news: the next question would come in an hour. */
function listening(options) {
  const flags = connect({ key: keys.client, refresh: HOUR, storage: null, onError() {}, ...options })
  open.add(() => flags.close())
  return flags
}

/** Ends when the flags say so. */
const until = (flags, test) => new Promise((resolve) => {
  const look = () => test() && resolve(stop())
  const stop = flags.subscribe(look)
  look()
})

/** An answer that goes on, read event by event. */
async function stream(headers, path = `/_pm/s/${keys.client}`) {
  const ending = new AbortController()
  open.add(() => ending.abort())
  const response = await fetch(`${of.product.site}${path}`, { headers: { accept: 'text/event-stream', ...headers }, signal: ending.signal })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    response,
    async next() {
      while (!text.includes('\n\n')) text += (await reader.read()).value
      const event = text.slice(0, text.indexOf('\n\n'))
      text = text.slice(event.length + 2)
      return event
    },
  }
}

/** A site that answers as a test says, and keeps what it was asked and by how many it is listened to. */
async function site(answer) {
  const seen = { asked: [], listeners: 0 }
  const server = createServer((request, response) => {
    const live = request.headers.accept === 'text/event-stream'
    seen.asked.push({ at: performance.now(), live, tag: request.headers['if-none-match'] })
    if (live) {
      seen.listeners++
      response.on('close', () => seen.listeners--)
    }
    answer(response, { live, count: seen.asked.length, of: seen.asked.filter((one) => one.live === live).length })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  open.add(() => {
    server.closeAllConnections()
    server.close()
  })
  return Object.assign(seen, { url: `http://127.0.0.1:${server.address().port}` })
}

const good = (price, version = price) => snapshotOf(documentOf({ price }), { version })
const whole = (response, price) => response.setHeader('etag', `"${price}.x"`).end(good(price))
const event = (bytes, tag) => `id: ${tag}\ndata: ${Buffer.from(bytes).toString('base64')}\n\n`
const begin = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')

test('a stream has the snapshot for whoever has none, and then each one that is published', async () => {
  const { response, next } = await stream()
  assert.deepEqual([response.status, response.headers.get('content-type'), response.headers.get('access-control-allow-origin')], [200, 'text/event-stream', '*'])
  assert.match(response.headers.get('cache-control'), /no-store/)
  assert.equal(await next(), ':', 'the first byte comes at once')
  const [{ body: told }] = guideOf('docs/wire.md').blocks('text')
  assert.match(told, /^id: "\d+\.[0-9a-f]{32}"\ndata: .*\n$/)
  for (const price of [7, 8]) {
    if (price === 8) await of.publishes(documentOf({ price }))
    const [, tag, data] = /^id: (.*)\ndata: (.*)$/.exec(await within(SECONDS, 'the event', next()))
    const once = await fetch(`${of.product.site}/_pm/s/${keys.client}`)
    assert.match(tag, /^"\d+\.[0-9a-f]{32}"$/)
    assert.equal(tag, once.headers.get('etag'))
    assert.deepEqual(Buffer.from(data, 'base64'), Buffer.from(await once.arrayBuffer()))
  }
})

test('whoever has the snapshot is sent it no second time', async () => {
  const etag = (await fetch(`${of.product.site}/_pm/s/${keys.client}`)).headers.get('etag')
  for (const headers of [{ 'if-none-match': etag }, { 'last-event-id': etag }]) {
    const { next } = await stream(headers)
    assert.equal(await next(), ':')
    const told = next()
    assert.equal(await Promise.race([told, pause(1500, 'silence')]), 'silence')
  }
})

test('the server’s key listens in a header, and no other key listens', async () => {
  const { response, next } = await stream({ authorization: `Bearer ${keys.server}` }, '/_pm/s')
  assert.deepEqual([response.status, response.headers.get('access-control-allow-origin')], [200, null])
  await next()
  assert.match(await next(), /^id: /)
  for (const [headers, path] of [[{}, `/_pm/s/${keys.server}`], [{ authorization: `Bearer ${keys.client}` }, '/_pm/s'], [{}, '/_pm/s/v1.client.k1.x']]) {
    assert.equal((await stream(headers, path)).response.status, 401)
  }
})

test('whoever is told of nothing hears of a change by the answer to the next event', async () => {
  await of.publishes(documentOf({ price: 15 }))
  const flags = listening({ url: of.product.site, live: false, beacon: `${of.product.site}/_pm/e` })
  await flags.ready
  await of.publishes(documentOf({ price: 16 }))
  await pause(1500)
  assert.equal(flags.get('price'), 15)
  flags.track('order')
  await within(SECONDS, 'the new price', until(flags, () => flags.get('price') === 16))
})

const PROGRAM = `
import { connect } from '${new URL('../../dist/npm/connect.js', import.meta.url)}'
const flags = connect({ url: process.env.SITE, key: process.env.KEY, refresh: ${HOUR}, onChange: () => console.log(flags.get('price')) })
`

test('a flag that is changed by the API reaches a Node process within seconds', async () => {
  await of.publishes(documentOf({ price: 20 }))
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    env: { ...process.env, SITE: of.product.site, KEY: keys.server }, stdio: ['ignore', 'pipe', 'inherit'],
  })
  open.add(() => child.kill())
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const heard = async () => (await lines.next()).value
  assert.equal(await heard(), '20')
  await pause(500)
  for (const price of [21, 22]) {
    const published = of.publishes(documentOf({ price }))
    assert.equal(await within(SECONDS, `a price of ${price}`, heard()), String(price))
    await published
  }
})

test('whoever is told of news asks no questions, and whoever closes is gone', async () => {
  let say
  const from = await site((response, { live }) => {
    if (!live) return whole(response, 1)
    begin(response)
    say = (price) => response.write(event(good(price), `"${price}.x"`))
  })
  const flags = listening({ url: from.url })
  await flags.ready
  while (!say) await pause(5)
  say(2)
  await until(flags, () => flags.get('price') === 2)
  assert.deepEqual([flags.stale, from.asked.map(({ live, tag }) => [live, tag])], [false, [[false, undefined], [true, '"1.x"']]])
  flags.close()
  while (from.listeners) await pause(5)
  await pause(50)
  assert.equal(from.asked.length, 2)
})

test('a stream that ends is opened again, with what is known by then', async () => {
  const from = await site((response, { live, of }) => {
    if (!live) return whole(response, 1)
    begin(response)
    response.write(event(good(of + 1), `"${of + 1}.x"`))
    // A stream counts as one that stood once something was heard twice, and what is sent at once may be heard at once.
    if (of < 3) until(flags, () => flags.get('price') === of + 1).then(() => response.end(':\n\n'))
  })
  const flags = listening({ url: from.url })
  const stale = []
  flags.subscribe(() => stale.push(flags.stale))
  await until(flags, () => flags.get('price') === 4)
  assert.deepEqual(from.asked.map(({ live, tag }) => [live, tag]), [[false, undefined], [true, '"1.x"'], [true, '"2.x"'], [true, '"3.x"']])
  assert.deepEqual([...new Set(stale)], [false], 'nothing was missed, so nothing was stale')
})

/** What comes instead of a stream, again and again. */
const SPOILT = {
  breaks(response) {
    begin(response)
    setTimeout(() => response.destroy(), 5)
  },
  'is refused': (response) => response.writeHead(500).end('no'),
  'brings what is no snapshot'(response) {
    begin(response)
    response.write('id: "9.x"\ndata: %%%\n\n')
  },
  'never comes to the end of an event'(response) {
    begin(response)
    const more = () => {
      while (response.write('data: '.repeat(100_000)));
      response.once('drain', more)
    }
    more()
  },
}

for (const [what, spoilt] of Object.entries(SPOILT)) {
  test(`a stream that ${what} again and again is tried less and less often, and questions are asked meanwhile`, async () => {
    const from = await site((response, { live }) => (live ? spoilt(response) : whole(response, from.asked.length)))
    const flags = listening({ url: from.url, refresh: 20 })
    const tries = () => from.asked.filter(({ live }) => live).map(({ at }) => at)
    await eventually(() => tries().length >= 5)
    flags.close()
    assert.ok(tries().length >= 5)
    const gaps = tries().slice(1).map((at, index) => at - tries()[index])
    for (const [index, gap] of gaps.entries()) assert.ok(gap >= 20 * 2 ** (index + 1) * 0.79, `${index}: ${gap}`)
    assert.ok(flags.get('price') > 3, 'news came all the same')
  })
}

test('an application that throws when it hears of news hears of the next ones, and keeps nobody else from it', async (t) => {
  const said = t.mock.method(console, 'error', () => {})
  const from = await site((response, { live, count }) => {
    if (live) return begin(response)
    if (count % 2) whole(response, count)
    else response.writeHead(500).end()
  })
  const wrong = () => {
    throw new Error('of the application')
  }
  const flags = listening({ url: from.url, refresh: 20, live: false, onChange: wrong, onError: wrong })
  flags.subscribe(wrong)
  const heard = []
  flags.subscribe(() => heard.push(flags.get('price')))
  await flags.ready
  await within(SECONDS, 'three versions', until(flags, () => flags.get('price') === 5))
  assert.deepEqual([...new Set(heard)], [1, 3, 5])
  assert.ok(said.mock.calls.every(({ arguments: [{ message }] }) => message === 'of the application') && said.mock.callCount() > 5, 'each is told')
  assert.equal(from.asked.at(-1).tag, '"3.x"', 'the news were taken all the same')
})

test('an answer that is late takes back nothing that a stream has told, and is not heard after the end', async () => {
  const from = await site((response, { live, of }) => {
    if (live) {
      begin(response)
      setTimeout(() => response.write(event(good(8), '"8.x"')), 50)
    } else if (of === 1) whole(response, 5)
    else setTimeout(() => whole(response, 7), 200)
  })
  const flags = listening({ url: from.url })
  await flags.ready
  const late = flags.refresh()
  await until(flags, () => flags.get('price') === 8)
  await late
  assert.equal(flags.get('price'), 8)

  const slow = await site((response) => setTimeout(() => whole(response, 7), 50))
  let heard = 0
  const closed = listening({ url: slow.url, onChange: () => heard++ })
  closed.close()
  await closed.ready
  assert.deepEqual([closed.get('price'), heard], [undefined, 0])
})

test('where no answer goes on questions are asked as ever', async () => {
  const from = await site((response) => whole(response, Math.min(from.asked.length, 5)))
  const flags = listening({ url: from.url, refresh: 20 })
  await until(flags, () => flags.get('price') === 5)
  assert.deepEqual(from.asked.slice(0, 5).map(({ live }) => live), [false, true, false, false, false])
  const quiet = await site((response) => whole(response, Math.min(quiet.asked.length, 3)))
  const asks = listening({ url: quiet.url, refresh: 20, live: false })
  await until(asks, () => asks.get('price') === 3)
  assert.ok(quiet.asked.every(({ live }) => !live))
})

test('bad data in a stream never replace good, and what is good is taken afterwards', async () => {
  const bad = [good(9).subarray(0, 100), Buffer.from('<!doctype html>'), good(9).map((byte, at) => (at === 70 ? byte ^ 1 : byte))]
  const from = await site((response, { live, of }) => {
    if (!live) return whole(response, 1)
    begin(response)
    const bytes = bad[of - 1] ?? good(2)
    response.write(event(bytes, `"2.${of}"`))
  })
  const errors = []
  const flags = listening({ url: from.url, refresh: 10, onError: ({ message }) => errors.push([message, flags.get('price'), flags.stale]) })
  await until(flags, () => flags.get('price') === 2)
  assert.equal(errors.length, bad.length)
  for (const [message, price, stale] of errors) assert.deepEqual([/^The snapshot is/.test(message), price, stale], [true, 1, true])
  assert.equal(flags.stale, false)
})

test('an hour without the edge changes nothing, and its return is noticed', async (t) => {
  const errors = []
  let asking = 0
  const asked = (...question) => {
    asking++
    return fetch(...question).finally(() => asking--)
  }
  const flags = listening({ url: of.product.site, refresh: 60_000, fetch: asked, onError: ({ message }) => errors.push(message) })
  await flags.ready
  const price = flags.get('price')
  const heard = []
  flags.subscribe(() => heard.push([flags.get('price'), flags.stale]))
  await pause(100)

  t.mock.timers.enable({ apis: ['setTimeout'] })
  /** Lets so much time pass on the turned clock, none of it while a question is on its way: that takes time of its own. */
  const turn = async (milliseconds, step = 10_000) => {
    for (let passed = 0; passed < milliseconds; passed += step) {
      t.mock.timers.tick(step)
      do await pause(3)
      while (asking)
    }
  }
  await of.product.stop('SIGKILL')
  await turn(HOUR)
  assert.deepEqual([flags.get('price'), flags.why('price').reason], [price, 'STATIC'])
  assert.deepEqual(heard, [[price, true]], 'it is said once that this may be old')
  assert.ok(errors.length > 40 && errors.length < 90, `${errors.length} questions in an hour`)
  const late = listening({ url: of.product.site, refresh: 0 })
  assert.equal(late.get('price'), price, 'whoever connects now has the last good copy at once')

  const { folder, port } = of.product
  let product
  start({ folder, port, originPort: of.origin.port, quiet: true, environment: 'development' }).then((started) => (product = started))
  while (!product) {
    t.mock.timers.tick(25)
    await pause(25)
  }
  of.product = product
  for (let tries = 0; tries < 300 && flags.stale; tries++) {
    await turn(10_000)
    await pause(20)
  }
  assert.deepEqual(heard, [[price, true], [price, false]])
  await publish(of.product, documentOf({ price: 30 }))
  t.mock.timers.reset()
  await within(SECONDS, 'news after an hour', until(flags, () => flags.get('price') === 30))
})
