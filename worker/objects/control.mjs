// The control object of a project: documents, versions, and the pointers that edges follow. Arguments start with the
// environment: `production`, `production/7`.

import { signPointer } from '../pointer.mjs'
import { RustObject, respond } from './object.mjs'
import { selectorProblems } from './selectors.mjs'

export class Control extends RustObject {
  /** The last signature in each environment. */
  signed = new Map()

  async operate(operation, argument, body) {
    if (operation === 'edge' || operation === 'client') {
      const bytes = this.transaction((core) => core.snapshot(this.storage, argument, operation === 'client'))
      return bytes ? new Response(bytes) : new Response(null, { status: 404 })
    }
    const problems = operation === 'publish' ? selectorProblems(body) : []
    if (problems.length) {
      const others = JSON.parse(this.control('check', argument, body)).body.problems
      return Response.json({ problems: [...others, ...problems] }, { status: 422 })
    }
    if (operation !== 'signed') return respond(this.control(operation, argument, body))
    const { status, body: pointer } = JSON.parse(this.control('pointer', argument, ''))
    if (status !== 200) return Response.json(pointer, { status })
    return Response.json({ ...pointer, signature: await this.sign(argument, pointer) })
  }

  control(operation, argument, body) {
    return this.transaction((core, now) => core.control(this.storage, operation, argument, body, now))
  }

  /** Signs what the edge is to run in an environment, once a version. The object's name is its project's. */
  async sign(environment, pointer) {
    if (this.signed.get(environment)?.version !== pointer.version) {
      const signature = await signPointer(this.env, { project: this.ctx.id.name, environment }, pointer)
      this.signed.set(environment, { version: pointer.version, signature })
    }
    return this.signed.get(environment).signature
  }
}
