// The demo's story, told through the engine's own API in a time that stands still between the steps: two quarters of a past
// (history.mjs), and five weeks with visitors who open pages: one experiment that was shipped, one that made no difference,
// one that its guardrail rolled back, one whose numbers nobody may use, one that is running, a draft, ideas, and an example
// of each kind that is left. The same seed tells the same story.

import { served } from '../../build/product.mjs'
import { Backend } from './backend.mjs'
import { remember } from './chronicle.mjs'
import { CLAIMS } from './claims.mjs'
import { PRODUCTION, PROJECT, act, at, debrief } from './desk.mjs'
import { Guests } from './guests.mjs'
import { FRESHNESS, LETTERBOX, ONE_PAGE, PER_CUP, TIMETABLE, TRUTH } from './habits.mjs'
import * as history from './history.mjs'
import { examples, READ } from './kinds.mjs'
import { look } from './looks.mjs'
import { BOARDS, DEBRIEFS, DOCUMENT, DRAFT, ERRORS, HOLD, IDEAS, NOTES, OWNERS, PLANS, SURVEY, TEAMS } from './plans.mjs'
import { FLAG, raced } from './race.mjs'
import { regulars } from './regulars.mjs'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * Visitors, by what they are there for. They come `batch` by batch, with `hours` after each, until there were enough,
 * and never more than `most`.
 */
const VISITORS = {
  before: 40,
  first: { batch: 80, hours: 4, most: 720 },
  second: { batch: 50, hours: 5, most: 400 },
  untilHalf: { batch: 120, hours: 5, most: 2400 },
  released: { batch: 60, hours: 5, most: 480 },
  untilHarmed: { batch: 120, hours: 3, most: 1200 },
  untilDoubted: { batch: 80, hours: 4, most: 1600 },
  untilNow: { batch: 70, hours: 5, most: 720 },
}
/** Those who come by the shop's backend (guests.mjs), in crowds with `hours` after each. */
const GUESTS = { name: 'caller', seed: 5, crowd: 300, hours: 5, most: 9000 }
/** Visitors who open pages come to this, more or less; the progress is counted in them. */
const ALL = 2900
/** Orders of regulars that the backend reports in one go. */
const AT_ONCE = 2000
/** The share of the whole time that the history takes. */
const SHARE = 0.6

/**
 * Tells it. The project has to be empty.
 *
 * @param product the handle of build/product.mjs
 * @param api a client of the API, as an admin
 * @param clock the demo's clock; it runs from the present again when all is told
 * @param traffic sends visitors: `traffic({visitors, page})`
 * @param learn hears of the cards of new experiments, so that visitors know how to behave there
 * @param parts which of both are told: the two quarters of `history`, the five `weeks`
 * @param progress hears how much of it is told, from 0 to 1, and what comes now
 */
export async function tell({ parts = ['history', 'weeks'], progress = () => {}, ...told }) {
  const [present, { clock }] = [Date.now(), told]
  // Where the history is told too, it comes first and takes its share.
  const first = parts.length > 1 ? SHARE : 0
  let done = 0
  const story = new Story({ ...told, progress: (share, words) => progress(done + (1 - first) * share, words) })
  const begins = present - 38 * DAY
  await clock.stopAt(parts.includes('history') ? begins - history.DAYS * DAY : begins)
  await story.founded()
  if (parts.includes('history')) await story.history(begins, (share, words) => progress((first || 1) * share, words))
  done = first
  await clock.reach(begins)
  if (parts.includes('weeks')) await story.weeks(present)
  await clock.reach(Date.now())
  await clock.run()
  progress(1, 'ready')
}

class Story {
  #sent = 0
  /** Who has ordered for the first time in these weeks, and when. */
  #ordered = []
  /** The version that visitors are served. */
  #served

  constructor(told) {
    Object.assign(this, told)
  }

