// A product that serves the examples' flags, in front of a server of theirs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publish, served, start } from '../../build/product.mjs'
import { document } from './examples.mjs'

export async function product(originPort) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-packaging-'))
  const edge = await start({ folder, originPort, quiet: true, environment: 'development' })
  const publishes = async (document) => served(edge, (await publish(edge, document)).version)
  await publishes(document)
  return {
    edge, publishes,
    keys: await (await edge.api('GET', 'keys')).json(),
    async close() {
      await edge.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
