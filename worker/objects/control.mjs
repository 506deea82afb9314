// The control object: documents, versions, and the pointer that edges follow.

import { signPointer } from '../pointer.mjs'
import { RustObject, respond } from './object.mjs'
import { selectorProblems } from './selectors.mjs'

/** The head of the audit log, until there is one. */
const NO_AUDIT = '0'.repeat(64)

export class Control extends RustObject {
  static kind = 'control'

  async operate(operation, argument, body) {
    if (operation === 'edge' || operation === 'client') {
      const bytes = this.transaction((core) => core.snapshot(this.storage, Number(argument), operation === 'client'))
      return bytes ? new Response(bytes) : new Response(null, { status: 404 })
    }
    const problems = operation === 'publish' ? selectorProblems(body) : []
    if (problems.length) {
      const others = JSON.parse(this.control('check', argument, body)).body.problems
      return Response.json({ problems: [...others, ...problems] }, { status: 422 })
    }
    if (operation !== 'signed') return respond(this.control(operation, argument, body))
    const pointer = { ...JSON.parse(this.control('pointer', '', '')).body, audit: NO_AUDIT }
    return Response.json({ ...pointer, signature: await this.sign(pointer) })
  }

  control(operation, argument, body) {
    return this.transaction((core, now) => core.control(this.storage, operation, argument, body, now))
  }

  /** Signs what the edge is to run, once a version. */
  async sign(pointer) {
    if (this.signed?.version !== pointer.version) {
      this.signed = { version: pointer.version, signature: await signPointer(this.env, pointer) }
    }
    return this.signed.signature
  }
}
