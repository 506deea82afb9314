// Calls of the control plane's API. The file's paths, codes and tokens are another dialect's: each is led to what means
// the same here. Whatever is refused has changed nothing, nothing of ours fails, and the next good call works.

import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { ask } from '../edge/wire.mjs'

const PROJECT = '/api/v1/projects/demo'
const LIVE = `${PROJECT}/environments/production`
const DOCUMENT = {
  format: 1,
  // Changes that wait for approval are of another flag than those that are made.
  flags: {
    ...Object.fromEntries(['hero', 'offer'].map((key) => [key, { kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [] }])),
    same: { kind: 'string', variants: { one: 'a', other: 'a' }, off: 'one', otherwise: 'one', rules: [] },
  },
  metrics: { orders: { event: 'order' }, errors: { event: 'error' } },
}
const PLAN = {
  // It shows nothing new, so it may start where there is no site and nothing arrives.
  title: 'Hero', change: { kind: 'flag', flag: 'same', control: 'one', treatment: 'other' },
  hypothesis: { change: 'say b', metric: 'orders', direction: 'up', by: 0.3, because: 'b is better' }, guardrails: ['errors'], base: 0.3,
}
/** How a project is set up before cases whose roles work in it. */
const ROLES = ['viewer', 'editor', 'approver', 'admin']

/** A product with a published document, somebody in each role, and an issuer of sign-ins. */
export class Office {
  static async open() {
    const office = new Office()
    office.asked = 0
    office.issuer = createServer((_, response) => {
      office.asked++
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":[]}')
    })
    await once(office.issuer.listen(0, '127.0.0.1'), 'listening')
    const address = `http://127.0.0.1:${office.issuer.address().port}`
    office.folder = mkdtempSync(join(tmpdir(), 'pointsman-office-'))
    const variables = { OIDC_ISSUER: address, OIDC_AUDIENCE: 'pointsman', OIDC_KEYS: `${address}/keys` }
    office.product = await start({ folder: office.folder, quiet: true, variables })
    await office.call('PUT', `${LIVE}/document`, { body: DOCUMENT, seen: 0 })
    office.tokens = { admin_token: office.product.token, other: 'other' }
    for (const role of ROLES) {
      const { body } = await office.call('POST', `${PROJECT}/people`, { body: { name: `the ${role}`, role } })
      office.tokens[`${role}_token`] = body.token
      // A token that was right before is taken though somebody guesses from the same address.
      await office.call('GET', `${PROJECT}/whoami`, { token: body.token })
    }
    const { body: keys } = await office.call('GET', `${LIVE}/keys`)
    Object.assign(office.tokens, { author_token: office.tokens.approver_token, client_key: keys.client, server_key: keys.server, sdk_key: keys.client })
    return office
  }

  /** One call: status, headers, body. */
  async call(method, path, { token = this.product.token, body, seen, headers = {} } = {}) {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const all = { ...(token && { authorization: `Bearer ${token}` }), ...(seen !== undefined && { 'if-match': `"${seen}"` }), ...headers }
    const answer = await ask(this.product, path, { method, body: sent, headers: all, host: headers.host ?? `127.0.0.1:${this.product.port}` })
    return { ...answer, body: json(answer.text) }
  }

  version = async () => (await this.call('GET', `${LIVE}/document`)).body.version
  /** The number of the audit log's last line. */
  audited = async () => (await this.call('GET', `${PROJECT}/audit?limit=1`)).body.rows[0].n

