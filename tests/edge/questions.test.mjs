// What is asked before anything is changed: the answers are about what the edge really serves, and leave no trace.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { documentOf, PAGE } from './document.mjs'
import { ask, cookiesOf, decisionsOf, stub } from './wire.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pointsman-questions-'))
let origin, product

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, documentOf({ rollout: 2 ** 31 }))).version)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const get = async (path) => (await product.api('GET', path)).json()
const explain = (body, headers) => product.api('POST', 'explain', { body: JSON.stringify(body), headers })
/** All that the project remembers and that anybody could have changed. */
const memory = async () => JSON.stringify([await get('versions'), await get('draft'), await get('/api/v1/projects/demo/audit')])

test('each visitor is explained what the edge has served to them', async () => {
  const before = await memory()
  const variants = new Set()
  for (let visit = 0; visit < 24; visit++) {
    const answer = await ask(product, '/')
    const { variant, reason } = decisionsOf(answer.text).flags.hero
    const unit = cookiesOf(answer.setCookies).pm.split('.')[1]
    const response = await explain({ flag: 'hero', context: { unit } })
    assert.equal(response.status, 200)
    const { version, explanations: [said] } = await response.json()
    assert.deepEqual([said.decision.variant, said.decision.reason, version], [variant, reason, 1])
    const rollout = said.steps.find(({ operator }) => operator === 'rollout')
    assert.equal(rollout.held, rollout.draw.draw < 2 ** 31)
    variants.add(`${variant} ${reason}`)
  }
  assert.deepEqual([...variants].sort(), ['control DEFAULT', 'control SPLIT', 'fresh SPLIT'])
  assert.equal(await memory(), before, 'who was asked about is written down nowhere')
})

test('a bad question is answered with its place, its cause and what to do', async () => {
  for (const [body, place] of [[{ context: 5 }, '/context'], [{ flag: 'gone', context: {} }, '/flag'], [{ unit: 'ada' }, '']]) {
    const response = await explain(body)
    assert.equal(response.status, 422)
    const { problems: [{ pointer, cause, fix }] } = await response.json()
    assert.equal(pointer, place)
    assert.ok(cause && fix)
  }
  const long = await explain({ context: { text: 'x'.repeat(100_000) } })
  assert.match((await long.json()).problems[0].cause, /bytes; \d+ are allowed/)
})

test('nobody asks without a token', async () => {
  const without = { authorization: '' }
  assert.equal((await explain({ context: {} }, without)).status, 401)
  for (const path of ['advice', 'flags/hero/reads']) assert.equal((await product.api('GET', path, { headers: without })).status, 401)
})

test('what a flag reads and what is worth a look is told of each environment by itself', async () => {
  const { attributes, time } = await get('flags/hero/reads')
  assert.deepEqual([attributes.map(({ attribute }) => attribute), time], [['unit'], false])
  assert.deepEqual((await get('advice')).advice, [])
  const document = documentOf()
  document.segments = { nobody: { if: { exists: { attribute: 'x' } } } }
  const staging = '/api/v1/projects/demo/environments/staging/'
  await publish(product, document, staging)
  const { advice: [{ pointer, flag, cause, fix }] } = await get(`${staging}advice`)
  assert.deepEqual([pointer, flag], ['/segments/nobody', null])
  assert.ok(cause && fix)
  assert.deepEqual((await get('advice')).advice, [])
})

test('a preview tells whom a publication moves, and what runs stays', async () => {
  const before = await memory()
  const body = JSON.stringify(documentOf({ rollout: 2 ** 30, epoch: 2 }))
  const response = await product.api('PUT', 'document?preview=1', { body })
  assert.equal(response.status, 200)
  const { changes: [{ flag, paths: [path] }], problems } = await response.json()
  // A quarter of all visitors leave the run, and half of them met the new words.
  assert.deepEqual([flag, path.share, path.loses, path.gains, problems], ['hero', 0.125, 0.125, 0, []])
  assert.deepEqual((await product.api('PUT', 'document?preview=1', { body: '{' })).status, 422)
  assert.equal(await memory(), before)
  assert.equal((await get('document')).version, 1)
})
