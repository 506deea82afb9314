// The peers, each with the same two-rule flag in its own words: rule 1 is country in [SE, NO] and plan = pro -> on,
// rule 2 a split of 50 to 50. Exposures, metrics and networks are off, so that only evaluation is measured.
//
// A peer is `{name, version, text(count), load(text), evaluate(loaded, key, id), waits}`: `text` is its JSON for `count`
// flags, `load` what it does with that JSON before it can answer, and `evaluate` its cheapest documented way to the
// value of one flag for a new context. `waits` says that it answers with a promise. `path` is what a bundle imports.

import { createRequire } from 'node:module'
import { FliptClient } from '@flipt-io/flipt-client-js'
import { GrowthBookClient } from '@growthbook/growthbook'
import launchdarkly from '@launchdarkly/node-server-sdk'
import { TestData } from '@launchdarkly/node-server-sdk/integrations'
import { FlagdCore } from '@openfeature/flagd-core'
import { evaluate as evaluateVercel } from '@vercel/flags-core'
import unleash from 'unleash-client'

const { dependencies } = createRequire(import.meta.url)('./package.json')
const version = (name) => dependencies[name]

export const key = (index) => `flag-${String(index).padStart(4, '0')}`
const keys = (count) => Array.from({ length: count }, (_, index) => key(index))
const byKey = (count, of) => Object.fromEntries(keys(count).map((name, index) => [name, of(name, index)]))

const flagd = {
  name: '@openfeature/flagd-core',
  text: (count) =>
    JSON.stringify({
      flags: byKey(count, () => ({
        state: 'ENABLED',
        variants: { on: true, off: false },
        defaultVariant: 'off',
        targeting: {
          if: [
            { and: [{ in: [{ var: 'country' }, ['SE', 'NO']] }, { '==': [{ var: 'plan' }, 'pro'] }] },
            'on',
            { fractional: [['on', 50], ['off', 50]] },
          ],
        },
      })),
    }),
  load(text) {
    const core = new FlagdCore()
    core.setConfigurations(text)
    return core
  },
  evaluate: (core, name, id) =>
    core.resolveBooleanEvaluation(name, false, { targetingKey: id, country: 'DE', plan: 'free' }).value,
}

const growthbook = {
  name: '@growthbook/growthbook',
  text: (count) =>
    JSON.stringify({
      features: byKey(count, (name) => ({
        defaultValue: false,
        rules: [
          { condition: { country: { $in: ['SE', 'NO'] }, plan: 'pro' }, force: true },
          { variations: [false, true], weights: [0.5, 0.5], hashAttribute: 'id', hashVersion: 2, seed: name, key: name },
        ],
      })),
    }),
  load: (text) => new GrowthBookClient().initSync({ payload: JSON.parse(text) }),
  evaluate: (client, name, id) => client.isOn(name, { attributes: { id, country: 'DE', plan: 'free' } }),
}

const unleashClient = {
  name: 'unleash-client',
  text: (count) =>
    JSON.stringify({
      version: 2,
      features: keys(count).map((name) => ({
        name,
        type: 'release',
        enabled: true,
        variants: [],
        strategies: [
          {
            name: 'default',
            parameters: {},
            constraints: [
              { contextName: 'country', operator: 'IN', values: ['SE', 'NO'] },
              { contextName: 'plan', operator: 'IN', values: ['pro'] },
            ],
          },
          { name: 'flexibleRollout', parameters: { rollout: '50', stickiness: 'userId', groupId: name }, constraints: [] },
        ],
      })),
    }),
  async load(text) {
    const client = new unleash.Unleash({
      appName: 'bench', url: 'http://127.0.0.1:9/', refreshInterval: 0, disableMetrics: true, disableAutoStart: true,
      skipInstanceCountWarning: true, storageProvider: new unleash.InMemStorageProvider(),
      bootstrap: { data: JSON.parse(text).features },
    })
    client.on('error', () => {})
    await client.start()
    // It says that it is ready in a later turn of the loop, and until then everything is off.
    while (!client.ready) await new Promise(setImmediate)
    return client
  },
  evaluate: (client, name, id) => client.isEnabled(name, { userId: id, properties: { country: 'DE', plan: 'free' } }),
}

