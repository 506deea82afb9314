// Beacons: what happened on this page, in sealed envelopes (docs/wire.md). An envelope keeps its number for ever, so
// that sending it twice counts once, and the gaps in the numbers tell what was lost.

const BYTES = 16_384
const EVENTS = 50
const RETRIES = [1000, 4000, 16_000, 64_000, 300_000]

/** An outbox for one page view. `send(body)` delivers one envelope and tells whether it was acknowledged. */
export class Outbox {
  #events = []
  #sealed = []
  #sending = false
  #failures = 0
  #seq = 0
  #page = randomName()
  #dropped = 0

  constructor(url, { now = Date.now, unit } = {}) {
    this.url = url
    this.now = now
    this.unit = unit
  }

  /** Puts an event in; it leaves with the next flush. */
  add(event) {
    this.#events.push({ ...event, at: this.now() })
  }

  /** Seals what there is and sends all that is sealed, one after another. */
  async flush() {
    this.#seal()
    if (this.#sending) return
    this.#sending = true
    while (this.#sealed.length) {
      if (!(await this.#post(this.#sealed[0]))) break
      this.#sealed.shift()
      this.#failures = 0
    }
    this.#sending = false
    if (this.#sealed.length) {
      const wait = RETRIES[Math.min(this.#failures++, RETRIES.length - 1)]
      setTimeout(() => this.flush(), wait * (0.8 + 0.4 * Math.random()))
    }
  }

  /** The page is going away: hands everything to the browser. What it refuses stays for a return from its cache. */
  leave() {
    this.#seal()
    this.#sealed = this.#sealed.filter((envelope) => !navigator.sendBeacon?.(this.url, this.#body(envelope)))
  }

  #seal() {
    while (this.#events.length) {
      this.#sealed.push({ seq: this.#seq++, events: this.#events.splice(0, EVENTS) })
    }
  }

  #body({ seq, events }) {
    const now = this.now()
    const dated = events.map(({ at, ...event }) => ({ ...event, ...(this.unit && { u: this.unit }), dt: Math.max(0, now - at) }))
    return JSON.stringify({ v: 1, page: this.#page, seq, dropped: this.#dropped, events: dated })
  }

  async #post(envelope) {
    const body = this.#body(envelope)
    if (body.length > BYTES) {
      this.#dropped += envelope.events.length
      return true
    }
    try {
      const response = await fetch(this.url, {
        method: 'POST', body, keepalive: true, headers: { 'content-type': 'text/plain' },
      })
      // A refusal will not change by asking again; overload and faults may.
      return response.ok || (response.status >= 400 && response.status < 500 && response.status !== 429)
    } catch {
      return false
    }
  }
}

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12))
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_')
}
