// Our evaluator as a peer of the others: the same flag, in a document that the shipped tools compile.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'
import { EdgeEvaluator, instances } from '../../dist/sdk/edge.js'
import * as tools from '../../dist/wasm/tools/compile.js'

export const key = (index) => `flag-${String(index).padStart(4, '0')}`
const byKey = (count, of) => Object.fromEntries(Array.from({ length: count }, (_, index) => [key(index), of(key(index))]))
const bytes = (file) => readFileSync(join(root, 'dist', file))

tools.initSync({ module: bytes('wasm/tools/compile.wasm') })
const make = instances(new WebAssembly.Module(bytes('sdk/evaluator.wasm')))

const standing = new EdgeEvaluator(make)

const document = (count) => ({
  format: 1,
  flags: byKey(count, (name) => ({
    kind: 'boolean',
    client: true,
    variants: { on: true, off: false },
    off: 'off',
    otherwise: 'off',
    rules: [
      {
        if: {
          all: [
            { in: { attribute: 'country', values: ['SE', 'NO'] } },
            { equals: { attribute: 'plan', value: 'pro' } },
          ],
        },
        serve: 'on',
      },
      { experiment: name },
    ],
  })),
  metrics: { orders: { event: 'order' } },
  experiments: byKey(count, (name) => ({
    flag: name,
    metric: 'orders',
    control: 'off',
    run: { id: name, salt: name, epoch: 1, rollout: 2 ** 32, split: [[2 ** 31, 'off'], [2 ** 32, 'on']] },
  })),
})

/** The snapshot of so many flags. */
export function snapshot(count) {
  const { snapshot, problems } = tools.compile(JSON.stringify(document(count)), 1, true)
  if (!snapshot) throw new Error(JSON.stringify(problems.slice(0, 3)))
  return snapshot
}

/** The same shape as a peer: see `peers.mjs`. Its text is bytes. `all` decides every flag in one call. */
export const pointsman = {
  name: 'pointsman',
  version: JSON.parse(readFileSync(join(root, 'www/sdk/package.json'))).version,
  text: snapshot,
  load: (snapshot) => new EdgeEvaluator(make).load(snapshot),
  // A process has one evaluator, and each snapshot goes into it; nobody else's module is started anew for news, either.
  reload: (snapshot) => standing.load(snapshot),
  evaluate: (evaluator, name, unit) => evaluator.value(name, { unit, country: 'DE', plan: 'free' }, 0),
  explain: (evaluator, name, unit) => evaluator.decide(name, { unit, country: 'DE', plan: 'free' }, 0),
  all: (evaluator, unit) => evaluator.evaluate({ unit, country: 'DE', plan: 'free' }, 0),
}
