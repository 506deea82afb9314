import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identity } from './run.mjs'

test('the_same_answer_everywhere: 100,000 random pairs, five engines, one digest', async () => {
  const digests = await identity({ pairs: 100_000, seed: 2 })
  assert.deepEqual(Object.keys(digests), ['native', 'chromium', 'fallback', 'node', 'workerd'])
  assert.equal(new Set(Object.values(digests)).size, 1, JSON.stringify(digests))
})
