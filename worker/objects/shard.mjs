// A shard of the collector: all of a unit lies in one of these. What comes in is committed (commits.mjs), told to the control
// object (telling.mjs) and written to the raw log (log.mjs). Whatever has to happen by itself, or was cut short, happens in
// the alarm.

import { now } from '../now.mjs'
import { Commits } from './commits.mjs'
import { Log } from './log.mjs'
import { RustObject, respond } from './object.mjs'
import { Telling } from './telling.mjs'

/** Milliseconds between two looks at what has to happen by itself, and after which lines make a segment. */
const PACE = 60_000
/** Milliseconds after which what failed, or may have been cut short, is done again. */
const SOON = 5000
/** Milliseconds after which the control object counts as silent. */
const PATIENCE = 5000
/** Milliseconds between two times at which old rows go. */
const NIGHT = 24 * 3_600_000

export class Shard extends RustObject {
  static kind = 'shard'

  /** The time by which the alarm comes, as far as this instance knows. */
  comes = Number.POSITIVE_INFINITY

  constructor(context, env) {
    super(context, env)
    const [project, environment, ledger] = context.id.name.split('/')
    this.name = context.id.name
    this.environment = environment
    this.control = env.CONTROL.get(env.CONTROL.idFromName(project))
    this.log = new Log(this)
    // Experiments run in production alone, and what anybody may claim (worker/shards.mjs) drives none of them.
    this.telling = new Telling(this, environment === 'production' && ledger !== 'open')
    this.commits = new Commits(this)
  }

  async operate(operation, argument, body) {
    if (operation === 'collect') return this.commits.collect(body, Number(argument))
    if (operation === 'tail') return Response.json(this.commits.tail.read())
    if (operation === 'seal') return this.log.sealNow()
    if (operation === 'tell') return Response.json(await this.telling.once())
    if (operation === 'feed') return Response.json({ log: this.name, ...(await this.log.handedOn()) })
    if (operation === 'erase') return this.erase(argument)
    return respond(this.core(operation, argument, body))
  }

  core(operation, argument = '', body = '') {
    return this.transaction((core, time) => core.shard(this.storage, operation, argument, body, time))
  }

  /** What the core answers, or what it throws. */
  ask(operation, argument, body) {
    return JSON.parse(this.core(operation, argument, body)).body
  }

  /** What the project's control object says about this shard's environment. */
  async hears(operation, argument = '') {
    const address = `http://object/${operation}?${this.environment}/${argument}`
    const response = await this.control.fetch(address, { method: 'POST', body: '', signal: AbortSignal.timeout(PATIENCE) })
    if (!response.ok) throw new Error(`the control object answers ${response.status}`)
    return response.json()
  }

  /** Takes a unit out of everything: rows and sums at once, segments right behind the answer, whoever dies meanwhile. */
  async erase(unit) {
    await this.soon()
    const answer = respond(this.core('erase', unit))
    this.ctx.waitUntil(Promise.all([this.log.keepUp(), this.telling.tell()]))
    return answer
  }

  /** Sees to it that the alarm comes within so many milliseconds. */
  async remind(after = PACE) {
    const at = Date.now() + after
    if (this.comes <= at) return
    this.comes = at
    const set = await this.ctx.storage.getAlarm()
    if (set === null || set > at) await this.ctx.storage.setAlarm(at)
  }

  soon() {
    return this.remind(SOON)
  }

  async alarm() {
    this.comes = Number.POSITIVE_INFINITY
    // The platform tries an alarm that fails a few times only. This one is never given up.
    const after = await this.upkeep().catch(() => PACE)
    if (after !== undefined) await this.remind(after)
  }

  /** Does what has to happen by itself. Gives after how many milliseconds there is more of it, if there is. */
  async upkeep() {
    // Once: where visitors never stop coming there is always more to tell, and the rest must not wait for an end of that.
    await this.telling.once().catch(() => {})
    const isKept = await this.log.keepUp()
    const more = [this.ask('rebuild'), await this.prune()].some(Boolean)
    // What waits for a store or a receiver that does not answer is tried again.
    const isHanded = await this.log.hand()
    if (more) return 0
    return isKept && isHanded && !this.ask('segments').waiting && !this.telling.isDue() ? undefined : PACE
  }

  /** Lets go what is too old, once a night; an object may not live through one. Tells whether there is more of it. */
  async prune() {
    const last = (await this.ctx.storage.get('pruned')) ?? 0
    if (now() - last < NIGHT) return false
    if (this.ask('prune')) return true
    await this.ctx.storage.put('pruned', now())
    return false
  }
}
