// The store of voices: what visitors said in surveys and wrote by themselves, and nothing that counts. Each day it deletes what is too old.

import { now } from '../now.mjs'
import { RustObject, respond } from './object.mjs'

const DAY = 24 * 3_600_000

export class Voices extends RustObject {
  static kind = 'voices'

  async operate(operation, argument, body) {
    // Before the answer, so that none can be kept without an end.
    if (['ask', 'answer', 'keep', 'contact'].includes(operation) && (await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(now() + DAY)
    return respond(this.voices(operation, argument, body))
  }

  async alarm() {
    this.voices('purge', '', '')
    await this.ctx.storage.setAlarm(now() + DAY)
  }

  voices(operation, argument, body) {
    return this.transaction((core, time) => core.voices(this.storage, operation, argument, body, time))
  }
}
