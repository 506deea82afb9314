// A provider for @openfeature/server-sdk over `serve`.

import { OpenFeatureEventEmitter, ProviderEvents, ProviderFatalError } from '@openfeature/server-sdk'
import { NAME, contextOf, follow, resolved, resolvers, without } from './openfeature.js'

/**
 * @param server from `serve`
 * @param options `onTrack`: hears of tracking events; a server has no page whose visitor could be counted
 */
export class PointsmanProvider {
  metadata = { name: NAME }
  runsOn = 'server'
  events = new OpenFeatureEventEmitter()
  #server
  #onTrack
  #stop

  constructor(server, { onTrack } = {}) {
    this.#server = server
    this.#onTrack = onTrack
    Object.assign(this, resolvers(async (key, fallback, context) =>
      resolved(key, server.why(key, contextOf(context)), fallback, server.version)))
  }

  async initialize() {
    const { source } = this.#server
    await source.ready
    this.#stop = follow(source, this.events, ProviderEvents)
    if (this.#server.version === undefined) throw without(source, ProviderFatalError)
  }

  track(name, context, details) {
    this.#onTrack?.(name, contextOf(context), details)
  }

  async onClose() {
    this.#stop?.()
    this.#server.source.close?.()
  }
}
