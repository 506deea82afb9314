// A relay: what is published in a place, kept near those who serve it. The control object pushes each version to it, a
// stop like any other, signed and with its bytes; isolates ask nobody else. So a stop arrives although nothing can be read
// from the control object any more, and a relay that has lost its way changes nothing.

import { DurableObject } from 'cloudflare:workers'
import { isNamed, isSigned } from '../pointer.mjs'
import { HEADER } from '../sdk/names.js'

/** Milliseconds after which a relay that is asked asks the control object, which hears by that whom to push to. */
const LEASE = 60_000
/** Milliseconds that whoever asks waits for that. */
const PATIENCE = 1000

const TABLE = 'CREATE TABLE IF NOT EXISTS current (one INTEGER PRIMARY KEY CHECK (one = 1), pointer TEXT NOT NULL, edge BLOB, client BLOB)'

export class Relay extends DurableObject {
  /** When the control object was asked last. */
  asked = 0

  constructor(context, env) {
    super(context, env)
    const [project, environment, near] = context.id.name.split('/')
    this.place = { project, environment }
    this.near = near
    context.storage.sql.exec(TABLE)
    const [row] = context.storage.sql.exec('SELECT * FROM current')
    this.kept = row && { ...row, pointer: JSON.parse(row.pointer) }
  }

  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/push') return this.pushed(await request.formData())
    if (pathname === '/signed') return this.signed()
    return new Response(await this.bytes(pathname.slice(1), Number(search.slice(1))))
  }

  /** What is current. */
  async signed() {
    const nothing = !this.kept?.pointer.version
    if (nothing || Date.now() - this.asked > LEASE) await this.renew()
    return this.kept ? Response.json(this.kept.pointer) : new Response('Nothing is known yet.\n', { status: 503 })
  }

  /** Asks the control object what is current. That it does not answer changes nothing. */
  async renew() {
    this.asked = Date.now()
    const news = this.ask('signed', this.near).then(async (response) => this.take(await response.json()))
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE))
    await Promise.race([news, late]).catch(() => {})
    this.ctx.waitUntil(news.catch(() => {}))
  }

  /** The control object tells of a version: its pointer, and its bytes for both audiences. */
  async pushed(form) {
    const bytes = async (audience) => form.has(audience) && new Uint8Array(await form.get(audience).arrayBuffer())
    await this.take(JSON.parse(form.get('pointer')), { edge: await bytes('edge'), client: await bytes('client') })
    return Response.json({ version: this.kept.pointer.version })
  }

  /** Keeps a version if it is newer, and what the project has signed. */
  async take(pointer, { edge, client } = {}) {
    if (pointer.version <= (this.kept?.pointer.version ?? -1)) return
    if (pointer.version > 0) {
      if (!(await isSigned(this.env, this.place, pointer))) throw new Error('the project has not signed this')
      edge ||= new Uint8Array(await (await this.ask('edge', pointer.version)).arrayBuffer())
      if (!(await isNamed(pointer, edge.subarray(0, HEADER), edge.subarray(HEADER)))) throw new Error('this is not what was signed')
    }
    // Whoever was quicker may have brought a newer one.
    if (pointer.version <= (this.kept?.pointer.version ?? -1)) return
    this.kept = { pointer, edge: edge || undefined, client: client || undefined }
    this.keep()
  }

  keep() {
    const { pointer, edge = null, client = null } = this.kept
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO current VALUES (1, ?, ?, ?)', JSON.stringify(pointer), edge, client)
  }

  /** A version's bytes. What is not kept here the control object has. */
  async bytes(audience, version) {
    const { kept } = this
    const own = kept?.pointer.version === version
    if (own && kept[audience]) return kept[audience]
    const bytes = new Uint8Array(await (await this.ask(audience, version)).arrayBuffer())
    if (own && this.kept === kept) {
      kept[audience] = bytes
      this.keep()
    }
    return bytes
  }

  async ask(operation, what) {
    const { project, environment } = this.place
    const control = this.env.CONTROL.get(this.env.CONTROL.idFromName(project))
    const response = await control.fetch(`http://object/${operation}?${environment}/${what}`, { method: 'POST', body: '' })
    if (!response.ok) throw new Error(`the control object answers ${response.status}`)
    return response
  }
}
