// The demo's shop as tests meet it: its pages as the origin, the whole product before them in a folder of its own, and the
// numbers that its visitors leave.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publish, served, start } from '../../build/product.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { Site } from '../../www/landing/visitor.mjs'

export const AGENT = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Mobile Safari/604.1'

/** Opens the shop, in an environment that accepts any document, with a deployment's variables. Nothing has been published there. */
export async function open(variables = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-shop-'))
  const pages = await serve()
  const product = await start({ folder, originPort: pages.port, quiet: true, environment: 'development', variables }).catch(async (error) => {
    await pages.close()
    throw error
  })
  const site = new Site(product.site, 4)
  const read = async (path) => (await product.api('GET', path)).json()
  return {
    folder, product, site, read,

    /** Publishes a document, and waits until visitors meet it. */
    publish: async (document) => served(product, (await publish(product, document)).version),

    /** What all variants of a run have summed up for a metric: `[n, y]`, or of exposures `[assigned, confirmed]`. */
    async summed(run, metric, dimension = '', query = '') {
      const { sums } = await read(`sums?run=${run}${query}`)
      const own = sums.filter((sum) => sum.metric === metric && sum.dimension === dimension)
      return [0, 1].map((index) => own.reduce((all, { vector }) => all + Number(vector[index] ?? 0), 0))
    },

    async close() {
      site.close()
      await product.stop()
      await pages.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
