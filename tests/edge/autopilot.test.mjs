// From a visitor's browser to the end of exposure, by itself: the shop under simulated visitors, the collector, the control
// object and the edge, while some of what lies between them breaks.

import assert from 'node:assert/strict'
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PER_CUP } from '../../www/landing/habits.mjs'
import { look } from '../../www/landing/looks.mjs'
import { DOCUMENT, ERRORS, NOTES, PLANS } from '../../www/landing/plans.mjs'
import { eventually, office, PRODUCTION, PROJECT } from '../browser/office.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION } from './wire.mjs'

/** A harm that nobody would miss, and how many shall meet it. */
const HARM = { errors: { control: 0.01, treatment: 0.4 }, lift: -0.6 }
const MEET = 60
const MINUTE = 60_000
const DAY = 1_440 * MINUTE

let team, get, post, approve

before(async () => {
  team = await office((folder) => {
    copyFileSync(new URL('fragile.mjs', import.meta.url), join(folder, 'fragile.mjs'))
    return { configure: (text) => text.replace('modules = [', 'modules = [\n    (name = "fragile.mjs", esModule = embed "fragile.mjs"),') }
  })
  get = (path) => team.api.get(`${PROJECT}/${path}`)
  post = async (key, action, body = {}) => team.api.post(`${PROJECT}/experiments/${key}/${action}`, body, (await get(`experiments/${key}`)).revision)
  const { token } = await team.api.post(`${PROJECT}/people`, { name: 'reviewer' })
  approve = async (key) => team.api.as(token).post(`${PROJECT}/experiments/${key}/approve`, {}, (await get(`experiments/${key}`)).revision)
  const { revision, playbook } = await get('playbook')
  // As many at once as a first stage may show: what is tested here is what comes after.
  await team.api.put(`${PROJECT}/playbook`, { ...playbook, ramp: [10], hold: { ...playbook.hold, minutes: 1, units: 5 }, guardrails: [ERRORS] }, revision)
  await team.publish(DOCUMENT)
  const { receiver } = await get('channels')
  await team.api.post(`${PROJECT}/channels`, { name: '#experiments', service: 'slack', address: receiver })
})

after(() => team?.close())

/** Breaks these operations of objects, and mends all others. */
const broken = (operations) => ask(team.product, '/', { method: 'POST', host: 'faults', body: JSON.stringify(operations), headers: {} })

/** A running experiment of the shop's shelf, with this in its plan. Gives its key. */
async function launched(more) {
  const { key, revision } = await team.api.post(`${PROJECT}/experiments`, { title: PER_CUP, note: NOTES[PER_CUP] })
  await team.api.put(`${PROJECT}/experiments/${key}/plan`, { ...PLANS[PER_CUP], ramp: [10], ...more }, revision)
  await team.visitors(40, '/beans')
  await look(team.api, PROJECT, key)
  await post(key, 'submit')
  await approve(key)
  await eventually(async () => (await tested(key)) > 0)
  return key
}

/** Some who have met the new version of it complain of the same thing, and others of another. */
async function complained(key) {
  const { server } = await (await team.product.api('GET', `${PRODUCTION}/keys`)).json()
  const [of, tickets] = [{ control: 0, other: 0 }, []]
  for (let pages = 0; pages < 2000 && Math.min(of.control, of.other) < 12; pages++) {
    const page = await ask(team.product, '/beans')
    const { run, variant, token } = decisionsOf(page.text)?.flags[key] ?? {}
    const arm = variant === 'control' ? 'control' : 'other'
    if (!run || of[arm] >= 12) continue
    const cookies = cookiesOf(page.setCookies)
    const body = JSON.stringify({ v: 1, page: `complaint${pages}`, seq: 0, dropped: 0, events: [{ t: 'seen', run, x: variant, d: token, dt: 0 }] })
    await ask(team.product, '/_pm/e', { method: 'POST', headers: { ...NAVIGATION, cookie: cookieHeader(cookies) }, body })
    tickets.push({ id: `complaint ${pages}`, unit: cookies.pm.split('.')[1], text: arm === 'control' ? 'The parcel came late' : 'Kingfisher!' })
    of[arm]++
  }
  const headers = { ...NAVIGATION, authorization: `Bearer ${server}`, 'content-type': 'application/json' }
  const { text } = await ask(team.product, '/_pm/feedback', { method: 'POST', headers, body: JSON.stringify({ v: 1, tickets }) })
  assert.equal(JSON.parse(text).stored, tickets.length, text)
}

