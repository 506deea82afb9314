#!/usr/bin/env node
// Simulated visitors, through the real Worker over HTTP. Counts what was delivered, which is what a report may claim.

import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chance } from './chance.mjs'
import { printComparison, reported, settled } from './compare.mjs'
import { nothing, print } from './counts.mjs'
import { choices, journey } from './journey.mjs'
import { Site } from './visitor.mjs'

const DEFAULTS = {
  url: 'http://localhost:8787', visitors: 5000, lift: 0.15, base: 0.2, seed: 1, bots: 0.02, repeat: 0.3, concurrency: 16, rate: 0,
  page: '/',
}

/**
 * Sends visitors and gives the counts of what was delivered.
 *
 * @param given the options of the command line; besides
 *   `page` a path to land on, or `{path: share}`;
 *   `units(index)` gives the unit cookie that a visitor brings along (units.mjs), nothing leaves it to the edge;
 *   `from` the index of the first visitor: an index is the same visitor with the same choices, always;
 *   `behave` the table of behaviour.mjs, which may change under way;
 *   `desk` takes what visitors write to it;
 *   `signal` ends it early; `progress(counts)` hears of each visitor
 */
export async function traffic(given = {}) {
  const options = { from: 0, ...DEFAULTS, ...given }
  const site = new Site(options.url, options.concurrency)
  const counts = nothing()
  const began = performance.now()
  try {
    await reachable(site)
    await crowd(options, async (turn) => {
      const index = options.from + turn
      await journey(site, choices(chance(options.seed, index), options), options, counts, options.units?.(index))
      counts.seconds = (performance.now() - began) / 1000
      options.progress?.(counts)
    })
  } finally {
    site.close()
  }
  return counts
}

/** Says at once that there is no site, not once for each visitor. */
async function reachable(site) {
  try {
    await site.request('GET', '/_pm/health', {})
  } catch (error) {
    throw new Error(`nothing answers at ${site.url.origin} (${error.code ?? error.message}); \`npm start\` starts it`)
  }
}

/** Calls `visit` with 0, 1, 2 ..., at most `concurrency` at a time and, if there is a rate, each when it is due. */
async function crowd({ visitors, concurrency, rate, signal }, visit) {
  const began = performance.now()
  let next = 0
  const over = () => signal?.aborted || (visitors > 0 && next >= visitors)
  const due = async (index) => {
    const early = rate > 0 ? began + (index * 1000) / rate - performance.now() : 0
    if (early > 0) await wait(early, undefined, { signal }).catch(() => {})
  }
  // Lanes wait one behind the other: only the first has a timer.
  let turn
  const lane = async () => {
    while (!over()) {
      const index = next++
      turn = Promise.resolve(turn).then(() => due(index))
      await turn
      if (!signal?.aborted) await visit(index)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
}

const HELP = `Usage: npm run traffic -- [options]

Sends simulated visitors through the Worker and counts what was delivered.

  --url <site>         where visitors go (default ${DEFAULTS.url})
  --visitors <n>       how many; 0 goes on until it is interrupted (default ${DEFAULTS.visitors})
  --base <share>       share that orders with the variant “control” (default ${DEFAULTS.base})
  --lift <relative>    how much more order with another variant (default ${DEFAULTS.lift})
  --page <path>        where they land (default ${DEFAULTS.page})
  --bots <share>       share that are bots (default ${DEFAULTS.bots})
  --repeat <share>     share that come back once (default ${DEFAULTS.repeat})
  --seed <n>           the choices of all visitors follow from it (default ${DEFAULTS.seed})
  --concurrency <n>    visitors at a time (default ${DEFAULTS.concurrency})
  --rate <n>           visitors a second; 0 is as fast as it goes (default ${DEFAULTS.rate})
  --token <token>      an admin token: compares with what the reports gained meanwhile, and fails if they differ
  --console <url>      where the reports are (default: the site's port on 127.0.0.1)
  --json               prints the counts as JSON
  --help               shows this text
`

function commandLine() {
  const strings = Object.fromEntries([...Object.keys(DEFAULTS), 'token', 'console'].map((name) => [name, { type: 'string' }]))
  const { values } = parseArgs({ options: { ...strings, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
  for (const [name, normal] of Object.entries(DEFAULTS)) {
    if (typeof normal !== 'number' || values[name] === undefined) continue
    const number = Number(values[name])
    // A lift of -1 is a variant that nobody orders with; less does not exist.
    const least = { concurrency: 1, lift: -1 }[name] ?? 0
    if (!(number >= least)) throw new Error(`--${name} wants a number of at least ${least}, not “${values[name]}”`)
    values[name] = number
  }
  return values
}

async function main() {
  const values = commandLine()
  if (values.help) return void process.stdout.write(HELP)
  values.url ??= DEFAULTS.url
  const { port } = new URL(values.url)
  values.console ??= `http://127.0.0.1:${port || 80}`
  const before = values.token && (await reported(values.url, values.console, values.token))
  const ending = new AbortController()
  process.once('SIGINT', () => ending.abort())
  const counts = await traffic({ ...values, signal: ending.signal, progress: process.stderr.isTTY && !values.json ? line() : undefined })
  if (process.stderr.isTTY && !values.json) process.stderr.write('\r\x1b[K')
  const comparison = values.token && (await settled(counts.runs, before, values))
  if (values.json) console.log(JSON.stringify({ ...counts, ...(comparison && { comparison }) }, null, 2))
  else print(counts)
  if (comparison && !values.json) printComparison(comparison)
  if (comparison?.some(({ same }) => !same)) process.exitCode = 1
}

/** A line that tells how far it is, ten times a second at most. */
function line() {
  let last = 0
  return ({ visitors, seconds, receipts }) => {
    if (seconds - last < 0.1) return
    last = seconds
    process.stderr.write(`\r\x1b[K${visitors} visitors, ${Math.round(visitors / seconds)} a second, ${receipts.stored} events stored`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`traffic: ${error.message}`)
    process.exitCode = 1
  })
}
