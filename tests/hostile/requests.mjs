// Requests, as bytes on a socket, to a product before an origin that answers as the case says. Whatever comes, the page is
// served: the origin's answer, with our two elements at most, and the next good request is served as well.

import { connect } from 'node:net'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'parse5'
import { bindings, keys } from '../../build/keys.mjs'
import { publish, served, start } from '../../build/product.mjs'
import { signUnit, verifyUnit } from '../../dist/worker/identity.mjs'
import { cookiesOf, decisionsOf, NAVIGATION, stub } from '../edge/wire.mjs'
import { parsed, translated } from './dialect.mjs'

const PLACE = { name: 'demo/development' }
const PAGE = '<!doctype html><html><head><title>T</title></head><body><h1>Hello</h1></body></html>'
const HTML = { 'content-type': 'text/html; charset=utf-8' }
/** What a machine under load may take longer than is asked. */
const SLOWER = 50

/** Every page is under test, and whether a language was understood shows in a flag. */
const DOCUMENT = {
  format: 1,
  flags: {
    hero: { kind: 'string', client: true, variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: 'hero' }] },
    language: {
      kind: 'boolean', client: true, variants: { absent: false, there: true }, off: 'absent', otherwise: 'absent',
      rules: [{ if: { exists: { attribute: 'language' } }, serve: 'there' }],
    },
  },
  metrics: { orders: { event: 'order' } },
  experiments: { hero: {
    flag: 'hero', metric: 'orders', control: 'a',
    run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: 2 ** 32, split: [[2 ** 31, 'a'], [2 ** 32, 'b']] },
  } },
  pages: { all: { path: '/*', flag: 'hero', variants: { b: [{ select: 'h1', change: { text: 'B' } }] } } },
}

/** A product with its origin, for all cases of a run. */
export class Site {
  static async open() {
    const site = new Site()
    site.answer = { status: 200, headers: HTML, body: PAGE }
    site.origin = await stub((_, response) => {
      const { status, headers, body } = site.answer
      response.writeHead(status, headers).end(body)
    })
    site.folder = mkdtempSync(join(tmpdir(), 'pointsman-requests-'))
    // Two keys are valid, of which the first signs.
    const file = join(site.folder, 'keys.json')
    const made = keys(file)
    writeFileSync(file, JSON.stringify({ ...made, unitKeys: `k2:${'B'.repeat(43)},${made.unitKeys}` }))
    site.product = await start({ folder: site.folder, originPort: site.origin.port, quiet: true, environment: 'development' })
    await served(site.product, (await publish(site.product, DOCUMENT)).version)
    site.env = bindings(site.product.secrets)
    return site
  }

  /** Publishes a document of the file's dialect, or one with this text as a value, for browsers to have. */
  async show(text) {
    const ours = structuredClone(DOCUMENT)
    const other = parsed(Buffer.from(text)) && JSON.parse(text)?.flags ? JSON.parse(translated(Buffer.from(text)).bytes) : undefined
    if (other) Object.assign(ours.flags, Object.fromEntries(Object.entries(other.flags).map(([key, flag]) => [`shown-${key}`, { ...flag, rules: [], client: true }])))
    else ours.flags.shown = { kind: 'string', client: true, variants: { text }, off: 'text', otherwise: 'text' }
    ours.pages.all.variants.b[0].change.text = other ? 'B' : text
    await served(this.product, (await publish(this.product, ours)).version)
  }

