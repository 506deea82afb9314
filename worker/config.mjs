// Which configuration this isolate runs. Memory first, then the source of snapshots, and behind both the snapshot that
// was built into the Worker. A good one never expires, and a bad one never replaces it.

import builtin from './builtin.bin'
import module from './sdk/evaluator.wasm'
import { toHex } from './identity.mjs'
import { now } from './now.mjs'
import { isSigned } from './pointer.mjs'
import { Evaluator, HEADER } from './sdk/instance.js'

/** Milliseconds after which a request asks for news in the background. Jitter keeps isolates from asking as one. */
const FRESH = 1000

/** Milliseconds after which a search for news counts as lost: its visitor has left, and nobody tells us. */
const LOST = 10_000

/** Milliseconds that a page waits for the first configuration before it goes out as the origin made it. */
const PATIENCE = 250

const state = { evaluator: undefined, version: -1, checked: 0, refreshing: undefined, rejected: undefined }

/** The evaluator with the configuration of this moment. Only an isolate's first requests wait for it. */
export async function configuration(env, context) {
  state.evaluator ??= new Evaluator(module).load(new Uint8Array(builtin))
  if (state.version < 0) {
    const news = refresh(env)
    context.waitUntil(news)
    await Promise.race([news, new Promise((resolve) => setTimeout(resolve, PATIENCE))])
  } else if (now() - state.checked > FRESH * (0.8 + 0.4 * Math.random())) context.waitUntil(refresh(env))
  return state.evaluator
}

/** What health tells: the version that runs, and why the last news were refused, if they were. */
export const configurationHealth = () => ({ version: Math.max(0, state.version), rejected: state.rejected })

async function refresh(env) {
  // One request cannot wait for what another one does, so before the first configuration each asks for itself.
  if (state.refreshing && state.version >= 0 && now() - state.checked < LOST) return
  state.refreshing = true
  state.checked = now()
  try {
    const pointer = await source(env).pointer()
    if (pointer.version > state.version) {
      const bytes = pointer.version ? await verified(env, pointer) : new Uint8Array(builtin)
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

/** A snapshot's bytes, if the project's key has signed this version of it and nothing was changed on the way. */
async function verified(env, pointer) {
  if (!(await isSigned(env, pointer))) throw new Error('the configuration is not signed by the project')
  const bytes = new Uint8Array(await source(env).snapshot(pointer.version, 'edge'))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.subarray(HEADER)))
  if (toHex(digest) !== pointer.digest) throw new Error('the snapshot is not the one that was signed')
  return bytes
}

/** Where snapshots come from: the control object itself. */
export function source(env) {
  const control = env.CONTROL.get(env.CONTROL.idFromName('project'))
  const ask = async (operation, argument) => {
    const response = await control.fetch(`http://object/${operation}?${argument}`, { method: 'POST', body: '' })
    if (!response.ok) throw new Error(`the control object answers ${response.status}`)
    return response
  }
  return {
    pointer: async () => (await ask('signed', '')).json(),
    snapshot: async (version, audience) => (await ask(audience, version)).arrayBuffer(),
  }
}
