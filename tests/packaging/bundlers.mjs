// What front-end teams build with, part one: the tools that install in seconds. The others are in further/.

import assert from 'node:assert/strict'
import { example } from './examples.mjs'
import { freePort } from '../../build/product.mjs'
import { digests, sells } from './shop.mjs'

const vite = example('vite-react')
const esbuild = example('esbuild')
const rollup = example('rollup')

/** Builds an example for this edge. */
const built = (app, flags, folder = '.') => async ({ edge, keys }) => {
  app.settle(flags, { site: edge.site, client: keys.client })
  assert.doesNotMatch(await app.run('build'), /warn/i)
  return { folder: app.path(folder) }
}

/** Vite's development server, which tells pages of changes by a socket. */
async function started({ edge, keys }) {
  vite.settle('flags.js', { site: edge.site, client: keys.client })
  const port = await freePort()
  return { upstream: port, stop: await vite.start('dev', port, { args: ['--host', '127.0.0.1', '--port', port, '--strictPort'] }) }
}

/** What React's plugin writes into pages in development has no nonce of its own. */
const preamble = async () => ({ script: await digests('/'), connect: 'ws:' })

sells('Vite, React, built', built(vite, 'flags.js', 'dist'), { react: true })
sells('Vite, React, its development server', started, { react: true, sources: preamble })
sells('esbuild, TypeScript', built(esbuild, 'flags.ts'))
sells('Rollup', built(rollup, 'flags.js'))
