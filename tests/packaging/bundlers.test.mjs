// What front-end teams build with, part one: the tools that install in seconds. The others are in further/.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { example } from './examples.mjs'
import { freePort } from '../../build/product.mjs'
import { sells } from './shop.mjs'

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

/** What React's plugin writes into pages in development has no nonce of its own, so the policy names its digest. */
async function preamble({ host }) {
  const html = await (await fetch(`http://127.0.0.1:${host.port}/`, { headers: { accept: 'text/html' } })).text()
  const inline = [...html.matchAll(/<script type="module">(.*?)<\/script>/gs)].map(([, text]) => createHash('sha256').update(text).digest('base64'))
  return { script: inline.map((digest) => `'sha256-${digest}'`).join(' '), connect: 'ws:' }
}

sells('Vite, React, built', built(vite, 'flags.js', 'dist'), { react: true })
sells('Vite, React, its development server', started, { react: true, sources: preamble })
sells('esbuild, TypeScript', built(esbuild, 'flags.ts'))
sells('Rollup', built(rollup, 'flags.js'))
