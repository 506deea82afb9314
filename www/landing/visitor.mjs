// A visitor without a browser: keeps cookies, reads what was decided for the page, and sends the beacons that the SDK
// would send (docs/wire.md). Several times cheaper than a browser, and it can misbehave on purpose.

import http from 'node:http'
import https from 'node:https'

const DATA = /<script\b[^>]*\bdata-id="pointsman"[^>]*>([^<]*)<\/script>/
const TIMEOUT = 10_000

/** A site, and as many connections to it as may be busy at a time. */
export class Site {
  constructor(url, connections) {
    this.url = new URL(url)
    this.client = this.url.protocol === 'https:' ? https : http
    this.agent = new this.client.Agent({ keepAlive: true, maxSockets: connections })
  }

  /** One exchange. Fails when the answer did not arrive as a whole; nobody can tell then what became of the request. */
  request(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent: this.agent, timeout: TIMEOUT }
      const request = this.client.request(new URL(path, this.url), options, (response) => {
        const chunks = []
        response.on('data', (chunk) => chunks.push(chunk)).on('error', reject)
        response.on('end', () => resolve({
          status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString(),
        }))
      })
      request.on('error', reject)
      request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT} ms`)))
      request.end(body)
    })
  }

  close() {
    this.agent.destroy()
  }
}

/** Where answers to a question on the page go. */
const VOICES = '/_pm/v'

/** Somebody with a cookie jar. `unit` is the value of the unit cookie of one who has been here before. */
export class Visitor {
  #cookies = new Map()

  constructor(site, userAgent, unit) {
    this.site = site
    this.userAgent = userAgent
    if (unit) this.#cookies.set(site.url.protocol === 'https:' ? '__Host-pm' : 'pm', unit)
  }

  /** The unit that the edge gave to this visitor. */
  get unit() {
    return (this.#cookies.get('pm') ?? this.#cookies.get('__Host-pm'))?.split('.')[1]
  }

  /** Opens a page, with what was decided for it. */
  async open(path = '/') {
    const { status, headers, text } = await this.site.request('GET', path, this.#headers({
      accept: 'text/html,application/xhtml+xml', 'accept-language': 'en', 'sec-fetch-dest': 'document',
    }))
    if (status !== 200) throw new Error(`${path} answers ${status}`)
    for (const line of headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      this.#cookies.set(name, value)
    }
    return new PageView(JSON.parse(DATA.exec(text)?.[1] ?? '{}'))
  }

  /** Sends a sealed beacon. The receipt is there only if the collector acknowledged it. */
  async send({ path, body }) {
    const headers = this.#headers({ 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) })
    const { status, text } = await this.site.request('POST', path, headers, body)
    return { status, receipt: status === 200 ? JSON.parse(text) : undefined }
  }

  /** Answers a survey of the page, `{choice, text}`. Tells whether the answer was taken. */
  async answer({ key, token }, said) {
    const body = JSON.stringify({ v: 1, survey: key, d: token, ...said })
    const headers = this.#headers({ 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) })
    const { status } = await this.site.request('POST', VOICES, headers, body)
    return status >= 200 && status < 300
  }

  #headers(more) {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    return { 'user-agent': this.userAgent, ...(cookie && { cookie }), ...more }
  }
}

/** A page view: its decisions, and its numbered beacons. */
class PageView {
  name = randomName()
  seq = 0

  constructor({ beacon, flags = {}, exposures = [], surveys = [] }) {
    this.path = beacon
    this.exposures = exposures.map((flag) => ({ flag, ...flags[flag] }))
    // One question a page view, as the widget asks.
    this.survey = surveys[0]
  }

  /** Events that tell that the visitor saw what was decided. */
  seen() {
    return this.exposures.map(({ run, variant, token }) => ({ t: 'seen', run, x: variant, d: token, dt: 0 }))
  }

  /** A beacon that keeps its number and its bytes however often it is sent. */
  seal(events) {
    const beacon = { v: 1, page: this.name, seq: this.seq++, dropped: 0, events }
    return { path: this.path, body: JSON.stringify(beacon), beacon }
  }
}

/** The event of a thing done just now, and what was paid for it, `{v, c}`. */
export const did = (name, paid) => ({ t: 'track', n: name, dt: 0, ...paid })

/** Named as the SDK names pages: these names are no choices, so no seed gives them. */
const randomName = () => Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString('base64url')
