// The entry of the Worker. It knows hosts; everything else is one import away.

import { env as bindings } from 'cloudflare:workers'
import { console_ } from './console.mjs'
import { shareCookies } from './cookies.mjs'
import { own } from './doors.mjs'
import { clockOf } from './now.mjs'
import { page } from './page.mjs'
import { readSites } from './place.mjs'
import { PREFIX } from './prefix.mjs'
import { hostOf } from './sdk/address.js'

export { Control } from './objects/control.mjs'
export { Relay } from './objects/relay.mjs'
export { Shard } from './objects/shard.mjs'
export { Voices } from './objects/voices.mjs'

/** Places by host. Read when the isolate starts, so that a Worker with wrong ones is refused where it is deployed. */
const sites = readSites(bindings.SITES, bindings.CONSOLE_HOST)
shareCookies(bindings.COOKIE_DOMAIN)

export default {
  async fetch(request, env, context) {
    const url = URL.parse(request.url)
    if (!url) return new Response('This is no address.\n', { status: 400 })
    const clock = clockOf(env)
    if (clock) await clock
    const { host } = url
    if (host === env.CONSOLE_HOST) return console_(request, env, context)
    const place = sites.get(host) ?? sites.get(hostOf(url))
    if (!place) return new Response('This host is not served here.\n', { status: 421 })
    if (!url.pathname.startsWith(PREFIX)) return page(request, url, env, place, context)
    return own(url.pathname.slice(PREFIX.length), request, env, place, context)
  },
}
