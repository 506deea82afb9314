// What applications are served by, part one: Node and workerd. Bun and Deno are in further/.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, decisionsOf } from '../edge/wire.mjs'
import { freePort } from '../../build/product.mjs'
import { document, example } from './examples.mjs'
import { decides, follows } from './pages.mjs'
import { product } from './product.mjs'

const node = example('node')
const workerd = example('workerd')
let behind, of

before(async () => {
  behind = await freePort()
  of = await product(behind)
})
after(() => of?.close())

test('a server in Node renders what the edge before it has decided', async () => {
  const env = { SITE: of.edge.site, SERVER_KEY: of.keys.server, PORT: String(behind) }
  const stop = await node.start('start', behind, { env })
  try {
    await follows(of.edge.port)
  } finally {
    await stop()
  }
})

test('a Worker in workerd decides by itself, and follows what is published', async () => {
  // Sooner than after a minute.
  workerd.edit('worker.js', (text) => text.replace('key: env.SERVER_KEY', '$&, refresh: 100'))
  assert.doesNotMatch(await workerd.run('build'), /warn/i)
  const port = await freePort()
  const env = { SITE: of.edge.site, SERVER_KEY: of.keys.server }
  const stop = await workerd.start('start', port, { env, args: ['-s', `http=127.0.0.1:${port}`] })
  try {
    await decides(port)
    const news = structuredClone(document)
    news.flags['free-shipping'].otherwise = 'off'
    await of.publishes(news)
    await pause(500)
    const { text } = await ask({ port }, '/')
    assert.equal(decisionsOf(text).flags['free-shipping'].value, false)
  } finally {
    await stop()
  }
})
