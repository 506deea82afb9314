// Who is heard: people whom we minted and who met the variant, by our own word, each once; what they write to whoever helps
// them; and what is kept of it all.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { beside } from '../beside.mjs'
import { guideOf } from '../guide.mjs'
import { documentOf, PAGE } from './document.mjs'
import { answersIn, callers, SURVEY, ticketsIn } from './voices.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, PART, stub, visitorOf } from './wire.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pointsman-voices-'))
const TALK = 'https://calendar.example/team?with=us'
const GERMAN = { question: 'War das klar?', choices: ['Ja', 'Nein'], thanks: 'Danke.' }
const SURVEYS = {
  clear: SURVEY, plain: { ...SURVEY, comment: false }, words: { experiment: 'hero', question: 'Why?', comment: true },
  rated: { experiment: 'hero', question: 'How clear was it?', rating: { low: 'Not at all', high: 'Completely' }, follow: [{ after: ['1', '2'], question: 'What was missing?' }] },
  mailed: { ...SURVEY, rating: { low: 'Not at all', high: 'Completely' }, choices: [], comment: false, contact: true, when: { quiet: 0 }, follow: [{ after: ['1'], question: 'What was <missing>?' }] },
  picky: { ...SURVEY, when: { variants: ['fresh'], goal: 'order', seconds: 5, exit: true, percent: 50, quiet: 0 }, talk: TALK, languages: { de: GERMAN } },
}
/** How many come to be asked; `VISITORS=10000` for many. */
const VISITORS = Number(process.env.VISITORS ?? 200)
let origin, product
/** Who was shown what, and who said nothing; read when all is over. */
let people

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  const document = documentOf()
  document.flags.other = { ...document.flags.hero, rules: [{ experiment: 'other' }] }
  document.experiments.other = structuredClone(document.experiments.hero)
  Object.assign(document.experiments.other, { flag: 'other' })
  Object.assign(document.experiments.other.run, { id: 'other-1', salt: 'other-1' })
  document.surveys = { ...SURVEYS, elsewhere: { ...SURVEY, experiment: 'other' } }
  await served(product, (await publish(product, document)).version)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const tokenOf = ({ answer }) => decisionsOf(answer.text).flags.hero.token

/** Posts an answer, by default a visitor's own. */
async function say(visitor, said, { cookies = visitor.cookies, headers, method = 'POST', body } = {}) {
  const given = { ...PART, 'content-type': 'text/plain', cookie: cookieHeader(cookies), ...headers }
  const text = body ?? JSON.stringify({ v: 1, survey: 'clear', d: tokenOf(visitor), ...said })
  const answer = await ask(product, '/_pm/v', { method, headers: given, body: method === 'GET' ? undefined : text })
  return { status: answer.status, ...JSON.parse(answer.text) }
}

const kept = { status: 200, outcome: 'stored' }
const rejected = (reason) => ({ status: 200, outcome: 'rejected', reason })

test('a page tells its surveys to whom it exposes, each with the decision that it is about', async () => {
  const visitor = await visitorOf(product, 'fresh')
  const { surveys, voices } = decisionsOf(visitor.answer.text)
  assert.equal(voices, '/_pm/v')
  const token = tokenOf(visitor)
  const { experiment: _, ...rated } = SURVEYS.rated
  const { experiment: __, contact: ___, ...mailed } = SURVEYS.mailed
  const [clear, letter, picky, plain, scale, words] = [
    { key: 'clear', question: SURVEY.question, choices: ['Yes', 'No'], comment: true, token },
    { key: 'mailed', ...mailed, choices: ['1', '2', '3', '4', '5'], token },
    { key: 'picky', question: SURVEY.question, choices: ['Yes', 'No'], comment: true, when: SURVEYS.picky.when, languages: { de: GERMAN }, token },
    { key: 'plain', question: SURVEY.question, choices: ['Yes', 'No'], comment: false, token },
    { key: 'rated', ...rated, choices: ['1', '2', '3', '4', '5'], comment: false, token },
    { key: 'words', question: 'Why?', choices: [], comment: true, token },
  ]
  assert.deepEqual(surveys, [clear, letter, picky, plain, scale, words])
  const { answer } = await visitorOf(product, 'control')
  assert.deepEqual(decisionsOf(answer.text).surveys.map(({ key }) => key), ['clear', 'mailed', 'plain', 'rated', 'words'], 'and only those of its variant')
})

