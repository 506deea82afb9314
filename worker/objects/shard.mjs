// A shard of the collector: all of a unit lies in one of these. What comes in at the same time is committed together, so
// that one write to the disk serves many, and an answer leaves only after it. What was counted is told to the control
// object right after (src/collect/push.rs). What has to happen by itself (segments of the log, old rows, a new metric on old
// data, a telling that got lost) happens in the alarm.

import { now } from '../now.mjs'
import { handOn, handedOn } from './feed.mjs'
import { RustObject, respond } from './object.mjs'
import { put, erase, read, unzipped } from './segments.mjs'

/** Batches that wait at most. Each takes about a tenth of a millisecond, so none waits longer than a fifth of a second. */
const WAITING = 2000
/** Batches that are committed together at most. */
const TOGETHER = 200
/** Seconds after which somebody who was sent away may come again. */
const AGAIN = { overload: '1', unknown: '5' }
/** Milliseconds between two looks at what has to happen by itself, and after which lines make a segment. */
const PACE = 60_000
/** Milliseconds between two tellings of what was counted. */
const TELLING = 1000
/** Milliseconds after which a telling counts as lost. */
const PATIENCE = 10_000
/** Milliseconds after which what got lost is told again. */
const SOON = 5000
/** Milliseconds between two times at which old rows go. */
const NIGHT = 24 * 3_600_000

const UNKNOWN = 409

export class Shard extends RustObject {
  static kind = 'shard'

  waiting = []
  committing = undefined
  alarmed = false
  /** When the control object was told last, and the telling that goes on. */
  told = 0
  telling = undefined

  constructor(context, env) {
    super(context, env)
    const [project, environment, ledger] = context.id.name.split('/')
    this.control = env.CONTROL.get(env.CONTROL.idFromName(project))
    this.environment = environment
    // Experiments run in production alone, and what anybody may claim (worker/shards.mjs) drives none of them.
    this.tells = environment === 'production' && ledger !== 'open'
  }

  async operate(operation, argument, body) {
    if (operation === 'collect') return this.collect(body, Number(argument))
    if (operation === 'seal') return this.sealNow()
    if (operation === 'tell') return Response.json(await this.once())
    if (operation === 'feed') return Response.json({ log: this.ctx.id.name, ...(await handedOn(this.ctx.storage)) })
    const answer = respond(this.core(operation, argument, body))
    // Segments that hold the unit are written anew at once, not when the alarm happens to come.
    if (operation === 'erase') this.ctx.waitUntil(Promise.all([this.keepUp(), this.tell()]))
    return answer
  }

  core(operation, argument = '', body = '') {
    return this.transaction((core, time) => core.shard(this.storage, operation, argument, body, time))
  }

  /** What the core answers, or what it throws. */
  ask(operation, argument, body) {
    return JSON.parse(this.core(operation, argument, body)).body
  }

  /** Takes a list of so many batches in, and answers when all of it is on the disk. */
  collect(body, count) {
    if (this.waiting.length >= WAITING) return sentAway(429, 'overload')
    return new Promise((resolve) => {
      this.waiting.push({ body, count, resolve })
      this.committing ??= this.commit()
    })
  }

  /** Commits what waits until nothing does. Whatever arrives while one group is written is the next one. */
  async commit() {
    // Requests that have arrived already, and are only not yet read, come along; and whatever arrives meanwhile.
    await scheduler.wait(Number(this.env.GATHER ?? 0))
    // Whatever becomes of this object, the alarm finds what was not told.
    await this.remind()
    while (this.waiting.length) {
      const group = this.waiting.splice(0, TOGETHER)
      await this.take(group)
      await this.ctx.storage.sync()
      for (const { resolve, answer } of group) resolve(answer)
      if (this.tells) this.ctx.waitUntil(this.tell())
    }
    this.committing = undefined
  }

  /** Tells what was counted until all of it has arrived or something fails, which the alarm makes good. */
  tell() {
    return (this.telling ??= this.push())
  }

  async push() {
    try {
      do await scheduler.wait(Math.max(0, this.told + TELLING - Date.now()))
      while (await this.once())
    } catch {
      // It stays due, whatever becomes of this object meanwhile.
      this.alarmed = true
      await this.ctx.storage.setAlarm(Date.now() + SOON)
    }
    // In the same moment as the last question, so that what is counted from now on begins another telling.
    this.telling = undefined
  }

  /** Tells what is due now, and whether anything was. */
  async once() {
    const tallies = this.tells ? this.ask('push', this.ctx.id.name) : []
    if (!tallies.length) return false
    this.told = Date.now()
    const signal = AbortSignal.timeout(PATIENCE)
    const response = await this.control.fetch('http://object/push', { method: 'POST', body: JSON.stringify(tallies), signal })
    if (!response.ok) throw new Error(`the control object answers ${response.status}`)
    this.core('told', '', await response.text())
    return true
  }

