// The first value is there before anybody could wait for it: held against what the same browser does in the same moment,
// so that a busy machine changes nothing.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { consumer } from '../sdk/consumer.mjs'
import { decisionsOf, documentOf, snapshotOf } from '../sdk/snapshots.mjs'
import { stage } from './stage.mjs'

const LOADS = 5
/** Milliseconds from which browsers call a task long. Where all scripts of a page take less together, none of them is one. */
const LONG = 50

/** A hundred flags, of which one is under test. */
const document = documentOf()
for (let number = Object.keys(document.flags).length; number < 100; number++) document.flags[`flag-${number}`] = { ...document.flags.shipping }

/** What a page has that is no rarity: half a megabyte of JSON, whose reading takes a millisecond or more. */
const YARDSTICK = JSON.stringify(Array.from({ length: 5000 }, (_, id) => ({ id, name: `an entry of a list, number ${id}`, price: id / 7, tags: ['coffee', 'roasted'] })))

const PROGRAMS = {
  decisions: `
    import { inlined, open } from 'pointsman'
    const start = performance.now()
    const value = open(inlined()).get('hero', 'none')
    globalThis.told = { value, took: performance.now() - start }
  `,
  snapshot: `
    import { open } from 'pointsman'
    const bytes = new Uint8Array(await (await fetch('/bytes')).arrayBuffer())
    const start = performance.now()
    const value = open(bytes, { unit: 'ada' }).get('hero', 'none')
    globalThis.told = { value, took: performance.now() - start }
  `,
}

const app = consumer('first')
const files = {}
let scene, host

before(async () => {
  for (const [name, text] of Object.entries(PROGRAMS)) {
    for (const [path, bytes] of Object.entries(await app.bundle(text, { minify: true }))) files[`/${name}${path}`] = bytes
  }
  const flags = { ...decisionsOf().flags }
  for (let number = Object.keys(flags).length; number < 100; number++) flags[`flag-${number}`] = flags.shipping
  const inlined = JSON.stringify({ ...decisionsOf(), flags }).replaceAll('<', '\\u003c')
  host = createServer(({ url }, response) => {
    // Clocks of a page that is alone are exact.
    response.setHeader('cross-origin-opener-policy', 'same-origin').setHeader('cross-origin-embedder-policy', 'require-corp')
    if (files[url]) return response.setHeader('content-type', 'text/javascript').end(files[url])
    if (url === '/bytes') return response.end(snapshotOf(document))
    if (url === '/yardstick') return response.end(YARDSTICK)
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><title>x</title><script type="application/json" data-id="pointsman">${inlined}</script><script type="module" src="${url}/app.js"></script>`)
  })
  await once(host.listen(0, '127.0.0.1'), 'listening')
  scene = await stage()
})
after(async () => {
  await scene?.close()
  host?.closeAllConnections()
  host?.close()
})

/** Loads a page anew so many times: how long the first value took, also as a share of the yardstick, and how long its thread ran scripts. */
async function loads(name) {
  const told = []
  for (let load = 0; load < LOADS; load++) {
    await scene.person(async (context) => {
      const page = await context.newPage()
      const session = await context.newCDPSession(page)
      await session.send('Performance.enable', { timeDomain: 'threadTicks' })
      await page.goto(`http://localhost:${host.address().port}/${name}`)
      await page.waitForFunction(() => globalThis.told)
      const { metrics } = await session.send('Performance.getMetrics')
      const scripts = metrics.find((metric) => metric.name === 'ScriptDuration').value * 1000
      const { value, took, read } = await page.evaluate(async () => {
        const text = await (await fetch('/yardstick')).text()
        const start = performance.now()
        JSON.parse(text)
        return { ...globalThis.told, read: performance.now() - start }
      })
      assert.match(value, /^(Coffee|Roasted)/)
      told.push({ share: took / read, took, read, scripts })
    })
  }
  const middle = (of) => told.map(of).sort((left, right) => left - right)[Math.floor(LOADS / 2)]
  return Object.fromEntries(['share', 'took', 'read', 'scripts'].map((name) => [name, middle((one) => one[name])]))
}

const said = ({ share, took, read, scripts }) =>
  `first value ${took.toFixed(3)} ms, reading ${read.toFixed(3)} ms, share ${share.toFixed(3)}; all scripts ${scripts.toFixed(1)} ms of the page's thread`

test('on a page with decisions the first value takes at most half of what reading half a megabyte of JSON takes, and no script is a long task', async (t) => {
  const told = await loads('decisions')
  t.diagnostic(said(told))
  assert.ok(told.share <= 0.5, `${told.share}`)
  assert.ok(told.scripts < LONG, `${told.scripts} ms`)
})

test('where a hundred flags are evaluated before the first value no script is a long task', async (t) => {
  // Wasm is compiled by other threads, for which a busy machine has no time, so only the page's own is looked at.
  const told = await loads('snapshot')
  t.diagnostic(said(told))
  assert.ok(told.scripts < LONG, `${told.scripts} ms`)
})
