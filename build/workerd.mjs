// The whole product as one process: workerd with the Worker, on one port, with its state in one folder. The repository
// starts it (product.mjs), and so does the package's `pointsman dev`.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join, relative, sep } from 'node:path'
import { readSites } from '../worker/place.mjs'
import { bindings, keys } from './keys.mjs'
import { Life } from './life.mjs'
import { VARIABLES } from './variables.mjs'

/**
 * Where npm has put workerd, as a project sees it: `{version, binary}`, or nothing. The binary itself: npm's wrapper would
 * be one more process between us and a signal.
 */
export function workerdOf(folder) {
  const found = (from, path) => createRequire(from).resolve(path)
  const [system, machine] = [process.platform.replace('win32', 'windows'), process.arch === 'x64' ? '64' : 'arm64']
  try {
    const manifest = found(join(folder, 'package.json'), 'workerd/package.json')
    const binary = found(manifest, `@cloudflare/workerd-${system}-${machine}/bin/workerd${system === 'windows' ? '.exe' : ''}`)
    return { version: JSON.parse(readFileSync(manifest, 'utf8')).version, binary }
  } catch {
    return undefined
  }
}

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Whether a port is free. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** The project of a product on this machine. */
const PROJECT = 'demo'
const ENVIRONMENTS = ['development', 'staging', 'production']

/** The sites of a product on this machine: `localhost` is one environment, `staging.localhost` and the like are others. */
const localSites = (environment) =>
  Object.fromEntries(ENVIRONMENTS.map((name) => [name === environment ? 'localhost' : `${name}.localhost`, `${PROJECT}/${name}`]))

/** Those of `npm start`: production is `localhost`, and beside it there may be a project in which nothing was ever changed. */
export const sitesOf = ({ spare }) => ({ ...localSites('production'), ...(spare && { 'spare.localhost': 'spare/production' }) })

/** Where the API has what an environment has. */
export const apiOf = (environment, project = PROJECT) => `/api/v1/projects/${project}/environments/${environment}/`

/**
 * Starts workerd and waits until it answers.
 *
 * @param binary workerd
 * @param config its configuration, which lies beside the Worker's files
 * @param assets the dashboard's files
 * @param folder keeps keys and state; what is there already is used again
 * @param originPort the shop or another origin on this machine
 * @param origin a site, in place of that: `https://example.com`
 * @param upstreams other upstreams by name, each a site: pages may come from them (docs/landing-pages.md)
 * @param variables other bindings of `wrangler.toml` by name, such as COOKIE_DOMAIN
 * @param located whether a second socket, at `locatedPort`, takes what the platform knows of a request, such as its
 *   country, from the header `x-cf`; it is for tests, and no visitor's
 * @param configure makes another configuration of the configuration's text, in the folder of its state; for tests
 * @param demoPort the demo's server on this machine (www/landing/demo.mjs), for the demo alone
 * @param environment the one that `http://localhost:PORT` is, and that `api` and `publish` mean if they name none
 * @param clock whether the engine's time can be turned (the demo's can)
 * @param prefix where our own paths begin on every site, if not at `/_pm/`
 * @param sites places by host, without the port; `localhost` is among them
 */
