// One world for each of OpenFeature's SDKs: its providers over ours, in each of the states that scenarios ask for, and
// the levels at which its context can be set.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { AsyncLocalStorageTransactionContextPropagator, OpenFeature as Server } from '@openfeature/server-sdk'
import { OpenFeature as Web } from '@openfeature/web-sdk'
import { connect } from '../../dist/npm/connect.js'
import { PointsmanProvider as ServerProvider } from '../../dist/npm/openfeature-server.js'
import { PointsmanProvider as WebProvider } from '../../dist/npm/openfeature-web.js'
import { serve } from '../../dist/npm/server.js'
import { snapshotOf } from '../sdk/snapshots.mjs'
import { DOCUMENT } from './document.mjs'

/** A site that answers by the key it is asked with: `v1.server.k1.stale-7` is served once and then no more. */
export async function site() {
  const asked = new Set()
  const waiting = []
  const snapshot = snapshotOf(DOCUMENT)
  const serving = (response) => response.setHeader('etag', '"1"').end(snapshot)
  const failing = (response) => response.writeHead(503).end()
  const answers = {
    stable: serving,
    'not ready': (response) => waiting.push(response),
    error: failing,
    fatal: (response) => response.writeHead(401).end('{"error": "This is no key of this environment."}'),
    stale: (response, isFirst) => (isFirst ? serving(response) : failing(response)),
  }
  const server = createServer((request, response) => {
    const key = request.headers.authorization ?? request.url
    const state = /\.([a-z-]+)-\d+$/.exec(key)[1].replace('-', ' ')
    answers[state](response, !asked.has(key))
    asked.add(key)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Ends whatever is still waited for. */
    hangUp: () => waiting.splice(0).forEach((response) => response.destroy()),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

let keys = 0
const keyOf = (audience, state) => `v1.${audience}.k1.${state.replace(' ', '-')}-${keys++}`

/** What both worlds do in the same way. */
class World {
  /** The context at the level of a single evaluation. */
  invocation = {}
  heard = []

  constructor(from) {
    this.from = from
  }

  follow(audience, state) {
    const key = keyOf(audience, state)
    return connect({ url: this.from.url, key, refresh: 0, storage: null })
  }

  /** Sets a provider that is in this state. */
  async provide(state) {
    const { source, provider } = this.provider(state)
    const setting = this.api.setProviderAndWait(provider)
    if (state === 'not ready') setting.catch(() => {})
    else if (state === 'error' || state === 'fatal') await assert.rejects(setting)
    else await setting
    if (state === 'stale') await source.refresh()
    this.client = this.api.getClient()
  }

  /** What a provider of ours was asked to decide for. */
  record(context) {
    this.merged = context
  }

  async end() {
    this.from.hangUp()
    await this.api.clearProviders()
    this.api.clearHooks()
  }
}

/** A browser has one visitor, so its SDK has one context. */
export class WebWorld extends World {
  api = Web

  provider(state) {
    const source = this.follow('client', state)
    const update = source.update
    source.update = (context, snapshot) => {
      if (context) this.record(context)
      update(context, snapshot)
    }
    return { source, provider: new WebProvider(source) }
  }

  levels = {
    API: (entry) => Web.setContext({ ...Web.getContext(), ...entry }),
    Transaction: (entry) => Web.setTransactionContext(entry, () => {}),
    Client: (entry) => this.client.setContext(entry),
    Invocation: (entry) => void Object.assign(this.invocation, entry),
    'Before Hooks': (entry) => void this.client.addHooks({ before: () => entry }),
  }

  withContext(entry) {
    return this.levels.API(entry)
  }

  evaluate(kind, key, fallback, options) {
    return this.client[`get${kind}Details`](key, fallback, { ...this.invocation, ...options })
  }

  async end() {
    await super.end()
    await Web.clearContexts()
  }
}

export class ServerWorld extends World {
  api = Server
  transaction = {}

  provider(state) {
    const source = this.follow('server', state)
    const server = serve(source)
    const why = (key, context) => {
      this.record(context)
      return server.why(key, context)
    }
    return { source, provider: new ServerProvider(Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(server), why: { value: why } })) }
  }

  levels = {
    API: (entry) => void Server.setContext({ ...Server.getContext(), ...entry }),
    Transaction: (entry) => void Object.assign(this.transaction, entry),
    Client: (entry) => void this.client.setContext({ ...this.client.getContext(), ...entry }),
    Invocation: (entry) => void Object.assign(this.invocation, entry),
    'Before Hooks': (entry) => void this.client.addHooks({ before: () => entry }),
  }

  withContext(entry) {
    return this.levels.Invocation(entry)
  }

  evaluate(kind, key, fallback, options) {
    const ask = () => this.client[`get${kind}Details`](key, fallback, this.invocation, options)
    Server.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator())
    let asked
    Server.setTransactionContext(this.transaction, () => (asked = ask()))
    return asked
  }

  async end() {
    await super.end()
    Server.setContext({})
  }
}
