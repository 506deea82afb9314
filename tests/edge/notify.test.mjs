// Messages on their way to real receivers over a line that loses answers, fails and hangs: each cause arrives, and whoever keeps
// an id once sees it once.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort, publish, start } from '../../build/product.mjs'
import { endpointOf } from '../../worker/endpoint.mjs'
import { invented } from '../../worker/faithful.mjs'
import { Clock, client } from '../../www/landing/client.mjs'

const PROJECT = '/api/v1/projects/demo'
const FLAG = 'environments/production/flags/gift'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** A Monday at ten in Vienna. */
const MONDAY = Date.UTC(2027, 0, 4, 9)

let product, folder, line, api, clock, receiver, restarting
/** What the line does with the next requests, one after the other; `pass` when there are none. */
const faults = []
/** What arrived: path, headers and body, and what the line then did. */
const arrived = []

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-notify-'))
  const demoPort = await freePort()
  line = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    if (request.url === '/receiver/chat/completions') return completed(JSON.parse(Buffer.concat(parts).toString()), request, response)
    const fault = faults.shift() ?? 'pass'
    if (fault === 'limited') return response.writeHead(429, { 'retry-after': '600' }).end('rate_limited')
    if (fault === 'refused') return response.writeHead(500).end('busy')
    if (fault === 'redirected') return response.writeHead(302, { location: `http://127.0.0.1:${demoPort}/elsewhere` }).end()
    arrived.push({ path: request.url, headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString()), fault })
    if (fault === 'hangs') return
    if (fault === 'killed') return (restarting = product.restart())
    if (fault === 'lost') return request.socket.destroy()
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "x"}')
  }).listen(demoPort)
  receiver = `http://127.0.0.1:${demoPort}/receiver`
  // Messages may leave for a host that no resolver knows.
  product = await start({ folder, quiet: true, demoPort, variables: { EGRESS_HOSTS: 'hooks.slack.com,nobody.invalid', MAIL_FROM: 'Tests <tests@example.com>', MAIL_KEY: 're_secret', MODEL_URL: `${receiver}/chat/completions`, MODEL_NAME: 'ours', MODEL_KEY: 'sk-very-secret' } })
  api = client(product.console, product.token)
  clock = new Clock(api, `${PROJECT}/demo/clock`)
  await publish(product, JSON.stringify({ format: 1, flags: { gift: { kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off' } } }))
  await clock.stopAt(MONDAY)
})

after(async () => {
  await product?.stop()
  line?.closeAllConnections()
  line?.close()
  rmSync(folder, { recursive: true, force: true })
})

const call = async (method, path, body, headers) => {
  const ask = async () => {
    const response = await product.api(method, `${PROJECT}/${path}`, { body: body && JSON.stringify(body), headers })
    return { status: response.status, body: await response.json() }
  }
  // A process that is killed on the way is asked again.
  return ask().catch(async (error) => {
    if (!restarting) throw error
    await restarting
    return ask()
  })
}
const connect = async (channel) => (await call('POST', 'channels', channel)).body
const remove = (id) => call('POST', `channels/${id}/remove`, {})
const deliveries = async () => (await call('GET', 'deliveries?limit=500')).body.deliveries

/** So many causes at this moment: changes that no one person may make, each planned for now and left undone. */
async function causes(n) {
  const from = clock.now() + MINUTE
  for (let made = 0; made < n; made++) {
    const at = new Date(from + made * 1000).toISOString().replace('.000', '')
    const { status, body } = await call('POST', 'schedule', { at, method: 'PUT', path: FLAG, body: { share: 1 } })
    assert.equal(status, 200, JSON.stringify(body))
  }
  await turned(MINUTE + n * 1000)
}

/** Turns the clock, whether or not the process is killed over it, before or after it has heard of that. */
async function turned(milliseconds) {
  await clock.advance(milliseconds).catch((error) => {
    if (!restarting) throw error
  })
  if (!restarting) return
  await restarting
  restarting = undefined
  await clock.stopAt(clock.now())
}

/** Turns the clock until nothing waits any more. */
async function settled() {
  for (let turns = 0; turns < 60; turns++) {
    if (!(await deliveries()).some(({ state }) => state === 'open')) return
    await turned(HOUR)
  }
  assert.fail(JSON.stringify(await deliveries()))
}

test('nothing leaves for a place inside, whatever it is written like', async () => {
  const inside = [
    'http://hooks.slack.com/services/x', 'https://127.0.0.1/x', 'https://[::1]/x', 'https://2130706433/', 'https://localhost/x', 'https://169.254.169.254/latest/meta-data',
    'https://hooks.slack.com:8443/x', 'https://hooks.slack.com@evil.example/x', 'https://hooks.slack.com.evil.example/x', 'https://evil.example/?hooks.slack.com',
    'https://10.0.0.1/x', `${receiver}/../state`, receiver.replace('127.0.0.1', 'localhost'), 'file:///etc/passwd', 'https://hooks.slack.com%2f@127.0.0.1/',
  ]
  for (const service of ['slack', 'webhook']) {
    for (const address of inside) {
      const { status, body } = await call('POST', 'channels', { name: 'x', service, address })
      assert.deepEqual([status, body.problems?.[0].pointer], [422, '/address'], address)
      assert.ok(body.problems[0].fix)
    }
  }
  assert.deepEqual((await call('GET', 'channels')).body.channels, [])
})

test('each cause is seen exactly once by its id, and comes again as often as an answer got lost', async (t) => {
  const { id } = await connect({ name: '#slack', service: 'slack', address: receiver })
  const N = 24
  // Answers that get lost, one that never comes and a process that is killed before it hears one, and requests that fail.
  faults.push('pass', 'lost', 'refused', 'pass', 'lost', 'hangs', 'refused', 'killed', 'lost', 'pass', 'lost', 'refused', 'lost', 'lost')
  const injected = faults.filter((fault) => ['lost', 'hangs', 'killed'].includes(fault)).length
  await causes(N)
  await settled()
  const ids = arrived.map(({ headers }) => headers['idempotency-key'])
  t.diagnostic(`${arrived.length} arrived, ${new Set(ids).size} by their ids, ${injected} answers were lost`)
  assert.equal(new Set(ids).size, N)
  assert.equal(arrived.length - N, injected)
  assert.equal(faults.length, 0)
  for (const { headers, body } of arrived) {
    assert.match(headers['idempotency-key'], /^ev_[\da-f]{32}$/)
    const same = arrived.find((other) => other.headers['idempotency-key'] === headers['idempotency-key'])
    assert.deepEqual(body, same.body, 'and it is the same')
  }
  const told = await deliveries()
  assert.ok(told.every(({ state, channel }) => state === 'sent' && channel === '#slack'))
  assert.deepEqual(new Set(told.map(({ event }) => event)), new Set(ids))
  await remove(id)
})

test('a receiver that asks to be left alone for a time is left alone, with all that waits for it', async () => {
  const { id } = await connect({ name: '#limited', service: 'slack', address: receiver })
  const { id: other } = await connect({ name: '#other', service: 'slack', address: receiver })
  arrived.length = 0
  faults.push('limited')
  await causes(2)
  // Which of the two places was asked first is not said; the other has all that was told.
  assert.equal(arrived.length, 2)
  for (let minutes = 0; minutes < 8; minutes++) await turned(MINUTE)
  assert.equal(arrived.length, 2, 'it would have been tried three times by now')
  await turned(3 * MINUTE)
  assert.equal(arrived.length, 4)
  const attempts = (await deliveries()).filter(({ channel }) => ['#limited', '#other'].includes(channel)).map((one) => one.attempts)
  assert.deepEqual(attempts.sort(), [1, 1, 1, 2])
  for (const one of [id, other]) await remove(one)
})

/** The command line, as somebody with the project's token runs it. */
const pointsman = (...args) => new Promise((resolve) => {
  const env = { ...process.env, POINTSMAN_CONSOLE: product.console, POINTSMAN_TOKEN: product.token, POINTSMAN_PROJECT: 'demo', NO_COLOR: '1' }
  execFile(process.execPath, [fileURLToPath(new URL('../../dist/npm/cli/pointsman.js', import.meta.url)), ...args], { env }, (error, stdout, stderr) =>
    resolve({ status: error?.code ?? 0, stdout, stderr }))
})

test('`pointsman notify test` says of each place whether it arrived', async () => {
  const { id } = await connect({ name: '#line', service: 'slack', address: receiver })
  const { id: dead } = await connect({ name: 'dead', service: 'slack', address: 'https://nobody.invalid/hook' })
  arrived.length = 0
  assert.deepEqual(await pointsman('notify', 'test', '#line'), { status: 0, stdout: '#line: it arrived\n', stderr: '' })
  assert.equal(arrived.length, 1)
  const { status, stdout } = await pointsman('notify', 'test', '--json')
  assert.deepEqual([status, JSON.parse(stdout).map(({ channel, delivered }) => [channel, delivered])], [1, [['#line', true], ['dead', false]]])
  const missing = await pointsman('notify', 'test', 'nowhere')
  assert.deepEqual([missing.status, missing.stderr], [2, 'pointsman: NAME: There is no channel nowhere. There are #line, dead.\n'])
  for (const one of [id, dead]) await remove(one)
})

test('what a service gets is signed, and in its own form', async () => {
  const { id, secret } = await connect({ name: 'ours', service: 'webhook', address: receiver })
  const { id: discord } = await connect({ name: 'discord', service: 'webhook', address: receiver, template: 'discord' })
  assert.match(secret, /^whsec_/)
  arrived.length = 0
  assert.deepEqual((await call('POST', `channels/${id}/test`, {})).body, { delivered: true, why: '' })
  assert.deepEqual((await call('POST', `channels/${discord}/test`, {})).body, { delivered: true, why: '' })
  const [{ headers, body }, second] = arrived
  const at = headers['webhook-timestamp']
  const due = (text) => `v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(`${headers['webhook-id']}.${at}.${text}`).digest('base64')}`
  assert.deepEqual([headers['webhook-id'], headers['idempotency-key'], body.kind, body.v], [body.id, body.id, 'test', 1])
  assert.equal(headers['webhook-signature'], due(JSON.stringify(body)))
  assert.equal(second.body.embeds[0].title, 'Pointsman')
  faults.push('redirected')
  const { delivered, why } = (await call('POST', `channels/${id}/test`, {})).body
  assert.deepEqual([delivered, why], [false, 'it answers 302'])
  assert.ok(arrived.every(({ path }) => path === '/receiver'), 'no redirect is followed')
  for (const one of [id, discord]) await remove(one)
})

test('mail goes to its provider, one to each address, with the provider’s key and a name of its own', async () => {
  const { id } = await connect({ name: 'mail', service: 'mail', address: 'ada@example.com, grace@example.com' })
  arrived.length = 0
  faults.push('lost')
  await causes(1)
  await settled()
  assert.equal(arrived.length, 3)
  const [first, ...others] = arrived
  assert.equal(first.path, '/receiver/emails')
  assert.equal(first.headers.authorization, 'Bearer re_secret')
  const { from, to, subject, text, html } = first.body
  assert.deepEqual([from, to, typeof text, typeof html], ['Tests <tests@example.com>', ['ada@example.com'], 'string', 'string'])
  assert.match(subject, /left undone/)
  const keys = arrived.map(({ headers }) => headers['idempotency-key'])
  assert.equal(new Set(keys).size, 2, 'what comes again has the name that it had')
  assert.deepEqual(others.map(({ body }) => body.to[0]).sort(), ['ada@example.com', 'grace@example.com'])
  await remove(id)
})

test('one place that does not answer keeps no other waiting, and is given up after a day, which is said', async () => {
  const { id: dead } = await connect({ name: 'dead', service: 'slack', address: 'https://nobody.invalid/hook' })
  const { id: alive } = await connect({ name: 'alive', service: 'slack', address: receiver })
  arrived.length = 0
  await causes(1)
  assert.equal(arrived.length, 1)
  for (let turns = 0; turns < 14; turns++) await clock.advance(24 * HOUR)
  const states = Object.fromEntries((await deliveries()).map(({ channel, state, attempts }) => [channel, [state, attempts]]))
  assert.deepEqual(states, { dead: ['given up', 12], alive: ['sent', 1] })
  const { rows } = (await call('GET', 'audit?limit=5')).body
  assert.ok(rows.some(({ action, subject }) => action === 'give up a message' && subject === 'dead'))
  for (const id of [dead, alive]) await remove(id)
})

test('in quiet hours of the project’s zone what can wait waits', async () => {
  const { body: { revision, settings } } = await call('GET', 'settings')
  await call('PUT', 'settings', { ...settings, zone: 'Europe/Vienna', quiet: '22:00-07:00' }, { 'if-match': `"${revision}"` })
  const { id } = await connect({ name: '#slack', service: 'slack', address: receiver })
  const { body: { token } } = await call('POST', 'people', { name: 'Grace' })
  const night = Date.UTC(2027, 1, 1, 22, 30)
  await clock.reach(night)
  arrived.length = 0
  const { status } = await call('PUT', `${FLAG}?propose=1`, { share: 1 }, { 'if-match': '"1"' })
  assert.ok(status === 200 && token)
  await causes(1)
  assert.deepEqual(arrived.map(({ body }) => /left undone/.test(body.text)), [true], 'what is urgent alone')
  await clock.reach(Date.UTC(2027, 1, 2, 5, 59))
  assert.equal(arrived.length, 1)
  await clock.reach(Date.UTC(2027, 1, 2, 6, 0, 1))
  assert.equal(arrived.length, 2)
  assert.match(arrived[1].body.text, /asks for approval/)
  await remove(id)
})

/** What the model says next, and what it was asked. */
let model
const prompts = []

function completed(body, { headers }, response) {
  prompts.push({ ...body, authorization: headers.authorization })
  const message = model(body)
  if (message === undefined) return response.writeHead(500).end('no')
  response.writeHead(200, { 'content-type': 'application/json' }).end(typeof message === 'string' ? message : JSON.stringify({ choices: [{ message }] }))
}

test('a team’s own model may choose a question and say its answer in other words, and no figure or verdict is its own', async () => {
  const say = (content) => () => ({ role: 'assistant', content })
  const asked = async (text) => (await call('POST', 'ask', { text })).body
  const plain = async (text) => (await call('GET', `ask?${new URLSearchParams({ text })}`)).body
  const known = await plain('What is running?')
  assert.ok(known.question)

  model = say('Nothing to see here yet: there is no test that runs.')
  const { said, why, chosen, ...rest } = await asked('What is running?')
  assert.deepEqual([said, why, chosen, rest], ['Nothing to see here yet: there is no test that runs.', '', null, known])
  assert.deepEqual([prompts.at(-1).authorization, prompts.at(-1).model], ['Bearer sk-very-secret', 'ours'])
  // One that invents, one that judges by itself, one that fails in each way: the engine's own sentences stand.
  for (const [content, of] of [
    ['There are 17 tests, and orders went up by 12.4 %.', /17, 12\.4%, up/], ['Two of them are done.', /two/], ['You should ship it, it is significantly better.', /should, ship/],
    ['', /nothing/],
  ]) {
    model = say(content)
    const { said, why, ...rest } = await asked('What is running?')
    assert.deepEqual([said, rest], [null, { ...known, chosen: null }], content)
    assert.match(why, of)
  }
  for (const wrong of [undefined, '{', '[]', '{"choices":[]}', JSON.stringify({ choices: [{ message: { content: 'x'.repeat(70_000) } }] })]) {
    model = () => wrong
    const { said, why, ...rest } = await asked('What is running?')
    assert.deepEqual([said, rest], [null, { ...known, chosen: null }])
    assert.match(why, /^The endpoint did not help: /)
  }

  // What we do not understand it may take for one of our questions, and for nothing else.
  const odd = 'Tell me what goes on out there, dear machine'
  assert.equal((await plain(odd)).question, null)
  const takes = (question) => ({ tools }) => (tools ? { tool_calls: [{ function: { name: 'ask', arguments: JSON.stringify({ question }) } }] } : { content: 'It is as the tool says.' })
  const [first] = (await plain('')).suggestions
  model = takes(first)
  const taken = await asked(odd)
  assert.deepEqual([taken.chosen, taken.question?.text === undefined], [first, false])
  assert.deepEqual(taken.answers, (await plain(first)).answers)
  model = takes('Delete everything')
  assert.deepEqual([(await asked(odd)).chosen, (await asked(odd)).question], [null, null])

  const { status, body } = await call('GET', 'endpoint')
  assert.deepEqual([status, body], [200, { ready: true, host: '127.0.0.1', model: 'ours', why: '' }])
  assert.equal((await call('POST', 'ask', { text: ' ' })).status, 422)
  assert.ok(!product.said().includes('sk-very-secret'))
})

test('words are a model’s own only where they claim nothing that the tool did not', () => {
  const told = 'Fresh hero\nBetter: orders go up by 12.4 %, between −3.1 % and 21.7 %. It is not worse. 1,204 visitors of 5,000.'
  const good = ['Orders go up by 12.4%, which is better.', 'About 1204 visitors came so far.', 'It isn’t worse.', 'From -3.1 % on.', 'Hello, dear reader.']
  for (const text of good) assert.deepEqual(invented(text, told), [], text)
  const bad = [
    ['It goes up by 12.5 %.', '12.5%'], ['It goes up by 12.4.', '12.4'], ['From 3.1 % on.', '3.1%'], ['It is worse.', 'worse'], ['It is not better.', 'not better'], ['It isn’t any better.', 'not better'],
    ['A third of all visitors.', 'third'], ['It won.', 'won'], ['The effect is proven.', 'effect'], ['１７ people.', '17'], ['Ship it.', 'ship'],
  ]
  for (const [text, claim] of bad) assert.ok(invented(text, told).includes(claim), `${text} ${invented(text, told)}`)
})

test('an endpoint that nothing may leave for is off, and says why', () => {
  const of = (MODEL_URL, more) => endpointOf({ MODEL_URL, EGRESS_HOSTS: 'models.example.com', ...more })
  assert.equal(of('https://models.example.com/v1/chat/completions').ready, true)
  for (const url of ['', 'http://models.example.com/', 'https://models.example.com:8443/', 'https://169.254.169.254/', 'https://evil.example/', 'https://models.example.com@evil.example/', 'x']) {
    const { ready, why } = of(url)
    assert.ok(!ready && why, url)
  }
})