  /** Flags and metrics, the pace of the ramp, where messages go, and somebody who reviews. */
  async founded() {
    this.#say('flags and metrics are published')
    const { version } = await this.api.get(`${PRODUCTION}/document`)
    // Before anything is live, a playbook may ask for whatever suits the team.
    const { revision, playbook } = await this.api.get(`${PROJECT}/playbook`)
    const guardrails = playbook.guardrails.some(({ metric }) => metric === ERRORS.metric) ? playbook.guardrails : [...playbook.guardrails, ERRORS]
    await this.api.put(`${PROJECT}/playbook`, { ...playbook, hold: HOLD, guardrails }, revision)
    await this.api.put(`${PRODUCTION}/document`, raced({ ...DOCUMENT, metrics: { ...DOCUMENT.metrics, ...history.METRICS } }), version)
    const { receiver } = await this.api.get(`${PROJECT}/channels`)
    if (receiver) {
      await this.api.post(`${PROJECT}/channels`, { name: '#experiments', service: 'slack', address: receiver })
      await this.api.post(`${PROJECT}/channels`, { name: 'Weekly mail', service: 'mail', address: 'everybody@example.com', route: { kinds: ['digest'] } })
    }
    const { token } = await this.api.post(`${PROJECT}/people`, { name: 'reviewer' })
    this.reviewer = this.api.as(token)
    const { revision: founded } = await this.api.get(`${PROJECT}/teams`)
    await this.api.put(`${PROJECT}/teams`, { teams: TEAMS }, founded)
    for (const [team, metrics] of Object.entries(BOARDS)) await this.api.put(`${PROJECT}/boards/${team}`, { metrics }, 0)
  }

  /** Two quarters of the team's past, up to a time. */
  async history(until, progress) {
    const { version, document } = await this.api.get(`${PRODUCTION}/document`)
    await this.api.put(`${PRODUCTION}/document`, { ...document, flags: { ...document.flags, ...history.FLAGS } }, version)
    await remember({ ...this, until, progress })
    await this.claims()
  }

  /** What the teams hold to be so after all that. */
  async claims() {
    const { experiments } = await this.api.get(`${PROJECT}/experiments`)
    const keys = new Map(experiments.map(({ key, title }) => [title, key]))
    const named = (titles) => titles.map((title) => keys.get(title))
    for (const { text, speaksFor, against } of CLAIMS) await this.api.post(`${PROJECT}/claims`, { text, for: named(speaksFor), against: named(against) })
  }

