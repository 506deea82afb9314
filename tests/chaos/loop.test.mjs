// The process dies at random moments of an experiment's life: while its ramp goes on, while it reports, while somebody
// decides, and while it is released. Whatever was acknowledged is still there, and the life goes on.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { look } from '../../www/landing/looks.mjs'
import { DOCUMENT, PLANS } from '../../www/landing/plans.mjs'
import { chance } from '../../www/landing/chance.mjs'
import { FRESHNESS } from '../../www/landing/habits.mjs'
import { eventually, office, PRODUCTION, PROJECT } from '../browser/office.mjs'

/** The moments follow from it; what is in flight then is the machine's business. */
const SEED = Number(process.env.SEED ?? 7)
/** Milliseconds after a request within which the process dies. Longer than a request takes, so some are answered. */
const MOMENT = 120
const HOUR = 3_600_000
const LIFT = { base: 0.4, lift: 1 }

const random = chance(SEED, 0)
let team, key, known

const E = () => `${PROJECT}/experiments/${key}`
const read = () => team.api.get(E())
const versions = async () => (await team.api.get(`${PRODUCTION}/versions`)).versions.reverse()
const turn = (hours) => team.api.post(`${PROJECT}/demo/clock`, { advance: hours * HOUR })
const messages = async () => (await team.api.get(`${PROJECT}/demo/messages`)).messages

async function act(method, verb, body = {}) {
  const { revision } = await read()
  return team.api[method](`${E()}/${verb}`, body, revision)
}

/** What the engine has told so far, and must never take back. */
async function remember() {
  known = { experiment: await read(), versions: await versions(), audit: await team.api.get(`${PROJECT}/audit`) }
}

/** Does something and kills the process meanwhile. Tells whether it was acknowledged. */
async function struck(work) {
  await remember()
  const answer = work().then(() => true, () => false)
  await pause(random() * MOMENT)
  await team.product.restart()
  await kept()
  return answer
}

/** Whether everything that was known is there as it was. */
async function kept() {
  const experiment = await read()
  assert.ok(experiment.revision >= known.experiment.revision)
  assert.deepEqual(experiment.history.slice(0, known.experiment.history.length), known.experiment.history)
  assert.deepEqual([experiment.plan, experiment.planHash], [known.experiment.plan, known.experiment.planHash])
  const plain = (list) => list.map(({ version, digest, at }) => ({ version, digest, at }))
  assert.deepEqual(plain(await versions()).slice(0, known.versions.length), plain(known.versions))
  const { rows } = await team.api.get(`${PROJECT}/audit`)
  const surplus = rows.findIndex(({ hash }) => hash === known.audit.rows[0].hash)
  assert.ok(surplus >= 0 && surplus <= 2, 'the log goes on from its last entry')
}

before(async () => {
  // Messages may leave for a host that no resolver knows.
  team = await office({ variables: { EGRESS_HOSTS: 'nobody.invalid' } })
  await team.clock.stopAt(Date.now())
  const { revision, playbook } = await team.api.get(`${PROJECT}/playbook`)
  await team.api.put(`${PROJECT}/playbook`, { ...playbook, hold: { minutes: 60, units: 3 } }, revision)
  await team.publish({ ...DOCUMENT, flags: {} })
  const { receiver } = await team.api.get(`${PROJECT}/channels`)
  await team.api.post(`${PROJECT}/channels`, { name: '#experiments', service: 'slack', address: receiver })
  ;({ key } = await team.api.post(`${PROJECT}/experiments`, { title: FRESHNESS, note: '' }))
  team.habits.behave[key] = LIFT
  const plan = PLANS[FRESHNESS]
  await act('put', 'plan', { ...plan, hypothesis: { ...plan.hypothesis, by: 0.6 } })
  await team.visitors(40, '/')
  await look(team.api, PROJECT, key)
  await act('post', 'submit')
  const { token } = await team.api.post(`${PROJECT}/people`, { name: 'reviewer' })
  await team.api.as(token).post(`${E()}/approve`, {}, (await read()).revision)
  await team.published()
})

after(() => team?.close())

for (const stage of [1, 2]) {
  test(`a ramp that is killed on its way to step ${stage + 1} gets there`, async () => {
    for (let sent = 0; sent < 300 / stage; sent += 100) await team.visitors(100, '/')
    const visitors = team.visitors(100, '/')
    await struck(() => turn(2))
    await visitors
    assert.ok((await read()).ramp.stage >= stage - 1)
    for (let tries = 0; (await read()).ramp.stage < stage; tries++) {
      assert.ok(tries < 12, JSON.stringify((await read()).ramp))
      await team.visitors(100, '/')
      await turn(2)
    }
    await team.clock.read()
    await team.published()
  })
}

test('a report that is due when the process dies is delivered at least once', async () => {
  const { perArm } = await read()
  await team.visitors(Math.ceil(5 * perArm), '/')
  assert.deepEqual(await messages(), [])
  await struck(() => turn(2))
  const arrived = await eventually(async () => {
    await turn(0.1)
    const all = await messages()
    return all.length > 0 && all
  })
  assert.ok(arrived, JSON.stringify(await team.api.get(`${E()}/reading`)))
  assert.ok(arrived.every(({ text }) => text.includes(FRESHNESS)))
  await turn(24)
  // What a day without visitors has to tell besides is another message.
  const again = (await messages()).filter(({ text }) => arrived.some((one) => one.text === text))
  assert.equal(again.length, arrived.length, 'what was delivered is not sent again')
})

test('a decision that was acknowledged stands, and one that was not can be taken again', async () => {
  const acknowledged = await struck(() => act('post', 'decide', { choice: 'ship', why: 'More visitors order.' }))
  const { state } = await read()
  if (acknowledged) assert.equal(state, 'decided')
  if (state === 'running') await act('post', 'decide', { choice: 'ship', why: 'More visitors order.' })
  const { decision, history } = await read()
  assert.equal(decision.choice, 'ship')
  assert.equal(history.filter(({ what }) => /ship/.test(what)).length, 1, JSON.stringify(history))
})

test('a release that is killed on its way reaches everybody, and the debrief stays', async () => {
  await act('put', 'debrief', { answers: { surprise: 'That it came back.', tell: 'Kill it.', next: '' } })
  await struck(() => turn(2))
  assert.equal((await read()).debrief.answers.tell, 'Kill it.')
  const released = await eventually(async () => {
    await team.visitors(100, '/')
    await turn(2)
    const { flags } = await team.api.get(`${PRODUCTION}/flags`)
    return flags[0].share === 1
  })
  assert.ok(released, JSON.stringify(await team.api.get(`${PRODUCTION}/flags`)))
})

test('a message that nobody takes is tried again after the process has died', async () => {
  const { channels: [{ id, revision, ...channel }], receiver } = await team.api.get(`${PROJECT}/channels`)
  const lead = (address, seen) => team.api.put(`${PROJECT}/channels/${id}`, { name: channel.name, service: 'slack', address }, seen)
  const moved = await lead('https://nobody.invalid/hook', revision)
  const before = (await messages()).length
  const { delivered, why } = await team.api.post(`${PROJECT}/channels/${id}/test`)
  assert.equal(delivered, false)
  assert.ok(why)
  await struck(() => turn(0.001))
  await lead(receiver, moved.revision)
  await turn(0.1)
  assert.ok(await eventually(async () => (await messages()).length === before + 1))
})
