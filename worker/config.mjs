// Which configuration this isolate runs in a place. Memory first, then the nearest relay, and behind both the snapshot
// that was built into the Worker. A good one never expires, and a bad one never replaces it.

import builtin from './builtin.bin'
import module from './sdk/evaluator.wasm'
import { now, passing } from './now.mjs'
import { isNamed, isSigned } from './pointer.mjs'
import { locate, relayOf } from './relay.mjs'
import { EdgeEvaluator, HEADER, instances } from './sdk/edge.js'

/** Milliseconds after which a search for news counts as lost: its visitor has left, and nobody tells us. */
const LOST = 10_000

/** Milliseconds for which an isolate's first pages wait for its configuration, before the snapshot in the Worker serves them. */
const PATIENCE = 50

/** Milliseconds after which a request asks for news in the background, if nobody says otherwise. */
const PACE = 5000

/** Keeps isolates from asking as one. */
const jitter = () => 0.8 + 0.4 * Math.random()

const states = new Map()

/** What this isolate knows of a place. */
function stateOf({ name }) {
  if (!states.has(name)) {
    const evaluator = new EdgeEvaluator(instances(module)).load(new Uint8Array(builtin))
    states.set(name, { evaluator, version: -1, begun: now(), checked: 0, asked: 0, pace: 0, refreshing: false, rejected: undefined, kept: {} })
  }
  return states.get(name)
}

/** The evaluator with the place's configuration of this moment, or a promise of it where an isolate's first requests wait. */
export function configuration(request, env, place, context) {
  const state = stateOf(place)
  const left = state.version < 0 ? PATIENCE - since(state.begun) : 0
  if (left <= 0 && !isDue(state)) return state.evaluator
  locate(request)
  const news = refresh(env, place, state)
  context.waitUntil(news)
  return left > 0 ? first(news, state, left) : state.evaluator
}

async function first(news, state, left) {
  await Promise.race([news, new Promise((resolve) => setTimeout(resolve, left))])
  return state.evaluator
}

/** Milliseconds between a moment and now. A clock that was set back must not stop anybody from asking. */
const since = (moment) => Math.abs(now() - moment)

/** Whether it is time to look for news, by the engine's clock or by one that nobody turns: the first may stand still. */
const isDue = ({ checked, asked, pace }) => since(checked) > pace || passing() - asked > pace

/** The version that runs in a place, or less than nothing while no news of it have come. */
export const versionOf = (place) => stateOf(place).version

/** The bytes of a version that runs, for one audience: `edge`, or `client` for what browsers may have. */
export async function bytesOf(env, place, version, audience) {
  const { kept } = stateOf(place)
  if (kept.version !== version) Object.assign(kept, { version, edge: undefined, client: undefined })
  const bytes = kept[audience] ?? new Uint8Array(version ? await relayOf(env, place).snapshot(version, audience) : builtin)
  if (kept.version === version) kept[audience] = bytes
  return bytes
}

/** What health tells: the version that runs, and why the last news were refused, if they were. */
export function configurationHealth(place) {
  const { version, rejected } = stateOf(place)
  return { version: Math.max(0, version), rejected }
}

async function refresh(env, place, state) {
  // One request cannot wait for what another one does, so before the first configuration each asks for itself.
  if (state.refreshing && state.version >= 0 && since(state.checked) < LOST) return
  state.refreshing = true
  state.checked = now()
  state.asked = passing()
  state.pace = Number(env.RELAY_PACE || PACE) * jitter()
  try {
    const pointer = await relayOf(env, place).pointer()
    if (pointer.version > state.version) {
      const bytes = pointer.version ? await verified(env, place, pointer) : new Uint8Array(builtin)
      // Another request may have brought newer ones in the meantime.
      if (pointer.version > state.version) state.evaluator.load(bytes)
      state.version = Math.max(state.version, pointer.version)
    }
    state.rejected = undefined
  } catch (error) {
    state.rejected = error.message
    // Without any news the built-in snapshot serves; the next request asks again.
  } finally {
    state.refreshing = false
  }
}

/** A snapshot's bytes, if the project has signed this version of it for this place and nothing was changed on the way. */
async function verified(env, place, pointer) {
  if (!(await isSigned(env, place, pointer))) throw new Error('the configuration is not signed by the project for this place')
  const bytes = new Uint8Array(await relayOf(env, place).snapshot(pointer.version, 'edge'))
  if (!(await isNamed(pointer, bytes.subarray(0, HEADER), bytes.subarray(HEADER)))) throw new Error('the snapshot is not the one that was signed')
  return bytes
}
