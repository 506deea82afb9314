// The Worker as it is, with objects that break where a test says so: each operation of a kind of object that is named in
// `broken` fails, or hangs. `POST /break` to the host `faults` says which, and is no part of the product.

import { Control as RealControl, Relay as RealRelay, Shard as RealShard } from './shim.mjs'
import worker from './shim.mjs'

export { Voices } from './shim.mjs'

let broken = {}

/** The same class, whose operations `control/edge`, or all of `control`, break. */
const fragile = (Real, kind) => class extends Real {
  async fetch(request) {
    const how = broken[`${kind}${new URL(request.url).pathname}`] ?? broken[kind]
    if (how === 'hangs') await new Promise(() => {})
    if (how) throw new Error(`${kind} ${how}`)
    return super.fetch(request)
  }

  async alarm() {
    const how = broken[`${kind}/alarm`] ?? broken[kind]
    if (how) throw new Error(`${kind} ${how}`)
    return super.alarm()
  }
}

export const Control = fragile(RealControl, 'control')
export const Relay = fragile(RealRelay, 'relay')
export const Shard = fragile(RealShard, 'shard')

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).hostname !== 'faults') return worker.fetch(request, env, context)
    broken = await request.json()
    return new Response('done')
  },
}