/** How many of 120 new visitors are in its test. Each gets a page. */
async function tested(key) {
  const pages = await Promise.all(Array.from({ length: 120 }, () => ask(team.product, '/beans')))
  assert.ok(pages.every(({ status, complete }) => status === 200 && complete))
  return pages.filter(({ text }) => decisionsOf(text)?.flags[key]?.run).length
}

const stopped = (key) => eventually(async () => {
  const experiment = await get(`experiments/${key}`)
  return experiment.state === 'stopped' && experiment
})

/** Who was assigned, by variant: as the control object was told, and as the shards have it. */
async function counted(key) {
  const { arms } = await get(`experiments/${key}/live`)
  const { sums } = await team.api.get(`${PRODUCTION}/sums?run=${key}-1`)
  const all = sums.filter(({ metric, dimension }) => !metric && !dimension)
  const kept = (variant) => all.filter((sum) => sum.variant === variant).reduce((sum, { vector: [assigned] }) => sum + Number(assigned), 0)
  return {
    told: Object.fromEntries(arms.map(({ variant, assigned }) => [variant, assigned])),
    kept: Object.fromEntries(arms.map(({ variant }) => [variant, kept(variant)])),
  }
}

/** The control object has heard everything that the shard has. */
const agree = (key) => eventually(async () => {
  const { told, kept } = await counted(key)
  return JSON.stringify(told) === JSON.stringify(kept) && told
})

test('a shard that visitors never leave in peace writes its log all the same', async () => {
  const key = await launched()
  const leaving = new AbortController()
  const trickle = team.audience.trickle(100, leaving.signal)
  const segments = () => readdirSync(join(team.product.folder, 'log/demo/production/0')).length
  try {
    // An erasure has the alarm come within seconds, and no sooner than it has made a segment of what waited.
    assert.ok((await team.product.api('DELETE', `${PRODUCTION}/units/${'a'.repeat(22)}`)).ok)
    await eventually(() => segments() > 0)
    const before = segments()
    assert.ok(await eventually(() => segments() > before), 'nothing was sealed while visitors came')
  } finally {
    leaving.abort()
    await trickle
    await post(key, 'stop', { why: 'Enough was seen' })
  }
})

test('a harmful version is rolled back by itself, with what was seen, a debrief to finish and nobody who meets it any more', async (t) => {
  const key = await launched()
  await complained(key)
  team.habits.cast('harm', key, { control: 'control', ...HARM })
  await team.visitors(MEET * 20, '/beans')
  const experiment = await stopped(key)
  assert.ok(experiment, 'it was not stopped')
  const began = performance.now()
  assert.equal(experiment.stop.cause, 'guardrail')
  assert.ok(await eventually(async () => !(await tested(key))), 'it still meets visitors')
  t.diagnostic(`the last new visitor met it ${Math.round(performance.now() - began)} ms after the stop`)

  const { crossings } = await get(`experiments/${key}/crossings`)
  const { action, why, evidence: { guardrails: [seen] }, sequences, digest } = crossings.at(-1)
  assert.deepEqual([action, why, seen.metric, seen.harmed], ['roll back', experiment.stop.why, 'errors', true])
  assert.deepEqual(Object.keys(sequences), ['demo/production/0'])
  assert.match(digest, /^[\da-f]{64}$/)
  const met = crossings.at(-1).evidence.look.arms.find(({ variant }) => variant !== 'control').confirmed
  t.diagnostic(`${met} visitors met it`)
  assert.match((await get(`experiments/${key}/debrief`)).markdown, /“errors” got worse/)
  const { messages } = await get('demo/messages')
  // Its people are quoted, alike wherever it is told, and of the other kind of message nothing is left that waited for it.
  const { quote, words } = await get(`experiments/${key}/reading`)
  assert.match(quote, /“kingfisher/)
  const stops = messages.filter(({ text }) => text.includes('Stopped itself'))
  assert.ok(stops.some(({ text }) => text.includes(quote) && text.includes(words.slice(0, 40))), JSON.stringify(stops))
  assert.ok(!JSON.stringify(messages).includes('\u2063'))
  const tool = await fetch(`${team.product.console}/mcp`, {
    method: 'POST', headers: { authorization: `Bearer ${team.product.token}`, accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'get_experiment', arguments: { key } } }),
  })
  assert.ok((await tool.json()).result.content[0].text.includes(quote))
  team.habits.lift('harm')
  await post(key, 'decide', { choice: 'again' })
})

