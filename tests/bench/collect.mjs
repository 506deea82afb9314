#!/usr/bin/env node
// How much a shard of the collector takes, in the workerd that serves it, beside a bare JavaScript object that only inserts
// the rows. Both in one process and in alternating rounds, so that the ratios hold on any machine.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { options } from '../../build/options.mjs'
import { WORKERD, freePort, publish, served, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'

const HELP = `npm run bench:collect -- [options]

  --seconds N   of each measurement (3)
  --rounds N    alternating rounds, of which the median is told (3)
  --events N    events behind which memory is looked at, four times on the way (200000)
  --units N     units of the larger run whose sums are asked for; the smaller one has ten thousand, or a tenth of it (10000).
                Beyond a hundred thousand they are not reported but written, as rows like those of the others
  --metrics N   of these runs; without it, 1, 10 and 50
  --only NAME   one part alone: speed, memory, sums, shards, report
  --json        prints JSON
  --help        this text`

const { values } = options({
  help: HELP, numbers: ['seconds', 'rounds', 'events', 'units', 'metrics'],
  options: {
    seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '3' }, events: { type: 'string', default: '200000' },
    units: { type: 'string', default: '10000' }, metrics: { type: 'string' }, only: { type: 'string' }, json: { type: 'boolean' },
  },
})
const [SECONDS, ROUNDS, EVENTS, UNITS] = ['seconds', 'rounds', 'events', 'units'].map((name) => Number(values[name]))
const LANES = 32
/** Events of a request. */
const BATCHES = [1, 10, 100]
const METRICS = values.metrics ? [Number(values.metrics)] : [1, 10, 50]
const SHARDS = [1, 16, 64]
/** Units of a run that are reported, as those of visitors are, before others are written; and those of one writing. */
const [REPORTED, WRITTEN] = [100_000, 250_000]
/** The least that ours takes of the bare object's events a second where requests are largest. */
const FLOOR = 0.4
/** What a report may cost at most in empty calls of the API. */
const CALLS = 3
/** How much more memory the last quarter of all events may take than the one before. The first ones fill caches. */
const GROWTH = 1.1
/** Ticks of the kernel's clock a second, as Linux counts the time of processes. */
const TICKS = 100

const ENTRY = `
import { DurableObject } from 'cloudflare:workers'
import { Shard as Counting } from './objects/shard.mjs'
export class Shard extends Counting {
  // Rows of units like one that was counted, from a number up to another one.
  operate(operation, argument, body) {
    if (operation !== 'write') return super.operate(operation, argument, body)
    const { run, from, to } = JSON.parse(body)
    const unit = "CAST(printf('%016x', n) AS BLOB)"
    const numbers = 'WITH RECURSIVE number(n) AS (SELECT ?2 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?3)'
    const write = (table, columns, like) => this.ctx.storage.sql.exec(numbers + ' INSERT OR IGNORE INTO ' + table + ' (unit, ' + columns + ') SELECT ' + unit + ', ' + columns +
      ' FROM number, (SELECT * FROM ' + table + ' WHERE ' + like + ' LIMIT 1)', run, from, to)
    write('exposure', 'run, variant, epoch, config, assigned_at, confirmed_at, crossed, traits, sent, lost', 'run = ?1')
    write('event', 'key, name, at, value, currency, properties, traits', 'unit IN (SELECT unit FROM exposure WHERE run = ?1)')
    write('page', 'page, at, heard, numbers', 'unit IN (SELECT unit FROM exposure WHERE run = ?1)')
    return Response.json({ size: this.ctx.storage.sql.databaseSize })
  }
}
export class Bare extends DurableObject {
  constructor(context, env) {
    super(context, env)
    context.storage.sql.exec('CREATE TABLE IF NOT EXISTS event (unit TEXT, key TEXT, name TEXT, at INTEGER, PRIMARY KEY (unit, key)) WITHOUT ROWID')
  }
  async fetch(request) {
    const [{ unit, page, events }] = await request.json()
    const rows = JSON.stringify(events.map(({ n, at }, place) => [unit, page + place, n, at]))
    const { sql } = this.ctx.storage
    const stored = sql.exec('INSERT INTO event SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING 1', rows).toArray().length
    return Response.json({ stored })
  }
}
// Who is told what was counted, and has heard it.
export class Control extends DurableObject {
  async fetch(request) {
    const tallies = JSON.parse(await request.text() || '[]')
    return Response.json(tallies.map(({ run, sequence }) => ({ run, sequence })))
  }
}
export default { async fetch(request, env) {
  const { pathname, search } = new URL(request.url)
  const [, kind, operation, count] = pathname.split('/')
  const shard = (number) => env.SHARD.get(env.SHARD.idFromName('bench/production/' + number))
  if (kind === 'all') {
    const asked = Array.from({ length: Number(count) }, (_, number) => shard(number).fetch('http://object/' + operation + search, { method: 'POST', body: '' }))
    return Response.json((await Promise.all(asked.map(async (answer) => (await answer).json()))).flat().length)
  }
  if (kind === 'shard') return shard(count).fetch('http://object/' + operation + search, { method: 'POST', body: request.body })
  const space = kind === 'bare' ? env.BARE : env.SHARD
  return space.get(space.idFromName('bench/production/0')).fetch('http://object/' + operation + search, { method: 'POST', body: request.body })
} }`

