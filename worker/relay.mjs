// The way from an isolate to its relay (objects/relay.mjs), the nearest one.

/** Where this isolate is: on Cloudflare a data centre, and one place on any other machine. */
let near = 'here'

/** An isolate stays where it is, and each request says where that is. */
export function locate({ cf }) {
  if (/^[A-Z]{3}$/.test(cf?.colo)) near = cf.colo
}

/** What runs in a place, as its relay has it. */
export function relayOf(env, { name }) {
  const relay = env.RELAY.get(env.RELAY.idFromName(`${name}/${near}`))
  const ask = async (operation) => {
    const response = await relay.fetch(`http://object/${operation}`, { method: 'POST' })
    if (!response.ok) throw new Error(`the relay answers ${response.status}`)
    return response
  }
  return {
    pointer: async () => (await ask('signed')).json(),
    snapshot: async (version, audience) => (await ask(`${audience}?${version}`)).arrayBuffer(),
  }
}
