// What has to be well before a test starts, with a site that really goes down: the control object asks it whenever somebody
// asks for a start, and again when what was confirmed alone would follow.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort, start } from '../../build/product.mjs'
import { client, Clock } from '../../www/landing/client.mjs'
import { look } from '../../www/landing/looks.mjs'
import { ask, stub } from './wire.mjs'

const PROJECT = '/api/v1/projects/demo'
const LIVE = `${PROJECT}/environments/production`
const MINUTE = 60_000
/** With a flag for browsers pages have our script, so events could arrive. */
const FLAGS = { gift: { kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [] } }
const folder = mkdtempSync(join(tmpdir(), 'pointsman-checks-'))
/** How the origin answers: a status, or nothing for a page that never ends. */
let answers = 200
/** What the page says. */
let page = '<h1>Old</h1>'
let origin, product, api, clock

before(async () => {
  origin = await stub((_, response) => answers && response.writeHead(answers, { 'content-type': 'text/html' }).end(`<!doctype html>${page}`))
  product = await start({
    folder, originPort: origin.port, quiet: true, clock: true, demoPort: await freePort(),
    sites: { localhost: 'demo/production', 'trial.localhost': 'demo/development' },
  })
  api = client(product.console, product.token)
  clock = new Clock(api, `${PROJECT}/demo/clock`)
  await api.put(`${LIVE}/document`, { format: 1, flags: FLAGS, metrics: { orders: { event: 'order' }, errors: { event: 'error' } } }, 0)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const at = (key) => `${PROJECT}/experiments/${key}`
const revision = async (key) => (await api.get(at(key))).revision
const act = async (key, action, body = {}, as = api) => as.post(`${at(key)}/${action}`, body, await revision(key))

/** A plan for the words of a page. Gives its key. */
async function planned(title, page) {
  const { key, revision } = await api.post(`${PROJECT}/experiments`, { title, note: '' })
  await api.put(`${at(key)}/plan`, {
    title, change: { kind: 'words', page, edits: [{ select: 'h1', from: 'Old', text: 'New' }] },
    hypothesis: { change: 'say something new', metric: 'orders', direction: 'up', by: 0.3, because: 'new is better' },
    guardrails: ['errors'], base: 0.3,
  }, revision)
  return key
}

/** What an action is refused for, as `pointer: cause`. */
async function stopped(key, action, body = {}, token = product.token) {
  const response = await fetch(`${product.console}${at(key)}/${action}`, {
    method: 'POST', body: JSON.stringify(body),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': `"${await revision(key)}"` },
  })
  assert.deepEqual([response.status, response.headers.get('content-type')], [422, 'application/problem+json'])
  return Object.fromEntries((await response.json()).problems.map(({ pointer, cause }) => [pointer, cause]))
}

/** Somebody orders, as a backend tells. */
async function ordered() {
  const { server } = await api.get(`${LIVE}/keys`)
  const events = [{ t: 'track', unit: 'somebody', id: `order ${Math.random()}`, n: 'order' }]
  const response = await fetch(`${product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${server}` }, body: JSON.stringify({ v: 1, events }) })
  assert.equal((await response.json()).stored, 1)
}

test('a plan is stopped by its page, its metric and its variants, each at its place, until all are well', async () => {
  const key = await planned('Alone', '/alone')
  answers = 503
  assert.deepEqual(await stopped(key, 'submit'), {
    '/change/page': '/alone answers with the error 503.', '/hypothesis/metric': 'No “order” of “orders” has arrived yet.',
    '/quality/control': 'Nobody has looked at “control” yet.', '/quality/new': 'Nobody has looked at “new” yet.',
  })
  answers = undefined
  const began = Date.now()
  assert.equal((await stopped(key, 'submit'))['/change/page'], '/alone does not answer.')
  assert.ok(Date.now() - began < 8000, 'a page that never ends is waited for, but not for long')
  answers = 200
  await ordered()
  await look(api, PROJECT, key)
  const { ready, checks } = await api.get(`${at(key)}/checks`)
  assert.equal(ready, true, JSON.stringify(checks))
  assert.match(checks.find(({ key, about }) => key === 'events' && about === 'orders').sentence, /^“order” of “orders” arrived (just now|\d+ s ago)\.$/)
  await act(key, 'submit')
})

