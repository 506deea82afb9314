// What every Durable Object of ours does: one request is one transaction, inside which Rust handles the input on this
// object's own SQLite. After a trap the transaction is rolled back, the wasm instance dropped and the object restarted.

import { DurableObject } from 'cloudflare:workers'
import { now } from '../now.mjs'
import * as core from '../wasm/console.js'
import module from '../wasm/console.wasm'

core.initSync({ module })

/** A class of objects names its `kind`, by which the core knows its tables. */
export class RustObject extends DurableObject {
  constructor(context, env) {
    super(context, env)
    const { sql } = context.storage
    this.storage = { run: (statement, cells) => [...sql.exec(statement, ...cells).raw()].map(plain) }
    this.transaction((core) => core.prepare(this.storage, this.constructor.kind))
  }

  /** Runs `work` with the core in one transaction. What it returns is committed; what it throws is not. */
  transaction(work) {
    try {
      return this.ctx.storage.transactionSync(() => work(core, now()))
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        core.__wbg_reset_state()
        this.ctx.abort(`the core trapped: ${error.message}`)
      }
      throw error
    }
  }

  /** `POST /operation?argument` with a text for a body. */
  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    return this.operate(pathname.slice(1), decodeURIComponent(search.slice(1)), await request.text())
  }
}

/** An answer of the core as a response. */
export function respond(answer) {
  const { status, body } = JSON.parse(answer)
  return Response.json(body, { status })
}

const plain = (row) => row.map((cell) => (cell instanceof ArrayBuffer ? new Uint8Array(cell) : cell))