test('a stop by hand that is undone brings the same digest back', async () => {
  const key = await launched()
  const digest = async () => (await team.api.get(`${PRODUCTION}/versions`)).versions[0].digest
  const before = await digest()
  await post(key, 'stop', { why: 'a look' })
  assert.ok(await eventually(async () => !(await tested(key))))
  await post(key, 'undo')
  assert.equal(await digest(), before)
  assert.ok(await eventually(async () => (await tested(key)) > 0))
  await post(key, 'decide', { choice: 'keep', why: 'Because nobody will know.' })
})

test('a harm whose tellings get lost ends as soon as one arrives, though the engine was killed and nobody comes any more', async (t) => {
  const key = await launched()
  await broken({ 'control/push': 'fails' })
  team.habits.cast('harm', key, { control: 'control', ...HARM })
  await team.visitors(MEET * 20, '/beans')
  team.habits.lift('harm')
  const { told, kept } = await counted(key)
  // Of those who came before the tellings broke some may have been told.
  assert.ok(kept.new - told.new > 20, JSON.stringify({ told, kept }))
  assert.equal((await get(`experiments/${key}`)).state, 'running', 'too little was heard')
  // With it goes what breaks the tellings.
  await team.product.restart()
  const began = performance.now()
  assert.ok(await stopped(key), 'it was not stopped')
  t.diagnostic(`${Math.round(performance.now() - began)} ms after the start`)
  assert.ok(await agree(key), 'the report has other numbers than the shard')
  assert.ok(await eventually(async () => !(await tested(key))))
  await post(key, 'decide', { choice: 'again' })
})

test('the report of a run that has a plan ends with the verdict that every screen has', async () => {
  const key = await launched()
  await team.visitors(400, '/beans')
  assert.ok(await agree(key))
  const reading = await get(`experiments/${key}/reading`)
  const { report, ledger } = await team.api.get(`${PRODUCTION}/experiments/${key}/report`)
  assert.equal(report.verdict.kind, reading.conclusion.kind)
  assert.deepEqual(report.verdict, reading.report.verdict)
  assert.deepEqual([report.verdict.headline, report.verdict.words], [reading.headline, reading.words])
  assert.ok(report.run === `${key}-1` && ledger.stored > 0)
  await post(key, 'decide', { choice: 'keep', why: 'Because nobody will know.' })
})

test('a shard that is lost holds the ramp and is told of, and once it is there again all goes on', async () => {
  const key = await launched()
  await team.visitors(400, '/beans')
  assert.ok(await agree(key))
  await broken({ 'control/push': 'fails' })
  const words = async () => (await get(`experiments/${key}`)).ramp.why
  await team.clock.advance(20 * MINUTE)
  await eventually(async () => (await words()).includes('has told nothing for a quarter of an hour'))
  assert.match(await words(), /has told nothing for a quarter of an hour/)
  assert.ok((await tested(key)) > 0, 'whoever meets it keeps it')
  await broken({})
  assert.ok(await eventually(async () => !(await words()).includes('told nothing')), await words())
  const text = async () => (await get('demo/messages')).messages.map(({ text }) => text).join('\n')
  assert.ok(await eventually(async () => /All data come in again/.test(await text())), await text())
  assert.match(await text(), /Held: a part of the data does not come in/)
  await post(key, 'decide', { choice: 'keep', why: 'Because nobody will know.' })
})

