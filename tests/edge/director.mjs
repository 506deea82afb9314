// In the place of an object of ours: whatever it is asked, a test's own server answers, or does not.

import { DurableObject } from 'cloudflare:workers'

const told = (kind) => class extends DurableObject {
  fetch(request) {
    const url = new URL(request.url)
    return this.env.DIRECTOR.fetch(new Request(`http://director/${kind}${url.pathname}${url.search}`, request))
  }
}

export const Control = told('control')
/** The nearest source of configurations; what it is asked the control object knows as well. */
export const Relay = told('control')
export const Shard = told('shard')
export default { fetch: () => new Response(null, { status: 404 }) }
