// The control object of a project: its memory, its API, the pointers that edges follow, and the watch over what runs.
// Arguments start with an environment: `production`, `production/7`.

import { isFrozen, now, setClock } from '../now.mjs'
import { signPointer } from '../pointer.mjs'
import { addressProblems, deliver } from './egress.mjs'
import { RustObject, respond } from './object.mjs'
import { selectorProblems } from './selectors.mjs'
import { tallies } from './tallies.mjs'

/** Milliseconds between two looks at what runs by itself. */
const PACE = 2000

/** Milliseconds for which a look is fresh enough for a screen. */
const FRESH = 500

/** Screens that show counts. */
const COUNTED = /^GET (now|experiments|forecast|library)\b/

/** The call that wants to know at once how its message went. */
const TRIAL = 'POST settings/test'

/** Calls that carry CSS selectors. */
const SELECTING = /^(PUT environments\/\w+\/document|POST environments\/\w+\/draft\/publish|PUT experiments\/[^/]+\/plan)$/

export class Control extends RustObject {
  static kind = 'control'

  /** The last signature in each environment. */
  signed = new Map()
  looked = 0
  /** Ends with the sending that is under way. */
  sending = Promise.resolve()
  /** Who waits to hear how a message went, by its number. */
  trials = new Map()

  constructor(context, env) {
    super(context, env)
    // The object's name is its project's.
    this.project = context.id.name
    if (env.DEV_CLOCK === this.project) setClock(this.clock('read'))
    // Whatever ran when this object last ended goes on.
    context.blockConcurrencyWhile(() => context.storage.setAlarm(Date.now() + PACE))
  }

  async operate(operation, argument, body) {
    if (operation === 'edge' || operation === 'client') {
      const bytes = this.transaction((core) => core.snapshot(this.storage, argument, operation === 'client'))
      return bytes ? new Response(bytes) : new Response(null, { status: 404 })
    }
    if (operation === 'clock') return this.turn(body)
    if (operation === 'call') return this.call(JSON.parse(body), body)
    if (operation !== 'signed') return respond(this.control(operation, argument))
    const { status, body: pointer } = JSON.parse(this.control('pointer', argument))
    if (status !== 200) return Response.json(pointer, { status })
    return Response.json({ ...pointer, signature: await this.sign(argument, pointer) })
  }

  control(operation, argument) {
    return this.transaction((core) => core.control(this.storage, operation, argument))
  }

  /** One call of the API (docs/api.md). */
  async call(call, text) {
    const line = `${call.method} ${call.path.join('/')}`
    if (COUNTED.test(line) && now() - this.looked > FRESH) {
      await this.watch()
      // Nobody waits for a screen because a chat is slow.
      this.ctx.waitUntil(this.send())
    }
    const problems = line === 'PUT settings' ? addressProblems(this.env, call.body) : SELECTING.test(line) ? selectorProblems(this.selecting(line, call)) : []
    if (problems.length) return this.refuse(line, call, problems)
    const answer = this.transaction((core, at) => core.call(this.storage, text, at))
    if (line === TRIAL) return this.tried(answer)
    if (call.method !== 'GET') await this.follow()
    return respond(answer)
  }

  /** The text with the selectors of a call: its body, or the draft that it publishes. */
  selecting(line, call) {
    if (call.method !== 'POST') return call.body
    const draft = JSON.stringify({ ...call, method: 'GET', path: call.path.slice(0, -1) })
    return JSON.parse(this.transaction((core, at) => core.call(this.storage, draft, at))).body.document ?? ''
  }

  /** All problems at once: those of the selectors beside those that the core finds. */
  refuse(line, { path, body }, problems) {
    const others = line.includes('document') ? JSON.parse(this.transaction((core) => core.check(this.storage, path[1], body))) : []
    return Response.json({ problems: [...others, ...problems] }, { status: 422 })
  }

  /** Takes in what was counted since the last look, and does what follows from it. */
  async watch() {
    this.looked = now()
    const runs = this.transaction((core) => core.active(this.storage))
    const isOpen = this.transaction((core) => core.open(this.storage))
    const counted = JSON.stringify(await tallies(this.env, this.project, JSON.parse(runs), isOpen))
    this.moving = this.transaction((core, at) => core.tick(this.storage, counted, consoleOf(this.env), at))
  }

  /** After a change: messages leave, and the watch goes on. */
  async follow() {
    this.ctx.waitUntil(this.send())
    await this.ctx.storage.setAlarm(Date.now() + PACE)
  }

  /** Sends what is due, one sending after the other: two at once would take the same messages. */
  send() {
    return (this.sending = this.sending.catch(() => {}).then(() => this.post()))
  }

  async post() {
    for (const { id, url, payload } of JSON.parse(this.transaction((core, at) => core.due(this.storage, at)))) {
      const error = await deliver(this.env, url, payload)
      this.transaction((core, at) => core.delivered(this.storage, id, error, at))
      this.trials.get(id)?.(error)
    }
  }

  /** Sends a test message and answers how it went. */
  async tried(answer) {
    const { posted } = JSON.parse(answer).body
    if (posted === undefined) return respond(answer)
    let why = 'it waits behind other messages'
    this.trials.set(posted, (error) => (why = error))
    await this.follow()
    await this.sending
    this.trials.delete(posted)
    return Response.json({ delivered: why === '', why })
  }

  /** While time stands still nothing moves by itself: whoever moves the clock asks for the look. */
  async alarm() {
    try {
      if (!isFrozen()) {
        await this.watch()
        await this.send()
      }
    } finally {
      if (this.moving !== false) await this.ctx.storage.setAlarm(Date.now() + PACE)
    }
  }

  /** Reads the clock, or turns it and lets what is due then happen. */
  async turn(body) {
    if (this.env.DEV_CLOCK !== this.project) return new Response(null, { status: 404 })
    if (!body) return Response.json(this.clock('read'))
    const { error, ...clock } = this.clock(body)
    if (error) return Response.json({ error, fix: 'Go ahead in time.' }, { status: 409 })
    setClock(clock)
    await this.watch()
    await this.send()
    await this.follow()
    return Response.json({ ...clock, now: now() })
  }

  clock(turn) {
    return JSON.parse(this.transaction((core) => core.clock(this.storage, turn, Date.now())))
  }

  /** Signs what the edge is to run in an environment, once a version. */
  async sign(environment, pointer) {
    if (this.signed.get(environment)?.version !== pointer.version) {
      const signature = await signPointer(this.env, { project: this.project, environment }, pointer)
      this.signed.set(environment, { version: pointer.version, signature })
    }
    return this.signed.get(environment).signature
  }
}

/** The console's address, for links in messages. */
const consoleOf = ({ CONSOLE_HOST }) => `${CONSOLE_HOST.startsWith('127.0.0.1') ? 'http' : 'https'}://${CONSOLE_HOST}`