export async function serve({
  binary, config, assets, folder, port, originPort, origin, upstreams = {}, variables = {}, located = false, configure, demoPort, quiet = false,
  environment = 'production', sites = localSites(environment), clock = false, prefix = '',
}) {
  readable(folder)
  const state = join(folder, 'state')
  const log = join(folder, 'log')
  for (const made of [state, log]) mkdirSync(made, { recursive: true })
  const secrets = keys(join(folder, 'keys.json'))
  port ??= await freePort()
  const site = `http://localhost:${port}`
  const console_ = `http://127.0.0.1:${port}`
  const api = new URL(apiOf(environment), console_)
  const hosts = JSON.stringify(Object.fromEntries(Object.entries(sites).map(([host, place]) => [`${host}:${port}`, place])))
  readSites(hosts, `127.0.0.1:${port}`)
  const isOwn = origin || located || configure || Object.keys(upstreams).length
  const configured = isOwn ? ownConfiguration({ origin, upstreams, located, configure }, config, folder) : config
  const locatedPort = located ? await freePort() : undefined
  const args = ['serve', '--experimental', configured, '-s', `http=127.0.0.1:${port}`, '-d', `state=${state}`, '-d', `assets=${assets}`, '-d', `log=${log}`]
  if (located) args.push('-s', `located=127.0.0.1:${locatedPort}`)
  const [, issuerPort] = /^http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/.exec(variables.OIDC_ISSUER ?? '') ?? []
  for (const [service, at] of [['origin', originPort], ['demo', demoPort], ['issuer', issuerPort]]) if (at) args.push('-e', `${service}=127.0.0.1:${at}`)
  const env = {
    ...VARIABLES, ...bindings(secrets), PREFIX: prefix, SITES: hosts, CONSOLE_HOST: `127.0.0.1:${port}`, ORIGIN_URL: origin ?? '', ...variables,
    DEV_CLOCK: demoPort || clock ? PROJECT : '', DEMO_RECEIVER: demoPort ? `http://127.0.0.1:${demoPort}/receiver` : '',
  }
  const begin = () => {
    sweep(log)
    return spawn(binary, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const life = new Life(begin, quiet)
  const product = {
    port, locatedPort, site, prefix: prefix || '/_pm/', console: console_, token: secrets.adminToken, secrets, folder, ended: life.ended,
    /** The process that serves now. */
    get child() {
      return life.child
    },
    said: () => life.said,
    /** Asks the API. A path that starts without a slash is the environment's own: `document`. */
    api: (method, path, { body, headers } = {}) => fetch(new URL(path, api), {
      method, body, headers: { authorization: `Bearer ${secrets.adminToken}`, ...headers },
    }),
    stop: (signal = 'SIGTERM') => life.stop(signal),
    /** Kills the process and starts it again with the same state, on the same port. */
    async restart(signal = 'SIGKILL') {
      if (await life.again(signal)) await ready(product)
    },
  }
  await ready(product)
  return product
}

/**
 * Takes away what a kill has left half-written: workerd writes a file under a name of its own, `.NAME.<process>.<n>.tmp`, and
 * forgets it if it ends there. Nobody lists such a file, so no erasure would ever reach it.
 */
function sweep(log) {
  const left = readdirSync(log, { recursive: true }).filter((path) => /(^|[\\/])\.[^\\/]+\.tmp$/.test(path))
  for (const path of left) rmSync(join(log, path), { force: true })
}

/** How an instance's folder is laid out. Objects bring their own rows along (src/migrate.rs); it grows with what they cannot. */
const FORMAT = '4'

/** Refuses state of another format, which would be misread, and leaves it as it is. */
function readable(folder) {
  const file = join(folder, 'format')
  const before = existsSync(join(folder, 'state')) ? '1' : FORMAT
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : before
  if (found !== FORMAT) {
    throw new Error(`The state in ${folder} has format ${found}, and this version reads ${FORMAT}. Move that folder away, or begin anew with npm start -- --fresh.`)
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, FORMAT)
}

/** Where the configuration names the origin. */
const ORIGIN = /\(name = "origin", external = .*\),$/m
/** Where its lists begin. */
const [SERVICES, BINDINGS, SOCKETS] = ['services = [', 'bindings = [', 'sockets = [']

/** The same configuration in front of a site, with other upstreams, or with a socket for tests, in the folder of its state. */
function ownConfiguration({ origin, upstreams, located, configure = (all) => all }, config, folder) {
  const beside = relative(realpathSync(folder), dirname(realpathSync(config))).split(sep).join('/')
  let text = readFileSync(config, 'utf8')
  const add = (list, entry) => (text = text.replace(list, `${list}\n    ${entry},`))
  if (origin) text = text.replace(ORIGIN, `(name = "origin", external = ${external(origin)}),`)
  for (const [name, site] of Object.entries(upstreams)) {
    add(SERVICES, `(name = "upstream-${name}", external = ${external(site)})`)
    add(BINDINGS, `(name = "UPSTREAM_${name.toUpperCase().replaceAll('-', '_')}", service = "upstream-${name}")`)
  }
  if (located) add(SOCKETS, '(name = "located", address = "127.0.0.1:0", http = (cfBlobHeader = "x-cf"), service = "pointsman")')
  const path = join(folder, 'workerd.capnp')
  writeFileSync(path, configure(text.replaceAll('embed "', `embed "${beside}/`)))
  return path
}

/** A site as workerd connects to it. Throws if it is no plain one. */
export function external(origin) {
  const [, scheme, host, name, port] = /^(https?):\/\/(([a-z\d.-]+)(:\d+)?)(?:\/|$)/i.exec(origin) ?? []
  if (!host) throw new Error(`${origin} is no plain site: an origin looks like https://example.com.`)
  if (scheme.toLowerCase() === 'http') return `(address = "${port ? host : `${host}:80`}", http = ())`
  return `(address = "${port ? host : `${host}:443`}", https = (options = (), certificateHost = "${name}"))`
}

async function ready({ console: address, ended, said }) {
  let over = false
  ended.then(() => (over = true))
  for (let tries = 0; tries < 2400; tries++) {
    if (over) throw new Error(`workerd ended before it was ready:\n${said()}`)
    try {
      await fetch(address)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  throw new Error(`workerd did not answer within a minute:\n${said()}`)
}

/**
 * Publishes a document over whatever is current. Gives `{ok, status, answer}`: the pointer, or what is wrong.
 *
 * @param api where, if it is not the product's own environment: an `apiOf`
 */
export async function offer(product, document, api = '') {
  const seen = (await product.api('GET', `${api}document`)).headers.get('etag')
  const body = typeof document === 'string' ? document : JSON.stringify(document)
  const response = await product.api('PUT', `${api}document`, { body, headers: { 'if-match': seen } })
  return { ok: response.ok, status: response.status, answer: await response.json() }
}

/** Waits until visitors are served this version: isolates look for news in the background. */
export async function served(product, version) {
  for (let tries = 0; tries < 1200; tries++) {
    const health = await (await fetch(`${product.site}${product.prefix}health`)).json()
    if (health.version >= version) return health
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`version ${version} was not served within a minute`)
}
