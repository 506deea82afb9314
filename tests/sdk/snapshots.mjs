// Snapshots for tests of the package: an experiment, a rule on the context, and one value of each kind.

import { readFileSync } from 'node:fs'
import * as tools from '../../dist/wasm/tools/compile.js'

tools.initSync({ module: readFileSync(new URL('../../dist/wasm/tools/compile.wasm', import.meta.url)) })

export const WORDS = { control: 'Coffee', fresh: 'Roasted this morning' }
const constant = (kind, value, more) => ({ kind, client: true, variants: { it: value }, off: 'it', otherwise: 'it', ...more })

/** The document. `shipped` says what `price` is, so that versions can be told apart. */
export const documentOf = ({ price = 7, split = [[2 ** 31, 'control'], [2 ** 32, 'fresh']] } = {}) => ({
  format: 1,
  flags: {
    hero: {
      kind: 'string', client: true, variants: WORDS, off: 'control', otherwise: 'control', rules: [{ experiment: 'hero' }],
    },
    shipping: {
      kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off',
      rules: [{ if: { in: { attribute: 'country', values: ['AT', 'DE'] } }, serve: 'on' }],
    },
    price: constant('number', price),
    never: constant('boolean', false),
    banner: constant('json', { text: 'Today <only>', lines: [1, 2] }),
    margin: { ...constant('string', 'a secret'), client: false },
  },
  metrics: { orders: { description: 'Orders', event: 'order' } },
  experiments: {
    hero: {
      description: 'A test', flag: 'hero', metric: 'orders', control: 'control',
      run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: 2 ** 32, split },
    },
  },
})

/** A snapshot's bytes. `client` leaves out what stays home. */
export function snapshotOf(document = documentOf(), { version = 1, client = true } = {}) {
  const { snapshot, problems } = tools.compile(document, version, client)
  if (!snapshot) throw new Error(JSON.stringify(problems))
  return snapshot
}

/** Decisions as the edge inlines them. */
export const decisionsOf = () => ({
  v: 1, config: 3, beacon: '/_pm/e',
  flags: {
    hero: { value: WORDS.fresh, variant: 'fresh', reason: 'SPLIT', run: 'hero-1', token: 'v1.k1.proof' },
    shipping: { value: true, variant: 'on', reason: 'TARGETING_MATCH' },
    never: { value: false, variant: 'it', reason: 'STATIC' },
    banner: { value: { text: 'Today <only>', lines: [1, 2] }, variant: 'it', reason: 'STATIC' },
  },
})

/** A unit that meets the variant. */
export function unitOf(open, variant) {
  const flags = open(snapshotOf(), {})
  for (let number = 0; ; number++) {
    flags.update({ unit: `unit-${number}` })
    if (flags.why('hero').variant === variant) return `unit-${number}`
  }
}
