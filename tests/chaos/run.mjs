#!/usr/bin/env node
// Kills the process at random moments while visitors order, and looks afterwards whether what it had acknowledged is
// there exactly once. A killed process leaves to the kernel what it has written, so this tells nothing of power cuts.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { chance } from '../../www/landing/chance.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { Site } from '../../www/landing/visitor.mjs'
import { ORDER, crowd, journal } from './crowd.mjs'
import { verify } from './verify.mjs'

/** The demo's shop, with one experiment. */
const SHOP = { document: readFileSync(join(root, 'www', 'landing', 'document.json'), 'utf8'), experiments: ['hero'] }
const METRIC = 'orders'
const ENVIRONMENT = 'development'
const LANES = 16
/** Milliseconds that a process lives at most after it has answered. */
const LIFE = 1000
/** Milliseconds that making a segment takes about. */
const MOMENT = 20
/** Seconds within which segments are written anew of which a death has cut the writing short. */
const UPKEEP = 30

/**
 * One run. Gives what was counted, and the checks with their violations.
 *
 * @param trouble what happens to the product meanwhile; the run ends with it
 * @param kills how often the process dies
 * @param seed gives the moments and the visitors' choices; what is in flight at a moment is the machine's business
 * @param shop what is published, and which experiments of it are read at the end
 * @param pace milliseconds that each of the visitors' lanes rests on the way
 * @param erased the share of visitors who are erased
 * @param clock whether trouble may turn the engine's time
 * @param recounted reads the rows in a state folder
 * @param config another build of the Worker
 */
