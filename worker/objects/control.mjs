// The control object: documents, versions, and the pointer that edges follow.

import { fromBase64url, toBase64url } from '../identity.mjs'
import { RustObject, respond } from './object.mjs'
import { selectorProblems } from './selectors.mjs'

/** The head of the audit log, until there is one. */
const NO_AUDIT = '0'.repeat(64)

export class Control extends RustObject {
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
    const pointer = JSON.parse(this.control('pointer', '', '')).body
    return Response.json({ ...pointer, audit: NO_AUDIT, signature: await this.sign(pointer) })
  }

  control(operation, argument, body) {
    return this.transaction((core, now) => core.control(this.storage, operation, argument, body, now))
  }

  /** Signs what the edge is to run. A pointer is signed once; the signature is deterministic. */
  async sign({ version, previous, digest }) {
    if (this.signed?.version !== version) {
      const key = await crypto.subtle.importKey('pkcs8', fromBase64url(this.env.PUBLISH_KEY), 'Ed25519', false, ['sign'])
      const text = ['project', 'production', version, previous, digest, NO_AUDIT].join('\0')
      const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', key, new TextEncoder().encode(text)))
      this.signed = { version, signature: toBase64url(signature) }
    }
    return this.signed.signature
  }
}