const asks = { ask: true }
const outcomeOf = async (visitor, survey, more) => (await say(visitor, { survey, ...asks, ...more })).outcome

test('who may be asked is asked once, wherever they come from, and then left alone for a time', async () => {
  const [visitor, other] = [await visitorOf(product, 'fresh'), await visitorOf(product, 'control')]
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(visitor, 'clear')))
  assert.deepEqual(outcomes.sort(), ['ask', 'duplicate', 'duplicate', 'duplicate', 'duplicate'])
  assert.equal(await outcomeOf(visitor, 'plain'), 'quiet')
  // Who has answered of their own accord was asked, too: in the form that docs/wire.md shows.
  const { d: _, ...told } = JSON.parse(guideOf('docs/wire.md').blocks('json').at(-1).body)
  assert.deepEqual(await say(other, { ...told, d: tokenOf(other) }), kept)
  assert.deepEqual([await outcomeOf(other, 'clear'), await outcomeOf(other, 'words')], ['duplicate', 'quiet'])
  assert.deepEqual(await say(other, { survey: 'picky', ...asks }), rejected('variant'))
  assert.deepEqual(await say(other, { survey: 'picky', choice: 'Yes' }), rejected('variant'))
  assert.deepEqual(await say(visitor, { survey: 'clear', ...asks, d: tokenOf(other) }), rejected('token'))
  assert.equal((await say(other, {}, { body: '{"v":1,"survey":"clear","ask":"yes"}' })).status, 400)
})

test('of a hundred visitors as many are asked as the survey says, always the same, whatever they were asked before', async () => {
  const outcomes = []
  for (let index = 0; index < 60; index++) {
    const visitor = await visitorOf(product, 'fresh')
    await outcomeOf(visitor, 'clear')
    const first = await outcomeOf(visitor, 'picky')
    assert.equal(await outcomeOf(visitor, 'picky'), first === 'ask' ? 'duplicate' : 'filtered')
    outcomes.push(first)
  }
  const asked = outcomes.filter((outcome) => outcome === 'ask').length
  assert.ok(asked > 12 && asked < 48 && outcomes.every((outcome) => ['ask', 'filtered'].includes(outcome)), `${asked} of 60`)
})

test('who has answered may make an appointment, with a reference that is ours and names nobody', async () => {
  const visitor = await visitorOf(product, 'fresh')
  const { outcome, talk } = await say(visitor, { survey: 'picky', choice: 'Yes' })
  assert.equal(outcome, 'stored')
  const to = new URL(talk)
  assert.equal(`${to.origin}${to.pathname} ${to.searchParams.get('with')}`, 'https://calendar.example/team us')
  const reference = to.searchParams.get('reference')
  assert.ok(!reference.includes(visitor.cookies.pm.split('.')[1]))
  const said = async (word) => {
    const response = await product.api('GET', `references/${word}`)
    return { status: response.status, ...(await response.json()) }
  }
  const { at, ...known } = await said(reference)
  assert.deepEqual(known, { status: 200, survey: 'picky', run: 'hero-1', variant: 'fresh' })
  assert.ok(Math.abs(at - Date.now()) < 600_000)
  assert.equal((await said(reference.replace('.fresh.', '.control.'))).status, 404)
  assert.equal((await say(visitor, { survey: 'picky', choice: 'Yes' })).talk, undefined, 'and once')
})

