// The main job on real input: visitors through the Worker, and a report that says what they did.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { publish, served, start } from '../build/product.mjs'
import { serve } from '../www/landing/serve.mjs'
import { traffic } from '../www/landing/traffic.mjs'
import { seededUnits } from '../www/landing/units.mjs'
import { Site, Visitor } from '../www/landing/visitor.mjs'

const LIFT = 0.15
const PLAIN = ['assigned', 'confirmed', 'converted', 'crossed']

test('after 20,000 visitors the report agrees exactly with what was delivered, and its interval covers the true lift', async (t) => {
  await withShop(async (product) => {
    const counts = await traffic({ url: product.site, visitors: 20_000, lift: LIFT, seed: 4 })
    t.diagnostic(`${(counts.visitors / counts.seconds).toFixed(0)} visitors a second`)
    assert.equal(counts.people + counts.bots, 20_000)
    assert.deepEqual([counts.lost, counts.refused, counts.bare], [0, 0, 0])

    const { report, ledger } = await settled(product, counts)
    for (const arm of report.arms) {
      const delivered = counts.runs['hero-1'][arm.variant]
      for (const name of PLAIN) assert.equal(arm[name], delivered[name], `${arm.variant}: ${name}`)
    }
    const [{ low, high, lift }] = report.comparisons
    t.diagnostic(`lift ${lift}, interval ${low} to ${high}: ${report.verdict.headline}`)
    assert.ok(low < LIFT && LIFT < high, `${low} to ${high}`)
    assert.equal(report.sampleRatio.alarm, false)
    // Bots came and are in the ledger alone; what was sent twice is a duplicate.
    assert.ok(ledger.filtered['bot-crawler'] > 0 && ledger.filtered['bot-script'] > 0 && ledger.duplicate >= counts.receipts.duplicate)
    assert.deepEqual(ledger.rejected, counts.receipts.rejected)
  })
})

test('the edge takes the units of a seed for its own, and one seed gives the same counts twice', () => withShop(async (product) => {
  const units = seededUnits({ seed: 7, unitKeys: product.secrets.unitKeys, place: 'demo/development' })
  const site = new Site(product.site, 1)
  try {
    const visitor = new Visitor(site, 'Mozilla/5.0', units(0))
    await visitor.open()
    assert.equal(visitor.unit, units(0).split('.')[1], 'the edge minted another unit')
  } finally {
    site.close()
  }
  const again = () => traffic({ url: product.site, visitors: 200, seed: 4, units, from: 1 })
  const [first, second] = [await again(), await again()]
  assert.ok(Object.values(first.runs['hero-1']).every(({ confirmed }) => confirmed > 50))
  assert.deepEqual(second.runs, first.runs)
  assert.deepEqual([first.errors, first.answers, first.receipts.rejected], [0, 0, {}])
}))

test('behaviour can be changed while a crowd is under way', () => withShop(async (product) => {
  const units = seededUnits({ seed: 7, unitKeys: product.secrets.unitKeys, place: 'demo/development' })
  const crowd = (behave, progress) => traffic({ url: product.site, visitors: 300, seed: 4, base: 0.5, bots: 0, units, behave, progress })
  const rates = ({ runs: { 'hero-1': arms } }) => Object.values(arms).map(({ converted, confirmed }) => converted / confirmed)

  const broken = { errors: { treatment: 1 }, lift: -1 }
  const behave = {}
  const turned = await crowd(behave, ({ visitors }) => visitors === 150 && (behave.hero = broken))
  const fresh = turned.runs['hero-1'].fresh
  assert.ok(turned.errors > 0 && turned.errors < fresh.assigned, `${turned.errors} errors of ${fresh.assigned}`)

  const all = await crowd({ hero: broken })
  assert.equal(all.errors, all.runs['hero-1'].fresh.assigned)
  assert.equal(all.runs['hero-1'].fresh.converted, 0)
  assert.ok(rates(all).some((rate) => rate > 0.35), 'control orders as before')

  const silent = await crowd({ 'hero-1': { silent: { browser: 'Safari', variant: 'treatment', share: 1 } } })
  const { control, fresh: hushed } = silent.runs['hero-1']
  assert.equal(control.confirmed, control.assigned)
  assert.ok(hushed.confirmed < hushed.assigned * 0.9 && hushed.confirmed > hushed.assigned * 0.5, `${hushed.confirmed} of ${hushed.assigned}`)
}))

