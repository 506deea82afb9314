// The control object of a project: its memory, its API, what relays are told, and the watch over what runs.
// Arguments start with an environment: `production`, `production/7`.

import { parsed } from '../body.mjs'
import { isFrozen, now, setClock } from '../now.mjs'
import { signPointer } from '../pointer.mjs'
import { arrivingProblems } from './arriving.mjs'
import { addressProblems } from './egress.mjs'
import { clocksOf, dueOf, hoursProblems, isQuiet } from './hours.mjs'
import { connected, leave } from './messages.mjs'
import { RustObject, respond } from './object.mjs'
import { found, schemeOf, shown } from './outside.mjs'
import { Relays } from './relays.mjs'
import { selectorProblems } from './selectors.mjs'

/** Milliseconds between two looks at what follows from time alone. */
const PACE = 2000

/** Milliseconds between two looks at what shards tell: what comes in meanwhile is judged together. */
const TOGETHER = 500

/** The call that wants to know at once how its message went, and those that say where messages go. */
const TRIAL = /^POST channels\/\d+\/test$/
const ADDING = 'POST channels'
const CHANGING = /^PUT channels\/\d+$/

/** The call that plans another one for an hour of the project's zone. */
const LATER = 'POST schedule'

/** Calls that carry CSS selectors. */
const SELECTING = /^(PUT environments\/\w+\/document|POST environments\/\w+\/draft\/publish|PUT experiments\/[^/]+\/plan)$/

/** Calls for which the core wants to know what is outside. */
const CHECKING = /^(GET experiments\/[^/]+\/checks|POST experiments\/[^/]+\/(submit|approve|start|confirm|quality))$/

const DAY = 86_400_000

/** Calls whose answers count in days, which begin when clocks of the project's zone say so. */
const DATED = /^(GET forecast|GET digest|GET calendar|GET experiments\/[^/]+\/checks|POST experiments\/[^/]+\/(submit|approve|start|confirm))$/

export class Control extends RustObject {
  static kind = 'control'

  /** The last signature in each environment. */
  signed = new Map()
  /** When the counts were looked at last, and whether a look is coming. */
  looked = 0
  looking = false
  /** While the clock is turned. */
  turning = false
  /** Ends with the sending that is under way. */
  sending = Promise.resolve()
  /** Until when a channel wants to be left alone. */
  rests = new Map()
  /** Who waits to hear how a message went, by its number. */
  trials = new Map()

  constructor(context, env) {
    super(context, env)
    // The object's name is its project's.
    this.project = context.id.name
    this.relays = new Relays(context.storage.sql, env, this.project, {
      version: (environment) => this.pointer(environment).version,
      message: (environment) => this.message(environment),
    })
    if (env.DEV_CLOCK === this.project) setClock(this.clock('read'))
    // Whatever ran when this object last ended goes on.
    context.blockConcurrencyWhile(() => context.storage.setAlarm(Date.now() + PACE))
  }

  async operate(operation, argument, body) {
    if (operation === 'edge' || operation === 'client') {
      const bytes = this.bytes(argument, operation)
      return bytes ? new Response(bytes) : new Response(null, { status: 404 })
    }
    if (operation === 'clock') return this.turn(body)
    if (operation === 'push') return this.heard(body)
    if (operation === 'call') return this.call(JSON.parse(body), body)
    if (operation === 'signed') return this.asked(...argument.split('/'))
    return respond(this.control(operation, argument))
  }

  /** A relay asks what is current, and is told of all that follows. */
  async asked(environment, near) {
    const pointer = await this.signedPointer(environment)
    this.relays.heard(environment, near, pointer.version)
    return Response.json(pointer)
  }

  pointer(environment) {
    return JSON.parse(this.control('pointer', environment)).body
  }

  async signedPointer(environment) {
    const pointer = this.pointer(environment)
    return { ...pointer, signature: await this.sign(environment, pointer) }
  }

  /** What is current in an environment, as relays are told it. */
  async message(environment) {
    const pointer = await this.signedPointer(environment)
    const form = new FormData()
    form.set('pointer', JSON.stringify(pointer))
    for (const audience of ['edge', 'client']) form.set(audience, new Blob([this.bytes(`${environment}/${pointer.version}`, audience)]))
    return form
  }

