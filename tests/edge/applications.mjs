// A product for tests of what applications ask of the edge: flags, keys and an origin.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiOf, publish, served, start } from '../../build/product.mjs'
import { documentOf } from '../sdk/snapshots.mjs'
import { PAGE } from './document.mjs'
import { stub } from './wire.mjs'

/** Starts it with a document published in development, which `localhost` is; `staging.localhost` is another place. */
export async function applications(document = documentOf()) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-applications-'))
  const origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  const product = await start({
    folder, originPort: origin.port, quiet: true, environment: 'development',
    sites: { localhost: 'demo/development', 'staging.localhost': 'demo/staging' },
  })
  const publishes = async (document) => served(product, (await publish(product, document)).version)
  if (document) await publishes(document)
  return {
    product, origin, publishes,
    keys: async (environment = 'development') => (await product.api('GET', `${apiOf(environment)}keys`)).json(),
    async close() {
      await this.product.stop()
      await origin.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
