// Teams, ideas, the calendar and what people follow, in the runtime that serves, by the API that it describes.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { applications } from './applications.mjs'

let of, project, viewer

before(async () => {
  of = await applications()
  const { projects } = await (await of.product.api('GET', '/api/v1/projects')).json()
  project = `/api/v1/projects/${projects[0].key}`
  viewer = (await asked('POST', 'people', { name: 'Reads', role: 'viewer' })).answer.token
})
after(() => of?.close())

/** A call by the admin, or by whoever has a token: its status and its answer. */
async function asked(method, path, body, { token, revision } = {}) {
  const response = await fetch(`${of.product.console}${project}/${path}`, {
    method, body: body && JSON.stringify(body),
    headers: { authorization: `Bearer ${token ?? of.product.token}`, ...(revision !== undefined && { 'if-match': `"${revision}"` }) },
  })
  return { status: response.status, answer: await response.json() }
}

test('teams are read by everybody, changed by an admin upon what they have read, and own what there is', async () => {
  const { answer: { revision } } = await asked('GET', 'teams', undefined, { token: viewer })
  const teams = [{ key: 'checkout', name: 'Checkout', channel: '#checkout', decisions: 2 }]
  assert.equal((await asked('PUT', 'teams', { teams }, { token: viewer, revision })).status, 403)
  assert.equal((await asked('PUT', 'teams', { teams })).status, 428)
  assert.equal((await asked('PUT', 'teams', { teams }, { revision })).answer.teams[0].name, 'Checkout')
  assert.equal((await asked('PUT', 'teams', { teams }, { revision })).status, 412)
  assert.equal((await asked('PUT', 'owners/flag/hero', { team: 'checkout' })).status, 200)
  assert.equal((await asked('PUT', 'owners/flag/nothing', { team: 'checkout' })).status, 404)
  const wrong = await asked('PUT', 'owners/flag/hero', { team: 'nobody' })
  assert.deepEqual([wrong.status, wrong.answer.problems[0].pointer], [422, '/team'])
  assert.deepEqual((await asked('GET', 'teams')).answer.teams[0].owns, { flag: 1 })
})

test('an idea is written, voted for once by whoever only reads, and made a draft that keeps its name', async () => {
  const body = { what: 'Show the day of delivery', expect: 'More people order.', page: '/cart', impact: 3, effort: 1, team: 'checkout' }
  assert.equal((await asked('POST', 'ideas', body, { token: viewer })).status, 403)
  const { status, answer: { key } } = await asked('POST', 'ideas', body)
  assert.equal(status, 200)
  for (const votes of [1, 1]) assert.equal((await asked('PUT', `experiments/${key}/vote`, undefined, { token: viewer })).answer.votes, votes)
  assert.equal((await asked('DELETE', `experiments/${key}/vote`, undefined, { token: viewer })).answer.votes, 0)
  const { answer: { revision } } = await asked('GET', `experiments/${key}`)
  const drafted = await asked('POST', `experiments/${key}/draft`, {}, { revision })
  assert.deepEqual([drafted.answer.key, drafted.answer.state, drafted.answer.plan.change.page], [key, 'draft', '/cart'])
  const { answer: { ideas } } = await asked('GET', 'ideas?team=checkout')
  assert.deepEqual(ideas.map(({ key, state }) => [key, state]), [[key, 'draft']])
  const { answer: { tests } } = await asked('GET', 'calendar')
  assert.deepEqual(tests.filter((test) => test.key === key).map(({ pages, team }) => [pages, team]), [[['/cart'], 'checkout']])
})

test('what somebody follows stands on their own Now, and on nobody else’s', async () => {
  assert.equal((await asked('POST', 'follows', { kind: 'page', subject: '/cart' }, { token: viewer })).status, 200)
  const now = async (token) => (await asked('GET', 'now', undefined, { token })).answer.follows.map(({ subject, tests }) => [subject, tests.length])
  assert.deepEqual([await now(viewer), await now()], [[['/cart', 1]], []])
  assert.deepEqual((await asked('GET', 'experiments/show-the-day-of-delivery')).answer.followers, ['Reads'])
  await asked('POST', 'follows', { kind: 'page', subject: '/cart', on: false }, { token: viewer })
  assert.deepEqual(await now(viewer), [])
})