test(`of ${VISITORS} visitors with several devices and retries each is asked once, and answers for the variant they were shown`, async (t) => {
  const [shown, asked, declined] = [new Map(), new Map(), new Set()]
  const one = async (index) => {
    const answer = await ask(product, '/')
    const visitor = { answer, cookies: cookiesOf(answer.setCookies) }
    // The same person elsewhere is served again, and is shown the same.
    const devices = [visitor]
    for (let device = 0; device < index % 3; device++) {
      devices.push({ ...visitor, answer: await ask(product, '/', { headers: { ...NAVIGATION, cookie: cookieHeader(visitor.cookies) } }) })
    }
    const variants = new Set(devices.map(({ answer }) => decisionsOf(answer.text).flags.hero.variant))
    assert.equal(variants.size, 1)
    const outcomes = await Promise.all(devices.flatMap((device) => [outcomeOf(device, 'clear'), outcomeOf(device, 'clear')]))
    const me = `person ${index}`
    shown.set(me, [...variants][0])
    asked.set(me, outcomes.filter((outcome) => outcome === 'ask').length)
    // One in four declines: nothing comes of that but that they are never asked again.
    if (index % 4 === 0) declined.add(me)
    else await Promise.all(devices.map((device) => say(device, { choice: 'Yes', text: `I am ${me.replace(' ', '-no-')}x` })))
    assert.equal(await outcomeOf(devices.at(-1), 'clear'), 'duplicate')
  }
  for (let first = 0; first < VISITORS; first += 20) {
    await Promise.all(Array.from({ length: Math.min(20, VISITORS - first) }, (_, index) => one(first + index)))
  }
  people = { shown, declined }
  const twice = [...asked.values()].filter((times) => times !== 1).length
  t.diagnostic(`${VISITORS} visitors, ${twice} not asked exactly once, ${declined.size} declined`)
  assert.equal(twice, 0)
})

test('the first answer of a visitor is stored, and stays', async () => {
  const visitor = await visitorOf(product, 'fresh')
  assert.deepEqual(await say(visitor, { choice: 'Yes', text: 'Yes!' }), kept)
  assert.deepEqual(await say(visitor, { choice: 'No' }), { status: 200, outcome: 'duplicate' })
  assert.deepEqual(await say(visitor, { survey: 'words', text: 'Because \ud83d' }), kept)
})

test('an answer counts for the unit that met the variant and for no other', async () => {
  const [visitor, other] = [await visitorOf(product, 'fresh'), await visitorOf(product, 'control')]
  assert.deepEqual(await say(visitor, { choice: 'Yes', d: tokenOf(other) }), rejected('token'))
  for (const d of [undefined, 7, '', `${tokenOf(visitor)}.x`]) assert.deepEqual(await say(visitor, { choice: 'Yes', d }), rejected('token'))
  assert.deepEqual(await say(visitor, { choice: 'Yes' }, { cookies: {} }), rejected('unsigned'))
})

test('only what was asked can be answered', async () => {
  const visitor = await visitorOf(product, 'fresh')
  for (const survey of ['none', '__proto__', '']) assert.deepEqual(await say(visitor, { survey, choice: 'Yes' }), rejected('survey'))
  assert.deepEqual(await say(visitor, { survey: 'elsewhere', choice: 'Yes' }), rejected('impossible'))
  assert.deepEqual(await say(visitor, { choice: 'Maybe' }), rejected('choice'))
  assert.deepEqual(await say(visitor, { survey: 'words', choice: 'Yes' }), rejected('choice'))
  assert.deepEqual(await say(visitor, { survey: 'plain', text: 'words' }), rejected('comment'))
  assert.deepEqual(await say(visitor, { choice: '\ud800' }), rejected('choice'))
  assert.deepEqual(await say(visitor, { text: ' ' }), rejected('empty'))
  assert.deepEqual(await say(visitor, { text: 'x'.repeat(1001) }), rejected('too-long'))
})