const flipt = {
  name: '@flipt-io/flipt-client-js',
  text: (count) =>
    JSON.stringify({
      namespace: { key: 'default' },
      flags: keys(count).map((name) => ({
        key: name,
        name,
        description: '',
        enabled: false,
        type: 'BOOLEAN_FLAG_TYPE',
        createdAt: '2026-01-01T00:00:00Z',
        updatedAt: '2026-01-01T00:00:00Z',
        rules: [],
        rollouts: [
          {
            type: 'SEGMENT_ROLLOUT_TYPE',
            rank: 1,
            segment: {
              value: true,
              segmentOperator: 'OR_SEGMENT_OPERATOR',
              segments: [
                {
                  key: 'nordic',
                  matchType: 'ALL_SEGMENT_MATCH_TYPE',
                  constraints: [
                    { id: 'a', type: 'STRING_CONSTRAINT_COMPARISON_TYPE', property: 'country', operator: 'isoneof', value: '["SE","NO"]' },
                    { id: 'b', type: 'STRING_CONSTRAINT_COMPARISON_TYPE', property: 'plan', operator: 'eq', value: 'pro' },
                  ],
                },
              ],
            },
          },
          { type: 'THRESHOLD_ROLLOUT_TYPE', rank: 2, threshold: { percentage: 50, value: true } },
        ],
      })),
    }),
  load: (text) =>
    FliptClient.init({ fetcher: async () => ({ ok: true, headers: { get: () => null }, json: async () => JSON.parse(text) }) }),
  evaluate: (client, name, id) =>
    client.evaluateBoolean({ flagKey: name, entityId: id, context: { country: 'DE', plan: 'free' } }).enabled,
}

const launchdarklyNode = {
  name: '@launchdarkly/node-server-sdk',
  text: (count) =>
    JSON.stringify({
      segments: {},
      flags: byKey(count, (name) => ({
        key: name,
        version: 1,
        on: true,
        salt: name,
        variations: [true, false],
        offVariation: 1,
        prerequisites: [],
        targets: [],
        contextTargets: [],
        rules: [
          {
            id: 'nordic',
            variation: 0,
            clauses: [
              { contextKind: 'user', attribute: 'country', op: 'in', values: ['SE', 'NO'], negate: false },
              { contextKind: 'user', attribute: 'plan', op: 'in', values: ['pro'], negate: false },
            ],
          },
        ],
        fallthrough: { rollout: { contextKind: 'user', variations: [{ variation: 0, weight: 50_000 }, { variation: 1, weight: 50_000 }] } },
      })),
    }),
  waits: true,
  async load(text) {
    const quiet = { debug() {}, info() {}, warn() {}, error() {} }
    const { flags } = JSON.parse(text)
    const source = new TestData()
    for (const flag of Object.values(flags)) source.usePreconfiguredFlag(flag)
    const client = launchdarkly.init('bench', { updateProcessor: source.getFactory(), sendEvents: false, diagnosticOptOut: true, logger: quiet })
    await client.waitForInitialization({ timeout: 5 })
    return client
  },
  evaluate: (client, name, id) => client.variation(name, { kind: 'user', key: id, country: 'DE', plan: 'free' }, false),
}

const vercel = {
  name: '@vercel/flags-core',
  text: (count) =>
    JSON.stringify({
      environment: 'production',
      projectId: 'bench',
      segments: {},
      definitions: byKey(count, (_, index) => ({
        seed: index + 1,
        variants: [false, true],
        environments: {
          production: {
            rules: [
              {
                conditions: [[['user', 'country'], 'oneOf', ['SE', 'NO']], [['user', 'plan'], 'eq', 'pro']],
                outcome: 1,
              },
            ],
            fallthrough: { type: 'split', base: ['user', 'id'], weights: [50, 50], defaultVariant: 0 },
          },
        },
      })),
    }),
  // Its evaluator takes the parsed file as it is, so this is the least that any client of it does.
  load: (text) => JSON.parse(text),
  evaluate: (data, name, id) =>
    evaluateVercel({
      definition: data.definitions[name], environment: 'production', segments: data.segments,
      entities: { user: { id, country: 'DE', plan: 'free' } },
    }).value,
}

export const peers = [flagd, growthbook, unleashClient, flipt, launchdarklyNode, vercel].map((peer) => ({
  ...peer,
  version: version(peer.name),
}))
