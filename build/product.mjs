// The whole product as one process: workerd with the Worker, on one port, with its state in one folder.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readSites } from '../worker/place.mjs'
import { bindings, keys } from './keys.mjs'
import { Life } from './life.mjs'
import { root } from './setup.mjs'

/** The binary itself: npm's wrapper would be one more process between us and a signal. */
export const WORKERD = join(
  root, 'node_modules/@cloudflare', `workerd-${process.platform}-${process.arch === 'x64' ? '64' : 'arm64'}`, 'bin/workerd',
)

/** The dashboard's files. */
const DASHBOARD = join(root, 'dist', 'dashboard')

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

/** Where the API has what an environment has. */
export const apiOf = (environment, project = PROJECT) => `/api/v1/projects/${project}/environments/${environment}/`

/**
 * Starts workerd and waits until it answers.
 *
 * @param folder keeps keys and state; what is there already is used again
 * @param originPort the shop or another origin on this machine; without it the configuration's own origin serves
 * @param demoPort the demo's server on this machine (www/landing/demo.mjs), for the demo alone
 * @param environment the one that `http://localhost:PORT` is, and that `api` and `publish` mean if they name none
 * @param clock whether the engine's time can be turned (the demo's can)
 * @param prefix where our own paths begin on every site, if not at `/_pm/`
 * @param sites places by host, without the port; `localhost` is among them
 */
export async function start({
  folder, port, originPort, demoPort, originUrl = '', config = join(root, 'dist', 'workerd.capnp'), quiet = false,
  environment = 'production', sites = localSites(environment), clock = false, prefix = '',
}) {
  if (!existsSync(WORKERD)) throw new Error(`workerd has no build for ${process.platform} ${process.arch} here (${WORKERD})`)
  const state = join(folder, 'state')
  mkdirSync(state, { recursive: true })
  const secrets = keys(join(folder, 'keys.json'))
  port ??= await freePort()
  const site = `http://localhost:${port}`
  const console_ = `http://127.0.0.1:${port}`
  const api = new URL(apiOf(environment), console_)
  const hosts = JSON.stringify(Object.fromEntries(Object.entries(sites).map(([host, place]) => [`${host}:${port}`, place])))
  readSites(hosts, `127.0.0.1:${port}`)
  const args = ['serve', '--experimental', config, '-s', `http=127.0.0.1:${port}`, '-d', `state=${state}`, '-d', `assets=${DASHBOARD}`]
  for (const [service, at] of [['origin', originPort], ['demo', demoPort]]) if (at) args.push('-e', `${service}=127.0.0.1:${at}`)
  const env = {
    ...bindings(secrets), PREFIX: prefix, SITES: hosts, CONSOLE_HOST: `127.0.0.1:${port}`, ORIGIN_URL: originUrl,
    DEV_CLOCK: demoPort || clock ? PROJECT : '', DEMO_RECEIVER: demoPort ? `http://127.0.0.1:${demoPort}/receiver` : '',
  }
  const life = new Life(() => spawn(WORKERD, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }), quiet)
  const product = {
    port, site, prefix: prefix || '/_pm/', console: console_, token: secrets.adminToken, secrets, folder, ended: life.ended,
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

async function ready({ console: address, ended, said }) {
  let over = false
  ended.then(() => (over = true))
  for (let tries = 0; tries < 400; tries++) {
    if (over) throw new Error(`workerd ended before it was ready:\n${said()}`)
    try {
      await fetch(address)
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  throw new Error(`workerd did not answer within ten seconds:\n${said()}`)
}

/**
 * Publishes a document over whatever is current. Gives the pointer, or throws with all problems.
 *
 * @param api where, if it is not the product's own environment: an `apiOf`
 */
export async function publish(product, document, api = '') {
  const seen = (await product.api('GET', `${api}document`)).headers.get('etag')
  const body = typeof document === 'string' ? document : JSON.stringify(document)
  const response = await product.api('PUT', `${api}document`, { body, headers: { 'if-match': seen } })
  const answer = await response.json()
  if (!response.ok) throw new Error(`publishing failed (${response.status}): ${JSON.stringify(answer)}`)
  return answer
}

/** Waits until visitors are served this version: isolates look for news in the background. */
export async function served(product, version) {
  for (let tries = 0; tries < 200; tries++) {
    const health = await (await fetch(`${product.site}${product.prefix}health`)).json()
    if (health.version >= version) return health
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`version ${version} was not served within ten seconds`)
}