test('a rating is one of its points, with words only where they were asked for', async () => {
  const visitor = await visitorOf(product, 'fresh')
  for (const choice of ['0', '6', '5.0', 'Completely']) assert.deepEqual(await say(visitor, { survey: 'rated', choice }), rejected('choice'))
  assert.deepEqual(await say(visitor, { survey: 'rated', choice: '5', text: 'Nothing' }), rejected('comment'))
  assert.deepEqual(await say(visitor, { survey: 'rated', text: 'The price' }), rejected('comment'))
  assert.deepEqual(await say(visitor, { survey: 'rated', choice: '2', text: 'The price' }), kept)
})

test('machines are thanked and not heard', async () => {
  const visitor = await visitorOf(product, 'fresh')
  const bot = { headers: { 'user-agent': 'HeadlessChrome/150' } }
  assert.deepEqual(await say(visitor, { choice: 'Yes' }, bot), { status: 200, outcome: 'filtered', reason: 'bot' })
  assert.deepEqual(await say(visitor, { choice: 'Yes' }), kept)
})

test('what is no answer is told so, by its status', async () => {
  const visitor = await visitorOf(product, 'fresh')
  for (const body of ['', '{', 'null', '[]', '7', '{"v":2,"survey":"clear"}', '{"v":1}', '{"v":1,"survey":"clear","text":7}']) {
    const { status, error } = await say(visitor, {}, { body })
    assert.equal(status, 400, body)
    assert.match(error, /docs\/wire\.md/)
  }
  assert.equal((await say(visitor, {}, { body: 'x'.repeat(16_385) })).status, 413)
  assert.equal((await say(visitor, {}, { body: gzipSync('{}'), headers: { 'content-encoding': 'gzip' } })).status, 415)
  assert.equal((await say(visitor, {}, { method: 'GET' })).status, 405)
})

const { seer, serverKey, send } = callers(() => product)

const feedback = async (tickets, key) => {
  const { status, text } = await send('feedback', 'application/json', JSON.stringify({ v: 1, tickets }), key)
  return { status, ...JSON.parse(text) }
}

const ledger = async () => (await product.api('GET', 'ledger')).json()

test('a ticket is counted once, by its id, and whatever is wrong with one is told by its place', async () => {
  const before = await ledger()
  const { unit } = await seer('fresh')
  const ticket = { id: 'T-1', unit, text: 'It would not load', source: 'desk', tags: ['bug'], link: 'https://desk.example/1' }
  const first = await feedback([ticket, { ...ticket, id: 'T-2', replay: 'rec-1' }])
  assert.deepEqual([first.status, first.stored, first.left], [200, 2, []])
  assert.equal((await feedback([ticket])).duplicate, 1)
  const wrong = [
    [{ ...ticket, id: undefined }, 'id'], [{ ...ticket, unit: '' }, 'unit'], [{ ...ticket, text: ' ' }, 'empty'], [{ ...ticket, text: 'x'.repeat(4001) }, 'too-long'],
    [{ ...ticket, at: 'yesterday' }, 'time'], [{ ...ticket, at: Date.now() - 91 * 86_400_000 }, 'age'], [{ ...ticket, id: 'T-9', at: Date.now() + 9e6 }, 'future'],
    [{ ...ticket, link: 'http://desk.example/1' }, 'link'], [{ ...ticket, link: 'https://desk.example/?of=ada@example.com' }, 'link'],
    [{ ...ticket, replay: 'javascript:alert(1)//' }, 'replay'], [{ ...ticket, replay: 'http://replays.example/1' }, 'replay'], [{ ...ticket, tags: 'bug' }, 'tags'],
    [{ ...ticket, priority: 1 }, 'field'], [7, 'malformed'],
  ]
  const { left, stored } = await feedback(wrong.map(([one]) => one))
  assert.deepEqual([stored, left], [0, wrong.map(([, reason], place) => ({ place, reason }))])
  for (const [body, reason] of [['{', 'malformed'], ['{"v":1,"tickets":[]}', 'malformed'], [JSON.stringify({ v: 1, tickets: Array(101).fill(ticket) }), 'too-many']]) {
    const { status, text } = await send('feedback', 'application/json', body)
    assert.deepEqual([status, text.includes(reason)], [400, true])
  }
  assert.equal((await feedback([ticket], 'v1.server.k.nothing')).status, 401)
  const after = await ledger()
  // What was wrong, and three bodies that were none. Visitors of other tests may still be told of meanwhile.
  const refused = (ledger) => Object.values(ledger.rejected).reduce((sum, n) => sum + n, 0)
  assert.deepEqual([refused(after) - refused(before), after.duplicate - before.duplicate], [wrong.length + 3, 1])
  const kept = ({ stored, duplicate, rejected, filtered }) => [stored, duplicate, ...Object.values(rejected), ...Object.values(filtered)].reduce((sum, n) => sum + n, 0)
  assert.equal(kept(after), after.received)
})

