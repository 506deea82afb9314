// What comes in to a shard at the same time is committed together, so that one write to the disk serves many, and an answer
// leaves only after it.

import { Tail } from './tail.mjs'

/** Requests that wait at most, if nobody says otherwise. Each takes about a tenth of a millisecond: a fifth of a second. */
const WAITING = 2000
/** Requests that are committed together at most. */
const TOGETHER = 200
/** Seconds after which somebody who was sent away may come again. */
const AGAIN = { overload: '1', unknown: '5' }

const UNKNOWN = 409

export class Commits {
  waiting = []
  committing = undefined

  constructor(shard) {
    this.shard = shard
    this.tail = new Tail()
    this.room = Number(shard.env.WAITING || WAITING)
  }

  /** Takes a list of so many batches in, and answers when all of it is on the disk. */
  collect(body, count) {
    if (this.waiting.length >= this.room) return sentAway(429, 'overload')
    return new Promise((resolve) => {
      this.waiting.push({ body, count, resolve })
      this.committing ??= this.commit()
    })
  }

  /** Commits what waits until nothing does. Whatever arrives while one group is written is the next one. */
  async commit() {
    const { shard, waiting } = this
    // Requests that have arrived already, and are only not yet read, come along; and whatever arrives meanwhile.
    await scheduler.wait(Number(shard.env.GATHER ?? 0))
    // Whatever becomes of this object, the alarm finds what was not told.
    await shard.remind()
    while (waiting.length) {
      const group = waiting.splice(0, TOGETHER)
      await this.take(group)
      await shard.ctx.storage.sync()
      for (const { resolve, answer } of group) resolve(answer)
      shard.ctx.waitUntil(shard.telling.tell())
    }
    this.committing = undefined
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
        answer = this.taken(batches)
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

  /** The core's answer, and for whoever looks what became of each event. */
  taken(batches) {
    if (!this.tail.isWatched) return JSON.parse(this.shard.core('collect', '', batches))
    const { status, body } = JSON.parse(this.shard.core('watch', '', batches))
    if (status !== 200) return { status, body }
    this.tail.add(body.arrived)
    return { status, body: body.receipts }
  }

  async learn(version) {
    const definitions = await this.shard.hears('definitions', version)
    // What has not been published may still be, and then means something.
    if (!definitions) throw new Error(`there is no version ${version} yet`)
    this.shard.core('learn', '', JSON.stringify(definitions))
  }
}

const sentAway = (status, why) => Response.json({ error: WORDS[why] }, { status, headers: { 'retry-after': AGAIN[why] } })

const WORDS = {
  overload: 'More comes in than can be stored. Send the same again a little later.',
  unknown: 'The configuration of this event is not published yet, or cannot be read at the moment. Send the same again a little later.',
}
