// `npm start`: the whole product on one port, with a shop to try it on and gentle traffic to watch.

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { options } from './options.mjs'
import { claim, note, stopWith } from './running.mjs'
import { root, setup } from './setup.mjs'

/** The file that is there while the demo's story is being told. A story that broke off is told again from the start. */
const TELLING = 'telling'
/** Lines that tell how far the story is, where there is no terminal. */
const CHAPTERS = 10

const HELP = `npm start -- [options]

  --origin URL    put the edge in front of this site instead of the demo shop
  --port N        the port of everything (8787)
  --visitors N    simulated visitors a second in the demo (2; 0 for none)
  --name NAME     the name of its state, which other commands take as --site
                  (demo, or the origin's host)
  --spare         beside the demo an empty project “spare”, in which a backup can come back (docs/operations.md)
  --fresh         forget the state of earlier runs
  --help          this text

State lies in .pointsman/ and survives a restart. Ctrl-C stops everything.`

const { values } = options({
  help: HELP,
  numbers: ['port', 'visitors'],
  options: {
    origin: { type: 'string' }, port: { type: 'string', default: '8787' }, visitors: { type: 'string', default: '2' },
    name: { type: 'string' }, spare: { type: 'boolean' }, fresh: { type: 'boolean' },
  },
})

try {
  await main(values)
} catch (error) {
  console.error(`\n${error.message}`)
  process.exit(1)
}

async function main({ origin, port, visitors, spare, fresh, ...named }) {
  setup()
  // Only now are the packages there that these need.
  const { freePort, isFree, sitesOf, start } = await import('./product.mjs')
  const { serve } = await import('../www/landing/serve.mjs')
  const { demo } = await import('../www/landing/demo.mjs')

  const name = (named.name ?? (origin ? new URL(origin).host : 'demo')).replaceAll(/[^\w.-]/g, '-')
  const folder = join(root, '.pointsman', name)
  await claim(folder)
  if (!(await isFree(Number(port)))) throw new Error(`Something else listens on port ${port}; --port takes another.`)
  if (fresh || existsSync(join(folder, TELLING))) rmSync(folder, { recursive: true, force: true })
  const shop = origin ? undefined : await serve({})
  const demoPort = shop && (await freePort())
  const product = await start({ folder, port: Number(port), originPort: shop?.port, demoPort, origin, sites: sitesOf({ spare }) })
  note(product)
  const restart = () => product.restart().then(() => note(product))
  const shown = shop && (await demo({ product, restart, port: demoPort, rate: Number(visitors) }))
  stopWith(product, [shown, shop], (how) => console.error(`workerd ended by itself (${how}). npm start begins again where it was.`))
  say(product, { origin, visitors, name })
  // Who is at the addresses already sees the demo's past go by.
  if (shown) await open(shown, product).catch(({ message }) => console.error(`\nThe demo is not as it should be. ${message}\nnpm start -- --fresh begins it again.`))
}

/** Tells the demo's story, if nothing has happened there yet, and lets the visitors in. */
async function open({ api, clock, audience, habits, tells, begin }, product) {
  const { experiments } = await api.get('/api/v1/projects/demo/experiments')
  if (!experiments.length) {
    const { tell } = await import('../www/landing/story.mjs')
    const telling = join(product.folder, TELLING)
    writeFileSync(telling, '')
    const line = progress()
    await tell({
      product, api, clock, progress: (done, words) => (tells(done, words), line(done, words)), learn: (cards) => habits.learn(cards), traffic: (options) => audience.send(options),
    })
    rmSync(telling)
  }
  await begin()
}

/** A line that tells how far the story is: one that changes where there is a terminal, else one for each chapter. */
function progress() {
  let last
  return (done, words) => {
    const text = done === 1 ? '  The past is told.' : `  Telling the past (${Math.round(100 * done)} %): ${words}`
    const chapter = done === 1 ? done : Math.floor(done * CHAPTERS)
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}${done === 1 ? '\n' : ''}`)
    else if (chapter !== last) console.error(text)
    last = chapter
  }
}

function say({ site, console: address, token }, { origin, visitors, name }) {
  const next = origin
    ? `Nothing is tested there yet: npm run document -- FILE --site ${name} --environment production publishes a document (docs/document.md).`
    : `${visitors} simulated visitors a second; npm run traffic -- --visitors 5000 --url ${site} sends a crowd.`
  const places = [
    [`${origin ?? 'The shop'}, through the edge`, `${site}/`],
    ['The console, as its admin', `${address}/#token=${token}`],
    ['The same answer everywhere', `${site}/_pm/proof`],
    ...(origin ? [] : [['Who is first with the words', `${site}/race`]]),
  ]
  const width = Math.max(...places.map(([name]) => name.length))
  console.log(`
${places.map(([name, at]) => `  ${name.padEnd(width)}  ${at}`).join('\n')}
  ${next}

  Ctrl-C stops everything; the state stays. npm start -- --help says more.
`)
}