  async end() {
    await this.product.stop()
    await this.origin.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Signs an id with the key that signs now, with the one before it, or with one that nobody has. */
  async cookie(key, id = 'A'.repeat(22)) {
    const pairs = this.env.UNIT_KEYS.split(',')
    const keys = { current: pairs, previous: [...pairs].reverse(), unknown: [`zz:${'A'.repeat(43)}`], foreign: [`${pairs[0].split(':')[0]}:${'A'.repeat(43)}`] }[key]
    if (!keys) throw new Error(`the key ${key} is not known`)
    return signUnit({ UNIT_KEYS: keys.join(',') }, PLACE, id)
  }

  /** One request of these lines; `to` is another port than the product's. */
  async send({ method = 'GET', path = '/', lines, to = this.product.port }) {
    const head = [`${method} ${path} HTTP/1.1`, `Host: localhost:${this.product.port}`, ...lines, 'Connection: close', '', '']
    const bytes = await exchange(to, Buffer.from(head.join('\r\n'), 'latin1'))
    return read(bytes)
  }
}

function exchange(port, bytes) {
  return new Promise((resolve, reject) => {
    const pieces = []
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within ten seconds')))
    socket.on('data', (piece) => pieces.push(piece)).on('error', reject).on('close', () => resolve(Buffer.concat(pieces)))
  })
}

function read(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  const [first, ...lines] = bytes.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n')
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
  const all = (name) => headers.filter(([own]) => own === name).map(([, value]) => value)
  const rest = bytes.subarray(end + 4)
  const body = /chunked/i.test(all('transfer-encoding').join()) ? unchunked(rest) : rest
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1]), header: (name) => all(name).join(', ') || undefined, setCookies: all('set-cookie'), body, text: body.toString() }
}

function unchunked(bytes) {
  const pieces = []
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at)
    const length = line < 0 ? 0 : Number.parseInt(bytes.subarray(at, line).toString(), 16)
    if (!length) return Buffer.concat(pieces)
    pieces.push(bytes.subarray(line + 2, line + 2 + length))
    at = line + 4 + length
  }
}

