// The product in `wrangler dev`, Cloudflare's own tool, from our wrangler.toml: with Durable Objects and a bucket of R2 that
// live in a folder of this machine.

import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { QUIET, run, wrangler } from '../../build/deploy.mjs'
import { bindings, keys } from '../../build/keys.mjs'
import { apiOf } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { freePort } from '../../build/workerd.mjs'

/** Milliseconds that it is given to come up. */
const PATIENCE = 120_000

/** Starts it in front of an origin, with its state in a folder, and waits until it answers. */
export async function developed(folder, originPort) {
  const port = await freePort()
  const secrets = keys(join(folder, 'keys.json'))
  const console_ = `http://127.0.0.1:${port}`
  const variables = {
    ...bindings(secrets), SITES: JSON.stringify({ [`localhost:${port}`]: 'demo/development' }), CONSOLE_HOST: `127.0.0.1:${port}`,
    ORIGIN_URL: `http://127.0.0.1:${originPort}`, IP_HEADER: '',
  }
  const [node, script] = wrangler()
  const given = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const child = spawn(node, [script, 'dev', '--port', String(port), '--ip', '127.0.0.1', '--persist-to', folder, ...given], {
    cwd: root, env: { ...process.env, ...QUIET }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  const ended = new Promise((resolve) => child.once('close', resolve))
  const product = {
    port, site: `http://localhost:${port}`, prefix: '/_pm/',
    api: (method, path, { body, headers } = {}) => fetch(new URL(path, new URL(apiOf('development'), console_)), {
      method, body, headers: { authorization: `Bearer ${secrets.adminToken}`, ...headers },
    }),
    async stop() {
      process.kill(-child.pid)
      await ended
    },
  }
  for (const end = Date.now() + PATIENCE; !(await fetch(console_).then(({ ok }) => ok, () => false)); ) {
    if (Date.now() > end || child.exitCode !== null) {
      if (child.exitCode === null) await product.stop()
      throw new Error(`wrangler dev is not ready:\n${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return product
}

/** Fetches an object of the bucket that `wrangler dev` keeps in a folder, as wrangler reads it. Tells whether it was there. */
export function fetched(folder, name, file) {
  mkdirSync(dirname(file), { recursive: true })
  return run(['r2', 'object', 'get', `pointsman-log/${name}`, '--local', '--persist-to', folder, '--file', file]).ok
}
