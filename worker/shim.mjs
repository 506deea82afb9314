// The entry of the Worker. It knows hosts and routes; everything else is one import away.

import script from './page.txt'
import survey from './survey.txt'
import { configuration, configurationHealth, source } from './config.mjs'
import { cookieName, readCookie, verifyUnit } from './identity.mjs'
import { intake } from './intake.mjs'
import { page } from './page.mjs'
import { voice } from './voices.mjs'
import * as core from './wasm/console.js'

export { Control } from './objects/control.mjs'
export { Shard } from './objects/shard.mjs'
export { Voices } from './objects/voices.mjs'

const PREFIX = '/_pm/'

export default {
  async fetch(request, env, context) {
    if (!URL.canParse(request.url)) return new Response('This is no address.\n', { status: 400 })
    const url = new URL(request.url)
    if (url.host === env.CONSOLE_HOST) return core.fetch(request, env, context)
    if (url.host !== env.SITE_HOST) return new Response('This host is not served here.\n', { status: 421 })
    if (!url.pathname.startsWith(PREFIX)) return page(request, env, context)
    return own(url.pathname.slice(PREFIX.length), request, env, context)
  },
}

/** Our own paths on the site's host. */
async function own(path, request, env, context) {
  const evaluator = await configuration(env, context)
  if (path === 'e' || path === 'v') {
    const secure = request.url.startsWith('https:')
    const unit = await verifyUnit(env, readCookie(request.headers.get('cookie'), cookieName('pm', secure)))
    return (path === 'e' ? intake : voice)(request, env, unit, evaluator.manifest)
  }
  if (path === 'p.js' || path === 'v.js') {
    return new Response(path === 'p.js' ? script : survey, {
      headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=300' },
    })
  }
  if (path === 's/client') {
    const bytes = evaluator.version && (await source(env).snapshot(evaluator.version, 'client'))
    return bytes
      ? new Response(bytes, { headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-cache' } })
      : new Response(null, { status: 404 })
  }
  if (path === 'health') return Response.json(configurationHealth(), { headers: { 'cache-control': 'no-store' } })
  return new Response('There is nothing here.\n', { status: 404 })
}
