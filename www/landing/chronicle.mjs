// Tells the history (history.mjs) through the engine's own API, in a time that stands still between the steps. What runs at
// the same time shares each step.

import { served } from '../../build/product.mjs'
import { Backend } from './backend.mjs'
import { PRODUCTION, PROJECT, act, at, debrief } from './desk.mjs'
import { Guests } from './guests.mjs'
import { ALL, DAYS, FLAGS, SEASONS, planOf, season } from './history.mjs'
import { look } from './looks.mjs'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const SEED = 11
/** Hours of a step: after more of them without a visitor the engine misses its data. */
const STEP = 6
/** Visitors of a step, and of the one in which some of them are asked something on their page. */
const [VISITORS, ASKED] = [160, 120]
/** Hours between the beginnings of two experiments of a season, and from a decision to what was learned. */
const [APART, AFTER] = [6, 12]
/** Hours for which an answer that is neither yes nor no is waited for beyond the planned size. */
const PATIENCE = 18
/** Steps after which a season has to be over. */
const MOST = 120

/** What is decided where the rule says this. */
const CHOICES = { ship: 'ship', keep: 'keep', stop: 'keep', wait: 'keep', fix: 'again' }

/**
 * Tells it, up to the time `until`. Flags and metrics have been published, and the clock stands still.
 *
 * @param told `product`, `api`, `reviewer` (a client of somebody else), `clock`, `traffic`, `learn`, `progress`, as the
 *   story has them
 */
export async function remember({ until, ...told }) {
  const backend = await Backend.of(told.product, told.api)
  const chronicle = new Chronicle({ ...told, backend, guests: new Guests(backend, { name: 'guest', seed: SEED }) })
  for (let number = 0; number < SEASONS; number++) {
    await told.clock.reach(until - DAYS * DAY * (1 - number / SEASONS))
    await chronicle.season(number)
  }
}

class Chronicle {
  /** Experiments of earlier seasons. */
  #over = 0
  /** What everybody has of each flag by now. */
  #otherwise = new Map(Object.entries(FLAGS).map(([key, { otherwise }]) => [key, otherwise]))

  constructor(told) {
    Object.assign(this, told)
  }

  /** Some experiments that run beside each other, from their ideas to what the last of them has taught. */
  async season(number) {
    const tests = season(number).map((tale, index) => new Test(this, tale, index * APART))
    const say = () => {
      const over = this.#over + tests.filter(({ over }) => over).length
      this.progress(over / ALL, `${over} of ${ALL} experiments`)
    }
    say()
    for (const test of tests) await test.noted()
    await this.clock.advance(2 * DAY - STEP * HOUR)
    for (let step = 0; tests.some(({ over }) => !over); step++) {
      if (step > MOST) throw new Error(`The history does not end: still under way is ${tests.filter(({ over }) => !over).map(({ tale }) => `“${tale.title}”`)}.`)
      await this.#news()
      await this.guests.come(VISITORS, tests)
      // What the clock moves on to has heard of all of them, so that no step depends on how fast this machine is.
      await this.clock.advance(STEP * HOUR)
      for (const test of tests) await test.go(step * STEP)
      for (const test of tests) await test.ask()
      say()
    }
    this.#over += tests.length
    await this.#tidied(tests)
  }

  /** What everybody has of a flag. */
  otherwise(flag) {
    return this.#otherwise.get(flag)
  }

  /** Waits until the shop decides by what is current. */
  async #news() {
    const { versions: [{ version }] } = await this.api.get(`${PRODUCTION}/versions?limit=1`)
    await this.backend.follow(version)
    return version
  }

  /** Lets visitors open a page by themselves, of whom some answer what they are asked there. */
  async opened(page) {
    await this.clock.advance(HOUR / 60)
    await served(this.product, await this.#news())
    await this.traffic({ visitors: ASKED, page })
  }

  /** What was shipped is written into the shop, and what is over is taken out of the document. */
  async #tidied(tests) {
    for (const { tale, treatment, choice } of tests) if (tale.flag && choice === 'ship') this.#otherwise.set(tale.flag[0], treatment)
    const { version, document } = await this.api.get(`${PRODUCTION}/document`)
    const words = tests.filter(({ tale }) => tale.words).map(({ key }) => key)
    const flags = without(document.flags, words)
    for (const [key, otherwise] of this.#otherwise) flags[key] = { ...flags[key], off: otherwise, otherwise, rules: [] }
    const experiments = without(document.experiments, tests.map(({ key }) => key))
    await this.api.put(`${PRODUCTION}/document`, { ...document, flags, experiments, pages: without(document.pages, words) }, version)
  }
}

