// A shard of the collector: all of a unit lies in one of these.

import { RustObject, respond } from './object.mjs'

export class Shard extends RustObject {
  static kind = 'shard'

  operate(operation, argument, body) {
    return respond(this.transaction((core, now) => core.shard(this.storage, operation, argument, body, now)))
  }
}
