// Erasures against the raw log, which is immutable files: several at once, and one that a kill cuts short.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { root } from '../../build/setup.mjs'
import { eventually } from '../eventually.mjs'
import { linesBelow } from './lines.mjs'
import { open } from './shop.mjs'

/** Segments, in each of which everybody has done something. */
const SEGMENTS = 12

let shop, product, server

before(async () => {
  shop = await open()
  ;({ product } = shop)
  await shop.publish(JSON.parse(readFileSync(join(root, 'www/landing/document.json'), 'utf8')))
  server = (await shop.read('keys')).server
})

after(() => shop?.close())

const folder = () => join(shop.folder, 'log/demo/development/0')
const lines = () => linesBelow(folder()).map((line) => JSON.parse(line))
const ofOrder = (id) => lines().filter(({ t, name }) => t === 'event' && name === id)

/** Does the same for each of these units in each of some segments; `name` is the event's. */
async function happened(units, name) {
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const events = units.map((unit) => ({ t: 'track', unit, id: `${name} ${segment}`, n: name }))
    const response = await fetch(`${product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${server}` }, body: JSON.stringify({ v: 1, events }) })
    assert.equal((await response.json()).stored, units.length)
    await product.api('POST', 'segments')
  }
}

/** All files that are listed, each of which has to be there, and no other: those of before go right after. */
async function whole() {
  const both = async () => [(await shop.read('segments')).segments.map(({ name }) => name.split('/').pop()).sort(), readdirSync(folder()).sort()]
  await eventually(async () => isDeepStrictEqual(...(await both())))
  const [listed, there] = await both()
  assert.deepEqual(listed, there)
  return listed.length
}

test('whoever is erased at the same time as others leaves every segment, and nobody else does', async () => {
  const gone = Array.from({ length: 6 }, (_, n) => `gone ${n}`)
  await happened([...gone, 'stays'], 'parallel')
  const count = await whole()
  assert.equal(ofOrder('parallel').length, SEGMENTS * 7)
  const versions = lines().filter(({ t }) => t === 'version').length
  const answers = await Promise.all(gone.map(async (unit) => (await product.api('DELETE', `units/${encodeURIComponent(unit)}`)).json()))
  assert.deepEqual(answers.map(({ rows }) => rows), gone.map(() => SEGMENTS))
  await eventually(() => ofOrder('parallel').length <= SEGMENTS)
  assert.ok((await whole()) >= count, 'no segment is missing')
  assert.equal(ofOrder('parallel').length, SEGMENTS)
  assert.deepEqual([lines().filter(({ t }) => t === 'erased').length, lines().filter(({ t }) => t === 'version').length], [6, versions])
})

test('an erasure that a kill cuts short is finished by itself', { timeout: 120_000 }, async (t) => {
  await happened(['eve', 'adam'], 'killed')
  const erased = product.api('DELETE', 'units/eve').catch(() => {})
  await eventually(() => ofOrder('killed').length < 2 * SEGMENTS, 2)
  // A kill in the middle of a file leaves such a one; it may as well hold somebody who is erased later.
  writeFileSync(join(folder(), '.00000001-6.ndjson.gz.1.1.tmp'), 'half')
  await product.restart('SIGKILL')
  await erased
  t.diagnostic(`${ofOrder('killed').length - SEGMENTS} of ${SEGMENTS} segments still had the unit`)
  // Nobody asks the shard for anything meanwhile.
  await eventually(() => ofOrder('killed').length === SEGMENTS)
  assert.equal(ofOrder('killed').length, SEGMENTS)
  await whole()
})
