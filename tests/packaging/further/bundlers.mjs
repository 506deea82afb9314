// What front-end teams build with, part two: webpack, and Next with either of its bundlers.

import assert from 'node:assert/strict'
import { freePort } from '../../../build/product.mjs'
import { example } from '../examples.mjs'
import { digests, sells } from '../shop.mjs'

const webpack = example('webpack')
const next = example('next')

sells('webpack, OpenFeature', async ({ edge, keys }) => {
  webpack.settle('flags.js', { site: edge.site, client: keys.client })
  assert.doesNotMatch(await webpack.run('build'), /warn/i)
  return { folder: webpack.folder }
})

/** Next writes scripts into its pages. Those that it renders have the policy's nonce; in what is built none can be. */
const inline = async () => ({ script: `'nonce-cGFja2FnZQ==' ${await digests('/static')}` })

for (const [bundler, script] of [['Turbopack', 'build'], ['webpack', 'build:webpack']]) {
  sells(`Next, ${bundler}`, async ({ edge, keys }) => {
    next.settle('app/static/page.jsx', { site: edge.site, client: keys.client })
    assert.doesNotMatch(await next.run(script), /warn/i)
    const port = await freePort()
    const env = { SITE: edge.site, SERVER_KEY: keys.server, PORT: String(port) }
    return { upstream: port, stop: await next.start('start', port, { env }) }
  }, { react: true, page: '/static', built: true, sources: inline })
}