test('a campaign’s split follows what does better day by day: whoever comes meets it more, and whoever has met a version keeps it', async (t) => {
  const key = await launched({ template: { key: 'campaign', version: 1 }, ramp: [10, 100] })
  const experiment = () => get(`experiments/${key}`)
  team.habits.cast('campaign', key, { control: 'control', lift: 1 })
  await team.visitors(300, '/beans')
  assert.ok(await agree(key), JSON.stringify(await counted(key)))
  await team.clock.advance(2 * MINUTE)
  assert.ok(await eventually(async () => (await experiment()).ramp.stage === 1), JSON.stringify((await experiment()).ramp))
  await team.published()
  await team.visitors(500, '/beans')
  assert.ok(await agree(key))
  const decided = ({ text }) => decisionsOf(text).flags[key]
  const visit = (cookies) => ask(team.product, '/beans', { headers: { ...NAVIGATION, ...cookies && { cookie: cookieHeader(cookies) } } })
  const people = []
  for (let n = 0; n < 40; n++) {
    const answer = await visit()
    people.push({ cookies: cookiesOf(answer.setCookies), variant: decided(answer).variant, token: decided(answer).token })
  }
  assert.equal((await experiment()).split.shares.length, 1, 'nothing moves within the day')

  await team.clock.advance(DAY)
  await team.visitors(60, '/beans')
  assert.ok(await eventually(async () => (await experiment()).split.shares.length === 2), JSON.stringify((await experiment()).split))
  const [, { epoch, why, new: share }] = (await experiment()).split.shares
  assert.match(why, /the chance that the new one is better is/)
  assert.ok(share > 0.8 && share <= 0.9, `${share}`)
  t.diagnostic(`the new version has ${Math.round(100 * share)} % of those who come: ${why}`)
  await team.published()

  // Whoever was here meets what they met, and by the same word of the edge; without that they draw again.
  const again = await Promise.all(people.map(({ cookies }) => visit(cookies)))
  assert.deepEqual(again.map((answer) => decided(answer).variant), people.map(({ variant }) => variant))
  assert.deepEqual(again.map((answer) => decided(answer).token), people.map(({ token }) => token))
  const forgotten = await Promise.all(people.map(({ cookies: { pmd: _, ...cookies } }) => visit(cookies)))
  assert.ok(forgotten.some((answer, n) => decided(answer).variant !== people[n].variant), 'the cookie is what keeps it')
  const fresh = await Promise.all(Array.from({ length: 120 }, () => visit()))
  const met = fresh.filter((answer) => decided(answer).variant === 'new').length
  assert.ok(met > 120 * 0.75, `${met} of 120`)

  await team.visitors(300, '/beans')
  assert.ok(await agree(key))
  const { sums } = await team.api.get(`${PRODUCTION}/sums?run=${key}-1`)
  const confirmed = (variant) => sums.filter((sum) => !sum.metric && !sum.dimension && sum.epoch === epoch && sum.variant === variant)
    .reduce((all, { vector }) => all + Number(vector[1]), 0)
  assert.ok(confirmed('new') > 4 * confirmed('control') && confirmed('control') > 0, `${confirmed('control')} and ${confirmed('new')}`)
  const reading = await get(`experiments/${key}/reading`)
  assert.ok(!reading.report.sampleRatio.alarm && reading.conclusion.kind !== 'invalid', reading.words)
  assert.equal(reading.experiment.split.shares.length, 2)
  const { rows } = await get('audit?limit=100')
  assert.ok(rows.some(({ action, subject, detail }) => action === 'move the split' && subject === key && detail.includes(why)))
  const { received, stored, duplicate, rejected, filtered } = await team.api.get(`${PRODUCTION}/ledger`)
  const all = (counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)
  assert.equal(received, stored + duplicate + all(rejected) + all(filtered))
  team.habits.lift('campaign')
  await post(key, 'decide', { choice: 'keep', why: 'Because nobody will know.' })
})