/** The requests of a case: `{method, path, lines, answer}`. */
async function requests({ input }, site) {
  const usual = (without = []) => Object.entries({ 'User-Agent': NAVIGATION['user-agent'], Accept: NAVIGATION.accept })
    .filter(([name]) => !without.includes(name.toLowerCase())).map(([name, value]) => `${name}: ${value}`)
  const many = (n, make) => Array.from({ length: n }, (_, index) => make(index))
  if (input.kind === 'http') {
    const given = Object.entries(input.headers ?? {})
    const fixtures = { valid: 'current', current: 'current', previous: 'previous', unknown: 'unknown', foreign: 'foreign' }
    const made = Object.fromEntries(await Promise.all(Object.entries(fixtures).map(async ([name, key]) => [name, await site.cookie(key)])))
    const filled = (text) => String(text).replace(/\{\{(\w+)\}\}/g, (all, name) => made[name] ?? all).replaceAll('__Host-fx=', 'pm=')
    const lines = given.flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${filled(one)}`))
    const own = usual(given.map(([name]) => name.toLowerCase()))
    const { status = 200, headers = HTML, body = PAGE } = input.origin ?? {}
    return [{ method: input.method, path: input.path, lines: [...own, ...lines], answer: { status, headers, body } }]
  }
  if (input.kind === 'text') {
    await site.show(input.value)
    return [{ lines: usual() }]
  }
  if (input.kind !== 'gen') throw new Error(`the kind ${input.kind} is not known for requests`)
  const { op, values = [], value = '', n = 1, unit = 'x', key = 'current' } = input
  const ops = {
    methods: () => values.map((method) => ({ method, lines: usual() })),
    header_len: () => [{ lines: [...usual(), `X-Long: ${'x'.repeat(n)}`] }],
    header_count: () => [{ lines: [...usual(), ...many(n, (index) => `X-H${index}: 1`)] }],
    header_repeat: () => [{ lines: [...usual(['user-agent']), `User-Agent: ${unit.repeat(n)}`] }],
    raw_headers: () => [{ lines: [...usual(), ...value.split('\r\n').filter(Boolean)] }],
    cookie: async () => [{ lines: [...usual(), `Cookie: pm=${await site.cookie(key)}`] }],
    cookie_len: () => [{ lines: [...usual(), `Cookie: pm=${'x'.repeat(n)}`] }],
    cookie_count: () => [{ lines: [...usual(), `Cookie: ${many(n, (index) => `pm=x${index}`).join('; ')}`] }],
    cookie_bits: async () => {
      const valid = await site.cookie('current')
      return many(valid.length, (at) => {
        const bent = valid.slice(0, at) + (valid[at] === 'A' ? 'B' : 'A') + valid.slice(at + 1)
        return { lines: [...usual(), `Cookie: pm=${bent}`] }
      })
    },
    paths: () => values.map((path) => ({ path, lines: usual() })),
    path_len: () => [{ path: `/${'a'.repeat(n - 1)}`, lines: usual() }],
    path_segments: () => [{ path: '/a'.repeat(n), lines: usual() }],
    query_len: () => [{ path: `/?a=${'x'.repeat(Math.max(0, n - 2))}`, lines: usual() }],
    query_params: () => [{ path: `/?${many(n, (index) => `p${index}=1`).join('&')}`, lines: usual() }],
    headers: () => values.map((given) => ({ lines: [...usual(Object.keys(given).map((name) => name.toLowerCase())), ...Object.entries(given).map((pair) => pair.join(': '))] })),
    cookies: () => values.map((text) => ({ lines: [...usual(), `Cookie: ${text.replaceAll('__Host-fx=', 'pm=')}`] })),
    utm_values: () => values.map((text) => ({ path: `/?utm_source=${encodeURIComponent(text)}`, lines: usual() })),
    queries: () => values.map((query) => ({ path: `/?${query}`, lines: usual() })),
    origin_html_variants: () => values.map((body) => ({ lines: usual(), answer: { status: 200, headers: HTML, body } })),
    origin_status: () => values.map((status) => ({ lines: usual(), answer: { status, headers: HTML, body: [204, 304].includes(status) ? undefined : PAGE } })),
    origin_headers: () => values.map((headers) => ({ lines: usual(), answer: { status: 200, headers: { ...HTML, ...headers }, body: PAGE } })),
  }
  if (!Object.hasOwn(ops, op)) throw new Error(`the generator ${op} is not known for requests`)
  return ops[op]()
}

/** Everything about a case that is not as it should be. */
export async function request(one, { site }) {
  const place = await site()
  const failures = []
  for (const sent of await requests(one, place)) {
    place.answer = sent.answer ?? { status: 200, headers: HTML, body: PAGE }
    const start = performance.now()
    const answer = await place.send(sent)
    const took = performance.now() - start
    const direct = await place.send({ ...sent, to: place.origin.port })
    failures.push(...(await judged(answer, direct, took, sent, one, place)))
  }
  if (one.input.kind === 'text') await served(place.product, (await publish(place.product, DOCUMENT)).version)
  place.answer = { status: 200, headers: HTML, body: PAGE }
  const next = await place.send({ lines: Object.entries(NAVIGATION).map(([name, value]) => `${name}: ${value}`) })
  if (next.status !== 200 || !decisionsOf(next.text)) failures.push('the next good request is not served')
  return { failures: [...new Set(failures)].slice(0, 5), notes: [] }
}

const OUTCOMES = ['evaluate', 'pass_through', 'header_stripped', 'new_id_issued', 'same_id_kept', 'default', 'survive', 'accept', 'reject']

async function judged(answer, direct, took, sent, { expected }, place) {
  const failures = []
  const outcomes = expected.outcome.split(/ or /)
  if (!OUTCOMES.includes(outcomes[0])) throw new Error(`the outcome ${expected.outcome} is not known for requests`)
  const refused = [400, 413, 414, 431].includes(answer.status) && answer.status !== direct.status
  // The platform refuses what is no request; it never gets to us.
  if (refused && (outcomes.some((other) => other.includes(String(answer.status))) || direct.status === 400 || direct.status === 431)) return []
  if (answer.status !== direct.status) failures.push(`status ${answer.status}, the origin's is ${direct.status}`)
  if (/Error 1101|exception/i.test(answer.text) && !/Error 1101|exception/i.test(direct.text)) failures.push('an exception shows')
  failures.push(...sameTree(answer, direct))
  const edited = decisionsOf(answer.text)
  if (answer.setCookies.some((line) => /^(__Host-)?pm/.test(line)) && !/private, no-store/.test(answer.header('cache-control'))) failures.push('a cookie of ours may be stored by caches')
  if (edited && !/private, no-store/.test(answer.header('cache-control'))) failures.push('a personal page may be stored by caches')
  if (!edited && direct.header('cache-control') !== answer.header('cache-control') && !/private/.test(answer.header('cache-control'))) failures.push('an answer says more of caches than the origin does')
  const seen = place.origin.seen.at(-2)?.headers ?? {}
  if (edited && !seen['pointsman-variants']?.startsWith(`hero=${edited.flags.hero.variant}, language=${edited.flags.language.variant}`)) failures.push('the origin learns other variants than were decided')
  if (/^pass_through/.test(expected.outcome) && Buffer.compare(answer.body, direct.body)) failures.push('the body is not the origin’s')
  if (outcomes[0] === 'new_id_issued' || outcomes[0] === 'same_id_kept') failures.push(...(await identity(answer, outcomes[0], sent, expected, place)))
  for (const [name, value] of Object.entries(expected.response_headers ?? {})) {
    if (answer.header(name.toLowerCase()) !== value) failures.push(`${name} is ${answer.header(name.toLowerCase())}, expected ${value}`)
  }
  if (expected.attribute_language === 'absent' && edited && edited.flags.language.variant !== 'absent') failures.push('a language was read')
  if (expected.max_ms && took > Math.max(expected.max_ms * SLOWER, 100)) failures.push(`took ${took.toFixed(0)} ms`)
  return failures
}

/** Which unit the answer belongs to: a cookie of ours, and what was decided for it. */
async function identity(answer, outcome, sent, { set_cookie: due }, place) {
  const issued = cookiesOf(answer.setCookies).pm
  const unit = issued && (await verifyUnit(place.env, PLACE, issued))
  const sentCookies = /pm=([^;\s]+)/g
  const given = [...sent.lines.join('\n').matchAll(sentCookies)].map(([, value]) => value.split('.')[1])
  if (outcome === 'new_id_issued') return unit && !given.includes(unit) ? [] : ['no new id was issued']
  const failures = []
  if (issued && unit !== 'A'.repeat(22)) failures.push('the id is another one')
  if (due && (!issued || issued.split('.')[2] !== place.env.UNIT_KEYS.split(':')[0])) failures.push('the cookie is not signed anew')
  const decided = decisionsOf(answer.text)?.flags.hero.token?.split('.').slice(0, 5).join('.')
  const usual = await place.send({ lines: [...sent.lines.filter((line) => !/^cookie/i.test(line)), `Cookie: pm=${await place.cookie('current')}`] })
  if (decided !== decisionsOf(usual.text)?.flags.hero.token.split('.').slice(0, 5).join('.')) failures.push('another variant than the id’s own was decided')
  return failures
}

/** An HTML page is the origin's, but for the edited heading and our two elements, once or not at all. */
function sameTree(answer, direct) {
  if (answer.status !== 200 || !/^text\/html/.test(direct.header('content-type') ?? '')) return []
  const count = answer.text.split('data-id="pointsman"').length - direct.text.split('data-id="pointsman"').length
  if (count > 1 || count < 0) return [`our data are there ${count} times`]
  // What stands in the heading is the test's.
  const tree = (text) => JSON.stringify(plainly(parse(text)), (_, value) => (value?.tag === 'h1' ? 'h1' : value))
  return tree(answer.text) === tree(direct.text) ? [] : ['the page is another than the origin’s']
}

/** A tree without what we put in: our data and our scripts. */
export function plainly({ nodeName, attrs = [], childNodes = [], content, value, data, parentNode: _, ...rest }) {
  const own = ({ nodeName: name, attrs: given = [] }) => name === 'script' &&
    given.some(({ name, value }) => (name === 'data-id' && value === 'pointsman') || (name === 'src' && /^\/_pm\/[po]\.js$/.test(value)))
  return {
    tag: nodeName, attrs: attrs.map(({ name, value }) => [name, value]), text: value ?? data, mode: rest.mode,
    inner: content && plainly(content), children: childNodes.filter((child) => !own(child)).map(plainly),
  }
}
