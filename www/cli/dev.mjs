// `pointsman dev`: the whole product on this machine, with the document of a project.

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { claim, note, stopWith } from '../../build/running.mjs'
import { external, isFree, offer, serve, served, workerdOf } from '../../build/workerd.mjs'
import { Complaint } from './inside/complaint.mjs'
import { DOCUMENT, text } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { servePage } from './inside/page.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'
import { watch } from './inside/watch.mjs'

export const summary = 'See it run: edge, collector and console on this machine, with your document, before your site.'

export const help = `pointsman dev [FILE] [--origin URL] [--port N] [--json]

Starts the whole product on one port: the edge before a site, the collector, the control plane and the console. The
document is published to the environment "development", and again whenever the file changes; while it has problems, the
last good one goes on. Everything stays on this machine.

  FILE          the document (pointsman.json), or the folder that it lies in
  --origin URL  the site to stand before, such as http://localhost:3000; without it a page shows what was decided
  --port N      the port of everything (8787)
  --json        a line for each event: {"event": "ready" | "published" | "refused", ...}

State lies in .pointsman/ beside the document and survives a restart; git ignores it. workerd, which runs it, is a
package of its own: npm i -D workerd. Ctrl-C stops everything.

  $ npx pointsman dev --origin http://localhost:3000
    http://localhost:3000, through the edge   http://localhost:8787/
    The console, as its admin                 http://127.0.0.1:8787/#token=pm_...

  pointsman.json is published as version 1.`

/** The package's files: this module lies in its folder cli/. */
const beside = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const STATE = '.pointsman'
/** This machine, as sites on it are named. */
const OWN = /^(localhost|.*\.localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/

export async function run(args) {
  const config = { origin: { type: 'string' }, port: { type: 'string', default: '8787' } }
  const { values, operands: [given] } = options('dev', args, ['FILE'], config, [DOCUMENT])
  const file = documentIn(given)
  const [project, port] = [resolve(dirname(file)), portOf(values.port)]
  text(file)
  if (values.origin !== undefined) plain(values.origin, port)
  const binary = workerd(project)
  const folder = stateIn(project)
  await claim(folder).catch(({ message }) => {
    throw new Complaint(folder, message)
  })
  if (!(await isFree(port))) throw new Complaint('--port', `Something else listens on port ${port}.`, `Take another: --port ${port + 1}.`)
  const page = values.origin === undefined ? await servePage() : undefined
  const product = await serve({
    binary, folder, port, originPort: page?.port, origin: values.origin, environment: 'development',
    config: beside('workerd.capnp'), assets: beside('dashboard'),
  }).catch(({ message }) => {
    page?.close()
    throw new Complaint('workerd', message)
  })
  note(product)
  const say = values.json ? lines : words(values.origin)
  stopWith(product, [page], (how) => console.error(`workerd ended by itself (${how}). pointsman dev begins again where it was.`))
  const { client, server } = await (await product.api('GET', 'keys')).json()
  say.ready({ site: product.site, console: `${product.console}/#token=${product.token}&/flags/development`, keys: { client, server } })
  return watch(file, () => publish(product, file, say))
}

/** Publishes what the file says now, or says why not: what is wrong may be right in a moment. */
async function publish(product, file, say) {
  try {
    const document = text(file)
    const current = await (await product.api('GET', 'document')).json()
    // A restart, or a change that was taken back, is no new version.
    const { ok, answer } = isSame(document, current.document) ? { ok: true, answer: current } : await offer(product, document)
    if (!ok) return say.refused({ file, problems: answer.problems ?? [{ pointer: '', cause: answer.detail, fix: answer.fix ?? '' }] })
    await served(product, answer.version)
    return say.published({ file, version: answer.version, digest: answer.digest })
  } catch ({ place = '', cause, fix = '', message }) {
    return say.refused({ file, problems: [{ pointer: place, cause: cause ?? message, fix }] })
  }
}

function isSame(text, document) {
  try {
    return isDeepStrictEqual(JSON.parse(text), document)
  } catch {
    return false
  }
}

const line = (event, more) => console.log(JSON.stringify({ event, ...more }))
const lines = Object.fromEntries(['ready', 'published', 'refused'].map((event) => [event, (more) => line(event, more)]))

const words = (origin) => ({
  ready({ site, console: address }) {
    const named = origin ? `${origin}, through the edge` : 'What is decided for you'
    const width = Math.max(named.length, 26) + 2
    console.log(`
  ${named.padEnd(width)}${paint.strong(`${site}/`)}
  ${'The console, as its admin'.padEnd(width)}${address}

  Ctrl-C stops everything; the state stays.
`)
  },
  published: ({ file, version }) => console.log(`${file} is ${paint.good(`published as version ${version}`)}.`),
  refused: ({ file, problems }) => void tell(file, problems),
})

/** The document that is meant: the file, or the one in a folder. */
function documentIn(given) {
  const isFolder = existsSync(given) && statSync(given).isDirectory()
  return isFolder ? join(given, DOCUMENT) : given
}

function portOf(text) {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port
  throw new Complaint('--port', `${text} is no port.`, 'Give a number from 1 to 65535, such as 8787.')
}

function plain(origin, port) {
  try {
    external(origin)
  } catch {
    throw new Complaint('--origin', `${origin} is no plain site.`, 'Name one such as http://localhost:3000 or https://example.com.')
  }
  const { hostname, port: own } = new URL(origin)
  if (!OWN.test(hostname) || own !== String(port)) return
  throw new Complaint('--origin', `${origin} is where this would serve itself.`, 'Name where the application listens, or take another --port.')
}

/** workerd as the project has it, or whoever asks, new enough for the Worker. */
function workerd(project) {
  const found = workerdOf(project) ?? workerdOf(process.cwd())
  if (!found) throw new Complaint('workerd', 'It runs the product, and this project does not have it.', 'npm i -D workerd')
  const [, asked] = /compatibilityDate = "([\d-]+)"/.exec(readFileSync(beside('workerd.capnp'), 'utf8'))
  const [, day] = /^1\.(\d{8})\./.exec(found.version) ?? []
  if (day && day < asked.replaceAll('-', '')) {
    throw new Complaint('workerd', `Version ${found.version} is older than ${asked}, which the Worker needs.`, 'npm i -D workerd@latest')
  }
  return found.binary
}

/** The folder of keys and state, which keeps itself out of git. */
function stateIn(project) {
  const folder = join(project, STATE)
  mkdirSync(folder, { recursive: true })
  const ignore = join(folder, '.gitignore')
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  return folder
}
