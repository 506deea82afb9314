// `npm start`: the whole product on one port, with a shop to try it on and gentle traffic to watch.

import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, setup } from './setup.mjs'

const HELP = `npm start -- [options]

  --origin URL    put the edge in front of this site instead of the demo shop
  --port N        the port of everything (8787)
  --visitors N    simulated visitors a second in the demo (2; 0 for none)
  --fresh         forget the state of earlier runs
  --help          this text

State lies in .pointsman/ and survives a restart. Ctrl-C stops everything.`

const { values } = parseArgs({
  options: {
    origin: { type: 'string' }, port: { type: 'string', default: '8787' }, visitors: { type: 'string', default: '2' },
    fresh: { type: 'boolean' }, help: { type: 'boolean' },
  },
})

try {
  if (values.help) console.log(HELP)
  else await main(values)
} catch (error) {
  console.error(`\n${error.message}`)
  process.exit(1)
}

async function main({ origin, port, visitors, fresh }) {
  setup(origin ? ['--origin', origin] : [])
  // Only now are the packages there that these need.
  const { publish, start } = await import('./product.mjs')
  const { serve } = await import('../www/landing/serve.mjs')
  const { traffic } = await import('../www/landing/traffic.mjs')

  const folder = join(root, '.pointsman', origin ? new URL(origin).host.replaceAll(/[^\w.-]/g, '-') : 'demo')
  if (fresh) rmSync(folder, { recursive: true, force: true })
  const shop = origin ? undefined : await serve({})
  const product = await start({ folder, port: Number(port), originPort: shop?.port, originUrl: origin })
  const goodbye = new AbortController()
  stopWith(product, shop, goodbye)

  const known = await (await product.api('GET', '/api/v1/document')).json()
  if (shop && !known.version) await publish(product, readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
  if (shop && Number(visitors) > 0) {
    traffic({ url: product.site, visitors: 0, rate: Number(visitors), lift: 0.15, signal: goodbye.signal })
      .catch((error) => goodbye.signal.aborted || console.error(`The simulated visitors stopped: ${error.message}`))
  }
  say(product, origin, visitors)
}

function say({ site, console: address, token }, origin, visitors) {
  console.log(`
  ${origin ? `${origin} through the edge` : 'The shop, through the edge'}   ${site}/
  What came of it              ${address}/#token=${token}
  ${origin ? 'Nothing is tested there yet: npm run document -- FILE publishes a document (docs/document.md).' : `${visitors} simulated visitors a second; npm run traffic -- --visitors 5000 sends a crowd.`}

  Ctrl-C stops everything; the state stays. npm start -- --help says more.
`)
}

/** One Ctrl-C ends all: the visitors, workerd, the shop. */
function stopWith(product, shop, goodbye) {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    goodbye.abort()
    await product.stop()
    shop?.close()
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  product.ended.then(({ code, signal }) => {
    if (stopping) return
    console.error(`workerd ended by itself (${signal ?? code}). npm start begins again where it was.`)
    process.exit(1)
  })
}
