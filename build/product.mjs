// The product as the repository builds it.

import { join } from 'node:path'
import { root } from './setup.mjs'
import { offer, serve, workerdOf } from './workerd.mjs'

export { apiOf, freePort, isFree, served, sitesOf } from './workerd.mjs'

export const WORKERD = workerdOf(root)?.binary

/** Starts it (build/workerd.mjs). */
export async function start({ config = join(root, 'dist/workerd.capnp'), ...options }) {
  if (!WORKERD) throw new Error(`workerd has no build for ${process.platform} ${process.arch} here.`)
  return serve({ binary: WORKERD, config, assets: join(root, 'dist/dashboard'), ...options })
}

/** Publishes a document over whatever is current. Gives the pointer, or throws with all problems. */
export async function publish(product, document, api) {
  const { ok, status, answer } = await offer(product, document, api)
  if (!ok) throw new Error(`publishing failed (${status}): ${JSON.stringify(answer)}`)
  return answer
}