  /** The five weeks up to the present. */
  async weeks(present) {
    this.guests = new Guests(await Backend.of(this.product, this.api), GUESTS)
    await this.race()
    await this.clock.reach(present - 35 * DAY)
    await this.letterbox()
    await this.clock.reach(present - 23 * DAY)
    await this.freshness()
    await this.clock.reach(present - 10 * DAY)
    await this.onePage()
    await this.clock.reach(present - 7 * DAY)
    await this.timetable()
    await this.clock.reach(present - 2 * DAY)
    await this.kinds(await this.perCup())
    const again = regulars(this.clock.now(), this.#ordered)
    for (let from = 0; from < again.length; from += AT_ONCE) await this.guests.backend.report(again.slice(from, from + AT_ONCE))
  }

  /** The words of the race go out to everybody as everything does: a first step alone, and the rest by a second person's word. */
  async race() {
    const take = async (percent, query = '') => {
      const { revision } = await this.api.get(`${PRODUCTION}/flags`)
      return this.api.put(`${PRODUCTION}/flags/${FLAG}${query}`, { share: percent / 100 }, revision)
    }
    await take(5)
    await this.clock.advance((HOLD.minutes + 1) * MINUTE)
    const { id, digest } = await take(100, `?${new URLSearchParams({ propose: '1', why: 'Everybody may race' })}`)
    await this.reviewer.post(`${PRODUCTION}/changes/${id}/approve`, { digest })
    await this.#published()
  }

  /** Reached its planned size and made no difference as large as was hoped for: nothing changes, and something is learned. */
  async letterbox() {
    const key = await this.#finished(LETTERBOX, (key) => this.#called(key, 'noEffectAsLarge'))
    await act(this.api, key, 'decide', { choice: 'keep', why: 'As many order with either version.' })
    await this.clock.advance(DAY)
    await debrief(this.api, key, DEBRIEFS[LETTERBOX])
  }

  /** Reached its planned size, was shipped and talked over. */
  async freshness() {
    const key = await this.#finished(FRESHNESS, async (key) => {
      // Enough with a browser that groups of them can be compared.
      await this.#visited(key, VISITORS.untilHalf, async () => (await this.api.get(`${at(key)}/reading`)).people >= 550)
      await this.#called(key, 'better')
    })
    await act(this.api, key, 'decide', { choice: 'ship', why: 'More visitors order, no more of them meet errors, and the words cost nothing.' })
    // The release goes in steps as the ramp did: each waits its time, and for visitors who show that it does no harm.
    await this.#visited(key, VISITORS.released, ({ ramp }) => ramp.released === 100)
    await this.clock.advance(DAY)
    await debrief(this.api, key, DEBRIEFS[FRESHNESS])
  }

  /** Breaks for many, so its guardrail takes it back. What comes of it is left to whoever opens the demo. */
  async onePage() {
    const key = await this.#launched(ONE_PAGE)
    await this.#visited(key, VISITORS.untilHarmed, ({ state }) => state === 'stopped')
  }

  /** One browser's reports get lost in one variant, so that its numbers say nothing. Somebody sees it and stops. */
  async timetable() {
    const key = await this.#launched(TIMETABLE)
    await this.#visited(key, VISITORS.untilDoubted, async () => {
      const { conclusion } = await this.api.get(`${at(key)}/reading`)
      return conclusion.kind === 'invalid'
    })
    this.#say(`“${TIMETABLE}” is stopped`)
    await this.clock.advance(HOUR)
    await act(this.api, key, 'stop', { why: 'Reports of the new version get lost in Chrome. We mend the page and begin again.' })
  }

  /** Under way, with a question to those who meet it; and what may come after it. */
  async perCup() {
    const key = await this.#launched(PER_CUP)
    await this.#visited(key, VISITORS.first, ({ ramp }) => ramp.stage >= 1)
    await this.api.post(`${PROJECT}/voices`, { experiment: key, ...SURVEY })
    await this.#published()
    const { hours, batch } = VISITORS.untilNow
    await this.#visited(key, VISITORS.untilNow, () => this.clock.now() + hours * HOUR > Date.now())
    // Where the last ones were hours ago, the first thing to be seen is an alert that nobody comes.
    await this.traffic({ visitors: batch, page: (await this.api.get(at(key))).plan.change.page })
    this.#say('ideas are noted')
    for (const { votes, ...idea } of IDEAS) {
      const { key } = await this.api.post(`${PROJECT}/ideas`, idea)
      for (const voter of [this.reviewer, this.api].slice(0, votes)) await voter.put(`${at(key)}/vote`)
    }
    const { plan, ...idea } = DRAFT
    const { key: taken } = await this.api.post(`${PROJECT}/ideas`, idea)
    await act(this.api, taken, 'draft')
    const { revision } = await this.api.get(at(taken))
    await this.api.put(`${at(taken)}/plan`, plan, revision)
    await this.api.post(`${PROJECT}/follows`, { kind: 'team', subject: 'shop-front' })
    return key
  }

  /** One of each kind that is not under way: planned, looked at, handed in, and read by somebody else. */
  async kinds(running) {
    this.#say('an example of each kind is planned')
    for (const { title, note, plan } of examples(running)) {
      const { key, revision } = await this.api.post(`${PROJECT}/experiments`, { title, note })
      await this.api.put(`${at(key)}/plan`, plan, revision)
      await look(this.api, PROJECT, key)
      await act(this.api, key, 'submit')
      await act(this.reviewer, key, 'return', { why: READ })
    }
  }

  /** From the idea to the first visitors, within a day. Gives the experiment's key. */
  async #launched(title) {
    this.#say(`“${title}” is planned`)
    const { key, revision } = await this.api.post(`${PROJECT}/experiments`, { title, note: NOTES[title] })
    this.learn([{ key, title }])
    await this.api.put(`${PROJECT}/owners/experiment/${key}`, { team: OWNERS[title] })
    await this.clock.advance(2 * HOUR)
    await this.api.put(`${at(key)}/plan`, PLANS[title], revision)
    // What decides has to arrive before anything starts, and somebody to have looked at both versions.
    await this.traffic({ visitors: VISITORS.before, page: PLANS[title].change.page })
    await look(this.api, PROJECT, key)
    await act(this.api, key, 'submit')
    await this.clock.advance(HOUR)
    await act(this.reviewer, key, 'approve')
    await this.#published()
    return key
  }

  /** From the idea until enough people came, of whom `rest` brings those of the last stages, and a morning later. Gives the experiment's key. */
  async #finished(title, rest) {
    const key = await this.#launched(title)
    await this.#visited(key, VISITORS.first, ({ ramp }) => ramp.stage >= 1)
    await this.#visited(key, VISITORS.second, ({ ramp }) => ramp.stage >= 2)
    await rest(key)
    this.#say(`“${title}” is decided`)
    await this.clock.advance(3 * HOUR)
    return key
  }

  /** Whether there were as many people as planned, and the numbers conclude so. */
  async #concludes(key, kind) {
    const { people, planned, conclusion } = await this.api.get(`${at(key)}/reading`)
    return people >= planned && conclusion.kind === kind
  }

  /** Lets crowds come by the shop's backend until the numbers conclude so. */
  async #called(key, kind) {
    const { run, treatment, title } = await this.api.get(at(key))
    const test = { run, treatment, truth: TRUTH[title], seen: 0 }
    for (let came = 0; !(await this.#concludes(key, kind)); came += GUESTS.crowd) {
      if (came >= GUESTS.most) throw new Error(`The story of “${title}” does not end: after ${came} visitors its numbers do not say ${kind}.`)
      await this.guests.backend.follow(await this.#published())
      const at = this.clock.now()
      for (const unit of await this.guests.come(GUESTS.crowd, [test])) this.#ordered.push({ unit, at })
      await this.clock.advance(GUESTS.hours * HOUR)
    }
  }

  /** Sends visitors to an experiment's page until there were enough. */
  async #visited(key, { batch, hours, most }, enough) {
    for (let sent = 0; ; sent += batch) {
      const experiment = await this.api.get(at(key))
      if (await enough(experiment)) return
      const { title, state, ramp, plan } = experiment
      if (state !== 'running' && state !== 'decided') throw new Error(`The story of “${title}” went another way: it is ${state}. ${experiment.stop?.why ?? ''}`)
      if (sent >= most) throw new Error(`The story of “${title}” does not end: after ${sent} visitors its ramp says “${ramp.why} ${ramp.next}”.`)
      this.#say(`“${title}” meets its visitors`)
      await this.traffic({ visitors: batch, page: plan.change.page })
      this.#sent += batch
      await this.clock.advance(hours * HOUR)
      await this.#published()
    }
  }

  /** Waits until visitors are served what is current. The edge looks for news as time passes, so where there are some has it to. */
  async #published() {
    const { versions: [{ version }] } = await this.api.get(`${PRODUCTION}/versions?limit=1`)
    if (version === this.#served) return version
    await this.clock.advance(MINUTE)
    await served(this.product, version)
    return (this.#served = version)
  }

  #say(words) {
    this.progress(Math.min(0.99, this.#sent / ALL), words)
  }
}
