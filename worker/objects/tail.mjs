// The newest events of a shard, for whoever looks at them come in: in memory alone, and written only while somebody does.

import { now } from '../now.mjs'

/** Milliseconds for which somebody who has asked counts as looking. Screens ask every two seconds. */
const LOOKING = 15_000
/** Events that are kept: a screen or two. */
const KEPT = 100

export class Tail {
  ring = []
  since = 0
  until = 0

  /** Whether anybody looks. */
  get isWatched() {
    return Date.now() < this.until
  }

  add(arrived) {
    this.ring.push(...arrived.slice(-KEPT))
    this.ring.splice(0, this.ring.length - KEPT)
  }

  /** What has come in since somebody has begun to look, the newest first. Whoever comes after a while in which nobody did begins anew. */
  read() {
    if (!this.isWatched) {
      this.ring = []
      this.since = now()
    }
    this.until = Date.now() + LOOKING
    return { since: this.since, arrived: this.ring.toReversed() }
  }
}
