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
    assert.match((await refused.json()).error, /yours is “viewer”/)
    assert.equal((await ask(editor, method, path)).status, 200, path)
  }
  assert.equal((await ask(viewer, 'GET', 'environments/production/ledger')).status, 200)
})

test('a token that was cut off is told so, and one that nobody knows is not', async () => {
  const token = await made('tokens', { name: 'export' })
  assert.match(token, /^pm_[\da-f]{64}_[\da-f]{8}$/)
  assert.equal((await ask(token, 'GET', 'now')).status, 200)
  const cut = await ask(token.slice(0, -1), 'GET', 'now')
  assert.deepEqual([cut.status, /damaged/.test((await cut.json()).error)], [401, true])
  const unknown = await ask('pm_nobody', 'GET', 'now')
  assert.deepEqual([unknown.status, /damaged/.test((await unknown.json()).error)], [401, false])
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
