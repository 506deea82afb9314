// What each operator says, in the wasm and in the module without wasm, through the shim and for both audiences: the
// vectors that tests/operators.rs asks natively.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { instance } from '../dist/sdk/evaluator-js.js'
import { EdgeEvaluator, instances } from '../dist/sdk/edge.js'
import * as tools from '../dist/wasm/tools/compile.js'

const file = (path) => readFileSync(new URL(path, import.meta.url))
const { around, operators } = JSON.parse(file('vectors/operators.json'))
tools.initSync({ module: file('../dist/wasm/tools/compile.wasm') })

/** A document with a flag for each condition of an operator. */
function document(vectors) {
  const flags = { ...around.flags }
  vectors.forEach(([condition], index) => {
    flags[`vector-${index}`] = {
      kind: 'boolean', variants: { off: false, on: true }, off: 'off', otherwise: 'off', rules: [{ if: condition, serve: 'on' }],
    }
  })
  for (const flag of Object.values(flags)) flag.client = true
  return JSON.stringify({ format: 1, ...around, flags })
}

const makers = { wasm: instances(new WebAssembly.Module(file('../dist/sdk/evaluator.wasm'))), fallback: instance }

for (const [engine, make] of Object.entries(makers)) {
  for (const audience of ['edge', 'client']) {
    test(`every operator says what its vectors say: ${engine}, ${audience}`, () => {
      const wrong = []
      for (const [operator, vectors] of Object.entries(operators)) {
        const { snapshot, problems } = tools.compile(document(vectors), 1, audience === 'client')
        assert.equal(problems, undefined, operator)
        const evaluator = new EdgeEvaluator(make).load(snapshot)
        vectors.forEach(([condition, context, now, expected], index) => {
          const { value, error } = evaluator.decide(`vector-${index}`, context, now)
          if ((error ?? value) !== expected) wrong.push([operator, condition, context, now, error ?? value])
        })
      }
      assert.deepEqual(wrong, [])
    })
  }
}
