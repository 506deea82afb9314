// For a team that already has a Worker: `export default withPointsman(handler)`. The handler stays what it is, and becomes
// the origin of its own pages; everything else of it is untouched.

import pointsman from './shim.mjs'

export { Control, Relay, Shard, Voices } from './shim.mjs'

/** A Worker in front of a handler. Hosts that are no site of ours are the handler's alone. */
export const withPointsman = (handler) => ({
  ...handler,
  async fetch(request, env, context) {
    // What was read once cannot be read again, and a host that is not ours is refused before anything is.
    const own = { ...env, ORIGIN: { fetch: (asked, init) => handler.fetch(new Request(asked, { cf: request.cf, ...init }), env, context) }, ORIGIN_URL: '' }
    const response = await pointsman.fetch(request, own, context)
    return response.status === 421 ? handler.fetch(request, env, context) : response
  },
})
