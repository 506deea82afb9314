// A metric of money in the running product: what backends say was paid becomes a report and a verdict about euros.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../../build/setup.mjs'
import { Visitor } from '../../www/landing/visitor.mjs'
import { open } from './shop.mjs'

const DOCUMENT = JSON.parse(readFileSync(join(root, 'www/landing/document.json')))
const REVENUE = { event: 'paid', measure: { kind: 'sum', currency: 'EUR', cap: 100 } }
const VISITORS = 280
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

let shop, product, site, read, key

before(async () => {
  shop = await open()
  ;({ product, site, read } = shop)
  await shop.publish({
    ...DOCUMENT, metrics: { ...DOCUMENT.metrics, revenue: REVENUE },
    experiments: { hero: { ...DOCUMENT.experiments.hero, metric: 'revenue', metrics: ['orders'] } },
  })
  key = (await read('keys')).server
})

after(() => shop?.close())

/** Comes, sees the page, and pays: more with fresh words, in a rhythm that no chance moves. */
async function visits(number) {
  const one = new Visitor(site, AGENT)
  const page = await one.open('/')
  const { receipt } = await one.send(page.seal(page.seen()))
  assert.equal(receipt.stored, 1)
  const [{ variant }] = page.exposures
  const paid = (variant === 'fresh' ? 30 : 20) + (number % 11)
  return { unit: one.unit, variant, paid, event: { t: 'track', unit: one.unit, id: `order ${number}`, n: 'paid', v: paid, c: 'EUR' } }
}

test('visitors who pay more are a better version, in euros and in percent', async () => {
  const all = []
  for (let number = 0; number < VISITORS; number += 4) {
    all.push(...await Promise.all([0, 1, 2, 3].map((more) => visits(number + more))))
  }
  for (let from = 0; from < all.length; from += 70) {
    const events = all.slice(from, from + 70).map(({ event }) => event)
    const response = await fetch(`${product.site}/_pm/events`, {
      method: 'POST', body: JSON.stringify({ v: 1, events }), headers: { authorization: `Bearer ${key}` },
    })
    assert.equal((await response.json()).stored, events.length)
  }
  const { report } = await read('experiments/hero/report')
  const mean = (variant) => {
    const own = all.filter((one) => one.variant === variant)
    assert.ok(own.length > 100, `${own.length} of ${VISITORS} met ${variant}`)
    return own.reduce((sum, { paid }) => sum + paid, 0) / own.length
  }
  const arm = (variant) => report.arms.find((arm) => arm.variant === variant)
  for (const variant of ['control', 'fresh']) {
    assert.ok(Math.abs(arm(variant).value - mean(variant)) < 1e-9, `${variant}: ${arm(variant).value} is not ${mean(variant)}`)
    assert.equal(arm(variant).rate, null)
  }
  const [comparison] = report.comparisons
  assert.ok(Math.abs(comparison.lift - (mean('fresh') / mean('control') - 1)) < 1e-9)
  assert.ok(comparison.low > 0.1 && comparison.low < comparison.lift && comparison.lift < comparison.high)
  assert.ok(Math.abs(comparison.difference - (mean('fresh') - mean('control'))) < 1e-9)
  assert.deepEqual(comparison.validity, { kind: 'asymptotic', gate: 100 })
  assert.equal(report.verdict.headline, '“fresh” does better than “control”')
})
