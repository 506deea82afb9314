// Beacons: what the running collector answers to them, what the ledger says afterwards, and that the next good one counts.

import { connect } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { publish, served, start } from '../../build/product.mjs'
import { PERSON } from '../browser/chromium.mjs'
import { ask, cookieHeader, stub, visitorOf } from '../edge/wire.mjs'

const RUN = 'hero-1'
const ALL = 2 ** 32
const PAGE = '<!doctype html><html><head><title>x</title></head><body><h1>x</h1></body></html>'
const DOCUMENT = {
  format: 1,
  flags: { hero: { kind: 'string', variants: { control: 'a', b: 'b' }, off: 'control', otherwise: 'control', client: true, rules: [{ experiment: 'hero' }] } },
  metrics: { orders: { event: 'order' } },
  experiments: { hero: { flag: 'hero', metric: 'orders', control: 'control', run: { id: RUN, salt: RUN, epoch: 1, rollout: ALL, split: [[ALL / 2, 'control'], [ALL, 'b']] } } },
  pages: { all: { path: '/*', flag: 'hero', variants: { b: [{ select: 'h1', change: { text: 'b' } }] } } },
}

/** Requests that nobody has signed which a source may send at once; `worker/budget.mjs` has the same. */
const BUDGET = 500
/** Codes of the file, and what ours are called. */
const REASONS = {
  E_EV_ERASED: ['erased'], E_EV_IMPOSSIBLE: ['impossible', 'token'], E_EV_UNSIGNED: ['unsigned'], E_EV_BATCH: ['too-many'],
  E_EV_SCHEMA: ['field', 'malformed', 'type', 'name', 'dt', 'value'], bot_ua: ['bot-crawler', 'bot-headless', 'bot-script'],
}
/** Milliseconds after which a body that does not come is cut off; `worker/body.mjs` has the same. */
const CUT = 10_000
const DAY = 24 * 3_600_000