  bytes(version, audience) {
    return this.transaction((core) => core.snapshot(this.storage, version, audience === 'client'))
  }

  control(operation, argument) {
    return this.transaction((core) => core.control(this.storage, operation, argument))
  }

  /** The project's zone, and the hours in which only stops are told. */
  hours() {
    return JSON.parse(this.control('hours', 'production')).body
  }

  /** What clocks of the project's zone did and do as far back and ahead as a calendar reaches, further than any forecast. */
  clocks() {
    return clocksOf(this.hours().zone, now() - 1010 * DAY, now() + 1010 * DAY)
  }

  /** One call of the API (docs/api.md). */
  async call(call, text) {
    const line = `${call.method} ${call.path.join('/')}`
    const due = line === LATER ? dueOf(parsed(call.body)?.at, this.hours().zone) : undefined
    const problems = this.problemsOf(line, call)
    if (problems.length) return this.refuse(line, call, problems)
    const more = { ...(DATED.test(line) && { clocks: this.clocks() }), ...(due?.at && { due: due.at }) }
    const asked = Object.keys(more).length ? { ...call, ...more } : call
    const told = asked === call ? text : JSON.stringify(asked)
    const whole = CHECKING.test(line) ? await this.informed(asked, told) : told
    const answer = this.transaction((core, at) => core.call(this.storage, whole, at))
    // Why an hour is none is told to whoever may plan: without a moment the core refuses it.
    if (due?.problems && JSON.parse(answer).body.problems?.[0].pointer === '/at') return this.refuse(line, call, due.problems)
    if (TRIAL.test(line)) return this.tried(answer)
    if (call.method !== 'GET') await this.follow()
    return respond(line === ADDING ? await connected(this.env, this.project, answer) : answer)
  }

  /** A call with what the core wants to know of the world outside, for callers whom it knows. */
  async informed(call, text) {
    const [asks] = JSON.parse(this.transaction((core, at) => core.asks(this.storage, text, at)))
    if (!asks) return text
    const all = await found(this.env, this.project, asks)
    if (call.path[2] === 'quality') all.preview = await shown(this.env, this.project, parsed(call.body)?.preview)
    return JSON.stringify({ ...call, found: all })
  }

  /** What only this side of the engine can say against a call: where messages may go, and what the rewriter can read. */
  problemsOf(line, call) {
    if (line === 'PUT settings') return [...addressProblems(this.env, call.body), ...hoursProblems(call.body)]
    if (line === ADDING || CHANGING.test(line)) return addressProblems(this.env, call.body)
    if (line.startsWith('PUT import/')) return arrivingProblems(this.env, call.body)
    return SELECTING.test(line) ? selectorProblems(this.selecting(call)) : []
  }

  /** The text with the selectors of a call: its body, or the draft that it publishes. */
  selecting(call) {
    if (call.method !== 'POST') return call.body
    const draft = JSON.stringify({ ...call, method: 'GET', path: call.path.slice(0, -1) })
    return JSON.parse(this.transaction((core, at) => core.call(this.storage, draft, at))).body.document ?? ''
  }

  /** All problems at once: those of the selectors beside those that the core finds. */
  refuse(line, { path, body }, problems) {
    const others = line.includes('document') ? JSON.parse(this.transaction((core) => core.check(this.storage, path[1], body))) : []
    return Response.json({ problems: [...others, ...problems] }, { status: 422 })
  }

  /** A shard tells what it has counted. It is judged at once, together with whatever else is told in that moment. */
  async heard(tallies) {
    const heard = this.transaction((core, at) => core.hear(this.storage, tallies, at))
    if (!this.looking && !this.isStill()) this.ctx.waitUntil(this.judge())
    return new Response(heard)
  }

  async judge() {
    this.looking = true
    try {
      await scheduler.wait(Math.max(0, this.looked + TOGETHER - Date.now()))
    } finally {
      this.looking = false
    }
    await this.watch()
    await Promise.all([this.relays.spread(), this.send()])
  }