  /** A change that waits for approval, asked for by whoever has this token. */
  async change(token) {
    const { body } = await this.call('PUT', `${LIVE}/flags/offer?propose=1`, { token, seen: await this.version(), body: { share: 1 - this.#drawn++ / 1000 } })
    if (!body?.id) throw new Error(`no change was made: ${JSON.stringify(body)}`)
    return body
  }

  #drawn = 0

  /** An experiment that is decided, and so can be debriefed. */
  async decided() {
    const act = async (key, what, body, method = 'POST', token) => {
      const { body: { revision } } = await this.call('GET', `${PROJECT}/experiments/${key}`)
      const answer = await this.call(method, `${PROJECT}/experiments/${key}/${what}`, { body, seen: revision, token })
      if (answer.status >= 300) throw new Error(`${what}: ${JSON.stringify(answer.body)}`)
    }
    const { body: { key } } = await this.call('POST', `${PROJECT}/experiments`, { body: { title: 'Hero', note: '' } })
    await act(key, 'plan', PLAN, 'PUT')
    for (const variant of ['one', 'other']) {
      const { body: { links } } = await this.call('POST', `${LIVE}/preview`, { body: { variants: { same: variant } } })
      await act(key, 'quality', { variant, preview: links[0] })
    }
    await act(key, 'submit', {})
    await act(key, 'approve', {}, 'POST', this.tokens.approver_token)
    await act(key, 'stop', { why: 'enough' })
    await act(key, 'decide', { choice: 'keep', why: 'We have seen enough of it to know.' })
    return key
  }

  async end() {
    await this.product.stop()
    this.issuer.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function json(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Runs a case. */
export async function api({ input, expected }, { office: opened, repeats }) {
  const office = await opened()
  const state = async () => [await office.version(), await office.audited()]
  const before = await state()
  const make = input.kind === 'http' ? plainly : Object.hasOwn(GENERATED, input.op ?? '') && GENERATED[input.op]
  if (!make) throw new Error(`${input.op ?? `the kind ${input.kind}`} is not known for the API`)
  const told = await make(office, input, repeats)
  const failures = [...(told.failures ?? []), ...judged(told.answers ?? [], expected)]
  const refused = told.answers?.every(({ status }) => status >= 400)
  // What a case needs is there before it is refused.
  const [from, to] = [told.before ?? before, await state()].map(String)
  if (refused && !told.changes && from !== to) failures.push(`what was refused changed something: ${from} to ${to}`)
  const good = await office.call('GET', `${PROJECT}/now`)
  if (good.status !== 200) failures.push(`the next good call answers ${good.status}`)
  return { failures, notes: told.notes ?? [] }
}

/** Which of the 400s it is, is each dialect's own; an answer that takes or refuses is not. */
function judged(answers, { http_status: due, max_body_bytes: most }) {
  const failures = []
  const seen = answers.map(({ status }) => status)
  const alike = (one, other) => one === other || Math.floor(one / 100) === Math.floor(other / 100)
  if (seen.some((status) => !(status < 500))) failures.push(`it answers ${seen}`)
  if (Array.isArray(due)) {
    const left = [...seen].sort()
    if (left.length !== due.length || ![...due].sort().every((status, index) => alike(status, left[index]))) failures.push(`expected ${due}, seen ${seen}`)
  } else if (due && !seen.every((status) => alike(status, due))) failures.push(`expected ${due}, seen ${seen}`)
  for (const { text } of most ? answers : []) if (Buffer.byteLength(text) > most) failures.push(`an answer has ${Buffer.byteLength(text)} bytes`)
  return failures
}

/** One request as it stands in the file, sent `parallel` times. */
async function plainly(office, { method, path, headers = {}, body, parallel = 1 }) {
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), fill(office, value)]))
  const asked = await translated(office, method, path, body, filled)
  const send = () => office.call(asked.method ?? method, asked.path, { token: null, body: asked.body, headers: { ...filled, ...asked.headers } })
  const before = [await office.version(), await office.audited()]
  const answers = await Promise.all(Array.from({ length: parallel }, send))
  const failures = []
  if (parallel > 1) {
    const grown = (await office.version()) - before[0]
    if (grown !== 1) failures.push(`there are ${grown} new versions`)
    for (const { status, body } of answers) if (status === 412 && !body?.current) failures.push('the loser does not get what is current')
  }
  return { answers, before, failures: [...failures, ...((await asked.check?.(answers)) ?? [])] }
}

const fill = (office, text) => String(text).replace(/\{\{(\w+)\}\}/g, (all, name) => {
  if (name !== 'session' && !Object.hasOwn(office.tokens, name)) throw new Error(`the fixture ${all} is not known`)
  return office.tokens[name] ?? 'a-session'
}).replace(':8787', `:${office.product.port}`)

/** What a call of the file is here: path, body, headers, and what is to be checked besides. */
async function translated(office, method, path, body, headers) {
  const [, what, , action] = path.split('?')[0].split('/').slice(1)
  const seen = async () => ('if-match' in headers ? { 'if-match': `"${await office.version()}"` } : {})
  const given = json(body ?? '') ?? {}
  if (what === 'flags' && action === 'publish') {
    return { path: `${LIVE}/flags/hero`, method: method === 'POST' ? 'PUT' : method, body: '{"share": 0.01}', headers: { 'if-match': `"${await office.version()}"` } }
  }
  if (what === 'flags' && method === 'GET') return { path: `${LIVE}/flags` }
  if (what === 'flags' && typeof given.description === 'string') {
    const { body: current } = await office.call('GET', `${LIVE}/document`)
    current.document.flags.hero.description = given.description
    return {
      path: `${LIVE}/document`, body: JSON.stringify(current.document), headers: await seen(),
      check: async () => ((await office.call('GET', `${LIVE}/flags`)).body.flags.find(({ key }) => key === 'hero').description === given.description ? [] : ['the words are not as they were sent']),
    }
  }
  if (what === 'flags') {
    // What is written differs from what is there, so that something changes if it is taken.
    const { body: { flags } } = await office.call('GET', `${LIVE}/flags`)
    const hero = flags.find(({ key }) => key === 'hero')
    return { path: `${LIVE}/flags/hero`, body: json(body ?? '') === undefined || Object.keys(given).length === 0 ? JSON.stringify({ enabled: !hero.enabled }) : body, headers: await seen() }
  }
  if (what === 'changes') {
    const { authorization = '' } = headers
    const own = action === 'approve' && authorization.includes(office.tokens.author_token)
    const change = await office.change(own ? office.tokens.author_token : office.product.token)
    return { path: `${LIVE}/changes/${change.id}/${action}`, body: JSON.stringify({ digest: change.digest }) }
  }
  if (what === 'rollback') {
    const version = await office.version()
    return {
      path: `${LIVE}/versions/${version - 1 || 1}/restore`, body: '{}', headers: { 'if-match': `"${version}"` },
      check: async () => ((await office.version()) === version + 1 ? [] : ['there is no new version']),
    }
  }
  if (what === 'webhooks') {
    const { body: { revision } } = await office.call('GET', `${PROJECT}/settings`)
    const admin = headers.authorization && { authorization: `Bearer ${office.tokens.admin_token}` }
    return { method: 'PUT', path: `${PROJECT}/settings`, body: JSON.stringify({ webhook: given.url }), headers: { 'if-match': `"${revision}"`, ...admin } }
  }
  if (what === 'debriefs') {
    const experiment = await office.decided()
    const { body: { revision } } = await office.call('GET', `${PROJECT}/experiments/${experiment}`)
    return { path: `${PROJECT}/experiments/${experiment}/debrief`, body: JSON.stringify({ answers: { surprise: given.md ?? '' } }), headers: { 'if-match': `"${revision}"` } }
  }
  return { path: `${PROJECT}/${path.replace(/^\/v1\//, '')}`, body }
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Cases that are made, by their name. */
const GENERATED = {
  async edit_after_approval(office) {
    const read = await office.change(office.tokens.editor_token)
    const other = await office.change(office.tokens.editor_token)
    const answer = await office.call('POST', `${LIVE}/changes/${other.id}/approve`, { token: office.tokens.approver_token, body: { digest: read.digest } })
    return { answers: [answer], changes: true }
  },

  async jwt_unknown_kid(office, { n }, repeats) {
    const asked = office.asked
    const token = (kid) => `${part({ alg: 'RS256', kid })}.${part({ email: 'eve@example.com' })}.AAAA`
    const answers = []
    for (let sent = 0; sent < Math.min(n, repeats); sent++) answers.push(await office.call('GET', `${PROJECT}/now`, { token: null, headers: { 'cf-access-jwt-assertion': token(`none-${sent}`) } }))
    return { answers, failures: office.asked - asked > 1 ? [`the issuer was asked ${office.asked - asked} times`] : [] }
  },

  async token_guess(office, { n }, repeats) {
    const answers = []
    for (let sent = 0; sent < Math.min(n, repeats); sent++) answers.push(await office.call('GET', `${PROJECT}/now`, { token: `pm_guess_${sent}` }))
    const admitted = await office.call('GET', `${PROJECT}/now`, { token: office.tokens.viewer_token })
    const failures = admitted.status === 200 ? [] : ['somebody else is locked out']
    if (answers.at(-1).status !== 429) failures.push(`after ${n} guesses the next is answered with ${answers.at(-1).status}`)
    return { answers, failures }
  },

  async queries(office, { values }) {
    const here = (value) => fill(office, value).replace(/^cursor=/, 'before=')
    return { answers: await Promise.all(values.map((value) => office.call('GET', `${PROJECT}/audit?${here(value)}`))) }
  },

  async truncate_audit(office, { n }) {
    const [file, versions] = ['audit.ndjson', 'versions.json'].map((name) => join(office.folder, name))
    // A version stands on the last line, and so on all that is cut.
    const { body: { flags: [hero] } } = await office.call('GET', `${LIVE}/flags`)
    await office.call('PUT', `${LIVE}/flags/hero`, { seen: await office.version(), body: { enabled: !hero.enabled } })
    writeFileSync(versions, (await office.call('GET', `${LIVE}/versions`)).text)
    const whole = await office.call('GET', `${PROJECT}/audit?format=ndjson`)
    const lines = whole.text.trimEnd().split('\n')
    const verified = (kept) => {
      writeFileSync(file, `${kept.join('\n')}\n`)
      return spawnSync(process.execPath, [join(root, 'build/pointsman.mjs'), 'audit', 'verify', file, '--versions', versions]).status
    }
    const failures = verified(lines) === 0 ? [] : ['the whole log is refused']
    if (verified(lines.slice(0, -n)) !== 1) failures.push('a log that was cut is taken for whole')
    return { failures }
  },
}
