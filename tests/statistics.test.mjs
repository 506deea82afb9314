// The statistics in wasm give the bits that they give natively, and an answer or a named refusal to whatever is asked.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { readFile } from 'node:fs/promises'
import { ask, default as open } from '../dist/wasm/tools/stats.js'
import { statistics } from '../dist/npm/tools.js'

const root = new URL('..', import.meta.url)
await open({ module_or_path: await readFile(new URL('dist/wasm/tools/stats.wasm', root)) })

test('native and wasm answer a hundred thousand random questions alike, to the last bit', async (t) => {
  const args = ['run', '--quiet', '--locked', '-p', 'pointsman-native', '--bin', 'questions', '--', '100000']
  const { status, stdout, stderr } = spawnSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  assert.equal(status, 0, stderr)
  const lines = stdout.trimEnd().split('\n')
  const native = lines.pop()
  assert.equal(lines.length, 100_000)
  const digest = createHash('sha256')
  const answered = {}
  let refused = 0
  for (const line of lines) {
    const answer = ask(line)
    assert.ok(!/NaN|nan|inf/.test(answer), line)
    if (answer.startsWith('{"refusal"')) refused += 1
    else answered[JSON.parse(line).ask] = (answered[JSON.parse(line).ask] ?? 0) + 1
    digest.update(answer).update('\n')
  }
  t.diagnostic(`${refused} of ${lines.length} were refused`)
  assert.ok(refused < lines.length / 2)
  // Whatever the wasm can be asked was asked, and mostly answered.
  assert.equal(Object.keys(answered).length, 16, JSON.stringify(answered))
  for (const [question, count] of Object.entries(answered)) assert.ok(count > 2_000, `${question} was answered ${count} times`)
  assert.equal(digest.digest('hex'), native)
})

test('what is asked in JavaScript is answered, or refused with a reason', async () => {
  const arm = (mean) => ({ units: 1000, mean: [mean], covariance: [4] })
  const { estimate, low, high, validity } = await statistics({ ask: 'effect', control: arm(10), treatment: arm(11) })
  assert.ok(low < estimate && estimate < high && Math.abs(estimate - 0.1) < 1e-12)
  assert.equal(validity.kind, 'asymptotic')
  const zero = await statistics({ ask: 'effect', control: arm(0), treatment: arm(11) })
  assert.deepEqual([zero.refusal, /zero/.test(zero.words)], ['zeroBaseline', true])
  for (const wrong of [NaN, Infinity, -1, '1', null]) {
    const answer = await statistics({ ask: 'effect', control: { units: wrong, mean: [1], covariance: [1] }, treatment: arm(1) })
    assert.ok(answer.refusal && answer.words, String(wrong))
  }
  assert.equal((await statistics()).refusal, 'unreadable')
})
