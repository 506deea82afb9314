#!/usr/bin/env node
// `npm run bench:edge`: what the edge adds to a page, against Workers that do as little as can be done. All run in one
// workerd, in many short turns, and what is measured is that process's own time on the processor. Whatever else runs takes
// its caches away and so makes a turn longer, never shorter: what counts are the quietest quarter of each one's turns, and the
// median over all pairs of turns stands beside it.

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options } from '../../build/options.mjs'
import { freePort, publish, served, start } from '../../build/product.mjs'
import { setup } from '../../build/setup.mjs'
import { cookieHeader, cookiesOf, NAVIGATION } from '../edge/wire.mjs'
import { PAGE as PAGE_BYTES, sizesOf, UPLOAD } from './upload.mjs'

const HELP = `npm run bench:edge -- [options]

  --rounds N    turns of each Worker (200)
  --requests N  requests of a turn (10)
  --only NAME   one of the comparisons: nothing, inlined, edits
  --unnamed     pages without an ETag
  --json        the figures as JSON
  --help        this text

Compares, in one workerd and on a page of 50 kB: 20 flags with nothing to do, with a Worker that passes through; decisions
in the page, with a bare HTMLRewriter with one handler; five edits, with one with the same six handlers.`

const { values } = options({
  help: HELP, numbers: ['rounds', 'requests'],
  options: { rounds: { type: 'string', default: '200' }, requests: { type: 'string', default: '10' }, only: { type: 'string' }, unnamed: { type: 'boolean' }, json: { type: 'boolean' } },
})
const [ROUNDS, REQUESTS] = [Number(values.rounds), Number(values.requests)]
const ALL = 2 ** 32
/** Turns before those that count: V8 has then compiled what runs often. */
const WARM = 60

/** 50 kB, with what a page has: many elements, few of which anybody changes. */
const PAGE = `<!doctype html><html><head><title>Shop</title><link rel="stylesheet" href="/s.css"></head><body><h1 id="top">Old</h1><a class="buy" href="/buy">Buy</a>
<p id="one">One</p><p id="two">Two</p><div id="gone">Gone</div>${Array.from({ length: 388 }, (_, index) =>
  `<section class="card c${index}"><h2>Item ${index}</h2><p>Some words about <b>it</b> and <a href="/item/${index}">more of them</a>.</p></section>\n`).join('')}</body></html>`

const EDITS = [
  { select: '#top', change: { text: 'New' } }, { select: 'a.buy', change: { attribute: { name: 'href', value: '/b' } } },
  { select: '#one', change: { text: 'Eins' } }, { select: '#two', change: { text: 'Zwei' } }, { select: '#gone', change: { remove: true } },
]

/** 20 flags with rules as people write them. */
const flags = (client) => Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, {
  kind: 'string', client, variants: { a: 'one', b: 'two' }, off: 'a', otherwise: 'a', rules: [
    { if: { equals: { attribute: 'language', value: 'de' } }, serve: 'b' },
    { if: { all: [{ equals: { attribute: 'device', value: 'desktop' } }, { starts: { attribute: 'path', with: '/x' } }] }, serve: 'b' },
    { split: { salt: `s${index}`, ranges: [[ALL / 2, 'a'], [ALL, 'b']] } },
  ],
}]))
const DOCUMENTS = {
  nothing: { format: 1, flags: flags(false) },
  inlined: { format: 1, flags: flags(true) },
  edits: {
    format: 1, metrics: { orders: { event: 'order' } },
    flags: { hero: { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: 'hero' }] } },
    experiments: { hero: { flag: 'hero', metric: 'orders', control: 'a', run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[1, 'a'], [ALL, 'b']] } } },
    pages: { all: { path: '/*', flag: 'hero', variants: { b: EDITS } } },
  },
}

/** Workers that do as little as can be done. */
const BARE = {
  plain: 'fetch: (request, env) => env.ORIGIN.fetch(request)',
  head: `fetch: async (request, env) => new HTMLRewriter()
    .on('head', { element: (head) => head.prepend(env.TEXT, { html: true }) }).transform(await env.ORIGIN.fetch(request))`,
  six: `fetch: async (request, env) => new HTMLRewriter()
    .on('#top', { element: (one) => one.setInnerContent('New', { html: true }) }).on('a.buy', { element: (one) => one.setAttribute('href', '/b') })
    .on('#one', { element: (one) => one.setInnerContent('Eins', { html: true }) }).on('#two', { element: (one) => one.setInnerContent('Zwei', { html: true }) })
    .on('#gone', { element: (one) => one.remove() }).on('head', { element: (head) => head.prepend(env.TEXT, { html: true }) })
    .transform(await env.ORIGIN.fetch(request))`,
}
/** Ours, what it is compared with, and the most that it may take. */
const PAIRS = [['nothing', 'plain', 1.4], ['inlined', 'head', 1.15], ['edits', 'six', 1.1]]

setup()
const folder = mkdtempSync(join(tmpdir(), 'pointsman-bench-'))
const origin = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': Buffer.byteLength(PAGE), ...(!values.unnamed && { etag: '"shop"' }) }).end(PAGE))
await once(origin.listen(0, '127.0.0.1'), 'listening')
const ports = Object.fromEntries(await Promise.all(Object.keys(BARE).map(async (name) => [name, await freePort()])))
const product = await start({ folder, originPort: origin.address().port, quiet: true, environment: 'development', configure: withBare })
try {
  const figures = []
  for (const [ours, bare, most] of PAIRS.filter(([name]) => !values.only || name === values.only)) figures.push(await compared(ours, bare, most))
  const first = await firstRequest()
  const sizes = sizesOf()
  if (values.json) console.log(JSON.stringify({ figures, first, sizes }, null, 2))
  else print(figures, first, sizes)
  process.exitCode = figures.every(({ ratio, most }) => ratio <= most) && sizes.page <= PAGE_BYTES ? 0 : 1
} finally {
  await product.stop()
  origin.closeAllConnections()
  origin.close()
  rmSync(folder, { recursive: true, force: true })
}

