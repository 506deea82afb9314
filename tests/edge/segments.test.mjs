// The raw log against the report: everything that is counted can be counted again from files, by the collector's own code
// and by the SQL of docs/data.md.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { traffic } from '../../www/landing/traffic.mjs'
import { Site, Visitor } from '../../www/landing/visitor.mjs'
import { beside } from '../beside.mjs'
import { eventually } from '../eventually.mjs'
import { counted, reported } from './log.mjs'

const RUN = 'hero-1'
let product, shop, folder, log

const read = async (path) => (await product.api('GET', path)).json()

async function replay(...args) {
  const { status, stdout, stderr } = await beside('cargo', ['run', '--locked', '--quiet', '-p', 'pointsman-native', '--bin', 'pointsman-replay', '--', log, ...args], { cwd: root })
  return { status, stderr, told: stdout && args.includes('--json') ? JSON.parse(stdout) : stdout }
}

async function against(sums, ...run) {
  const file = join(folder, 'sums.json')
  writeFileSync(file, JSON.stringify(sums))
  return replay(...run, '--against', file, '--json')
}
const againstRun = (sums) => against(sums, '--run', RUN)

/** What the documentation's SQL counts of the run, by variant. */
const recounted = async () => (await counted(join(folder, 'log')))[RUN]

/** The same from the report. */
const told = async () => reported(await read('experiments/hero/report'))

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pointsman-segments-'))
  log = join(folder, 'log/demo/development')
  shop = await serve()
  product = await start({ folder, originPort: shop.port, quiet: true, environment: 'development' })
  const { version } = await publish(product, readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
  await served(product, version)
  const counts = await traffic({ url: product.site, visitors: 600, lift: 0.2, seed: 3 })
  assert.deepEqual([counts.lost, counts.refused], [0, 0])
  // The edge's own reports come in after the pages have left.
  const assigned = (arms, of) => Object.values(arms).reduce((sum, arm) => sum + Number(of(arm)), 0)
  const due = assigned(counts.runs[RUN], (arm) => arm.assigned)
  assert.ok(await eventually(async () => assigned(await told(), (arm) => arm.assigned) >= due))
})

after(async () => {
  await product?.stop()
  await shop?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('the log gives every sum again, bit for bit, and the SQL of the documentation gives the report’s counts', async () => {
  assert.equal((await (await product.api('POST', 'segments')).json()).waiting, 0)
  const { status, told: found, stderr } = await againstRun(await read(`sums?run=${RUN}`))
  assert.deepEqual([status, found?.differences, stderr], [0, [], ''])
  assert.ok(found.sums > 20)
  const report = await told()
  assert.deepEqual(await recounted(), report)
  assert.ok(Number(report.fresh.converted) > 20)
})

test('a sum that is off by one is found', async () => {
  const sums = await read(`sums?run=${RUN}`)
  const wrong = sums.sums.find(({ metric, dimension }) => metric === 'orders' && dimension === '')
  wrong.vector[1] = String(BigInt(wrong.vector[1]) + 1n)
  const { status, told: found } = await againstRun(sums)
  assert.deepEqual([status, found.differences.length], [1, 1])
  assert.match(found.differences[0], /“orders” of “”\[1\]: \d+ in the log, \d+ told/)
})

test('everything is held against the log, all traffic too, and a total that is off by one is found', async () => {
  const every = await read('sums')
  const { status, told: found, stderr } = await against(every)
  assert.deepEqual([status, found?.differences, stderr], [0, [], ''])
  assert.ok(every.runs[RUN].length > 20 && every.totals.length > 5 && every.metrics.length > 5)
  assert.equal(found.sums, Object.values(every.runs).flat().length + every.totals.length + every.metrics.length)
  for (const total of [every.totals[0], every.metrics[0]]) {
    total.n = String(BigInt(total.n) + 1n)
    const { status, told: found } = await against(every)
    assert.deepEqual([status, found.differences.length], [1, 1])
    assert.match(found.differences[0], /^all traffic, day \d+ (event|metric) .*\[0\]: \d+ in the log, \d+ told$/)
    total.n = String(BigInt(total.n) - 1n)
  }
})

test('after an erasure both agree once more', async () => {
  const site = new Site(product.site, 1)
  const visitor = new Visitor(site, 'Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0')
  const page = await visitor.open()
  await visitor.send(page.seal(page.seen()))
  site.close()
  assert.equal((await (await product.api('DELETE', `units/${visitor.unit}`)).json()).rows, 2)
  await product.api('POST', 'segments')
  const { told: found } = await againstRun(await read(`sums?run=${RUN}`))
  assert.deepEqual(found.differences, [])
  assert.deepEqual((await against(await read('sums'))).told.differences, [])
  assert.deepEqual(await recounted(), await told())
})

test('a torn segment is said to be torn, and never taken for a shorter one', async () => {
  const shard = join(log, '0')
  const file = join(shard, readdirSync(shard).sort()[0])
  const whole = readFileSync(file)
  writeFileSync(file, whole.subarray(0, whole.length / 2))
  const { status, stderr } = await replay()
  writeFileSync(file, whole)
  assert.equal(status, 1)
  assert.match(stderr, /00000001-\d\.ndjson\.gz, line \d+/)
})
