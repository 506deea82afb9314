// The console's host: the dashboard's files, and the API behind it. What needs the rewriter or a service of this
// machine is answered here, to callers whom the API knows; everything else is the core's.

import { keysOf } from './access.mjs'
import { asset } from './assets.mjs'
import { answers, given } from './answers.mjs'
import { unauthorised } from './backend.mjs'
import { answer, plainly } from './body.mjs'
import { configuration } from './config.mjs'
import { contacts } from './contacts.mjs'
import { ENDPOINT, asked, endpointOf } from './endpoint.mjs'
import { forget } from './forget.mjs'
import { noted, tooMany } from './guesses.mjs'
import { history } from './history.mjs'
import { previews } from './links.mjs'
import { now } from './now.mjs'
import { placeNamed, readSites } from './place.mjs'
import { asProblem } from './problems.mjs'
import { referenceOf } from './references.mjs'
import { ownWord, share, shared } from './share.mjs'
import { frames } from './sides.mjs'
import { isForeign, isOurs, signedIn } from './signin.mjs'
import { slots } from './slots.mjs'
import { feedback } from './tickets.mjs'
import * as core from './wasm/console.js'
import { WRITTEN, written } from './written.mjs'

/** What is answered here about a place: `[method, name]`, and the answer to whoever may plan there, or has a role. */
const OF_PLACES = [
  ['GET', 'slots', asking(slots)],
  ['GET', 'keys', async (_, env, place) => answer(200, await keysOf(env, place))],
  ['POST', 'preview', asking(previews)],
  ['POST', 'frames', asking(frames)],
  ['POST', 'share', asking(share)],
  ['GET', 'references/*', async (_, env, place, url, word) => known(await referenceOf(env, place, plainly(word)))],
  // No machine has this role.
  ['GET', 'contacts/*', (_, env, place, url, survey) => contacts(env, place, plainly(survey)), 'approver'],
  ['DELETE', 'units/*', async (_, env, place, url, unit) => answer(200, await forget(env, place, plainly(unit)))],
]
const known = (said) => (said ? answer(200, said) : answer(404, { error: 'No answer here gave this reference.' }))
const PLACE = /^\/api\/v1\/projects\/([^/]+)\/environments\/([^/]+)\/(\w+)(?:\/([^/]+))?$/
const PROJECT = /\/api\/v1\/projects\/([^/?]+)/
const LINKS = /^\/api\/v1\/projects\/([^/]+)\/voices\/([^/]+)\/links$/
const AUDIT = /^\/api\/v1\/projects\/([^/]+)\/audit$/
const DEMO = /^\/api\/v1\/projects\/([^/]+)\/demo(?:\/([a-z]+))?$/

/** Answers a request to the console's host. */
export async function console_(request, env, context) {
  const url = new URL(request.url)
  if (url.pathname === '/mcp') return guarded(await assistant(request, env, context))
  if (!url.pathname.startsWith('/api/')) return asset(request, env, url)
  return guarded(await asProblem(await answered(request, env, context, url)))
}

/** No answer of the API is a page, or anybody's to keep. */
function guarded(response) {
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(GUARDS)) headers.set(name, value)
  return new Response(response.body, { status: response.status, headers })
}