/** The product's configuration, with the bare Workers beside it. */
function withBare(text) {
  const names = Object.keys(BARE)
  for (const name of names) writeFileSync(join(folder, `${name}.mjs`), `export default { ${BARE[name]} }\n`)
  const data = JSON.stringify(`<script type="application/json">${'x'.repeat(2000)}</script>`)
  return text
    .replace('services = [', `services = [\n${names.map((name) => `    (name = "${name}", worker = .${name}),`).join('\n')}`)
    .replace('sockets = [', `sockets = [\n${names.map((name) => `    (name = "${name}", address = "127.0.0.1:${ports[name]}", http = (), service = "${name}"),`).join('\n')}`)
    .concat(names.map((name) => `
const ${name} :Workerd.Worker = (
  compatibilityDate = "2026-11-01", modules = [(name = "${name}.mjs", esModule = embed "${name}.mjs")],
  bindings = [(name = "ORIGIN", service = "origin"), (name = "TEXT", text = ${data})],
);
`).join(''))
}

async function compared(ours, bare, most) {
  const { version } = await publish(product, DOCUMENTS[ours])
  await served(product, version)
  const jar = cookiesOf((await get(product.port)).setCookies)
  Object.assign(jar, cookiesOf((await get(product.port, jar)).setCookies))
  const takes = { ours: [], bare: [] }
  const rates = { ours: [], bare: [] }
  for (let round = -WARM; round < ROUNDS; round++) {
    for (const [who, port] of round % 2 ? [['ours', product.port], ['bare', ports[bare]]] : [['bare', ports[bare]], ['ours', product.port]]) {
      const { cpu, rate } = await turn(port, jar)
      // The first turns warm both up.
      if (round >= 0) {
        takes[who].push(cpu)
        rates[who].push(rate)
      }
    }
  }
  const [own, other] = [quiet(takes.ours), quiet(takes.bare)]
  const pairs = median(takes.ours.map((take, index) => take / takes.bare[index]))
  return { what: ours, against: bare, microseconds: own, bare: other, ratio: own / other, pairs, most, rate: median(rates.ours), bareRate: median(rates.bare) }
}

async function turn(port, jar) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const [before, begin] = [ticks(), performance.now()]
  for (let index = 0; index < REQUESTS; index++) await get(port, jar, agent)
  const [cpu, took] = [ticks() - before, performance.now() - begin]
  agent.destroy()
  return { cpu: (cpu / REQUESTS) * 1e6, rate: (REQUESTS / took) * 1000 }
}

/** Seconds that the process has had the processor for. */
function ticks() {
  // Nanoseconds: the usual clock of processes ticks a hundred times a second.
  const tasks = readdirSync(`/proc/${product.child.pid}/task`)
  return tasks.reduce((sum, task) => sum + Number(readFileSync(`/proc/${product.child.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e9
}

function get(port, jar = {}, agent) {
  return new Promise((resolve, reject) => {
    const headers = { ...NAVIGATION, host: `localhost:${product.port}`, cookie: cookieHeader(jar) }
    request({ port, host: '127.0.0.1', path: '/shop', headers, agent }, (response) => {
      let bytes = 0
      response.on('data', (piece) => (bytes += piece.length)).on('end', () => {
        if (response.statusCode !== 200 || bytes < 40_000) reject(new Error(`${response.statusCode}, ${bytes} bytes`))
        resolve({ setCookies: response.headers['set-cookie'] ?? [] })
      })
    }).on('error', reject).end()
  })
}

/** The mean of the quietest quarter. */
function quiet(takes) {
  const best = [...takes].sort((a, b) => a - b).slice(0, Math.ceil(takes.length / 4))
  return best.reduce((sum, take) => sum + take, 0) / best.length
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}

/** Milliseconds from the first request of a fresh process to its end, for ours and for a Worker that passes through. */
async function firstRequest() {
  await product.restart()
  const time = async (port) => {
    const begin = performance.now()
    await get(port)
    return performance.now() - begin
  }
  return { ours: await time(product.port), plain: await time(ports.plain) }
}

function print(figures, first, { page, upload, parts }) {
  console.log('What the edge adds to a page of 50 kB, in microseconds of processor time a request\n')
  console.log('| ours | µs, quietest quarter | against | µs | ratio of these | at most | median ratio of all pairs of turns | ours, requests/s | theirs |')
  console.log('|---|---|---|---|---|---|---|---|---|')
  const row = ({ what, against, microseconds, bare, ratio, most, pairs, rate, bareRate }) =>
    `| ${what} | ${microseconds.toFixed(0)} | ${against} | ${bare.toFixed(0)} | ${ratio.toFixed(2)} | ${most} | ${pairs.toFixed(2)} | ${rate.toFixed(0)} | ${bareRate.toFixed(0)} |`
  for (const figure of figures) console.log(row(figure))
  console.log(`\nFirst request of a fresh process: ${first.ours.toFixed(0)} ms; a Worker that passes through, in the same one: ${first.plain.toFixed(0)} ms\n`)
  console.log('| part of the Worker | bytes in gzip |\n|---|---|')
  for (const [part, bytes] of Object.entries(parts)) console.log(`| ${part} | ${bytes.toLocaleString('en')} |`)
  console.log(`\nPages: ${page.toLocaleString('en')} of ${PAGE_BYTES.toLocaleString('en')} bytes. All: ${upload.toLocaleString('en')} of ${UPLOAD.toLocaleString('en')}.`)
}