test('what was confirmed alone is looked at again when it would follow', async () => {
  const key = 'alone'
  answers = 404
  assert.deepEqual(Object.keys(await stopped(key, 'confirm', { subject: key })), ['/change/page'])
  answers = 200
  await act(key, 'confirm', { subject: key })
  answers = 404
  await clock.advance(11 * MINUTE)
  const waits = await api.get(at(key))
  assert.deepEqual([waits.state, waits.due], ['inReview', null])
  const { rows } = await api.get(`${PROJECT}/audit`)
  assert.match(rows[0].detail, /\/alone answers with the error 404/)
  answers = 200
  await act(key, 'confirm', { subject: key })
  await clock.advance(11 * MINUTE)
  assert.equal((await api.get(at(key))).state, 'running')
})

test('whoever approves is refused what has gone wrong since it was handed in', async () => {
  const key = await planned('Together', '/together')
  await look(api, PROJECT, key)
  await act(key, 'submit')
  const { token } = await api.post(`${PROJECT}/people`, { name: 'Ada' })
  answers = 500
  assert.deepEqual(await stopped(key, 'approve', {}, token), { '/change/page': '/together answers with the error 500.' })
  answers = 200
  await act(key, 'approve', {}, api.as(token))
  assert.equal((await api.get(at(key))).state, 'running')
})

