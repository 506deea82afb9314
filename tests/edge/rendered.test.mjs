// A server that renders behind the edge: it takes the edge's word, and so page, server and browser say the same.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { connect } from '../../dist/npm/connect.js'
import { open } from '../../dist/npm/index.js'
import { serve } from '../../dist/npm/server.js'
import { documentOf, WORDS } from '../sdk/snapshots.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, PART, stub } from './wire.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pointsman-rendered-'))
let origin, product, source

before(async () => {
  origin = await stub((request, response) => {
    const visit = serve(source, { edge: true }).visit(request)
    response.setHeaders(visit.headers).setHeader('content-type', 'text/html')
    response.end(`<!doctype html><head><title>x</title></head><h1>${visit.flags.get('hero')}</h1><i>${JSON.stringify(visit.all.keys().map((key) => visit.all.get(key)))}</i>`)
  })
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  await served(product, (await publish(product, documentOf())).version)
  const { server } = await (await product.api('GET', 'keys')).json()
  source = connect({ url: product.site, key: server, refresh: 0 })
  await source.ready
})

after(async () => {
  source?.close()
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('what the server renders is what the edge has decided and the browser is told', async () => {
  const met = new Set()
  for (let visit = 0; visit < 20; visit++) {
    const { text } = await ask(product, '/')
    const flags = open(decisionsOf(text))
    assert.equal(text.match(/<h1>(.*?)<\/h1>/)[1], flags.get('hero'))
    assert.deepEqual(JSON.parse(text.match(/<i>(.*?)<\/i>/)[1]).filter((value) => value !== 'a secret'), flags.keys().map((key) => flags.get(key)))
    assert.match(text, /a secret/, 'what stays on the server is there')
    met.add(flags.get('hero'))
  }
  assert.deepEqual([...met].sort(), Object.values(WORDS).sort())
})

test('a flag under test that no page of ours changes has its proof in the page, and counts when it is shown', async () => {
  const { text, setCookies } = await ask(product, '/')
  const { flags, exposures } = decisionsOf(text)
  const { run, variant, token } = flags.hero
  assert.deepEqual([run, exposures], ['hero-1', []])
  const seen = (event) => ask(product, '/_pm/e', {
    method: 'POST', headers: { ...PART, 'content-type': 'text/plain', cookie: cookieHeader(cookiesOf(setCookies)) },
    body: JSON.stringify({ v: 1, page: `page-${variant}`, seq: 0, dropped: 0, events: [{ t: 'seen', run, x: variant, dt: 0, ...event }] }),
  }).then((answer) => JSON.parse(answer.text))
  assert.deepEqual((await seen({ d: token })).stored, 1)
  assert.deepEqual((await seen({ d: token, x: variant === 'fresh' ? 'control' : 'fresh' })).rejected, { impossible: 1 })
  const again = await ask(product, '/', { headers: { ...NAVIGATION, cookie: cookieHeader(cookiesOf(setCookies)) } })
  assert.equal(decisionsOf(again.text).flags.hero.variant, variant)
  const { report } = await (await product.api('GET', 'experiments/hero/report')).json()
  assert.equal(report.arms.reduce((sum, arm) => sum + arm.confirmed, 0), 1)
})
