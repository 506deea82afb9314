// What a shard has counted is told to the control object right after (src/collect/push.rs). A telling that got lost stays due.

/** Milliseconds between two tellings of what was counted. */
const TELLING = 1000
/** Milliseconds after which a telling counts as lost. */
const PATIENCE = 10_000

export class Telling {
  /** When the control object was told last, and the telling that goes on. */
  told = 0
  going = undefined

  /** @param tells whether anybody wants to hear of this shard */
  constructor(shard, tells) {
    Object.assign(this, { shard, tells })
  }

  /** Whether something is still to be told. */
  isDue() {
    return this.tells && this.shard.ask('telling')
  }

  /** Tells what was counted until all of it has arrived or something fails, which the alarm makes good. */
  tell() {
    return this.tells ? (this.going ??= this.push()) : undefined
  }

  async push() {
    try {
      do await scheduler.wait(Math.max(0, this.told + TELLING - Date.now()))
      while (await this.once())
    } catch {
      // It stays due, whatever becomes of this object meanwhile.
      await this.shard.soon()
    }
    // In the same moment as the last question, so that what is counted from now on begins another telling.
    this.going = undefined
  }

  /** Tells what is due now, and whether anything was. */
  async once() {
    const { shard } = this
    const tallies = this.tells ? shard.ask('push', shard.name) : []
    if (!tallies.length) return false
    this.told = Date.now()
    const signal = AbortSignal.timeout(PATIENCE)
    const response = await shard.control.fetch('http://object/push', { method: 'POST', body: JSON.stringify(tallies), signal })
    if (!response.ok) throw new Error(`the control object answers ${response.status}`)
    shard.core('told', '', await response.text())
    return true
  }
}
