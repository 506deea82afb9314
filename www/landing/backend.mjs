// The shop's backend, as one that decides by itself: it follows the published snapshot with the SDK for servers, and reports
// what its visitors met and did to the door for files (docs/integrations.md). Many times faster than visitors who open pages.

const ENVIRONMENT = '/api/v1/projects/demo/environments/production'
const PAUSE = 20
const TRIES = 500

export class Backend {
  #etag = ''

  constructor(product, key, serve) {
    Object.assign(this, { product, key, serve })
  }

  /** One of a product, with the server key that an admin's `api` may read. */
  static async of(product, api) {
    // Built with the rest, so it may not be there before.
    const { serve } = await import('../../dist/sdk/server.js')
    const { server } = await api.get(`${ENVIRONMENT}/keys`)
    return new Backend(product, server, serve)
  }

  /** Waits until what decides here is this version. */
  async follow(version) {
    for (let tries = 0; tries < TRIES; tries++) {
      const response = await this.#ask('s', { headers: { 'if-none-match': this.#etag } })
      if (response.status === 200) {
        this.#etag = response.headers.get('etag')
        // The name of a place for beacons makes the SDK tell by which epoch and version it has decided.
        this.server = this.serve(new Uint8Array(await response.arrayBuffer()), { cookie: null, beacon: '/_pm/b' })
      }
      if (Number.parseInt(this.#etag.slice(1), 10) >= version) return
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
    throw new Error(`Version ${version} did not come to the shop’s backend.`)
  }

  /** The tests that a visitor is in: `[{run, variant, epoch, config}]`. */
  meets(unit) {
    const { flags } = this.server.visit({ headers: {} }, { unit }).decisions
    return Object.values(flags).filter(({ token }) => token).map(({ run, variant, token }) => {
      const [epoch, config] = token.split('.').map(Number)
      return { run, variant, epoch, config }
    })
  }

  /** Reports events, as lines of a file. Fails unless each of them counts. */
  async report(events) {
    if (!events.length) return
    const body = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    const response = await this.#ask('upload', { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body })
    const lines = (await response.text()).trim().split('\n')
    const { done, stored } = JSON.parse(lines.at(-1))
    if (!done || stored !== events.length) throw new Error(`Of ${events.length} events of the shop’s backend not all were kept: ${lines.slice(0, 3).join(' ')}`)
  }

  #ask(path, { headers, ...options } = {}) {
    return fetch(`${this.product.site}${this.product.prefix}${path}`, { ...options, headers: { authorization: `Bearer ${this.key}`, ...headers } })
  }
}

/** What a visitor's events are to the door. */
export const met = (unit, { run, variant, epoch, config }) => ({ t: 'seen', unit, run, x: variant, epoch, config })
export const done = (unit, name, paid) => ({ t: 'track', unit, id: `${unit} ${name}`, n: name, ...paid })
