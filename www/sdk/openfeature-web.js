// A provider for @openfeature/web-sdk over `open` or `connect`.

import { OpenFeatureEventEmitter, ProviderEvents, ProviderFatalError } from '@openfeature/web-sdk'
import { NAME, contextOf, exposed, follow, plain, resolved, resolvers, without } from './openfeature.js'

/**
 * @param flags from `open` or `connect`
 * @param options `exposures`: `'evaluation'` confirms one when a flag's value is asked for, `'tracking'` only when
 *   `track('feature_flag.exposure', { 'feature_flag.key': key })` says so
 */
export class PointsmanProvider {
  metadata = { name: NAME }
  runsOn = 'client'
  events = new OpenFeatureEventEmitter()
  hooks = []
  #flags
  /** Whether this provider is changing the context itself; OpenFeature tells of that. */
  #changing = false
  #told = false
  #stop

  constructor(flags, { exposures = 'evaluation' } = {}) {
    this.#flags = flags
    if (exposures === 'evaluation') this.hooks = [{ after: ({ flagKey }) => void flags.seen(flagKey) }]
    Object.assign(this, resolvers((key, fallback, context) => {
      if (!this.#told && Object.keys(context).length) this.#change(context)
      return resolved(key, flags.why(key), fallback, flags.version)
    }))
    // Whoever has flags already is ready before the first render: OpenFeature waits for providers that initialize.
    if (!flags.ready || this.#known()) this.#follow()
    else this.initialize = (context) => this.#begin(context)
  }

  onContextChange(_, context) {
    this.#change(context)
  }

  track(name, _, details) {
    const key = exposed(name, details)
    if (key) this.#flags.seen(key)
    else this.#flags.track(name, plain(details))
  }

  async onClose() {
    this.#stop?.()
    this.#flags.close?.()
  }

  async #begin(context) {
    if (Object.keys(context).length) this.#change(context)
    await this.#flags.ready
    this.#follow()
    if (!this.#known()) throw without(this.#flags, ProviderFatalError)
  }

  #known() {
    return this.#flags.version !== undefined
  }

  #change(context) {
    this.#told = true
    this.#changing = true
    try {
      this.#flags.update(contextOf(context))
    } finally {
      this.#changing = false
    }
  }

  #follow() {
    this.#stop = follow(this.#flags, this.events, ProviderEvents, () => this.#changing)
  }
}
