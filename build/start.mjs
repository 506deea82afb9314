// `npm start`: the whole product on one port, with a shop to try it on and gentle traffic to watch.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { options } from './options.mjs'
import { root, setup } from './setup.mjs'

/** The file in a site's folder that names the process and port that serve it. */
const RUNNING = 'running.json'

const HELP = `npm start -- [options]

  --origin URL    put the edge in front of this site instead of the demo shop
  --port N        the port of everything (8787)
  --visitors N    simulated visitors a second in the demo (2; 0 for none)
  --fresh         forget the state of earlier runs
  --help          this text

State lies in .pointsman/ and survives a restart. Ctrl-C stops everything.`

const { values } = options({
  help: HELP,
  numbers: ['port', 'visitors'],
  options: {
    origin: { type: 'string' }, port: { type: 'string', default: '8787' }, visitors: { type: 'string', default: '2' },
    fresh: { type: 'boolean' },
  },
})

try {
  await main(values)
} catch (error) {
  console.error(`\n${error.message}`)
  process.exit(1)
}

async function main({ origin, port, visitors, fresh }) {
  setup(origin ? ['--origin', origin] : [])
  // Only now are the packages there that these need.
  const { isFree, publish, start } = await import('./product.mjs')
  const { serve } = await import('../www/landing/serve.mjs')
  const { traffic } = await import('../www/landing/traffic.mjs')

  const name = origin ? new URL(origin).host.replaceAll(/[^\w.-]/g, '-') : 'demo'
  const folder = join(root, '.pointsman', name)
  await claim(folder)
  if (!(await isFree(Number(port)))) throw new Error(`Something else listens on port ${port}; --port takes another.`)
  if (fresh) rmSync(folder, { recursive: true, force: true })
  const shop = origin ? undefined : await serve({})
  const config = join(root, 'dist', origin ? 'workerd-origin.capnp' : 'workerd.capnp')
  const product = await start({ folder, port: Number(port), originPort: shop?.port, originUrl: origin, config })
  // Other commands look here for the address.
  writeFileSync(join(folder, RUNNING), JSON.stringify({ pid: process.pid, workerd: product.child.pid, port: Number(port) }))
  const goodbye = new AbortController()
  stopWith(product, shop, goodbye, folder)

  const known = await (await product.api('GET', 'document')).json()
  if (shop && !known.version) await publish(product, readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
  if (shop && Number(visitors) > 0) {
    traffic({ url: product.site, visitors: 0, rate: Number(visitors), lift: 0.15, signal: goodbye.signal })
      .catch((error) => goodbye.signal.aborted || console.error(`The simulated visitors stopped: ${error.message}`))
  }
  say(product, { origin, visitors, name })
}

/** Two products on one state would undo each other's work. One whose start was killed is ended first. */
async function claim(folder) {
  const file = join(folder, RUNNING)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(file)) return
  const { pid, workerd, port } = JSON.parse(readFileSync(file, 'utf8'))
  if (isAlive(pid)) throw new Error(`This site is served already, on port ${port}. Stop that first.`)
  // Only if it is still what we left behind: numbers of processes are used again.
  const { stdout } = spawnSync('ps', ['-p', String(workerd), '-o', 'command='], { encoding: 'utf8' })
  if (!stdout?.includes(folder)) return
  process.kill(workerd)
  for (let tries = 0; tries < 100 && isAlive(workerd); tries++) await new Promise((resolve) => setTimeout(resolve, 50))
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function say({ site, console: address, token }, { origin, visitors, name }) {
  const next = origin
    ? `Nothing is tested there yet: npm run document -- FILE --site ${name} --environment production publishes a document (docs/document.md).`
    : `${visitors} simulated visitors a second; npm run traffic -- --visitors 5000 --url ${site} sends a crowd.`
  console.log(`
  ${(origin ? `${origin}, through the edge` : 'The shop, through the edge').padEnd(28)} ${site}/
  What came of it              ${address}/#token=${token}
  ${next}

  Ctrl-C stops everything; the state stays. npm start -- --help says more.
`)
}

/** One Ctrl-C ends all: the visitors, workerd, the shop. */
function stopWith(product, shop, goodbye, folder) {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    goodbye.abort()
    await product.stop()
    shop?.close()
    rmSync(join(folder, RUNNING), { force: true })
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