const GUARDS = {
  'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

const foreign = () => answer(403, { error: 'This came from another site.', fix: 'Open the console itself.' })

/** What a team's own assistant asks. No page goes through it. */
async function assistant(request, env, context) {
  if (isForeign(request, env)) return asProblem(foreign())
  const { mcp } = await import('./mcp.mjs')
  const api = inNameOf(request, env, context)
  // It reads what the console reads: verdicts with the words of those who met them.
  return mcp(request, async (method, path, ...more) => {
    const [response, url] = [await api(method, path, ...more), new URL(path, request.url)]
    return method === 'GET' && WRITTEN.test(url.pathname) ? written(response, env, url, api) : response
  })
}

async function answered(request, env, context, url) {
  if (isForeign(request, env)) return foreign()
  // Asked by the dashboard before anybody has a token; a refusal would stand in every browser's log.
  if (url.pathname === '/api/v1/signin') return answer(200, { signedIn: Boolean((await signedIn(request, env))?.name) })
  const byKey = BY_KEY.get(url.pathname)
  if (byKey) return keyed(byKey, request, env, context, url)
  const [, project, environment, what, which] = PLACE.exec(url.pathname) ?? []
  const named = which ? `${what}/*` : what
  const place = project && placeNamed(`${project}/${environment}`)
  if (place && what === 'shared' && request.method === 'GET') return shared(request, env, place, (path) => itself(path, url, env, context))
  const [, , own, role] = (place && OF_PLACES.find(([method, name]) => method === request.method && name === named)) || []
  if (own) return (await refusal(request, env, context, project, role)) ?? own(request, env, place, url, which, context)
  const [, invites, survey] = request.method === 'POST' ? LINKS.exec(url.pathname) ?? [] : []
  const from = invites && placeNamed(`${invites}/production`)
  if (from) {
    const { names } = await configuration(request, env, from, context)
    return given(request, env, from, names, plainly(survey), (text) => inNameOf(request, env, context)('POST', url.pathname, text))
  }
  const [, asks, how] = ENDPOINT.exec(url.pathname) ?? []
  if (how === 'endpoint' && request.method === 'GET') {
    const who = await inNameOf(request, env, context)('GET', `/api/v1/projects/${asks}/whoami`)
    return who.ok ? answer(200, endpointOf(env)) : who
  }
  if (how === 'ask' && request.method === 'POST') return asked(request, env, asks, inNameOf(request, env, context))
  if (AUDIT.test(url.pathname) && url.searchParams.get('format') === 'ndjson') return history(request, (page) => api(page, env, context))
  if (request.method === 'GET' && WRITTEN.test(url.pathname)) return written(await api(request, env, context), env, url, inNameOf(request, env, context))
  const [, demo, act] = DEMO.exec(url.pathname) ?? []
  if (demo) return (await refusal(request, env, context, demo)) ?? rehearse(request, env, demo, act ?? 'state')
  return api(request, env, context)
}

/** What backends send that know no site, by the key of a place. */
const BY_KEY = new Map([['/api/v1/feedback', feedback], ['/api/v1/answers', answers]])

/**
 * It, for whoever knows the console's address and no site's. Without a name the project is the first one, and the
 * environment its production.
 */
async function keyed(door, request, env, context, { searchParams: asked }) {
  const places = [...readSites(env.SITES, env.CONSOLE_HOST).values()]
  const [project, environment] = [asked.get('project') ?? places[0].project, asked.get('environment') ?? 'production']
  const place = places.find((known) => known.project === project && known.environment === environment)
  if (!place) return answer(404, { error: 'There is no such project, or no site of that environment. GET /api/v1/projects names all.' })
  const refused = await unauthorised(request, env, place)
  return refused ?? door(request, env, place, (await configuration(request, env, place, context)).names)
}

// The time and a secret are two more bindings: the part behind has neither clock nor dice.
async function api(request, env, context) {
  // Nobody guesses a provider's word, and beside it no token of ours counts but the one behind glass.
  const who = await signedIn(request, env)
  if (who?.name) return ask(request, env, context, (await isGlass(request, (whoami) => ask(whoami, env, context))) ? '' : who.name)
  if (who) return (await isGlass(request, (whoami) => byToken(whoami, env, context))) ? ask(request, env, context) : who.refusal
  return byToken(request, env, context)
}

/** Whether a request brings the token behind glass, with which stops and ways back work whatever the provider says. */
async function isGlass(request, whoami) {
  const [, project] = PROJECT.exec(request.url) ?? []
  if (!project || !isOurs(request.headers)) return false
  const { origin } = new URL(request.url)
  const headers = { authorization: request.headers.get('authorization') }
  const response = await whoami(new Request(`${origin}/api/v1/projects/${project}/whoami`, { headers }))
  return response.ok && (await response.json()).scope === 'stop'
}

/** What the API answers to whoever comes with a token of ours; an address that guesses is not listened to. */
async function byToken(request, env, context) {
  const [address, token] = [request.headers.get(env.IP_HEADER || 'cf-connecting-ip') ?? '', request.headers.get('authorization') ?? '']
  const locked = tooMany(address, token)
  if (locked) return locked
  const response = await ask(request, env, context)
  // Other answers are given before anybody looks at a token, too.
  if (token && (response.ok || response.status === 401)) noted(address, token, response.ok)
  return response
}

/** What the core answers to whoever has the request's token, or to `person`. */
function ask(request, env, context, person = '') {
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return core.fetch(request, { ...env, NOW: String(now()), FRESH: fresh, PERSON: person }, context)
}

/** What the engine reads for somebody who has a link and no name. */
async function itself(path, url, env, context) {
  const { token, hash } = await ownWord()
  return ask(new Request(new URL(path, url), { headers: { authorization: `Bearer ${token}` } }), { ...env, ADMIN_TOKEN_HASH: hash }, context)
}

/** What a caller gets whom the project does not know, or whose role is less; nothing for others. */
async function refusal(request, env, context, project, role = 'editor') {
  const { origin } = new URL(request.url)
  const who = new Request(`${origin}/api/v1/projects/${project}/whoami?needs=${role}`, { headers: request.headers })
  const response = await api(who, env, context)
  return response.ok ? undefined : response
}

/** What asks the API in its caller's name: `make(request, env, place, api)`. */
function asking(make) {
  return (request, env, place, _url, _which, context) => make(request, env, place, inNameOf(request, env, context))
}

/** The API as whoever sent a request has it: `api(method, path, body, headers)`. */
function inNameOf(request, env, context) {
  return (method, path, body, more = {}) => {
    const headers = new Headers(request.headers)
    headers.delete('content-length')
    for (const [name, value] of Object.entries(more)) headers.set(name, value)
    return api(new Request(new URL(path, request.url), { method, headers, body }), env, context)
  }
}

/** The demo: its clock is the control object's, everything else happens in the process that simulates visitors. */
async function rehearse(request, env, project, what) {
  if (env.DEV_CLOCK !== project || !env.DEMO) return Response.json({ error: 'This is no demo.' }, { status: 404 })
  const body = request.method === 'POST' ? await request.text() : undefined
  if (what === 'clock') {
    const control = env.CONTROL.get(env.CONTROL.idFromName(project))
    return control.fetch('http://object/clock?production', { method: 'POST', body: body ?? '' })
  }
  try {
    const answer = await env.DEMO.fetch(`http://demo/${what}`, { method: request.method, body })
    return new Response(answer.body, { status: answer.status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' } })
  } catch {
    return Response.json({ error: 'The process that simulates visitors does not answer.' }, { status: 503 })
  }
}
