// What applications are served by, part two.

import { after, before, test } from 'node:test'
import { freePort } from '../../../build/product.mjs'
import { example } from '../examples.mjs'
import { decides } from '../pages.mjs'
import { product } from '../product.mjs'

const app = example('fetch')
let of

before(async () => {
  of = await product(await freePort())
})
after(() => of?.close())

for (const [name, script] of [['Bun', 'bun'], ['Deno', 'deno']]) {
  test(`a server in ${name} decides by itself`, async () => {
    const port = await freePort()
    const address = { PORT: String(port), DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` }
    const stop = await app.start(script, port, { env: { SITE: of.edge.site, SERVER_KEY: of.keys.server, ...address } })
    try {
      await decides(port)
    } finally {
      await stop()
    }
  })
}