test('only a preview of ours, of the plan as it is, counts as one that was looked at', async () => {
  const key = await planned('Looked at', '/looked')
  const { now, new: changed } = await api.post(`${LIVE}/frames`, { path: '/looked', edits: [{ select: 'h1', text: 'New' }] })
  const other = await api.post(`${LIVE}/frames`, { path: '/looked', edits: [{ select: 'h1', text: 'Newer' }] })
  const forged = changed.replace(/.(?=#)/, (last) => (last === 'A' ? 'B' : 'A'))
  for (const preview of [forged, now, other.new, changed.replace('/looked', '/elsewhere'), `${product.site}/looked`, 'nonsense']) {
    await assert.rejects(act(key, 'quality', { variant: 'new', preview }), /409.*This is no preview of “new”/s, preview)
  }
  await act(key, 'quality', { variant: 'new', preview: changed })
  const { rows } = await api.get(`${PROJECT}/audit`)
  assert.deepEqual([rows[0].action, rows[0].detail], ['quality', 'looked at “new”: it is as it should be'])
})

test('nobody has the site asked whom the project does not know', async () => {
  const before = origin.seen.length
  const response = await fetch(`${product.console}${at('alone')}/checks`, { headers: { authorization: 'Bearer nobody' } })
  assert.equal(response.status, 401)
  assert.equal(origin.seen.length, before)
})

test('a page that was made anew since the review stops the start where the words are gone, and warns where they are others', async () => {
  const key = await planned('Made anew', '/anew')
  await look(api, PROJECT, key)
  await act(key, 'submit')
  const line = async () => (await api.get(`${at(key)}/checks`)).checks.filter(({ key }) => key === 'edits').map(({ state, sentence }) => `${state}: ${sentence}`)
  const { people } = await api.get(`${PROJECT}/people`)
  const { token } = await api.post(`${PROJECT}/people/${people[0].id}/link`)
  assert.deepEqual(await line(), ['ok: What the plan changes is on /anew, as the plan says.'])
  page = '<h1>\n  <b>O</b>ld&#32;</h1>'
  assert.deepEqual(await line(), ['ok: What the plan changes is on /anew, as the plan says.'])
  page = '<h1>Older &amp; wiser</h1>'
  assert.deepEqual(await line(), ['look: On /anew stands “Older & wiser” now, and not “Old”.'])
  page = '<h2>Old</h2>'
  const gone = '“h1” finds nothing on /anew, so both versions would be the same.'
  assert.deepEqual(await line(), [`stop: ${gone}`])
  assert.deepEqual(await stopped(key, 'approve', {}, token), { '/change/edits/0/select': gone })
  page = '<h1>Old</h1>'
  await act(key, 'approve', {}, api.as(token))
  assert.equal((await api.get(at(key))).state, 'running')
})

test('a plan for words that were shipped compares with what visitors meet, and what is tried stands in their place', async () => {
  const trial = `${PROJECT}/environments/development`
  const shipped = { kind: 'boolean', variants: { new: true, old: false }, off: 'old', otherwise: 'old', rules: [{ serve: 'new', rollout: { salt: 'shipped', below: 2 ** 32 } }] }
  const saying = (flag, text) => ({ path: '/told', flag, variants: { new: [{ select: 'h1', change: { text } }] } })
  const elsewhere = saying('zebra', 'Shipped')
  elsewhere.variants.new.push({ change: { rewrite: '/told-b' } })
  const whole = { format: 1, flags: { zebra: shipped }, pages: { zebra: elsewhere }, metrics: { orders: { event: 'order' } } }
  const { version } = await api.put(`${trial}/document`, whole, 0)
  page = '<h1>Old</h1>'
  assert.deepEqual((await api.get(`${trial}/slots?path=/told`)).slots.map(({ text }) => text), ['Shipped'])
  assert.equal(origin.seen.at(-1).url, '/told-b')
  const said = async (path) => (await ask(product, path, { host: `trial.localhost:${product.port}` })).text.match(/<h1[^>]*>(.*)<\/h1>/)[1]
  const both = await api.post(`${trial}/frames`, { path: '/told', edits: [{ select: 'h1', text: 'New' }] })
  const shown = [both.now, both.new].map((link) => said(link.slice(new URL(link).origin.length)))
  assert.deepEqual(await Promise.all(shown), ['Shipped', 'New'])
  assert.deepEqual(origin.seen.slice(-2).map(({ url }) => url), ['/told-b', '/told-b'])

  const key = await planned('Told', '/told')
  const checkedAt = origin.seen.length
  const line = async () => (await api.get(`${at(key)}/checks?environment=development`)).checks.filter(({ key }) => key === 'edits').map(({ state, sentence }) => `${state}: ${sentence}`)
  assert.match((await line())[0], /^look: .*“Shipped”/)
  assert.deepEqual(origin.seen.slice(checkedAt).map(({ url }) => url), ['/told-b'])
  const { plan, revision } = await api.get(at(key))
  await api.put(`${at(key)}/plan`, { ...plan, change: { ...plan.change, edits: [{ select: 'h1', from: 'Shipped', text: 'New' }] } }, revision)
  assert.deepEqual(await line(), ['ok: What the plan changes is on /told, as the plan says.'])

  // A name before the shipped one's: names say nothing of what stands in whose place.
  const run = { id: 'attempt-1', salt: 'attempt-1', epoch: 1, rollout: 2 ** 32, split: [[2 ** 31, 'old'], [2 ** 32, 'new']] }
  const attempt = { ...shipped, rules: [{ experiment: 'attempt' }] }
  const flags = { ...whole.flags, attempt }
  await api.put(`${trial}/document`, { ...whole, flags, pages: { ...whole.pages, attempt: saying('attempt', 'New') }, experiments: { attempt: { flag: 'attempt', metric: 'orders', control: 'old', run } } }, version)
  // Until the edge has heard of it everybody meets what is shipped.
  const met = new Set()
  for (let visitor = 0; visitor < 40 || (visitor < 4000 && met.size < 2); visitor++) met.add(await said('/told'))
  assert.deepEqual([...met].sort(), ['New', 'Shipped'])
})

test('what everybody meets is what no test, segment, hour or part of the visitors decides', async () => {
  const trial = `${PROJECT}/environments/development`
  let { version } = await api.get(`${trial}/document`)
  const variants = Object.fromEntries(['some', 'none', 'rest'].map((name) => [name, [{ select: 'h1', change: { text: name } }]]))
  const met = async (own) => {
    const flag = { kind: 'string', variants: { some: 's', none: 'n', rest: 'r' }, off: 'none', otherwise: 'rest', ...own }
    const run = { id: 'e-1', salt: 'e-1', epoch: 1, rollout: 0, split: [[2 ** 31, 'rest'], [2 ** 32, 'some']] }
    const document = {
      format: 1, flags: { flag }, segments: { germans: { if: { equals: { attribute: 'country', value: 'DE' } } } }, pages: { flag: { path: '/met', flag: 'flag', variants } },
      metrics: { orders: { event: 'order' } }, experiments: { e: { flag: 'flag', metric: 'orders', control: 'rest', run } },
    }
    ;({ version } = await api.put(`${trial}/document`, document, version))
    return (await api.get(`${trial}/slots?path=/met`)).slots[0].text
  }
  const [all, half] = [2 ** 32, 2 ** 31].map((below) => ({ salt: 's', below }))
  const [test, serve] = [{ experiment: 'e' }, 'some']
  for (const rules of [[test, { serve }], [{ serve, rollout: all }], [{ serve, rollout: half }, { serve }]]) assert.equal(await met({ rules }), 'some')
  for (const rule of [test, { serve, if: { segment: 'germans' } }, { serve, rollout: half }, { serve, until: '2030-01-01T00:00:00Z' }]) {
    assert.equal(await met({ rules: [rule] }), 'rest', JSON.stringify(rule))
  }
  for (const state of [{ enabled: false }, { archived: true }]) assert.equal(await met({ ...state, rules: [{ serve }] }), 'none')
})
