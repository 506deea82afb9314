// A product whose objects are a test's own server, so that its configuration and its collector can break in every way.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bindings, keys } from '../../build/keys.mjs'
import { start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import * as tools from '../../dist/wasm/tools/compile.js'
import { signPointer } from '../../dist/worker/pointer.mjs'

export const PLACE = { project: 'demo', environment: 'development' }

/** A document as the edge reads it. */
export function compiled(document, version) {
  tools.initSync({ module: readFileSync(join(root, 'dist/wasm/tools/compile.wasm')) })
  const { snapshot, problems } = tools.compile(JSON.stringify(document), version, false)
  if (!snapshot) throw new Error(JSON.stringify(problems))
  return Buffer.from(snapshot)
}

export const acknowledged = (response) => response.end('[{"stored":1,"duplicate":0,"rejected":{},"filtered":{}}]')
export const hangs = () => {}
export const breaks = (response) => response.destroy()
export const fails = (response) => response.writeHead(500).end('broken')

/** The objects' server, and the products that ask it. `acts` are `(response, body)` by kind and operation. */
export class Faulty {
  acts = {}
  #open = []

  /** @param snapshot what is published, unless an act says something else */
  static async before(origin, snapshot) {
    const faulty = new Faulty()
    Object.assign(faulty, { origin, snapshot })
    faulty.director = createServer(async (request, response) => {
      const pieces = []
      for await (const piece of request) pieces.push(piece)
      const [, kind, operation] = request.url.split(/[/?]/)
      const act = faulty.acts[`${kind}/${operation}`] ?? faulty.acts[kind] ?? faulty.#good[`${kind}/${operation}`]
      if (act) return act(response, Buffer.concat(pieces).toString())
      response.writeHead(404).end()
    })
    await once(faulty.director.listen(0, '127.0.0.1'), 'listening')
    return faulty
  }

  #good = {
    'control/signed': async (response) => response.end(await this.pointerOf(this.snapshot)),
    'control/edge': (response) => response.end(this.snapshot),
    'shard/collect': acknowledged,
  }

  /** A signed pointer to a snapshot. */
  async pointerOf(bytes, { version = bytes.readUInt32LE(8), secrets = this.env, place = PLACE } = {}) {
    const digest = bytes.subarray(16, 48).toString('hex')
    const unsigned = { version, previous: 0, digest, at: 0, audit: '0'.repeat(64) }
    return JSON.stringify({ ...unsigned, signature: await signPointer(secrets, place, unsigned) })
  }

  /**
   * A product of which the objects are ours.
   *
   * @param builtin a snapshot in the place of the one that is built into the Worker
   */
  async product({ configure = (text) => text, builtin } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'pointsman-faults-'))
    this.env = bindings(keys(join(folder, 'keys.json')))
    copyFileSync(new URL('director.mjs', import.meta.url), join(folder, 'director.mjs'))
    if (builtin) writeFileSync(join(folder, 'builtin.bin'), builtin)
    const running = await start({
      folder, originPort: this.origin.port, quiet: true, environment: PLACE.environment,
      configure: (text) => configure(builtin ? text.replace(/embed "[^"]*builtin\.bin"/, 'embed "builtin.bin"') : text, folder)
        .replace('services = [', `services = [
    (name = "director", external = (address = "127.0.0.1:${this.director.address().port}", http = ())),
    (name = "objects", worker = .objects),`)
        .replace(/name = "(CONTROL|RELAY|SHARD)", durableObjectNamespace = "(\w+)"/g, 'name = "$1", durableObjectNamespace = (className = "$2", serviceName = "objects")')
        .concat(`
const objects :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [(name = "director.mjs", esModule = embed "director.mjs")],
  bindings = [(name = "DIRECTOR", service = "director")],
  durableObjectNamespaces = [(className = "Control", uniqueKey = "faulty-control"), (className = "Relay", uniqueKey = "faulty-relay"), (className = "Shard", uniqueKey = "faulty-shard")],
  durableObjectStorage = (inMemory = void),
);
`),
    })
    this.#open.push(async () => {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    return running
  }

  /** Ends the product that was started last. */
  end = async () => this.#open.pop()?.()

  async close() {
    while (this.#open.length) await this.end()
    this.director.closeAllConnections()
    this.director.close()
  }
}
