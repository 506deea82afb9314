// What is planned for an hour of the project's zone, by the API, by command and in the dashboard, happens then.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../../build/setup.mjs'
import { office, on, PRODUCTION, PROJECT } from '../browser/office.mjs'

const HOUR = 3_600_000
/** The day before clocks in Vienna go from two to three. */
const START = Date.UTC(2027, 2, 27, 12)
const FLAG = 'environments/production/flags/gift'
let team

before(async () => {
  team = await office()
  await team.clock.stopAt(START)
  await team.publish({
    format: 1,
    flags: { gift: { kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off' } },
  })
})

after(() => team?.close())

const call = async (method, path, body, headers) => {
  const response = await team.product.api(method, `${PROJECT}/${path}`, { body: body && JSON.stringify(body), headers })
  return { status: response.status, body: await response.json() }
}
const until = (text) => team.clock.reach(Date.parse(text))
const share = async () => (await team.api.get(`${PRODUCTION}/flags`)).flags[0].share

const pointsman = (...args) => new Promise((resolve) => {
  const env = { ...process.env, POINTSMAN_TOKEN: team.product.token, POINTSMAN_CONSOLE: team.product.console, POINTSMAN_PROJECT: 'demo' }
  execFile(process.execPath, [join(root, 'build/pointsman.mjs'), 'schedule', ...args], { env }, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }))
})

test('a zone is one of the world’s, and its hours are the project’s', async () => {
  const { body: { receiver } } = await call('GET', 'channels')
  await call('POST', 'channels', { name: '#experiments', service: 'slack', address: receiver })
  const { body: { revision, settings } } = await call('GET', 'settings')
  const save = (more) => call('PUT', 'settings', { ...settings, ...more }, { 'if-match': `"${revision}"` })
  const wrong = await save({ zone: 'Europe/Atlantis', quiet: 'at night' })
  assert.deepEqual([wrong.status, wrong.body.problems.map(({ pointer }) => pointer)], [422, ['/zone', '/quiet']])
  assert.equal((await save({ zone: 'Europe/Vienna', quiet: '22:00-07:00' })).status, 200)
  assert.deepEqual((await call('GET', 'schedule')).body, { zone: 'Europe/Vienna', planned: [] })
})

test('an hour that is not there is refused, and one that is there is the moment that people mean', async () => {
  const plan = (at, body = { share: 0.05 }) => call('POST', 'schedule', { at, method: 'PUT', path: FLAG, body })
  for (const [at, cause] of [['2027-03-28T02:30', /jump over/], ['2027-10-31T02:30', /twice/], ['soon', /no hour/], ['2026-01-01T09:00', /passed/]]) {
    const { status, body: { problems: [problem] } } = await plan(at)
    assert.deepEqual([status, problem.pointer], [422, '/at'], at)
    assert.match(problem.cause, cause)
  }
  const { status, body: { planned: [one] } } = await plan('2027-03-29T09:00')
  // Clocks are two hours ahead by then.
  assert.deepEqual([status, new Date(one.due).toISOString(), one.zone], [200, '2027-03-29T07:00:00.000Z', 'Europe/Vienna'])
})

test('it happens at that moment and not before, by itself', async () => {
  await until('2027-03-29T06:59:59Z')
  assert.ok((await share()) < 0.001)
  await until('2027-03-29T07:00:00Z')
  assert.ok(Math.abs((await share()) - 0.05) < 0.001)
  assert.deepEqual((await call('GET', 'schedule')).body.planned, [])
})

test('by command it is planned, told and taken back', async () => {
  const planned = await pointsman('flag', 'gift', '2027-03-30T09:00', '--off')
  assert.equal(planned.status, 0, planned.stderr)
  const [, id] = /^(\d+) {2}2027-03-30T09:00 Europe\/Vienna {2}environments\/production\/flags\/gift enabled false, planned by admin$/m.exec(planned.stdout) ?? []
  assert.ok(id, planned.stdout)
  assert.equal((await pointsman('list')).stdout, planned.stdout)
  assert.match((await pointsman('cancel', id)).stdout, /Nothing waits/)
  for (const [args, words] of [[['start', 'nobody', '2027-04-01T09:00'], /no such experiment/], [['flag', 'gift', '2027-03-28T02:30', '--on'], /passed|jump/]]) {
    const { status, stderr } = await pointsman(...args)
    assert.deepEqual([status, stderr.trim().split('\n').length], [1, 1], stderr)
    assert.match(stderr, words)
  }
  for (const args of [['flag', 'gift', '2027-04-01T09:00'], ['flag', 'gift', '2027-04-01T09:00', '--share', 'all'], ['fly'], ['cancel', 'x']]) {
    assert.equal((await pointsman(...args)).status, 2, args.join(' '))
  }
})

test('in the dashboard it stands at the flag, and can be taken back there', async () => {
  const person = await team.person(`${team.product.console}/#token=${team.product.token}&/flags/production/gift`)
  const { box, button, text } = on(person)
  await text('Turn it off at an hour').click()
  await box('Day and hour in Europe/Vienna').fill('2027-03-31T09:00')
  await button('Plan it').click()
  await text('At 2027-03-31 09:00 in Europe/Vienna').waitFor()
  await button('Take it back').click()
  await text('At 2027-03-31 09:00 in Europe/Vienna').waitFor({ state: 'detached' })
  assert.deepEqual((await call('GET', 'schedule')).body.planned, [])
  assert.deepEqual(person.complaints, [])
})

test('what one person may not do is not done at any hour, and is told even at night', async () => {
  await call('POST', 'schedule', { at: '2027-03-30T23:30', method: 'PUT', path: FLAG, body: { share: 1 } })
  await until('2027-03-30T21:30:00Z')
  await team.clock.advance(HOUR / 60)
  assert.ok(Math.abs((await share()) - 0.05) < 0.001)
  const { messages } = await team.api.get(`${PROJECT}/demo/messages`)
  assert.ok(messages.some(({ text }) => /left undone/.test(text)), JSON.stringify(messages))
})
