#!/usr/bin/env node
// How much a shard of the collector takes, in the workerd that serves it, beside a bare JavaScript object that only inserts
// the rows. Both in one process and in alternating rounds, so that the ratios hold on any machine.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { options } from '../../build/options.mjs'
import { WORKERD, freePort } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'

const HELP = `npm run bench:collect -- [options]

  --seconds N   of each measurement (3)
  --rounds N    alternating rounds, of which the median is told (3)
  --json        prints JSON
  --help        this text`

const { values } = options({
  help: HELP, numbers: ['seconds', 'rounds'],
  options: { seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '3' }, json: { type: 'boolean' } },
})
const [SECONDS, ROUNDS] = [Number(values.seconds), Number(values.rounds)]
const LANES = 32
/** Events of a request. */
const BATCHES = [1, 10, 100]
const METRICS = [1, 10, 50]
/** Ticks of the kernel's clock a second, as Linux counts the time of processes. */
const TICKS = 100

const ENTRY = `
import { DurableObject } from 'cloudflare:workers'
import { Shard } from './objects/shard.mjs'
export { Shard }
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
export default { fetch(request, env) {
  const { pathname, search } = new URL(request.url)
  const [, kind, operation] = pathname.split('/')
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
    ...['objects/shard.mjs', 'objects/object.mjs', 'objects/segments.mjs', 'now.mjs', ...glue].map((file) => [file, 'esModule', place(file)]),
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
  bindings = [(name = "SHARD", durableObjectNamespace = "Shard"), (name = "BARE", durableObjectNamespace = "Bare")],
  durableObjectNamespaces = [(className = "Shard", uniqueKey = "shard", enableSql = true), (className = "Bare", uniqueKey = "bare", enableSql = true)],
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

async function main() {
  const world = await stage()
  const results = []
  try {
    await world.post('/ours/learn', define('bench-1', 2))
    for (const size of BATCHES) {
      const rounds = []
      for (let round = 0; round < ROUNDS; round++) {
        rounds.push([await measured(world, '/bare/collect', size), await measured(world, '/ours/collect', size, true)])
      }
      const of = (side, field) => median(rounds.map((round) => round[side][field]))
      results.push({ batch: size, bare: of(0, 'perSecond'), ours: of(1, 'perSecond'), ratio: median(rounds.map(([bare, ours]) => ours.perSecond / bare.perSecond)), cpu: of(1, 'cpu') })
    }
    const memory = used(world.pid).memory
    const reports = await reported(world)
    const flat = await unitsOf(world)
    const told = { results, memory, reports, ...flat }
    if (values.json) console.log(JSON.stringify(told, null, 2))
    else print(told)
  } finally {
    world.end()
  }
}

/** Milliseconds that the sums of a run take, by metrics and by how many units have been counted. */
async function reported({ post }) {
  const rows = []
  for (const metrics of METRICS) {
    const run = `report-${metrics}`
    await post('/ours/learn', define(run, metrics).replace('"config":1', `"config":${metrics + 1}`))
    for (const more of [100, 4900]) {
      for (let n = 0; n < more; n += 100) {
        const batches = Array.from({ length: 100 }, () => JSON.parse(batch(2, true).replaceAll('bench-1', run).replaceAll('"config":1', `"config":${metrics + 1}`))[0])
        const { status, text } = await post('/ours/collect', JSON.stringify(batches))
        if (status !== 200) throw new Error(text)
      }
      const times = []
      for (let n = 0; n < 30; n++) {
        const start = performance.now()
        await post(`/ours/sums?${run}`, '')
        times.push(performance.now() - start)
      }
      rows.push({ metrics, units: more === 100 ? 100 : 5000, ms: median(times) })
    }
  }
  return rows
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

function print({ results, memory, reports, bytesPerUnit }) {
  const number = (value) => Math.round(value).toLocaleString('en').padStart(10)
  console.log('events of a request      bare        ours   ratio   µs of CPU an event')
  for (const { batch, bare, ours, ratio, cpu } of results) console.log(`${String(batch).padStart(19)}${number(bare)}${number(ours)}${ratio.toFixed(2).padStart(8)}${cpu.toFixed(0).padStart(21)}`)
  console.log(`\nmemory after that: ${(memory / 2 ** 20).toFixed(0)} MB; a unit with an exposure and an order takes ${bytesPerUnit.toFixed(0)} bytes`)
  console.log('\nsums of a run: metrics, units, milliseconds')
  for (const { metrics, units, ms } of reports) console.log(`${String(metrics).padStart(7)}${number(units)}${ms.toFixed(1).padStart(8)}`)
}

main().catch((error) => {
  console.error(`bench:collect: ${error.message}`)
  process.exitCode = 1
})