test('the console takes tickets as the site does, and only with the key of a place that there is', async () => {
  const { unit } = await seer('control')
  const post = (path, key) => fetch(`${product.console}${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: JSON.stringify({ id: 'C-1', unit, text: 'Hello' }) })
  const here = new URLSearchParams({ project: 'demo', environment: 'development' })
  assert.equal((await (await post(`/api/v1/feedback?${here}`, await serverKey())).json()).stored, 1)
  assert.equal((await post(`/api/v1/feedback?${here}`, 'wrong')).status, 401)
  assert.equal((await post('/api/v1/feedback?project=nowhere', await serverKey())).status, 404)
})

test('a file of tickets is taken by the names that its columns have, and each line that is not is named', async () => {
  const { unit } = await seer('fresh')
  const csv = `ticket,customer,created,body,labels,secret\n1,${unit},${new Date().toISOString()},"It is slow, and slow",a;b,x\n2,${unit},yesterday,Slow,,\n3,,,Slow,,\n`
  const lines = async (kind, query, body) => (await send(`upload?of=tickets&${query}`, kind, body)).text.trim().split('\n').map((line) => JSON.parse(line))
  const query = new URLSearchParams({ id: 'ticket', unit: 'customer', time: 'created', text: 'body', tags: 'labels' })
  const told = await lines('text/csv', query, csv)
  assert.deepEqual(told.slice(0, 2).map(({ line, reason }) => [line, reason]), [[3, 'time'], [4, 'unit']])
  assert.deepEqual([told.at(-1).done, told.at(-1).lines, told.at(-1).stored], [true, 3, 1])
  assert.equal((await lines('text/csv', query, csv)).at(-1).duplicate, 1)
  const within = new URLSearchParams({ id: '/ticket/id', unit: '/who', text: '/ticket/text' })
  const nested = [{ ticket: { id: 7, text: 'Within' }, who: unit }, { who: unit }].map((one) => JSON.stringify(one)).join('\n')
  assert.deepEqual((await lines('application/x-ndjson', within, nested)).map(({ line, reason, stored }) => reason ?? stored ?? line), ['empty', 1, 1])
  assert.match((await lines('text/csv', '', csv))[0].failed, /unit is missing/)
})

test('`pointsman tickets` sends a file by its own names, and names each line that is not taken', async () => {
  const { unit } = await seer('fresh')
  const file = join(folder, 'desk.csv')
  writeFileSync(file, `ticket,customer,body\nL-1,${unit},It is slow\nL-2,,Slow\n`)
  const env = { ...process.env, POINTSMAN_CONSOLE: product.console, POINTSMAN_TOKEN: product.token, POINTSMAN_PROJECT: 'demo', NO_COLOR: '1' }
  const run = (...args) => beside(process.execPath, [join(root, 'dist/npm/cli/pointsman.js'), 'tickets', ...args], { env })
  const map = ['--map', 'id=ticket,unit=customer,text=body', '--environment', 'development']
  assert.deepEqual(await run(file, ...map), { status: 1, stdout: '2 lines: 1 stored, 0 known already, 1 not taken.\n', stderr: `${file}:3: It says of nobody.\n` })
  const again = await run(file, ...map, '--json')
  const told = again.stdout.trim().split('\n').map((line) => JSON.parse(line))
  assert.deepEqual([again.status, told[0].line, told.at(-1).done, told.at(-1).duplicate], [1, 3, true, 1])
  const wrong = await run(file, '--map', 'words=body')
  assert.deepEqual([wrong.status, wrong.stderr.includes('--map: “words=body” names nothing that a ticket has.')], [2, true])
  assert.equal((await run(join(folder, 'nowhere.csv'), ...map)).stderr, `pointsman: ${join(folder, 'nowhere.csv')}: There is no such file. Look at the path; it is taken from where you are.\n`)
})

test('a page names the recording of its session, once, and only where it can be opened safely', async () => {
  const session = (r, dt = 0) => ({ t: 'track', n: 'session', r, dt })
  const { told } = await seer('fresh', [session('https://replays.example/7'), session('https://replays.example/7'), session('http://replays.example/7'), session('a b')])
  assert.deepEqual([told.stored, told.rejected], [3, { replay: 2 }])
})

test('on the disk lie the words without what could name somebody, and a keyed hash', async () => {
  const visitor = await visitorOf(product, 'control')
  assert.deepEqual(await say(visitor, { choice: 'No', text: 'Ada, ada@example.com,\n+49 170 1234567' }), kept)
  const { unit: writer } = await seer('fresh')
  assert.equal((await feedback([{ id: 'order 4711', unit: writer, subject: 'Ada', text: 'ada@example.com' }])).stored, 1)
  const { unit: gone } = await seer('fresh')
  await feedback([{ id: 'G-1', unit: gone, text: 'to be erased' }])
  assert.equal((await (await product.api('DELETE', `units/${gone}`)).json()).answers, 1)
  // Late, or again: nothing of somebody who was erased is taken any more.
  assert.deepEqual((await feedback([{ id: 'G-1', unit: gone, text: 'to be erased' }])).filtered, { erased: 1 })
  await product.stop()
  const tickets = ticketsIn(product)
  const texts = tickets.map(({ text }) => text)
  assert.ok(!texts.includes('to be erased') && !product.said().includes('It would not load'))
  const { unit: hash, name, ...written } = tickets.at(-1)
  assert.deepEqual(written, { subject: 'Ada', text: '[e-mail]', replay: '', met: 'hero-1 fresh' })
  assert.ok(!`${hash} ${name}`.includes('4711') && /^[0-9a-f]{32} [0-9a-f]{32}$/.test(`${hash} ${name}`))
  const recorded = tickets.filter(({ replay }) => replay === 'https://replays.example/7')
  assert.deepEqual(recorded.map(({ met }) => met), ['hero-1 fresh'])
  const answers = answersIn(product)
  const theirs = new Map(answers.flatMap(({ text, variant }) => (/^I am person-no-\d+x$/.test(text) ? [[text.slice(5, -1).replace('-no-', ' '), variant]] : [])))
  assert.equal(theirs.size, VISITORS - people.declined.size)
  for (const [me, variant] of theirs) assert.equal(variant, people.shown.get(me))
  assert.ok([...people.declined].every((me) => !theirs.has(me)))
  assert.ok(!product.said().includes('person-no-'), 'and no word of theirs is in a log')
  const { unit, ...last } = answers.at(-1)
  assert.deepEqual(last, { survey: 'clear', run: 'hero-1', variant: 'control', choice: 'No', text: 'Ada, [e-mail], [number]' })
  assert.match(unit, /^[0-9a-f]{32}$/)
  assert.notEqual(unit, Buffer.from(visitor.cookies.pm.split('.')[1], 'base64url').toString('hex'))
})