const without = (table = {}, keys) => Object.fromEntries(Object.entries(table).filter(([key]) => !keys.includes(key)))

/** One experiment on its way from an idea to what it has taught: each step is taken when it is due. */
class Test {
  over = false
  /** Meetings that the shop has reported. */
  seen = 0
  #step = this.#planned

  constructor(chronicle, tale, starts) {
    const { api, reviewer, learn } = chronicle
    Object.assign(this, { chronicle, tale, truth: tale, starts, api, reviewer, learn })
  }

  async noted() {
    const { title, expect, evidence = '', impact, effort, page = '', team } = this.tale
    const { key } = await this.api.post(`${PROJECT}/ideas`, { what: title, expect, evidence, impact, effort, page, team })
    this.key = key
    this.learn([{ key, title }])
    for (const voter of [this.reviewer, this.api].slice(0, impact - 1)) await voter.put(`${at(key)}/vote`)
  }

  /** Does what is due so many hours after the season's first step. */
  async go(hours) {
    if (hours < this.starts || this.over) return
    this.hours = hours
    await this.#step()
  }

  /** Once half of the visitors have come, some of those who open the page are asked what the plan has for them. */
  async ask() {
    const { asked, words } = this.tale
    if (!asked || this.survey || !(this.seen > this.planned / 2)) return
    const { surveys } = await this.api.post(`${PROJECT}/voices`, { experiment: this.key, ...asked })
    this.survey = surveys.find(({ experiment }) => experiment === this.key).key
    await this.chronicle.opened(words[0])
  }

  async #planned() {
    const { revision } = await act(this.api, this.key, 'draft')
    await this.api.put(`${at(this.key)}/plan`, planOf(this.tale, (flag) => this.chronicle.otherwise(flag)), revision)
    await look(this.api, PROJECT, this.key)
    await act(this.api, this.key, 'submit')
    this.#step = this.#approved
  }

  async #approved() {
    const { run, treatment, perArm } = await act(this.reviewer, this.key, 'approve')
    Object.assign(this, { run, treatment, planned: 2 * perArm, begun: this.hours })
    this.#step = this.#running
  }

  async #running() {
    const { after, errors, silent } = this.tale
    if (after !== undefined) return this.#aborted()
    // What goes wrong ends before its time.
    if (this.seen < this.planned && errors === undefined && silent === undefined) return
    const { experiment, people, planned, conclusion, recommend } = await this.api.get(`${at(this.key)}/reading`)
    if (experiment.state === 'running' && people < planned && conclusion.kind !== 'invalid') return
    this.complete ??= this.hours
    if (conclusion.kind === 'underpowered' && this.hours < this.complete + PATIENCE) return
    await act(this.api, this.key, 'decide', { choice: CHOICES[recommend], why: this.tale.why })
    this.#concluded(conclusion.kind, CHOICES[recommend])
  }

  async #aborted() {
    if (this.hours < this.begun + this.tale.after * 24) return
    await act(this.api, this.key, 'abort', { why: this.tale.why })
    this.#concluded('aborted', 'abort')
  }

  #concluded(kind, choice) {
    const { title, found } = this.tale
    if (kind !== found) throw new Error(`The history of “${title}” went another way: its numbers say ${kind}, and what was learned is about ${found}.`)
    Object.assign(this, { choice, decided: this.hours })
    this.#step = choice === 'ship' ? this.#released : this.#taught
  }

  async #released() {
    const { ramp } = await this.api.get(at(this.key))
    if (ramp.released === 100) this.#step = this.#taught
  }

  async #taught() {
    if (this.hours < this.decided + AFTER) return
    const { surprise, tell, next } = this.tale
    await debrief(this.api, this.key, { surprise, tell, next })
    if (this.survey) await this.api.post(`${PROJECT}/voices/${this.survey}/close`)
    this.over = true
  }
}
