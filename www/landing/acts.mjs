// What somebody can do to the demo, to see what the engine makes of it.

import { setTimeout as wait } from 'node:timers/promises'

const EXPERIMENTS = '/api/v1/projects/demo/experiments'
const HOUR = 3_600_000
/** A day's jump: steps short enough that every check of the engine falls into one. */
const JUMP = { steps: 12, hours: 2, visitors: 80 }
const BOTS = 300
/** Milliseconds in which the answer to “kill” gets out. */
const LAST_WORDS = 100

/**
 * Spells on the new version, and how many shall meet it at once, so that what comes of it shows within seconds: enough
 * for a guardrail to be sure, and enough to compare a browser that one in four or five brings along.
 */
const HARM = { change: { errors: { control: 0.01, treatment: 0.4 }, lift: -0.6 }, meet: 60 }
const SAFARI = { change: { silent: { browser: 'Safari', variant: 'treatment', share: 0.9 } }, meet: 150 }
/** A ramp that has just begun shows the new version to few; nobody waits for more visitors than these. */
const MOST = 3000

/** Why something cannot be done now, with what to do instead. */
export class Refusal extends Error {
  constructor(error, fix) {
    super(error)
    this.fix = fix
  }
}

export class Acts {
  /** What is under way, `{what, done}` with `done` from 0 to 1, or null. */
  busy = null
  /** Why the last long act ended early, or null. */
  failed = null

  constructor({ api, clock, audience, habits, restart, say = console.error }) {
    Object.assign(this, { api, clock, audience, habits, restart, say })
  }

  /** The new variant of the running experiment begins to break, or is mended. */
  harm = ({ on }) => this.#spell('harm', on, HARM, {
    on: 'In Live, the errors of the new variant rise. Within a check or two the guardrail stops it, and everybody has control again.',
    what: 'Visitors come and meet the broken version',
    off: 'New visitors meet no more errors. What has been stopped stays stopped.',
  })

  /** Safari's reports of the new variant get lost, or come again. */
  safari = ({ on }) => this.#spell('safari', on, SAFARI, {
    on: 'In Live, the line “browsers”: Safari’s visitors of the new variant are assigned and not confirmed. No decision rests on such numbers.',
    what: 'Visitors come, and Safari keeps quiet about the new version',
    off: 'Safari’s reports come again; those that were lost stay lost, and the report says so.',
  })

  /** They come to what is running, and every one of them orders. */
  async bots() {
    const [running] = await this.#running()
    const page = running && pageOf(await this.#read(running))
    const bent = { bots: 1, repeat: 0, base: 1, behave: {}, ...(page && { page }) }
    return this.#begin('300 bots come', (progress) => this.#send(BOTS, progress, bent), {
      look: 'In Data, the ledger: all that they claim is filtered, and no experiment counts one of them.', where: '#/data',
    })
  }

  async crowd({ visitors }) {
    const [running] = await this.#running()
    return this.#begin(`${visitors} visitors come`, (progress) => this.#send(visitors, progress), {
      look: running ? 'In Live, people come in and the interval narrows.' : 'In Data, the ledger grows. No experiment is running.',
      where: running ? `#/experiments/${running.key}/live` : '#/data',
    })
  }

  kill = () => this.#begin('The engine is killed and starts again', async (progress) => {
    await wait(LAST_WORDS)
    progress(0.5)
    await this.restart()
  }, { look: 'It answers again within seconds. In Data, the ledger still adds up: nothing that was acknowledged is lost.', where: '#/data' })

  jump = () => this.#begin('A day passes', async (progress) => {
    for (let step = 0; step < JUMP.steps; step++) {
      await this.#send(JUMP.visitors, (share) => progress((step + share) / JUMP.steps))
      await this.clock.advance(JUMP.hours * HOUR)
      await this.clock.read()
    }
  }, { look: 'At its end what fell due is done: ramps go on, reports come, messages are sent.', where: '#/now' })

  async #spell(name, on, { change, meet }, words) {
    const before = this.habits.under(name)
    if (!on) {
      this.habits.lift(name)
      return started(words.off, before ? `#/experiments/${before}/live` : '#/now')
    }
    const [running] = await this.#running()
    if (!running) throw new Refusal('No experiment is running.', 'Start one, then try again.')
    const experiment = await this.#read(running)
    this.habits.cast(name, running.key, { control: experiment.control, ...change })
    const told = { look: words.on, where: `#/experiments/${running.key}/live` }
    // Whatever is under way brings visitors of its own, or soon lets them come again.
    return this.busy ? started(told.look, told.where) : this.#begin(words.what, (progress) => this.#meet(experiment, meet, progress), told)
  }

  /** Sends visitors to where an experiment is, so many that about `meet` of them get its new version. */
  #meet(experiment, meet, progress) {
    const { ramp } = experiment
    const share = ramp.stages[ramp.stage] / 100 / 2
    const page = pageOf(experiment)
    return this.#send(Math.min(MOST, Math.ceil(meet / share)), progress, page && { page })
  }

  /** Running experiments, the latest first. */
  async #running() {
    const { experiments } = await this.api.get(EXPERIMENTS)
    return experiments.filter(({ state }) => state === 'running').sort((one, other) => other.started - one.started)
  }

  #read({ key }) {
    return this.api.get(`${EXPERIMENTS}/${key}`)
  }

  #send(visitors, progress, options) {
    return this.audience.send({ visitors, ...options, progress: (counts) => progress(counts.visitors / visitors) })
  }

  /** Begins what takes a while, one thing at a time, and answers at once. */
  #begin(what, work, { look, where }) {
    if (this.busy) throw new Refusal(`Something is under way: ${this.busy.what}.`, 'Wait until it is done, then try again.')
    this.busy = { what, done: 0 }
    this.failed = null
    const progress = (done) => (this.busy = { what, done })
    work(progress).catch((error) => {
      this.failed = `${what}: ended early, ${error.message}`
      this.say(this.failed)
    }).finally(() => (this.busy = null))
    return started(look, where)
  }
}

/** The page on which an experiment changes words; those of a flag may be anywhere. */
const pageOf = ({ plan }) => plan.change.page

const started = (look, where) => ({ started: true, look, where })