test('visitors answer what a page asks them, in the words of their variant', async () => {
  const survey = { key: 'clear', question: 'Was it clear?', choices: ['Yes', 'No'], comment: true, token: 'of-this-page' }
  const flags = { hero: { run: 'hero-1', variant: 'fresh', token: 'd' } }
  const data = JSON.stringify({ v: 1, beacon: '/_pm/e', flags, exposures: ['hero'], voices: '/_pm/v', surveys: [survey] })
  const taken = []
  const site = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    if (request.url === '/_pm/v') taken.push(JSON.parse(Buffer.concat(chunks)))
    const pages = { '/': `<script type="application/json" data-id="pointsman">${data}</script>`, '/_pm/v': '' }
    response.end(pages[request.url] ?? JSON.stringify({ stored: 1, duplicate: 0, rejected: {}, filtered: {} }))
  })
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))
  try {
    const crowd = (answers) => traffic({
      url: `http://127.0.0.1:${site.address().port}`, visitors: 60, bots: 0, base: 0, behave: { hero: { answers } },
    })
    const { answers } = await crowd({ share: 0.5, control: ['No'], treatment: ['Yes', { choice: 'No', text: 'Hardly' }, { choice: 'Gone', text: 'x' }] })
    assert.equal(taken.length, answers)
    assert.ok(answers > 15 && answers < 45, `${answers} answers`)
    for (const { v, survey: key, d, choice, text } of taken) {
      assert.deepEqual([v, key, d], [1, 'clear', 'of-this-page'])
      assert.ok(survey.choices.includes(choice) && [undefined, 'Hardly'].includes(text), `${choice} ${text}`)
    }
    assert.ok(taken.some(({ text }) => text === 'Hardly') && taken.some(({ text }) => !text))
    taken.length = 0
    await crowd(undefined)
    assert.deepEqual(taken, [])
  } finally {
    site.closeAllConnections()
    site.close()
  }
})

test('a unit’s key is derived for its place by the definition in docs/wire.md', async () => {
  const root = Buffer.alloc(32, 1)
  const hmac = async (key, text) => {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    return Buffer.from(await crypto.subtle.sign('HMAC', imported, Buffer.from(text)))
  }
  const cookie = seededUnits({ seed: 1, unitKeys: `k2:${root.toString('base64url')},k1:other`, place: 'demo/production' })(5)
  const [version, id, key, mac] = cookie.split('.')
  const seal = (await hmac(await hmac(root, 'place\0demo/production'), `unit\0${version}.${id}.${key}\0`)).subarray(0, 16)
  assert.deepEqual([version, id.length, key, mac], ['v1', 22, 'k2', seal.toString('base64url')])
})

/** The shop behind the edge, with its test of the headline under way. */
async function withShop(act) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-'))
  const shop = await serve({})
  const product = await start({ folder, originPort: shop.port, environment: 'development' })
  try {
    const document = readFileSync(new URL('../www/landing/document.json', import.meta.url), 'utf8')
    await served(product, (await publish(product, document)).version)
    await act(product)
  } finally {
    await product.stop()
    shop.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The report, after the edge's own assignments have come in: they are written when the page has left already. */
async function settled(product, counts) {
  const due = Object.values(counts.runs['hero-1']).reduce((sum, arm) => sum + arm.assigned, 0)
  for (let tries = 0; ; tries++) {
    const answer = await (await product.api('GET', 'experiments/hero/report')).json()
    if (tries === 50 || answer.report.arms.reduce((sum, arm) => sum + arm.assigned, 0) >= due) return answer
    await wait(100)
  }
}
