// What a page downloads: the least that each asks to be imported, bundled and minified by the same tool.

import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from '../../build/setup.mjs'

const OURS = [
  ['pointsman', `export { open } from './dist/npm/index.js'`],
  ['pointsman, evaluator alone', `export { Evaluator, instances } from './dist/sdk/instance.js'
export { default as bytes } from './dist/sdk/evaluator-bytes.js'`],
  ['pointsman, without wasm', `export { Evaluator } from './dist/sdk/instance.js'
export { instance } from './dist/sdk/evaluator-js.js'`],
]
const PEERS = [
  ['@growthbook/growthbook', `export { GrowthBookClient } from '@growthbook/growthbook'`],
  ['@vercel/flags-core', `export { evaluate } from '@vercel/flags-core'`],
  ['@openfeature/flagd-core', `export { FlagdCore } from '@openfeature/flagd-core'`],
  ['@flipt-io/flipt-client-js', `export { FliptClient } from '@flipt-io/flipt-client-js/browser'`],
]

/** Sizes in bytes. `folder` is where the peers are installed. Those that only run on servers have none. */
export async function sizes(folder) {
  const all = [...OURS.map((one) => [...one, root]), ...PEERS.map((one) => [...one, folder])]
  return Promise.all(all.map(async ([name, contents, resolveDir]) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir }, bundle: true, minify: true, write: false, format: 'esm', platform: 'browser',
      target: 'es2022', outfile: join(root, 'target/bench/size.js'), logLevel: 'silent',
      external: ['node:*'],
    })
    const [{ contents: bytes }] = outputFiles
    return { name, minified: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }
  }))
}
