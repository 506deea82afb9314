// A Worker of a few modules in workerd, without the product around it.

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WORKERD, freePort } from '../build/product.mjs'
import { root } from '../build/setup.mjs'

/**
 * Starts it. `name` is its folder below target/; `modules` are `[name, kind, file]`, the entry first.
 * Gives its address and a way to end it.
 */
export async function workerOf(name, modules) {
  const folder = join(root, 'target', name)
  mkdirSync(folder, { recursive: true })
  const embedded = modules.map(([module, kind, file]) => `(name = "${module}", ${kind} = embed "../../${file}")`)
  const config = join(folder, 'workerd.capnp')
  writeFileSync(config, `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (compatibilityDate = "2026-11-01", modules = [${embedded.join(', ')}]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`)
  const port = await freePort()
  const child = spawn(WORKERD, ['serve', config, '-s', `http=127.0.0.1:${port}`], { stdio: ['ignore', 'inherit', 'inherit'] })
  const address = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 2400; tries++) {
    if (await fetch(address).then(() => true, () => false)) break
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return { address, end: async () => void child.kill() }
}