  async take(group) {
    // Each of them is a list of batches, and gets a list of receipts.
    const lists = group.map(({ body }) => body.slice(1, -1)).filter(Boolean)
    const { status, body } = await this.known(`[${lists.join(',')}]`)
    if (status === 200) for (const one of group) one.answer = Response.json(body.splice(0, one.count))
    else if (group.length === 1) group[0].answer = status === UNKNOWN ? sentAway(503, 'unknown') : Response.json(body, { status })
    // One of them is at fault, and the others are not to suffer from it.
    else for (const one of group) await this.take([one])
  }

  /** Takes batches in. Versions that the core does not know are asked of the control object first, never guessed. */
  async known(batches) {
    for (;;) {
      let answer
      try {
        answer = JSON.parse(this.core('collect', '', batches))
      } catch (error) {
        return { status: 500, body: { error: error.message } }
      }
      if (answer.status !== UNKNOWN) return answer
      try {
        await Promise.all(answer.body.unknown.map((version) => this.learn(version)))
      } catch {
        return answer
      }
    }
  }

  /** What the project's control object says about this shard's environment. */
  async hears(operation, argument = '') {
    const response = await this.control.fetch(`http://object/${operation}?${this.environment}/${argument}`, { method: 'POST', body: '' })
    if (!response.ok) throw new Error(`the control object answers ${response.status}`)
    return response.json()
  }

  async learn(version) {
    // Of a version that does not exist nothing is possible.
    const definitions = (await this.hears('definitions', version)) ?? { config: version, runs: [] }
    this.core('learn', '', JSON.stringify(definitions))
  }

  /** Sees to it that the alarm comes. */
  async remind(after = PACE) {
    if (this.alarmed) return
    this.alarmed = true
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + after)
  }

  async alarm() {
    this.alarmed = false
    if (this.tells) await this.tell()
    await this.seal()
    await this.keepUp()
    const more = [this.ask('rebuild'), await this.prune()].some(Boolean)
    // What waits for a store or a receiver that does not answer is tried again.
    const behind = !(await this.hand())
    if (more) await this.remind(0)
    else if (behind || this.ask('segments').waiting || (this.tells && this.ask('telling'))) await this.remind()
  }

  /** Lets go what is too old, once a night; an object may not live through one. Tells whether there is more of it. */
  async prune() {
    const last = (await this.ctx.storage.get('pruned')) ?? 0
    if (now() - last < NIGHT) return false
    if (this.ask('prune')) return true
    await this.ctx.storage.put('pruned', now())
    return false
  }

  /** Makes a segment of the lines that wait, if there is a place for segments, and tells how many lines still wait. */
  async seal() {
    if (!this.env.LOG) return this.ask('segments')
    this.sealing ??= this.segment().finally(() => (this.sealing = undefined))
    await this.sealing
    return this.ask('segments')
  }

  async segment() {
    for (let segment; (segment = this.ask('seal')); ) {
      if (!(await put(this.env.LOG, `${this.ctx.id.name}/${segment.name}`, segment.text))) return
      this.core('sealed', String(segment.number))
    }
  }

  /** Makes a segment at once, and hands it on behind the answer. */
  async sealNow() {
    const answer = Response.json(await this.seal())
    this.ctx.waitUntil(this.hand().then((done) => done || this.remind()))
    return answer
  }

  /** Hands on what has been sealed, if the project says where to. Tells whether nothing is left to hand on. */
  hand() {
    return (this.handing ??= this.handAll().catch(() => false).finally(() => (this.handing = undefined)))
  }

  async handAll() {
    const url = this.env.LOG ? await this.hears('feed') : ''
    return !url || handOn(this.env, this.ctx.storage, this.ctx.id.name, url, this.ask('segments').segments)
  }

  /** Writes segments anew that hold erased units, and deletes what nobody should read any longer. */
  async keepUp() {
    const file = (name) => `${this.ctx.id.name}/${name}`
    await this.seal()
    for (let upkeep; this.env.LOG && (upkeep = this.ask('upkeep')); ) {
      const { rewrite, number, delete: gone } = upkeep
      if (rewrite) {
        const [from, to] = rewrite
        const old = await read(this.env.LOG, file(from))
        if (!old || !(await put(this.env.LOG, file(to), this.ask('without', '', await unzipped(old))))) return
        this.core('rewritten', String(number))
      }
      for (const name of gone) {
        if (!(await erase(this.env.LOG, file(name)))) return
        this.core('deleted', name)
      }
    }
  }
}

const sentAway = (status, why) => Response.json({ error: WORDS[why] }, { status, headers: { 'retry-after': AGAIN[why] } })

const WORDS = {
  overload: 'More comes in than can be stored. Send the same again a little later.',
  unknown: 'The configuration of this event cannot be read at the moment. Send the same again a little later.',
}