async function stage() {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'))
  const worker = join(root, 'dist/worker')
  const place = (file) => relative(folder, join(worker, file))
  writeFileSync(join(folder, 'bench.mjs'), ENTRY)
  const glue = readdirSync(join(worker, 'wasm'), { recursive: true }).filter((file) => file.endsWith('.js')).map((file) => `wasm/${file}`)
  const modules = [
    ['bench.mjs', 'esModule', 'bench.mjs'],
    ...['objects/shard.mjs', 'objects/commits.mjs', 'objects/log.mjs', 'objects/telling.mjs', 'objects/object.mjs', 'objects/segments.mjs', 'objects/feed.mjs', 'objects/egress.mjs', 'body.mjs', 'identity.mjs', 'signature.mjs', 'place.mjs', 'now.mjs', ...glue].map((file) => [file, 'esModule', place(file)]),
    ['wasm/console.wasm', 'wasm', place('wasm/console.wasm')],
  ].map(([name, kind, file]) => `(name = "${name}", ${kind} = embed "${file}")`)
  mkdirSync(join(folder, 'state'))
  writeFileSync(join(folder, 'bench.capnp'), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main), (name = "state", disk = (writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  compatibilityDate = "2026-11-01", modules = [${modules.join(', ')}],
  bindings = [(name = "SHARD", durableObjectNamespace = "Shard"), (name = "BARE", durableObjectNamespace = "Bare"), (name = "CONTROL", durableObjectNamespace = "Control")],
  durableObjectNamespaces = [(className = "Control", uniqueKey = "control"), (className = "Shard", uniqueKey = "shard", enableSql = true), (className = "Bare", uniqueKey = "bare", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
);`)
  const port = await freePort()
  const child = spawn(WORKERD, ['serve', '--experimental', join(folder, 'bench.capnp'), '-s', `http=127.0.0.1:${port}`, '-d', `state=${join(folder, 'state')}`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const agent = new http.Agent({ keepAlive: true, maxSockets: LANES })
  const post = (path, body) => new Promise((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', path, method: 'POST', agent }, (response) => {
      const parts = []
      response.on('data', (part) => parts.push(part)).on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(parts).toString() }))
    })
    request.on('error', reject).end(body)
  })
  for (let tries = 0; tries < 200; tries++) {
    if (await post('/ours/ledger', '').then(({ status }) => status === 200, () => false)) break
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    post, folder, pid: child.pid,
    end() {
      agent.destroy()
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Seconds of processor time and bytes of memory that a process has used. */
function used(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, memory: Number(pages) * 4096 }
}

const bytesOf = (folder) => readdirSync(folder, { recursive: true }).reduce((all, name) => {
  const file = statSync(join(folder, name))
  return all + (file.isFile() ? file.size : 0)
}, 0)

let units = 0
const unit = () => (units++).toString(16).padStart(8, '0').split('').reverse().join('').padEnd(32, '0')

/** One unit's batch: its exposure and what it did. */
function batch(size, exposure) {
  const seen = { t: 'seen', run: 'bench-1', x: units % 2 ? 'x' : 'y', epoch: 1, config: 1, at: Date.now() - 1000, dt: 0 }
  const track = () => ({ t: 'track', n: 'order', dt: 0, at: Date.now(), id: undefined, v: 1_000_000 })
  const events = Array.from({ length: size }, (_, index) => (exposure && !index ? seen : track()))
  return JSON.stringify([{ unit: unit(), page: 'p', seq: 0, traits: { browser: 'Chrome', device: 'phone', country: 'DE' }, config: 1, events }])
}

/** Events a second, and microseconds of processor time for each. */
async function measured({ post, pid }, path, size, exposure) {
  const until = performance.now() + SECONDS * 1000
  const before = used(pid)
  const start = performance.now()
  let events = 0
  const lane = async () => {
    while (performance.now() < until) {
      const { status, text } = await post(path, batch(size, exposure))
      if (status !== 200) throw new Error(`${path} answers ${status}: ${text}`)
      events += size
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const seconds = (performance.now() - start) / 1000
  return { perSecond: events / seconds, cpu: ((used(pid).cpu - before.cpu) / events) * 1e6 }
}

const median = (numbers) => numbers.sort((one, other) => one - other)[numbers.length >> 1]
const define = (run, metrics) => JSON.stringify({ config: 1, runs: [{
  run, epoch: 1, split: [[2 ** 31, 'x'], [2 ** 32, 'y']], salt: run, rollout: 2 ** 32, drawn: false,
  metrics: Array.from({ length: metrics }, (_, index) => ({ metric: `m${index}`, event: 'order', measure: { kind: 'sum', before: 7 } })),
}] })

/** Events a second of both sides, by events of a request. */
async function speed(world) {
  await world.post('/ours/learn', define('bench-1', 2))
  const results = []
  for (const size of BATCHES) {
    const rounds = []
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push([await measured(world, '/bare/collect', size), await measured(world, '/ours/collect', size, true)])
    }
    const of = (side, field) => median(rounds.map((round) => round[side][field]))
    results.push({ batch: size, bare: of(0, 'perSecond'), ours: of(1, 'perSecond'), ratio: median(rounds.map(([bare, ours]) => ours.perSecond / bare.perSecond)), cpu: of(1, 'cpu') })
  }
  return { results, ...(await unitsOf(world)) }
}

/** Bytes of memory behind each quarter of so many events, a hundred of each unit. */
async function memory(world) {
  await world.post('/ours/learn', define('bench-1', 2))
  const quarters = []
  for (let quarter = 1; quarter <= 4; quarter++) {
    let left = EVENTS / 4 / 100
    const lane = async () => {
      while (left-- > 0) await post200(world, '/ours/collect', batch(100, true))
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    quarters.push(used(world.pid).memory)
  }
  return { quarters, events: EVENTS, grown: quarters[3] / quarters[2] }
}

async function post200({ post }, path, body) {
  const { status, text } = await post(path, body)
  if (status !== 200) throw new Error(`${path} answers ${status}: ${text}`)
}

/** Puts units with an exposure and an order each into a shard. */
async function filled(world, path, run, config, count) {
  let left = count
  const lane = async () => {
    while (left > 0) {
      const units = Math.min(100, left)
      left -= units
      const one = () => JSON.parse(batch(2, true).replaceAll('bench-1', run).replaceAll('"config":1', `"config":${config}`))[0]
      await post200(world, path, JSON.stringify(Array.from({ length: units }, one)))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** Writes the units beyond those that were reported. Gives the bytes of the shard, if there were any. */
async function written({ post }, shard, run, due) {
  let size
  for (let from = REPORTED; from < due; from += WRITTEN) {
    const { status, text } = await post(`/shard/write/${shard}`, JSON.stringify({ run, from, to: Math.min(due, from + WRITTEN) }))
    if (status !== 200) throw new Error(`writing units answers ${status}: ${text}`)
    size = JSON.parse(text).size
    console.error(`${run}: ${Math.min(due, from + WRITTEN).toLocaleString('en')} of ${due.toLocaleString('en')} units`)
  }
  return size
}

async function timed(work, times = 30) {
  const all = []
  for (let n = 0; n < times; n++) {
    const start = performance.now()
    await work()
    all.push(performance.now() - start)
  }
  return median(all)
}

/** Milliseconds that the sums of a run take, by metrics and by how many units have been counted, each many in a shard of its own. */
async function sums(world) {
  const rows = []
  for (const metrics of METRICS) {
    const [run, config] = [`report-${metrics}`, metrics + 1]
    const sides = [{ metrics, units: Math.min(10_000, Math.ceil(UNITS / 10)), times: [] }, { metrics, units: UNITS, times: [] }]
    for (const [shard, side] of sides.entries()) {
      await post200(world, `/shard/learn/${shard}`, define(run, metrics).replace('"config":1', `"config":${config}`))
      await filled(world, `/shard/collect/${shard}`, run, config, Math.min(side.units, REPORTED))
      side.size = await written(world, shard, run, side.units)
    }
    // In turns, so that whatever else the machine does is in both.
    for (let n = 0; n < 100; n++) {
      for (const [shard, { times }] of sides.entries()) times.push(await timed(() => world.post(`/shard/sums/${shard}?${run}`, ''), 1))
    }
    rows.push(...sides.map(({ times, ...side }) => ({ ...side, ms: median(times) })))
  }
  return { reports: rows }
}

/** Milliseconds that the sums of a run take in several shards, all asked at once, by metrics. */
async function shards(world) {
  const rows = []
  for (const count of SHARDS) {
    for (const metrics of METRICS) {
      const [run, config] = [`wide-${count}-${metrics}`, 100 + count * 100 + metrics]
      for (let shard = 0; shard < count; shard++) {
        await post200(world, `/shard/learn/${shard}`, define(run, metrics).replace('"config":1', `"config":${config}`))
        await filled(world, `/shard/collect/${shard}`, run, config, 100)
      }
      rows.push({ shards: count, metrics, ms: await timed(() => world.post(`/all/sums/${count}?${run}`, '')) })
    }
  }
  return { shards: rows }
}

const PARTS = { speed, memory, sums, shards, report }

async function main() {
  const chosen = Object.entries(PARTS).filter(([name]) => !values.only || name === values.only)
  if (!chosen.length) throw new Error(`--only is one of ${Object.keys(PARTS).join(', ')}.`)
  const told = {}
  for (const [, part] of chosen) {
    // Each has a process of its own, so that none measures what another one has left.
    const world = part === report ? undefined : await stage()
    try {
      Object.assign(told, { ...told, [part.name]: await part(world) })
    } finally {
      world?.end()
    }
  }
  if (values.json) console.log(JSON.stringify(told, null, 2))
  else print(told)
  const largest = told.speed?.results.at(-1)
  const over = [
    largest?.ratio < FLOOR && `Ours takes ${largest.ratio.toFixed(2)} of what the bare object takes in requests of ${largest.batch} events; ${FLOOR} is the least.`,
    told.report?.ratio > CALLS && `A report costs ${told.report.ratio.toFixed(1)} empty calls; ${CALLS} are allowed.`,
    told.memory?.grown > GROWTH && `Memory grew to ${told.memory.grown.toFixed(2)} of what it was in the last quarter of the events; ${GROWTH} is allowed.`,
  ].filter(Boolean)
  for (const words of over) console.error(words)
  if (over.length) process.exitCode = 1
}

/** Milliseconds of a large report in the whole product, and of a call of its API that answers nothing. */
async function report() {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'))
  const product = await start({ folder, quiet: true, environment: 'development' })
  try {
    const variants = ['a', 'b', 'c', 'd']
    const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`m${n}`, { event: 'order' }]))
    const flag = { kind: 'string', variants: Object.fromEntries(variants.map((name) => [name, name])), off: 'a', otherwise: 'a', rules: [{ experiment: 'wide' }] }
    const split = variants.map((name, index) => [(index + 1) * 2 ** 30, name])
    let keys
    for (let epoch = 1; epoch <= 20; epoch++) {
      const run = { id: 'wide-1', salt: 'wide-1', epoch, rollout: epoch * 2 ** 27, split }
      const experiment = { description: 'Wide', flag: 'wide', metric: 'm0', metrics: Object.keys(metrics).slice(1), control: 'a', run }
      const { version } = await publish(product, { format: 1, flags: { wide: flag }, metrics, experiments: { wide: experiment } })
      await served(product, version)
      keys ??= await (await product.api('GET', 'keys')).json()
      const events = Array.from({ length: 24 }, (_, n) => variants.map((x) => ({ t: 'seen', unit: `u${epoch} ${n}`, run: 'wide-1', x, epoch, config: version }))).flat()
      const order = Array.from({ length: 4 }, (_, n) => ({ t: 'track', unit: `u${epoch} ${n}`, id: `o${epoch} ${n}`, n: 'order' }))
      const body = JSON.stringify({ v: 1, events: [...events, ...order] })
      const answer = await fetch(`${product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${keys.server}` }, body })
      if (!answer.ok) throw new Error(await answer.text())
    }
    const get = async (path) => (await product.api('GET', path)).text()
    const { sums } = JSON.parse(await get('sums?run=wide-1'))
    if (sums.length < 20 * 4) throw new Error('There is nothing to report.')
    // One after the other in turn, so that whatever else the machine does is in both.
    const pairs = []
    for (let n = 0; n < 40; n++) pairs.push([await timed(() => get('experiments/wide/report'), 1), await timed(() => get('experiments'), 1)])
    const [ms, empty] = [0, 1].map((side) => median(pairs.map((pair) => pair[side])))
    return { ms, empty, ratio: ms / empty, vectors: sums.length }
  } finally {
    await product.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Bytes on the disk for a unit with one exposure and one order, its waiting log line included. */
async function unitsOf({ post, folder }) {
  const before = bytesOf(join(folder, 'state', 'shard'))
  const n = 20_000
  for (let sent = 0; sent < n; sent += 200) {
    await post('/ours/collect', JSON.stringify(Array.from({ length: 200 }, () => JSON.parse(batch(2, true))[0])))
  }
  return { bytesPerUnit: (bytesOf(join(folder, 'state', 'shard')) - before) / n }
}

function print({ speed, memory, sums, shards, report }) {
  const number = (value) => Math.round(value).toLocaleString('en').padStart(10)
  if (speed) {
    console.log('events of a request      bare        ours   ratio   µs of CPU an event')
    for (const { batch, bare, ours, ratio, cpu } of speed.results) console.log(`${String(batch).padStart(19)}${number(bare)}${number(ours)}${ratio.toFixed(2).padStart(8)}${cpu.toFixed(0).padStart(21)}`)
    console.log(`A unit with an exposure and an order takes ${speed.bytesPerUnit.toFixed(0)} bytes.`)
  }
  if (memory) console.log(`\nMB of memory behind each quarter of ${number(memory.events).trim()} events: ${memory.quarters.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(', ')}`)
  if (sums) {
    console.log('\nsums of a run: metrics, units, milliseconds')
    for (const { metrics, units, size, ms } of sums.reports) console.log(`${String(metrics).padStart(7)}${number(units)}${ms.toFixed(1).padStart(8)}${size ? `  (${(size / 2 ** 30).toFixed(1)} GB)` : ''}`)
  }
  if (shards) {
    console.log('\nsums of a run in several shards: shards, metrics, milliseconds')
    for (const { shards: count, metrics, ms } of shards.shards) console.log(`${String(count).padStart(7)}${String(metrics).padStart(8)}${ms.toFixed(1).padStart(8)}`)
  }
  if (report) console.log(`\nA report of 20 metrics, 4 variants and 20 epochs: ${report.ms.toFixed(1)} ms, an empty call ${report.empty.toFixed(1)} ms: ${report.ratio.toFixed(2)} calls`)
}

main().catch((error) => {
  console.error(`bench:collect: ${error.message}`)
  process.exitCode = 1
})
