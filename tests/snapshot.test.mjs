// What a snapshot weighs on its way to an edge and to a browser, and that one of the first format says what it said.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { brotliCompressSync, constants } from 'node:zlib'
import { EdgeEvaluator, instances } from '../dist/sdk/edge.js'
import { instance } from '../dist/sdk/evaluator-js.js'
import * as tools from '../dist/wasm/tools/compile.js'

const file = (path) => readFileSync(new URL(path, import.meta.url))
tools.initSync({ module: file('../dist/wasm/tools/compile.wasm') })

const ALL = 2 ** 32

/** A hundred flags as a product has them: some for a country or a segment, half in a rollout, ten under test. */
function typical() {
  const [flags, experiments] = [{}, {}]
  for (const part of ['checkout', 'search', 'basket', 'hero', 'banner', 'pricing', 'signup', 'profile', 'mail', 'export']) {
    for (const what of ['new', 'fast', 'dark', 'calm', 'tall', 'smart', 'lazy', 'bold', 'short', 'mini']) {
      const [key, index] = [`${what}-${part}`, Object.keys(flags).length]
      const rules = []
      if (index % 3 === 0) rules.push({ if: { in: { attribute: 'country', values: ['DE', 'AT'] } }, serve: 'on' })
      if (index % 4 === 1) rules.push({ if: { segment: 'beta' }, serve: 'on' })
      if (index % 2 === 1) rules.push({ serve: 'on', rollout: { salt: `${key}-rollout`, below: Math.floor((ALL / 20) * (index % 20)) } })
      if (index % 10 === 0) {
        rules.push({ experiment: key })
        const run = { id: `${key}-1`, salt: `${key}-1`, epoch: 1, rollout: ALL / 2, split: [[ALL / 2, 'off'], [ALL, 'on']] }
        experiments[key] = { flag: key, metric: 'orders', control: 'off', run }
      }
      flags[key] = { kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules }
    }
  }
  const staff = [{ equals: { attribute: 'plan', value: 'beta' } }, { ends: { attribute: 'email', with: '@example.com' } }]
  return {
    format: 1, flags, experiments, metrics: { orders: { event: 'order' } }, segments: { beta: { if: { any: staff } } },
  }
}

test('a snapshot of 100 typical flags takes at most 4 kB in brotli', (t) => {
  for (const client of [true, false]) {
    const { snapshot, problems } = tools.compile(JSON.stringify(typical()), 1, client)
    assert.equal(problems, undefined)
    const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
    const brotli = brotliCompressSync(snapshot, { params }).length
    t.diagnostic(`for ${client ? 'browsers' : 'the edge'}: ${snapshot.length} bytes, ${brotli} brotli`)
    assert.ok(brotli <= 4_000, `${brotli} bytes`)
  }
})

test('a snapshot of the first format decides as it did', () => {
  for (const make of [instances(new WebAssembly.Module(file('../dist/sdk/evaluator.wasm'))), instance]) {
    const evaluator = new EdgeEvaluator(make).load(file('formats/1/snapshot'))
    for (const [flag, context, now, ...told] of JSON.parse(file('formats/1/decisions.json'))) {
      const { variant, reason, error } = evaluator.decide(flag, context, now)
      assert.deepEqual([error ?? variant, reason], told, `${flag} ${JSON.stringify(context)}`)
    }
  }
})
