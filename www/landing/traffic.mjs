#!/usr/bin/env node
// Simulated visitors, through the real Worker over HTTP. Counts what was delivered, which is what a report may claim.

import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chance } from './chance.mjs'
import { Site, Visitor, did } from './visitor.mjs'

const DEFAULTS = {
  url: 'http://localhost:8787', visitors: 5000, lift: 0.15, base: 0.2, seed: 1, bots: 0.02, repeat: 0.3, concurrency: 16, rate: 0,
}

const CONTROL = 'control'
const ORDER = 'order'
/** Share of beacons that arrive twice, as they do when an acknowledgement is lost. */
const RESENT = 0.05
/** Share of those who order and come back that order again: it must not count as another visitor who ordered. */
const AGAIN = 0.1
/** Attempts at one beacon; after that it is lost, as it would be when a tab closes. */
const ATTEMPTS = 3

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:148.0) Gecko/20100101 Firefox/148.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36',
]
const BOTS = [
  'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://example.com/bot.html)',
  'curl/8.10.1',
]

/**
 * Sends visitors and gives the counts of what was delivered.
 *
 * @param given the options of the command line; besides, `signal` ends it early and `progress(counts)` hears of each visitor
 */
export async function traffic(given = {}) {
  const options = { ...DEFAULTS, ...given }
  const site = new Site(options.url, options.concurrency)
  const counts = {
    visitors: 0, people: 0, bots: 0, pages: 0, bare: 0, runs: {},
    receipts: { stored: 0, duplicate: 0, rejected: {}, filtered: {} }, refused: 0, lost: 0, seconds: 0,
  }
  const began = performance.now()
  try {
    await reachable(site)
    await crowd(options, async (index) => {
      await journey(site, choices(chance(options.seed, index), options), options, counts)
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

/** Everything that a visitor decides, drawn before anything happens, so that no answer shifts the sequence. */
function choices(random, { bots, repeat }) {
  const bot = random() < bots
  const agents = bot ? BOTS : BROWSERS
  return {
    bot,
    agent: agents[Math.floor(random() * agents.length)],
    order: random(),
    comesBack: random() < repeat,
    ordersAgain: random() < AGAIN,
    resends: Array.from({ length: 4 }, () => random() < RESENT),
  }
}

/** One visitor, from the first page to the last beacon. */
async function journey(site, chosen, options, counts) {
  const visitor = new Visitor(site, chosen.agent)
  const met = new Map()
  const visit = { visitor, met, counts, resends: chosen.resends.values() }
  const wants = (variant) => chosen.order < options.base * (variant === CONTROL ? 1 : 1 + options.lift)
  try {
    const { ordered } = await view(visit, wants)
    if (chosen.comesBack) await view(visit, () => ordered && chosen.ordersAgain)
  } catch {
    counts.lost += 1
  }
  counts.visitors += 1
  counts[chosen.bot ? 'bots' : 'people'] += 1
  if (!chosen.bot) tally(counts, met)
}

/** One page view: the page, what was seen on it, and perhaps an order. */
async function view({ visitor, met, counts, resends }, wants) {
  const page = await visitor.open()
  counts.pages += 1
  if (!page.exposures.length) {
    counts.bare += 1
    return { ordered: false }
  }
  for (const { run, variant } of page.exposures) {
    const known = met.get(run) ?? { variant, confirmed: false, ordered: false, crossed: false }
    met.set(run, { ...known, crossed: known.crossed || known.variant !== variant })
  }
  const runs = page.exposures.map(({ run }) => met.get(run))
  if (await deliver(visitor, page.seal(page.seen()), counts, resends)) runs.forEach((run) => (run.confirmed = true))
  if (!wants(page.exposures[0].variant)) return { ordered: false }
  const ordered = await deliver(visitor, page.seal([did(ORDER)]), counts, resends)
  if (ordered) runs.forEach((run) => (run.ordered = true))
  return { ordered }
}

/** Sends a beacon until it is acknowledged, and sometimes once more. Tells whether all of it counts. */
async function deliver(visitor, sealed, counts, resends) {
  const receipt = await acknowledged(visitor, sealed, counts)
  if (receipt && resends.next().value) await acknowledged(visitor, sealed, counts)
  return receipt !== undefined && receipt.stored + receipt.duplicate === sealed.beacon.events.length
}

async function acknowledged(visitor, sealed, counts) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const { status, receipt } = await visitor.send(sealed)
      if (receipt) {
        add(counts.receipts, receipt)
        return receipt
      }
      if (status < 500 && status !== 429) {
        counts.refused += 1
        return undefined
      }
    } catch {
      // No answer: it may have been stored, so the same bytes go again.
    }
    await wait(100 * 2 ** attempt)
  }
  counts.lost += 1
  return undefined
}

/** Adds a receipt's counts. */
export function add(total, { stored, duplicate, rejected, filtered }) {
  total.stored += stored
  total.duplicate += duplicate
  for (const [mine, theirs] of [[total.rejected, rejected], [total.filtered, filtered]]) {
    for (const [reason, n] of Object.entries(theirs)) mine[reason] = (mine[reason] ?? 0) + n
  }
}

/** Enters what one unit met, once for each run. */
function tally({ runs }, met) {
  for (const [run, { variant, confirmed, ordered, crossed }] of met) {
    runs[run] ??= {}
    const arm = (runs[run][variant] ??= { assigned: 0, confirmed: 0, converted: 0, crossed: 0 })
    arm.assigned += 1
    arm.confirmed += confirmed
    arm.converted += confirmed && ordered
    arm.crossed += crossed
  }
}

/** What the reports of a site's environment say, in the form of `counts.runs`. */
async function reported(url, console_, token) {
  const ask = async (path) => {
    const response = await fetch(new URL(path, console_), { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok) throw new Error(`${console_}${path} answers ${response.status}: ${await response.text()}`)
    return response.json()
  }
  const { projects } = await ask('/api/v1/projects')
  const here = projects.flatMap(({ key, environments }) => environments.map((environment) => ({ ...environment, project: key })))
    .find(({ site }) => site && new URL(site).host === new URL(url).host)
  if (!here) throw new Error(`${console_} knows no site at ${url}`)
  const api = `/api/v1/projects/${here.project}/environments/${here.key}`
  const runs = {}
  for (const key of (await ask(`${api}/experiments`)).experiments) {
    const { report } = await ask(`${api}/experiments/${encodeURIComponent(key)}/report`).catch(() => ({}))
    if (report) runs[report.run] = Object.fromEntries(report.arms.map((arm) => [arm.variant, arm]))
  }
  return runs
}

/** Rows of what was delivered beside what the reports have gained meanwhile. */
function compare(delivered, before, after) {
  const rows = []
  for (const [run, arms] of Object.entries(delivered)) {
    for (const [variant, arm] of Object.entries(arms)) {
      for (const [name, n] of Object.entries(arm)) {
        const gained = (after[run]?.[variant]?.[name] ?? 0) - (before[run]?.[variant]?.[name] ?? 0)
        rows.push({ run, variant, name, delivered: n, reported: gained, same: n === gained })
      }
    }
  }
  return rows
}

/** The comparison, after the edge's own assignments have come in: they are written when the page has left already. */
async function settled(delivered, before, { url, console: console_, token }) {
  let rows = []
  for (let tries = 0; tries < 20; tries++) {
    rows = compare(delivered, before, await reported(url, console_, token))
    if (rows.every(({ same }) => same)) break
    await wait(100)
  }
  return rows
}

const HELP = `Usage: npm run traffic -- [options]

Sends simulated visitors through the Worker and counts what was delivered.

  --url <site>         where visitors go (default ${DEFAULTS.url})
  --visitors <n>       how many; 0 goes on until it is interrupted (default ${DEFAULTS.visitors})
  --base <share>       share that orders with the variant “${CONTROL}” (default ${DEFAULTS.base})
  --lift <relative>    how much more order with another variant (default ${DEFAULTS.lift})
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
  else print(counts, comparison)
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

function print(counts, comparison) {
  const { visitors, people, bots, pages, bare, receipts, refused, lost, seconds } = counts
  console.log(`${visitors} visitors in ${seconds.toFixed(1)} s (${Math.round(visitors / seconds)} a second): ${people} people, ${bots} bots, ${pages} pages`)
  for (const [run, arms] of Object.entries(counts.runs)) {
    console.log(`\n${run.padEnd(16)}  assigned  confirmed  converted     rate`)
    for (const [variant, { assigned, confirmed, converted }] of Object.entries(arms).sort()) {
      const rate = `${((100 * converted) / confirmed).toFixed(2)} %`
      console.log(`  ${variant.padEnd(14)}${String(assigned).padStart(10)}${String(confirmed).padStart(11)}${String(converted).padStart(11)}${rate.padStart(9)}`)
    }
  }
  const reasons = (of) => Object.entries(of).map(([reason, n]) => `${n} ${reason}`).join(', ') || '0'
  console.log(`\nevents: ${receipts.stored} stored, ${receipts.duplicate} duplicate, rejected ${reasons(receipts.rejected)}, filtered ${reasons(receipts.filtered)}`)
  if (bare) console.log(`${bare} pages had no experiment on them`)
  if (refused || lost) console.log(`not delivered: ${refused} beacons refused, ${lost} without an answer`)
  if (!comparison) return
  const wrong = comparison.filter(({ same }) => !same)
  console.log(wrong.length ? 'The report differs from what was delivered:' : 'The report says exactly what was delivered.')
  for (const { run, variant, name, delivered, reported } of wrong) {
    console.log(`  ${run} ${variant} ${name}: ${delivered} delivered, ${reported} reported`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(`traffic: ${error.message}`)
    process.exitCode = 1
  })
}
