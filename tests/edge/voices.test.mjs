// Who is heard: people whom we minted and who met the variant, by our own word, each once; and what is kept of them.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { documentOf, PAGE } from './document.mjs'
import { answersIn, SURVEY } from './voices.mjs'
import { ask, cookieHeader, decisionsOf, PART, stub, visitorOf } from './wire.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pointsman-voices-'))
const SURVEYS = { clear: SURVEY, plain: { ...SURVEY, comment: false }, words: { experiment: 'hero', question: 'Why?', comment: true } }
let origin, product

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
  assert.deepEqual(surveys, [
    { key: 'clear', question: SURVEY.question, choices: ['Yes', 'No'], comment: true, token },
    { key: 'plain', question: SURVEY.question, choices: ['Yes', 'No'], comment: false, token },
    { key: 'words', question: 'Why?', choices: [], comment: true, token },
  ])
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

test('on the disk lie the words without what could name somebody, and a keyed hash', async () => {
  const visitor = await visitorOf(product, 'control')
  assert.deepEqual(await say(visitor, { choice: 'No', text: 'Ada, ada@example.com,\n+49 170 1234567' }), kept)
  await product.stop()
  const { unit, ...last } = answersIn(product).at(-1)
  assert.deepEqual(last, { survey: 'clear', run: 'hero-1', variant: 'control', choice: 'No', text: 'Ada, [e-mail], [number]' })
  assert.match(unit, /^[0-9a-f]{32}$/)
  assert.notEqual(unit, Buffer.from(visitor.cookies.pm.split('.')[1], 'base64url').toString('hex'))
})
