// A shard's raw log: lines that wait become segments, segments lose the lines of who is erased, and what has been sealed is
// handed on. Each of these goes on once at a time; who asks meanwhile waits for the same end.

import { handOn, handedOn } from './feed.mjs'
import { put, erase, read, unzipped } from './segments.mjs'

/** Milliseconds after which upkeep rests until the next alarm: the platform ends what takes a quarter of an hour. */
const ROUND = 5 * 60_000

export class Log {
  #going = {}

  constructor(shard) {
    this.shard = shard
    this.store = shard.env.LOG
  }

  handedOn = () => handedOn(this.shard.ctx.storage)

  /** Makes segments of the lines that wait, if there is a place for segments. */
  seal = () => this.#once('sealing', async () => {
    const { shard, store } = this
    for (let segment; store && (segment = shard.ask('seal')); ) {
      if (!(await put(store, this.#file(segment.name), segment.text))) return
      shard.core('sealed', String(segment.number))
    }
  })

  /** Makes a segment at once, tells how many lines still wait, and hands it on behind the answer. */
  async sealNow() {
    await this.seal()
    this.shard.ctx.waitUntil(this.hand().then((isHanded) => isHanded || this.shard.remind()))
    return Response.json(this.shard.ask('segments'))
  }

  /** Hands on what has been sealed, if the project says where to. Tells whether nothing is left to hand on. */
  hand = () => this.#once('handing', async () => {
    const { shard, store } = this
    const url = store ? await shard.hears('feed') : ''
    return !url || handOn(shard.env, shard.ctx.storage, shard.name, url, shard.ask('segments').segments)
  })

  /** Writes segments anew that hold erased units, and deletes what nobody should read any longer. Tells whether all is done. */
  keepUp = () => this.#once('keeping', async () => {
    await this.seal()
    const end = Date.now() + ROUND
    for (let upkeep; this.store && (upkeep = this.shard.ask('upkeep')); ) {
      if (Date.now() > end) return false
      if (upkeep.rewrite) await this.#rewrite(upkeep.rewrite)
      for (const name of upkeep.delete) await this.#erase(name)
    }
    return true
  })

  async #rewrite({ number, generation, from, to }) {
    const { shard, store } = this
    const old = await read(store, this.#file(from))
    if (!old) throw new Error(`${from} cannot be read`)
    const place = `${number}/${generation}`
    const text = shard.ask('without', place, await unzipped(old))
    if (text === null) return
    if (!(await put(store, this.#file(to), text))) throw new Error(`${to} cannot be written`)
    shard.core('rewritten', place)
  }

  async #erase(name) {
    if (!(await erase(this.store, this.#file(name)))) throw new Error(`${name} cannot be deleted`)
    this.shard.core('deleted', name)
  }

  #file = (name) => `${this.shard.name}/${name}`

  /** What fails is not done, and tried again by the alarm. */
  #once(what, work) {
    return (this.#going[what] ??= work().catch(() => false).finally(() => (this.#going[what] = undefined)))
  }
}
