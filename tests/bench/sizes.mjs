// What a page downloads first: the least that each asks to be imported and all that this imports at once, bundled and
// minified by the same tool. What is only loaded later, if at all, is not counted.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from '../../build/setup.mjs'

const npm = (entry) => `./dist/npm/${entry}.js`
const [HERE, SERVER] = ['in the page', 'by its server']

/** Each entry of our package, whole; React and OpenFeature's SDKs, which applications bring along, are left out. */
const ENTRIES = [
  ['pointsman', 'index'], ['pointsman/js', 'js'], ['pointsman/connect', 'connect'], ['pointsman/react', 'react'],
  ['pointsman/openfeature-web', 'openfeature-web'], ['pointsman/server', 'server'],
  ['pointsman/openfeature-server', 'openfeature-server'], ['pointsman/testing', 'testing'],
].map(([name, entry]) => ({ name, contents: `export * from '${npm(entry)}'`, external: ['react', '@openfeature/*'] }))

/** What lies behind the entries, and what the edge serves. */
const PARTS = [
  {
    name: 'the evaluator and its glue',
    contents: `export { Evaluator, instances } from './dist/sdk/instance.js'
export { default as bytes } from './dist/sdk/evaluator-bytes.js'`,
  },
  {
    name: 'the same without wasm',
    contents: `export { Evaluator } from './dist/sdk/instance.js'
export { instance } from './dist/sdk/evaluator-js.js'`,
  },
  { name: 'the script of a page that the edge serves', contents: `import './dist/sdk/page.js'` },
]

/**
 * Ways to flags in a browser. `decided` says where a flag is; `seen` is found in the bundle of whoever says so, and was
 * read there: rules and draws of those that decide in the page, the address or the answer of those that ask.
 */
const WAYS = [
  { name: 'pointsman, behind the edge', ours: true, contents: `import './dist/sdk/page.js'`, decided: 'by the edge, before the page', seen: /data-id=pointsman/ },
  { name: 'pointsman', ours: true, contents: `export { open } from '${npm('index')}'`, decided: HERE, seen: /WebAssembly\.Instance/ },
  { name: 'pointsman, following what is published', ours: true, contents: `export { connect } from '${npm('connect')}'`, decided: HERE, seen: /if-none-match/ },
  {
    name: 'pointsman and @openfeature/web-sdk', ours: true, decided: HERE, seen: /WebAssembly\.Instance/,
    contents: `export { open } from '${npm('index')}'
export { PointsmanProvider } from '${npm('openfeature-web')}'
export { OpenFeature } from '@openfeature/web-sdk'`,
  },
  { name: '@growthbook/growthbook', contents: `export { GrowthBookClient } from '@growthbook/growthbook'`, decided: HERE, seen: /hashVersion/ },
  { name: '@vercel/flags-core', contents: `export { createClient } from '@vercel/flags-core'`, decided: HERE, seen: /enrollmentSeed/ },
  { name: '@openfeature/flagd-core', contents: `export { FlagdCore } from '@openfeature/flagd-core'`, decided: HERE, seen: /fractional/ },
  { name: '@flipt-io/flipt-client-js', contents: `export { FliptClient } from '@flipt-io/flipt-client-js/browser'`, decided: HERE, seen: /evaluate_boolean/ },
  { name: '@configcat/sdk', contents: `export { getClient } from '@configcat/sdk'`, decided: HERE, seen: /evaluatePercentageOptions/ },
  { name: '@splitsoftware/splitio-browserjs', contents: `export { SplitFactory } from '@splitsoftware/splitio-browserjs'`, decided: HERE, seen: /trafficAllocation/ },
  {
    name: '@optimizely/optimizely-sdk', decided: HERE, seen: /trafficAllocation/,
    contents: `export { createInstance, createPollingProjectConfigManager } from '@optimizely/optimizely-sdk'`,
  },
  {
    name: '@openfeature/flagd-web-provider', also: '@openfeature/web-sdk', decided: SERVER, seen: /resolveAll/,
    contents: `export { OpenFeature } from '@openfeature/web-sdk'
export { FlagdWebProvider } from '@openfeature/flagd-web-provider'`,
  },
  { name: 'unleash-proxy-client', contents: `export { UnleashClient } from 'unleash-proxy-client'`, decided: SERVER, seen: /\.toggles/ },
  { name: 'launchdarkly-js-client-sdk', contents: `export { initialize } from 'launchdarkly-js-client-sdk'`, decided: SERVER, seen: /\/sdk\/evalx\// },
  { name: '@launchdarkly/js-client-sdk', contents: `export { createClient } from '@launchdarkly/js-client-sdk'`, decided: SERVER, seen: /\/sdk\/evalx\// },
  { name: 'posthog-js', contents: `export { posthog } from 'posthog-js'`, decided: SERVER, seen: /\/flags\/\?v=/ },
  { name: '@statsig/js-client', contents: `export { StatsigClient } from '@statsig/js-client'`, decided: SERVER, seen: /feature_gates/ },
  { name: '@flagsmith/flagsmith', contents: `export { default } from '@flagsmith/flagsmith'`, decided: SERVER, seen: /identities\// },
  { name: '@devcycle/js-client-sdk', contents: `export { initializeDevCycle } from '@devcycle/js-client-sdk'`, decided: SERVER, seen: /\/v1\/sdkConfig/ },
]

/** What one of these costs, in bytes. `folder` is where the peers are installed. */
async function cost({ contents, external = [] }, folder) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder, sourcefile: 'entry.js' }, bundle: true, minify: true, write: false, format: 'esm', platform: 'browser',
    target: 'es2022', outdir: join(root, 'target/bench/size'), absWorkingDir: root, logLevel: 'silent', splitting: true, metafile: true,
    external: ['node:*', ...external], define: { 'process.env.NODE_ENV': '"production"' },
  })
  const first = firstOf(metafile.outputs)
  const files = outputFiles.filter(({ path }) => first.has(path.slice(root.length + 1)))
  const sum = (size) => files.reduce((total, { contents }) => total + size(contents), 0)
  return {
    text: files.map(({ text }) => text).join('\n'), minified: sum(({ length }) => length),
    gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length), brotli: sum((bytes) => brotliCompressSync(bytes).length),
  }
}

/** The entry among outputs, and those that it imports at once. */
function firstOf(outputs) {
  const found = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint?.endsWith('entry.js')))
  for (const path of found) {
    for (const { path: next, kind, external } of outputs[path].imports) if (kind === 'import-statement' && !external) found.add(next)
  }
  return found
}

/** Sizes in bytes, smallest first: `ways` with where each decides and its version, `entries` and `parts` of ours. */
export async function sizes(folder) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'tests/bench/package.json'), 'utf8'))
  const measured = async (list) => Promise.all(list.map(async (one) => {
    const { text, ...size } = await cost(one, one.name in dependencies ? folder : root)
    if (one.seen && !one.seen.test(text)) throw new Error(`${one.name} no longer holds ${one.seen}: read again where it decides.`)
    const version = dependencies[one.name]
    const name = one.also ? `${one.also} and ${one.name}` : one.name
    return { name, version, ours: one.ours, decided: one.decided, ...size }
  }))
  const [ways, entries, parts] = [await measured(WAYS), await measured(ENTRIES), await measured(PARTS)]
  return { ways: ways.sort((one, other) => one.brotli - other.brotli), entries, parts }
}
