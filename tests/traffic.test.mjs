// The main job on real input: visitors through the Worker, and a report that says what they did.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { publish, served, start } from '../build/product.mjs'
import { serve } from '../www/landing/serve.mjs'
import { traffic } from '../www/landing/traffic.mjs'

const LIFT = 0.15
const PLAIN = ['assigned', 'confirmed', 'converted', 'crossed']

test('after 20,000 visitors the report agrees exactly with what was delivered, and its interval covers the true lift', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-'))
  const shop = await serve({})
  const product = await start({ folder, originPort: shop.port, environment: 'development' })
  try {
    const document = readFileSync(new URL('../www/landing/document.json', import.meta.url), 'utf8')
    await served(product, (await publish(product, document)).version)
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
    assert.ok(ledger.filtered.bot > 0 && ledger.duplicate >= counts.receipts.duplicate)
    assert.deepEqual(ledger.rejected, counts.receipts.rejected)
  } finally {
    await product.stop()
    shop.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** The report, after the edge's own assignments have come in: they are written when the page has left already. */
async function settled(product, counts) {
  const due = Object.values(counts.runs['hero-1']).reduce((sum, arm) => sum + arm.assigned, 0)
  for (let tries = 0; ; tries++) {
    const answer = await (await product.api('GET', 'experiments/hero/report')).json()
    if (tries === 50 || answer.report.arms.reduce((sum, arm) => sum + arm.assigned, 0) >= due) return answer
    await wait(100)
  }
}