/** The collector in workerd, with a site before it. */
export class Collector {
  static async begun() {
    const collector = new Collector()
    collector.folder = mkdtempSync(join(tmpdir(), 'pointsman-hostile-'))
    collector.origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE))
    collector.product = await start({ folder: collector.folder, originPort: collector.origin.port, environment: 'development', clock: true, quiet: true })
    await served(collector.product, (await publish(collector.product, DOCUMENT)).version)
    return collector
  }

  /** Somebody who has met `b`, and their proof. */
  async somebody() {
    const { cookies } = await visitorOf(this.product, 'b')
    return { cookie: cookieHeader(cookies), unit: cookies.pm.split('.')[1], token: cookies.pmd.split('~').find((one) => one.includes(`.${RUN}.`)) }
  }

  ledger = async () => (await this.product.api('GET', 'ledger')).json()
  lost = async () => (await (await this.product.api('GET', 'ledger?hours=1')).json()).losses.reduce((all, { lost }) => all + lost, 0)

  async end() {
    await this.product.stop()
    await this.origin.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Runs a case. */
export async function beacon({ input, expected }, { collector: begun, repeats }) {
  const collector = await begun()
  const { product } = collector
  const who = await collector.somebody()
  const before = await collector.ledger()
  const lost = await collector.lost()
  const post = (body, { method = 'POST', headers = {}, cookie = who.cookie } = {}) =>
    ask(product, '/_pm/e', { method, body, headers: { 'user-agent': PERSON, 'content-type': 'text/plain', ...(cookie && { cookie }), ...headers } })
  const told = Object.hasOwn(GENERATED, input.op) ? await GENERATED[input.op](input, { post, who, repeats, collector }) : await plainly(input, { post, who, repeats, collector })
  const failures = told.failures ?? []
  const { http_status: status, response_headers: due = {}, totals = {} } = expected
  // Which of the 400s it is, is each dialect's own.
  const means = (seen) => seen === status || (status >= 400 && seen >= 400 && seen < 500)
  for (const { status: seen, headers } of told.answers ?? []) {
    if (status && !means(seen)) failures.push(`expected ${status}, seen ${seen}`)
    for (const [name, value] of Object.entries(due)) if (headers[name] !== value) failures.push(`expected ${name}: ${value}, seen ${headers[name]}`)
  }
  const after = await collector.ledger()
  failures.push(...counted(before, after, totals, told.factor ?? 1))
  if (input.op === 'seq' && (await collector.lost()) - lost !== 1) failures.push('the ledger shows no loss')
  const good = await post(sealed([{ t: 'track', n: 'order', dt: 0 }]))
  if (good.status !== 200 || JSON.parse(good.text).stored + (JSON.parse(good.text).filtered.erased ?? 0) !== 1) failures.push(`the next good one: ${good.status} ${good.text}`)
  return { failures: [...new Set(failures)].slice(0, 5), notes: told.factor && told.factor !== 1 ? [`repeated ${repeats} times`] : [] }
}

let pages = 0
const sealed = (events, page = `good-${pages++}`, seq = 0) => JSON.stringify({ v: 1, page, seq, dropped: 0, events })
const seen = ({ token }, more = {}) => ({ t: 'seen', run: RUN, x: 'b', d: token, dt: 1, ...more })

/** A beacon of the file's dialect in ours. */
function translated(text, who) {
  const { events, ...beacon } = JSON.parse(text)
  const one = ({ t, f, u, c, ...event }) => ({ ...event, ...(t === 'exp' ? { t: 'seen', run: RUN, d: who.token } : { t: 'track', n: f ?? 'order' }) })
  return JSON.stringify({ ...beacon, page: `${beacon.page}-${pages++}`, events: events.map(one) })
}

async function plainly({ value, body = value, headers, repeat = 1, parallel = 1, clock, after }, { post, who, collector, repeats }) {
  const text = translated(body, who)
  const more = headers?.['User-Agent'] && { 'user-agent': headers['User-Agent'] }
  // Whoever comes again after a month has been here before; so has whoever is erased.
  if (clock || after) await post(text)
  if (clock) await collector.product.api('POST', '/api/v1/projects/demo/demo/clock', { body: JSON.stringify({ advance: 30 * DAY }) })
  if (after) await collector.product.api('DELETE', `units/${who.unit}`)
  const times = Math.min(repeat, Math.max(repeats, 2))
  const answers = parallel > 1 ? await Promise.all(Array.from({ length: parallel }, () => post(text, { headers: more }))) : []
  for (let n = 0; parallel === 1 && n < times; n++) answers.push(await post(text, { headers: more }))
  return { answers, factor: times / repeat }
}

const GENERATED = {
  async unsigned_units({ n }, { post, repeats }) {
    const events = Array(100).fill({ t: 'seen', run: RUN, x: 'b', d: 'v1.forged', dt: 0 })
    const requests = Math.max(1, Math.min(n, repeats) / 100)
    const answers = []
    const told = { answers, failures: [], taken: 0 }
    // As many as asked for, and then small ones until the source has spent its budget; it gets some back meanwhile.
    for (let sent = 0; sent < requests + 2 * BUDGET; sent++) {
      const part = sent < requests ? events : events.slice(0, 1)
      const answer = await post(sealed(part), { cookie: `pm=v1.${String(sent).padStart(22, 'x')}.k1.forged` })
      if (answer.status === 429) {
        if (!answer.headers['retry-after']) told.failures.push('429 does not say when to come again')
        return { ...told, factor: told.taken / n }
      }
      answers.push(answer)
      told.taken += part.length
    }
    return { ...told, failures: [`all of ${answers.length} requests are taken`], factor: told.taken / n }
  },
  body_len: async ({ n }, { post }) => ({ answers: [await post('x'.repeat(n))] }),
  events: async ({ n }, { post }) => ({ answers: [await post(sealed(Array(n).fill({ t: 'track', n: 'order', dt: 0 })))], factor: 1 / n }),
  async events_mixed({ good, bad }, { post }) {
    const order = { t: 'track', n: 'order', dt: 0 }
    const places = Array.from({ length: good + bad }, (_, place) => place)
    const isBad = (place) => place % 2 === 1 && place < 2 * bad
    const answer = await post(sealed(places.map((place) => (isBad(place) ? { ...order, more: 1 } : order))))
    const due = places.filter(isBad).map((place) => ({ place, reason: 'field' }))
    const failures = JSON.stringify(JSON.parse(answer.text).left) === JSON.stringify(due) ? [] : [`the bad one is not named: ${answer.text}`]
    return { answers: [answer], failures }
  },
  bodies: async ({ values }, { post }) => ({ answers: await Promise.all(values.map((body) => post(body))) }),
  methods: async ({ values }, { post }) => ({ answers: await Promise.all(values.map((method) => post(undefined, { method }))) }),
  async conversion_first(_, { post, who, collector }) {
    const converted = async () => (await (await collector.product.api('GET', 'experiments/hero/report')).json()).report.arms.reduce((all, arm) => all + arm.converted, 0)
    const start = await converted()
    const answers = [await post(sealed([{ t: 'track', n: 'order', dt: 0 }]))]
    const failures = (await converted()) === start ? [] : ['it is counted without an exposure']
    answers.push(await post(sealed([seen(who)])))
    if ((await converted()) !== start + 1) failures.push('it is not counted with its exposure')
    return { answers, failures }
  },
  async seq({ values }, { post, who }) {
    const page = `seq-${pages++}`
    const answers = [await post(sealed([seen(who)], page, 0))]
    for (const seq of values) answers.push(await post(sealed([{ t: 'track', n: 'order', dt: 0 }], page, seq)))
    return { answers }
  },
  async slow_bodies({ n }, { post, who, collector, repeats }) {
    const cut = Array.from({ length: Math.min(n, repeats) }, () => new Promise((resolve) => {
      const begun = performance.now()
      const socket = connect(collector.product.port, '127.0.0.1', () => socket.write(`POST /_pm/e HTTP/1.1\r\nHost: localhost:${collector.product.port}\r\nCookie: ${who.cookie}\r\nContent-Length: 1000\r\n\r\n`))
      const drip = setInterval(() => socket.write('x'), 1000)
      socket.on('data', () => socket.end()).on('error', () => {}).on('close', () => (clearInterval(drip), resolve(performance.now() - begun)))
    }))
    await wait(1000)
    const times = []
    for (let sent = 0; sent < 100; sent++) {
      const begun = performance.now()
      await post(sealed([{ t: 'track', n: 'order', dt: 0 }]))
      times.push(performance.now() - begun)
    }
    const failures = times.sort((one, other) => one - other)[98] < 250 ? [] : [`good senders wait ${times[98].toFixed(0)} ms`]
    const longest = Math.max(...(await Promise.all(cut)))
    if (longest > CUT + 5000) failures.push(`a slow one is cut after ${(longest / 1000).toFixed(0)} s`)
    return { failures }
  },
}

/** Whether the ledger has grown by what is expected. */
function counted(before, after, totals, factor) {
  const failures = []
  const due = (n) => Math.round(n * factor)
  const grown = (part, reasons) => reasons.reduce((all, reason) => all + (after[part][reason] ?? 0) - (before[part][reason] ?? 0), 0)
  for (const part of ['stored', 'duplicate'].filter((name) => totals[name] !== undefined)) {
    const [own, other] = [after[part] - before[part], part === 'duplicate' && factor !== 1]
    const expected = other ? undefined : totals[part]
    // The edge's own report of the visit may come in meanwhile, and says the same as the browser's.
    if (expected !== undefined && (own < expected || own > expected + 2)) failures.push(`expected ${expected} ${part}, seen ${own}`)
  }
  for (const part of ['rejected', 'filtered']) {
    for (const [code, n] of Object.entries(totals[part] ?? {})) {
      if (!REASONS[code]) throw new Error(`the code ${code} is not known`)
      const seen = grown('rejected', REASONS[code]) + grown('filtered', REASONS[code])
      if (seen !== due(n)) failures.push(`expected ${due(n)} ${code}, seen ${seen}`)
    }
  }
  return failures
}
