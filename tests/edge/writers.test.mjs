// Many who write at once: each version has one author, nobody's change is lost, and no number is left out.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { apiOf, start } from '../../build/product.mjs'

/** `npm test` writes less; `WRITERS=50 ROUNDS=20 node --test tests/edge/writers.test.mjs` writes a thousand times. */
const WRITERS = Number(process.env.WRITERS ?? 10)
/** Of each writer. */
const ROUNDS = Number(process.env.ROUNDS ?? 4)

const folder = mkdtempSync(join(tmpdir(), 'pointsman-writers-'))
const PLACE = apiOf('development', 'demo')
let product, tokens

/** One call by a writer, as they are known. */
async function call(token, method, path, { seen, body } = {}) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(seen !== undefined && { 'if-match': `"${seen}"` }) }
  const response = await fetch(product.console + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: response.status, body: await response.json() }
}

before(async () => {
  product = await start({ folder, quiet: true })
  const people = PLACE.replace(/environments\/.*/, 'people')
  tokens = []
  for (let writer = 0; writer < WRITERS; writer++) {
    const { body } = await call(product.token, 'POST', people, { body: { name: `writer ${writer}`, role: 'editor' } })
    tokens.push(body.token)
  }
  const { status } = await call(product.token, 'PUT', `${PLACE}document`, { seen: 0, body: { format: 1, flags: {} } })
  assert.equal(status, 200)
})

after(async () => {
  await product?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A moment, so that not all come back at once. */
const later = () => pause(Math.random() * 10 * WRITERS)

/** Adds a flag of one's own to what is current, as often as somebody else was faster. Gives the version and the tries. */
async function add(token, key) {
  for (let tries = 1; ; tries++) {
    const { body: { version, document } } = await call(token, 'GET', `${PLACE}document`)
    const flag = { kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off' }
    const { status, body } = await call(token, 'PUT', `${PLACE}document`, {
      seen: version, body: { ...document, flags: { ...document.flags, [key]: flag } },
    })
    if (status === 200) return { version: body.version, tries }
    assert.equal(status, 412, JSON.stringify(body))
    await later()
    assert.ok(tries < 100 * WRITERS, `${key} never gets its turn`)
  }
}

test(`${WRITERS} writers with ${ROUNDS} rounds each lose nothing of each other`, async (t) => {
  const done = []
  await Promise.all(tokens.map(async (token, writer) => {
    for (let round = 0; round < ROUNDS; round++) {
      // Limits allow fewer flags than there are rounds: each writer has one, and takes it anew.
      const key = `of-${writer}`
      done.push({ writer, ...(await add(token, round % 2 ? `${key}-again` : key)) })
      if (round % 2) await drop(token, [key, `${key}-again`], done, writer)
    }
  }))
  const versions = done.map(({ version }) => version).sort((a, b) => a - b)
  assert.deepEqual(versions, versions.map((_, index) => index + 2), 'each version has one author, and no number is left out')
  const kept = new Map(done.map(({ version, writer }) => [version, `writer ${writer}`]))
  const { body: { versions: listed } } = await call(product.token, 'GET', `${PLACE}versions`)
  for (const { version, who } of listed.filter(({ version }) => version > 1)) assert.equal(who, kept.get(version))
  const { body: { document } } = await call(product.token, 'GET', `${PLACE}document`)
  const due = tokens.flatMap((_, writer) => (ROUNDS % 2 ? [`of-${writer}`] : []))
  assert.deepEqual(Object.keys(document.flags).sort(), due.sort(), 'what each writer did last is there')
  const tries = done.reduce((sum, { tries }) => sum + tries, 0)
  t.diagnostic(`${done.length} versions of ${WRITERS} writers, ${tries - done.length} refused and tried again`)
})

/** Takes one's own flags away again, both in one version. */
async function drop(token, keys, done, writer) {
  for (let tries = 1; ; tries++) {
    const { body: { version, document } } = await call(token, 'GET', `${PLACE}document`)
    const flags = Object.fromEntries(Object.entries(document.flags).filter(([key]) => !keys.includes(key)))
    assert.equal(Object.keys(document.flags).length - Object.keys(flags).length, keys.length, 'a flag of one’s own was lost')
    const { status, body } = await call(token, 'PUT', `${PLACE}document`, { seen: version, body: { ...document, flags } })
    if (status === 200) return done.push({ writer, version: body.version, tries })
    assert.equal(status, 412, JSON.stringify(body))
    await later()
  }
}