  /** Whether nothing moves by itself: while time stands still whoever moves the clock asks for the look. */
  isStill() {
    return isFrozen() || this.turning
  }

  /** Does what follows from the counts and the time. */
  async watch() {
    this.looked = Date.now()
    const all = await this.starting()
    const clocks = JSON.stringify(clocksOf(this.hours().zone, now() - 16 * DAY, now() + 16 * DAY))
    this.next = this.transaction((core, at) => core.tick(this.storage, consoleOf(this.env), all, clocks, at))
  }

  /** What is found outside for whatever starts by itself now, by its key. */
  async starting() {
    const asks = JSON.parse(this.transaction((core, at) => core.asks(this.storage, '', at)))
    const all = asks.map(async (one) => [one.key, await found(this.env, this.project, one)])
    return JSON.stringify(Object.fromEntries(await Promise.all(all)))
  }

  /** After a change: relays hear of it, messages leave, and the watch goes on. */
  async follow() {
    this.ctx.waitUntil(this.send())
    await this.ctx.storage.setAlarm(Date.now() + PACE)
    await this.relays.spread()
  }

  /** Sends what is due, one sending after the other: two at once would take the same messages. */
  send() {
    return (this.sending = this.sending.catch(() => {}).then(() => this.post()))
  }

  /** All that is due, to each place one after the other: one that does not answer keeps nobody else waiting. */
  async post() {
    const quiet = isQuiet(this.hours(), now())
    const due = this.transaction((core, at) => core.due(this.storage, at, quiet))
    await Promise.all([...Map.groupBy(due, ({ channel }) => channel).values()].map((all) => this.postTo(all)))
  }

  async postTo(all) {
    for (const message of all) {
      if (now() < (this.rests.get(message.channel) ?? 0)) return
      const { why, rest = 0 } = await leave(this.env, this.project, message, (path) => this.known(path))
      this.transaction((core, at) => core.delivered(this.storage, message.id, why, at))
      this.trials.get(message.id)?.(why)
      // Whatever else goes there waits for the next time, and for as long as the receiver asks for.
      if (rest) this.rests.set(message.channel, now() + rest)
      if (why) return
    }
  }

  /** What the engine itself reads of its project. */
  known(path) {
    const call = JSON.stringify({ method: 'GET', path: path.split('/'), token: '', admin: true })
    return JSON.parse(this.transaction((core, at) => core.call(this.storage, call, at))).body
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

  async alarm() {
    try {
      if (!this.isStill()) await this.watch()
    } finally {
      // What was published before is told, whatever became of that.
      await this.relays.spread()
      const rest = this.relays.behind().length ? 0 : (this.next ?? 0) - now()
      await this.ctx.storage.setAlarm(Date.now() + Math.max(PACE, rest))
    }
    if (!this.isStill()) await this.send()
  }

  /** Reads the clock, or turns it and lets what is due then happen. */
  async turn(body) {
    if (this.env.DEV_CLOCK !== this.project) return new Response(null, { status: 404 })
    if (!body) return Response.json(this.clock('read'))
    const { error, ...clock } = this.clock(body)
    if (error) return Response.json({ error, fix: 'Go ahead in time.' }, { status: 409 })
    setClock(clock)
    // Until the shards have told what is due by that clock they would seem silent.
    this.turning = true
    await this.listen()
    this.turning = false
    await this.watch()
    await this.send()
    await this.follow()
    return Response.json({ ...clock, now: now() })
  }

  /** Asks the shards to tell what is due by a clock that was turned: their own alarms know only the real time. Who does not
   *  answer is as silent as ever. */
  listen() {
    const shards = Array.from({ length: Number(this.env.SHARDS) }, (_, shard) => `${this.project}/production/${shard}`)
    return Promise.allSettled(shards.map((shard) => this.env.SHARD.get(this.env.SHARD.idFromName(shard)).fetch('http://object/tell', { method: 'POST', body: '' })))
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
const consoleOf = (env) => `${schemeOf(env)}://${env.CONSOLE_HOST}`
