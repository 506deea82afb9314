// The demo's server, on this machine alone: the Worker asks it, through a binding that only the demo has, to do what the
// demo's bar offers (docs/api.md, “The demo”), and hands it what goes to the built-in receiver of webhooks.

import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Acts, Refusal } from './acts.mjs'
import { Audience } from './audience.mjs'
import { Clock, client } from './client.mjs'
import { Habits } from './habits.mjs'
import { BYTES, Receiver } from './receiver.mjs'
import { Reviewer } from './reviewer.mjs'

const CLOCK = '/api/v1/projects/demo/demo/clock'
/** A crowd that is there within a minute or two. */
const CROWD = 10_000
/** What can be asked while the past is being told: everything else would change it. */
const MEANWHILE = ['POST /visit', 'POST /receiver', 'POST /receiver/emails']

/**
 * Starts the demo's server. Visitors come once `begin()` is called.
 *
 * @param product the handle of build/product.mjs
 * @param restart kills the engine and starts it again
 * @param port where to listen; 0 takes any free one
 * @param rate steady visitors a second
 * @param place whose keys sign the visitors' units
 */
export async function demo({
  product, restart = product.restart, port = 0, rate = 2, folder = product.folder, place = 'demo/production', habits = new Habits(), say,
}) {
  const api = client(product.console, product.token)
  const clock = new Clock(api, CLOCK)
  const audience = new Audience({ product, folder, place, habits })
  const acts = new Acts({ api, clock, audience, habits, restart, say })
  const receiver = new Receiver(join(folder, 'messages.json'), () => clock.now())
  const reviewer = new Reviewer(api, join(folder, 'reviewer'))
  const past = { telling: null }
  const ending = new AbortController()
  const routes = routesOf({ product, rate, clock, audience, habits, acts, receiver, reviewer, past })
  const server = createServer((request, response) => handle(routes, product.console, request, response))
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return {
    port: server.address().port, api, clock, audience, habits,
    /** Learns the time and the experiments, and lets the steady visitors in. */
    async begin() {
      await clock.read()
      habits.learn((await api.get('/api/v1/projects/demo/experiments')).experiments)
      if (rate > 0) audience.trickle(rate, ending.signal)
    },
    /** Says how far the telling of the past is, from 0 to 1, and what of it comes now; at 1 it is whole. */
    tells(done, words) {
      past.telling = done < 1 ? { done, words } : null
    },
    async close() {
      ending.abort()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

function routesOf({ product, rate, clock, audience, habits, acts, receiver, reviewer, past }) {
  const all = {
    'GET /state': () => ({
      visitors: audience.visitors, rate, harmful: habits.under('harm'), safari: habits.under('safari') !== null,
      clock: { offset: clock.offset }, busy: acts.busy, failed: acts.failed, site: product.site, telling: past.telling,
    }),
    'POST /visit': () => ({
      started: true, look: 'The shop takes you for somebody new; order something and see it in the numbers.', where: '#/now',
      url: `${product.site}/_pm/forget`,
    }),
    'POST /harm': (body) => acts.harm(switchOf(body)),
    'POST /safari': (body) => acts.safari(switchOf(body)),
    'POST /bots': () => acts.bots(),
    'POST /crowd': (body) => acts.crowd(crowdOf(body)),
    'POST /kill': () => acts.kill(),
    'POST /jump': () => acts.jump(),
    'POST /reviewer': async () => ({
      started: true, look: 'You are the reviewer now. Read what waits for you and let it start, or send it back.', where: '#/now', token: await reviewer.token(),
    }),
    'GET /messages': () => ({ messages: receiver.messages }),
    'POST /receiver': (body) => {
      receiver.take(body)
      return { received: true }
    },
    // The same for mail, in the form of the provider's API (docs/notifications.md).
    'POST /receiver/emails': (body) => ({ id: receiver.take({ mail: body }) }),
  }
  const waits = (name) => name.startsWith('POST') && !MEANWHILE.includes(name)
  const told = (route) => (body) => {
    if (past.telling) throw new Refusal('The demo’s past is still being told.', 'Wait until the line at the top is gone.')
    return route(body)
  }
  return Object.fromEntries(Object.entries(all).map(([name, route]) => [name, waits(name) ? told(route) : route]))
}

/** An answer that ends the request: a status and a body. */
class Answer extends Error {
  constructor(status, body, headers) {
    super()
    Object.assign(this, { status, body, headers })
  }
}

const wrong = (pointer, cause, fix) => new Answer(422, { problems: [{ pointer, code: 'value', cause, fix }] })

function switchOf({ on }) {
  if (typeof on !== 'boolean') throw wrong('/on', 'It is neither true nor false.', 'Send {"on": true} or {"on": false}.')
  return { on }
}

function crowdOf({ visitors }) {
  const good = Number.isInteger(visitors) && visitors >= 1 && visitors <= CROWD
  if (!good) throw wrong('/visitors', `It is no whole number from 1 to ${CROWD}.`, 'Send how many shall come, such as {"visitors": 500}.')
  return { visitors }
}

async function handle(routes, console_, request, response) {
  const { status, body, headers } = await answer(routes, console_, request).then(
    (body) => ({ status: 200, body }),
    (error) => (error instanceof Answer ? error : failure(error)),
  )
  request.resume()
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store', ...headers,
  })
  response.end(text)
}

async function answer(routes, console_, request) {
  const { origin } = request.headers
  // Browsers name the page that asks. A page of somebody else has no business here.
  if (origin !== undefined && origin !== console_) {
    throw new Answer(403, { error: `Pages of ${origin} may not use the demo.`, fix: `Open ${console_}.` })
  }
  const path = request.url.split('?', 1)[0]
  const route = routes[`${request.method} ${path}`]
  if (route) return route(request.method === 'POST' ? await objectIn(request) : undefined)
  const allow = ['GET', 'POST'].filter((method) => routes[`${method} ${path}`])
  if (allow.length) throw new Answer(405, { error: `${path} takes ${allow} only.`, fix: `Send it with ${allow}.` }, { allow: allow.join(', ') })
  throw new Answer(404, { error: `The demo has nothing at ${path}.`, fix: 'docs/api.md, “The demo”, lists what there is.' })
}

function failure(error) {
  if (error instanceof Refusal) return { status: 409, body: { error: error.message, fix: error.fix } }
  return { status: 502, body: { error: `The engine did not do it: ${error.message}`, fix: 'Try again when the console answers.' } }
}

/** The body as a JSON object; no body is an empty one. */
async function objectIn(request) {
  const chunks = []
  let length = 0
  // The default would break the connection off before the answer to what is too long.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length
    if (length > BYTES) throw new Answer(413, { error: `The body has more than ${BYTES} bytes.`, fix: 'Send less.' }, { connection: 'close' })
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString()
  try {
    const value = text === '' ? {} : JSON.parse(text)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {
    // Said below.
  }
  throw new Answer(400, { error: 'The body is no JSON object.', fix: 'Send one, such as {}.' })
}
