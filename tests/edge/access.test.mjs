// Who comes in by which token, in the runtime that serves: what needs the shell's own answers, too.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { applications } from './applications.mjs'

let of, project

before(async () => {
  of = await applications()
  const { projects } = await (await of.product.api('GET', '/api/v1/projects')).json()
  project = `/api/v1/projects/${projects[0].key}`
})
after(() => of?.close())

const ask = (token, method, path, body, headers = {}) => fetch(`${of.product.console}${project}/${path}`, {
  method, body: body && JSON.stringify(body), headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
})

/** What the admin makes: a person's link or a token. */
async function made(what, wanted) {
  const answer = await of.product.api('POST', `${project}/${what}`, { body: JSON.stringify(wanted) })
  assert.equal(answer.status, 200)
  const { token, secret } = await answer.json()
  return secret ?? token
}

test('who only reads gets neither the keys of applications nor links to previews', async () => {
  const [viewer, editor] = [await made('people', { name: 'Reads', role: 'viewer' }), await made('people', { name: 'Works', role: 'editor' })]
  assert.deepEqual(await (await ask(viewer, 'GET', 'whoami')).json(), { name: 'Reads', role: 'viewer', scope: 'all' })
  for (const [method, path] of [['GET', 'environments/production/keys'], ['POST', 'environments/development/preview']]) {
    const refused = await ask(viewer, method, path)
    assert.equal(refused.status, 403, path)
    assert.match((await refused.json()).detail, /yours is “viewer”/)
    assert.equal((await ask(editor, method, path)).status, 200, path)
  }
  assert.equal((await ask(viewer, 'GET', 'environments/production/ledger')).status, 200)
})

test('a token that was cut off is told so, and one that nobody knows is not', async () => {
  const token = await made('tokens', { name: 'export' })
  assert.match(token, /^pm_[\da-f]{64}_[\da-f]{8}$/)
  assert.equal((await ask(token, 'GET', 'now')).status, 200)
  const cut = await ask(token.slice(0, -1), 'GET', 'now')
  assert.deepEqual([cut.status, /damaged/.test((await cut.json()).detail)], [401, true])
  const unknown = await ask('pm_nobody', 'GET', 'now')
  assert.deepEqual([unknown.status, /damaged/.test((await unknown.json()).detail)], [401, false])
})

test('the token behind glass switches off what is on, and visitors get that within seconds', async () => {
  const glass = await made('tokens', { name: 'behind glass', scope: 'stop' })
  const flags = 'environments/development/flags'
  const { revision } = await (await ask(glass, 'GET', flags)).json()
  assert.equal((await ask(glass, 'POST', 'experiments', { title: 'An idea' })).status, 403)
  assert.equal((await ask(glass, 'GET', 'environments/development/keys')).status, 403)
  assert.equal((await ask(glass, 'PUT', `${flags}/hero`, { enabled: true }, { 'if-match': `"${revision}"` })).status, 403)
  const off = await ask(glass, 'PUT', `${flags}/hero`, { enabled: false }, { 'if-match': `"${revision}"` })
  assert.equal(off.status, 200)
  assert.equal((await off.json()).flags.find(({ key }) => key === 'hero').enabled, false)
})

test('every refusal is a problem by the standard’s names, and says what to do', async () => {
  const wrong = { title: '', note: '' }
  const calls = [
    ['pm_nobody', 'GET', 'now', 401], [of.product.token, 'GET', 'nowhere', 404], [of.product.token, 'PATCH', 'now', 405],
    [of.product.token, 'PUT', 'playbook', 428, {}], [of.product.token, 'POST', 'people', 422, { nobody: 1 }],
    [of.product.token, 'POST', 'experiments', 409, wrong], [of.product.token, 'GET', 'environments/production/slots?path=nothing', 422],
  ]
  for (const [token, method, path, status, body] of calls) {
    const refused = await ask(token, method, path, body)
    assert.equal(refused.headers.get('content-type'), 'application/problem+json', `${method} ${path}`)
    const problem = await refused.json()
    assert.deepEqual([refused.status, problem.status, problem.type], [status, status, 'about:blank'], JSON.stringify(problem))
    assert.ok(problem.title && problem.detail && !('error' in problem), JSON.stringify(problem))
    if (status === 422) for (const one of problem.problems ?? []) assert.ok(one.cause && one.fix && 'pointer' in one, JSON.stringify(one))
  }
})

test('a call that is sent twice with one key is done once', async () => {
  const send = (key, title) => ask(of.product.token, 'POST', 'experiments', { title, note: '' }, { 'idempotency-key': key })
  const [first, again] = [await send('one', 'Shorter words'), await send('one', 'Shorter words')]
  assert.deepEqual([first.status, again.status], [201, 201])
  assert.equal((await first.json()).key, (await again.json()).key)
  const other = await send('one', 'Longer words')
  assert.equal(other.status, 422)
  assert.equal((await other.json()).problems[0].pointer, 'Idempotency-Key')
})
