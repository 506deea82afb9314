// When a shard has no room, or does not know a version: who sends is told to come again, nothing is guessed and nothing is
// lost.

import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf } from './document.mjs'
import { ask } from './wire.mjs'

/** Requests that wait at the shard at most. */
const ROOM = 3

let folder, product, server, version

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-overload-'))
  copyFileSync(new URL('fragile.mjs', import.meta.url), join(folder, 'fragile.mjs'))
  product = await start({
    folder, quiet: true, environment: 'development',
    configure: (text) => text.replace('modules = [', 'modules = [\n    (name = "fragile.mjs", esModule = embed "fragile.mjs"),')
      .replace(/"WAITING", text = "\d+"/, `"WAITING", text = "${ROOM}"`),
  })
  version = (await publish(product, documentOf())).version
  await served(product, version)
  server = (await (await product.api('GET', 'keys')).json()).server
})

after(async () => {
  await product?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const broken = (operations) => ask(product, '/', { method: 'POST', host: 'faults', body: JSON.stringify(operations), headers: {} })

async function send(id) {
  const events = [{ t: 'track', unit: `unit ${id}`, id: `order ${id}`, n: 'order' }]
  const response = await fetch(`${product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${server}` }, body: JSON.stringify({ v: 1, events }) })
  return { status: response.status, again: response.headers.get('retry-after'), ...(await response.json()) }
}

test('while the control object is silent, what needs it is sent away, and whoever finds no room before', async () => {
  await broken({ 'control/definitions': 'hangs' })
  // Some are under way, and ask what the version says; others wait for them, until there is no room for one more.
  const [sent, answers] = [[], []]
  await eventually(() => {
    sent.push(send(sent.length).then((answer) => answers.push(answer)))
    return answers.some(({ status }) => status === 429)
  })
  await Promise.all(sent)
  const [late, waited] = [429, 503].map((status) => answers.filter((answer) => answer.status === status))
  assert.deepEqual([late.length + waited.length, late.length > 0, waited.length > ROOM], [answers.length, true, true])
  assert.ok(late.every(({ again, error }) => again === '1' && /More comes in than can be stored/.test(error)))
  assert.ok(waited.every(({ again, error }) => again === '5' && /not published yet, or cannot be read/.test(error)))
  await broken({})
  const again = await Promise.all([0, 1, 2].map((id) => send(id)))
  assert.deepEqual(again.map(({ stored }) => stored), [1, 1, 1])
})

test('what fails at the control object is no different', async () => {
  const next = (await publish(product, { ...documentOf(), metrics: { ...documentOf().metrics, more: { event: 'more' } } })).version
  await served(product, next)
  await broken({ 'control/definitions': 'fails' })
  assert.deepEqual(await send('failed').then(({ status, again }) => [status, again]), [503, '5'])
  await broken({})
  assert.equal((await send('failed')).stored, 1)
})
