#!/usr/bin/env node
// What open dashboards cost those who report: events a second that the collector takes while nobody looks, and while many people
// have a running experiment before them. In alternating rounds on one product, so that the ratio holds on any machine.

import { setTimeout as wait } from 'node:timers/promises'
import { options } from '../../build/options.mjs'
import { PER_CUP } from '../../www/landing/habits.mjs'
import { look } from '../../www/landing/looks.mjs'
import { DOCUMENT, ERRORS, NOTES, PLANS } from '../../www/landing/plans.mjs'
import { office, PRODUCTION, PROJECT } from '../browser/office.mjs'

const HELP = `npm run bench:dashboards -- [options]

  --dashboards N  how many are open (50)
  --seconds N     of each round (10)
  --rounds N      alternating rounds, of which the median is told (5)
  --json          prints JSON
  --help          this text

Fails if the collector takes less than 0.8 of the events that it takes while nobody looks.`

const { values } = options({
  help: HELP, numbers: ['dashboards', 'seconds', 'rounds'],
  options: { dashboards: { type: 'string', default: '50' }, seconds: { type: 'string', default: '10' }, rounds: { type: 'string', default: '5' }, json: { type: 'boolean' } },
})
const [DASHBOARDS, SECONDS, ROUNDS] = ['dashboards', 'seconds', 'rounds'].map((name) => Number(values[name]))
/** As often as a dashboard asks; a third of them shows Now, a third a live page, a third a reading. */
const EVERY = 5000
/** Reports that are under way at once, and events in each. */
const [LANES, BATCH] = [16, 20]
const FLOOR = 0.8

/** A running experiment of the shop, with visitors. */
async function launched(team) {
  const get = (path) => team.api.get(`${PROJECT}/${path}`)
  const { token } = await team.api.post(`${PROJECT}/people`, { name: 'reviewer' })
  const { revision, playbook } = await get('playbook')
  await team.api.put(`${PROJECT}/playbook`, { ...playbook, guardrails: [ERRORS] }, revision)
  await team.publish(DOCUMENT)
  const { key, revision: first } = await team.api.post(`${PROJECT}/experiments`, { title: PER_CUP, note: NOTES[PER_CUP] })
  await team.api.put(`${PROJECT}/experiments/${key}/plan`, PLANS[PER_CUP], first)
  await team.visitors(40, '/beans')
  await look(team.api, PROJECT, key)
  for (const [api, action] of [[team.api, 'submit'], [team.api.as(token), 'approve']]) {
    await api.post(`${PROJECT}/experiments/${key}/${action}`, {}, (await get(`experiments/${key}`)).revision)
  }
  await team.published()
  await team.visitors(400, '/beans')
  return key
}

/** Events a second, and how many answers dashboards have had meanwhile. */
async function round(team, key, server, dashboards) {
  const until = performance.now() + SECONDS * 1000
  let [events, answers] = [0, 0]
  const reports = async (lane) => {
    for (let n = 0; performance.now() < until; n++) {
      const body = JSON.stringify({ v: 1, events: Array.from({ length: BATCH }, (_, at) => ({ t: 'track', unit: `u${lane} ${n}`, id: `${until} ${lane} ${n} ${at}`, n: 'order' })) })
      const answer = await fetch(`${team.product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${server}` }, body })
      if (!answer.ok) throw new Error(`a report is answered with ${answer.status}: ${await answer.text()}`)
      events += (await answer.json()).stored
    }
  }
  const looks = async (number) => {
    await wait((EVERY * number) / DASHBOARDS)
    while (performance.now() < until) {
      await team.api.get(`${PROJECT}/${['now', `experiments/${key}/live`, `experiments/${key}/reading`][number % 3]}`)
      answers += 1
      await wait(EVERY)
    }
  }
  const start = performance.now()
  const open = Array.from({ length: dashboards }, (_, number) => looks(number))
  await Promise.all(Array.from({ length: LANES }, (_, lane) => reports(lane)))
  const perSecond = events / ((performance.now() - start) / 1000)
  await Promise.all(open)
  return { perSecond, answers }
}

const median = (numbers) => numbers.sort((one, other) => one - other)[numbers.length >> 1]

const team = await office()
try {
  const key = await launched(team)
  const { server } = await (await team.product.api('GET', `${PRODUCTION}/keys`)).json()
  const rounds = []
  for (let n = 0; n < ROUNDS; n++) rounds.push([await round(team, key, server, 0), await round(team, key, server, DASHBOARDS)])
  const [alone, watched] = [0, 1].map((side) => median(rounds.map((pair) => pair[side].perSecond)))
  const ratio = median(rounds.map(([one, other]) => other.perSecond / one.perSecond))
  const answers = rounds.reduce((all, [, { answers }]) => all + answers, 0)
  if (values.json) console.log(JSON.stringify({ dashboards: DASHBOARDS, alone, watched, ratio, answers }, null, 2))
  else console.log(`${Math.round(alone)} events a second while nobody looks, ${Math.round(watched)} with ${DASHBOARDS} open dashboards (${answers} answers): ${ratio.toFixed(2)}`)
  if (!(ratio >= FLOOR)) {
    console.error(`${FLOOR} is the least.`)
    process.exitCode = 1
  }
} finally {
  await team.close()
}