export async function chaos({
  kills = 20, seed = 1, recounted = recount, config, progress = () => {}, trouble = deaths, shop: { document, experiments } = SHOP, pace = 0, erased = 0.3, clock = false,
} = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-chaos-'))
  const shop = await serve()
  let product
  try {
    product = await Mortal.born({ folder, port: await fixedPort(seed), originPort: shop.port, quiet: true, config, environment: ENVIRONMENT, clock })
    const { version } = await publish(product.alive, document)
    await served(product.alive, version)
    const told = await turmoil(product, { kills, seed, progress, trouble, pace, erased })
    const said = await settled(product.alive, experiments)
    const { waiting } = await (await product.alive.api('POST', 'segments')).json()
    const log = join(folder, 'log', 'demo', ENVIRONMENT)
    const left = await erasedIn(log, told.journal)
    await product.alive.stop('SIGKILL')
    const replayed = replay(log)
    const world = { ...told, ...said, waiting, left, replayed, recount: recounted(join(folder, 'state')), metric: METRIC, event: ORDER, kills }
    return { world, counts: counts(world), checks: verify(world) }
  } finally {
    product?.alive.child.kill('SIGKILL')
    await shop.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The product, which can be killed and comes back as it was. */
class Mortal {
  #up = Promise.resolve()

  static async born(options) {
    const mortal = new Mortal()
    mortal.options = options
    mortal.alive = await start(options)
    return mortal
  }

  async kill(by = 'SIGKILL') {
    let up
    this.#up = new Promise((resolve) => (up = resolve))
    const { signal } = await this.alive.stop(by)
    if (by === 'SIGKILL' && signal !== by) throw new Error(`the process ended on its own:\n${this.alive.said()}`)
    this.alive = await start(this.options)
    up()
  }

  /** Waits while the process is down. */
  up = () => this.#up
}

/** Visitors on one side, trouble on the other. Ends when every visitor has been acknowledged everything. */
async function turmoil(product, { trouble, pace, erased, seed, ...options }) {
  const site = new Site(product.alive.site, 2 * LANES)
  const world = {
    site, pace, erased, journal: journal(), projectKey: product.alive.secrets.projectKey, place: `demo/${ENVIRONMENT}`, over: false,
    up: product.up, said: () => product.alive.said(),
    erase: async (unit) => (await product.alive.api('DELETE', `units/${encodeURIComponent(unit)}`)).ok || undefined,
  }
  const crowded = crowd(world, { lanes: LANES, seed })
  const troubled = trouble(product, world, { seed, ...options })
  try {
    await Promise.race([troubled, crowded])
    world.over = true
    await crowded
  } finally {
    world.over = true
    await troubled.catch(() => {})
    site.close()
  }
  return { journal: world.journal }
}

/** Death upon death. */
async function deaths(product, world, { kills, seed, progress }) {
  const random = chance(seed, -1)
  for (let kill = 1; kill <= kills && !world.over; kill++) {
    await wait(random() * LIFE)
    // Some die while they make a segment of the log.
    if (random() < 0.5) product.alive.api('POST', 'segments').catch(() => {})
    await wait(random() * MOMENT)
    await product.kill()
    progress(kill)
  }
  await wait(LIFE / 2)
}

/** What the API says once the edge's last assignments are written: they are made after the page has left. */
async function settled(product, experiments) {
  const read = () => Promise.all(experiments.map(async (key) => (await product.api('GET', `experiments/${key}/report`)).json()))
  let last = await read()
  for (let tries = 0; tries < 20; tries++) {
    await wait(200)
    const next = await read()
    if (JSON.stringify(next) === JSON.stringify(last)) break
    last = next
  }
  return { reports: last.map(({ report }) => report), ledger: last.at(-1).ledger }
}

/** Units that are still in segments although they were erased, once the upkeep has had its time. */
async function erasedIn(log, { erased }) {
  const named = ({ t, unit }) => (t !== 'erased' && erased.has(unit) ? [unit] : [])
  const linesOf = (file) => gunzipSync(readFileSync(file)).toString().split('\n').filter(Boolean).map((line) => JSON.parse(line))
  for (let tries = 0; ; tries++) {
    const left = filesBelow(log).flatMap((file) => linesOf(file).flatMap(named))
    if (!left.length || tries === UPKEEP) return [...new Set(left)]
    await wait(1000)
  }
}

const filesBelow = (folder) => readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.gz')).map((name) => join(folder, name))

/** The rows and sums on the disk, read and counted again by a program of its own. */
const recount = (state) => native('recount', state)

/** The sums of all runs as the segments of the log give them. */
function replay(log) {
  const { runs } = native('pointsman-replay', log, '--json')
  return Object.entries(runs).flatMap(([run, sums]) => sums.map((sum) => ({ run, cohort: 0, ...sum })))
}

/** Optimised: an hour leaves more than a million rows. */
function native(program, ...args) {
  const command = ['run', '--locked', '--quiet', '--profile', 'fuzz', '-p', 'pointsman-native', '--bin', program, '--', ...args]
  const { status, error, stdout, stderr } = spawnSync('cargo', command, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 30 })
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}

/** A port below those that systems give to outgoing connections: while the process is dead, one could take it. */
async function fixedPort(seed) {
  const random = chance(seed ^ process.pid, -2)
  for (;;) {
    const port = 20_000 + Math.floor(random() * 12_000)
    const free = await new Promise((resolve) => {
      const server = createServer().on('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}

const counts = ({ journal, recount, kills }) => ({
  kills,
  visitors: journal.visitors,
  'exposures acknowledged': journal.exposures.length,
  'exposures stored': recount.exposures.length,
  'orders acknowledged': journal.orders.length,
  'orders stored': recount.events.length,
  'events stored': journal.receipts.stored,
  'events known already': journal.receipts.duplicate,
  'beacons given up': journal.given.length,
  'of them stored': journal.given.filter((orders) => recount.events.some(({ key }) => key === orders[0].key)).length,
  'units erased': journal.erased.size,
  'pages without an answer': journal.unanswered.pages,
  'events without an answer': journal.unanswered.events,
  'pages without an experiment': journal.bare,
})

const HELP = `Usage: npm run chaos -- [options]

Kills the process while visitors order, and verifies that everything acknowledged is stored exactly once.

  --kills <n>  how often (default 20)
  --seed <n>   gives the moments and the visitors' choices (default 1)
  --json       prints counts and checks as JSON
  --help       shows this text
`

async function main() {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return void process.stdout.write(HELP)
  const [kills, seed] = [Number(values.kills), Number(values.seed)]
  if (!(kills >= 0 && Number.isInteger(seed))) throw new Error('--kills wants a number of at least 0, --seed a whole one')
  const shown = process.stderr.isTTY && !values.json
  const progress = (kill) => shown && process.stderr.write(`\r\x1b[K${kill === kills ? '' : `killed ${kill} of ${kills} times`}`)
  const { counts, checks } = await chaos({ kills, seed, progress })
  if (values.json) console.log(JSON.stringify({ counts, checks }, null, 2))
  else print(counts, checks)
  if (checks.some(({ violations }) => violations.length)) process.exitCode = 1
}

export function print(counts, checks) {
  for (const [name, n] of Object.entries(counts)) console.log(`${name.padEnd(28)}${String(n).padStart(8)}`)
  console.log()
  for (const { name, violations } of checks) {
    console.log(`${violations.length ? 'FAILED' : 'ok    '}  ${name}`)
    for (const violation of violations) console.log(`          ${violation}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`chaos: ${error.message}`)
    process.exitCode = 1
  })
}
