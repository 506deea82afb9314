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

  constructor(url, now) {
    this.url = url
    this.now = now
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
      const timer = setTimeout(() => this.flush(), wait * (0.8 + 0.4 * Math.random()))
      // No server stays up for the sake of an event.
      timer.unref?.()
    }
  }

  /** The page is going away: hands everything to the browser. What it refuses stays for a return from its cache. */
  leave() {
    this.#seal()
    this.#sealed = this.#sealed.filter((envelope) => !globalThis.navigator?.sendBeacon?.(this.url, this.#body(envelope)))
  }

  #seal() {
    while (this.#events.length) {
      this.#sealed.push({ seq: this.#seq++, events: this.#events.splice(0, EVENTS) })
    }
  }

  #body({ seq, events }) {
    const now = this.now()
    const dated = events.map(({ at, ...event }) => ({ ...event, dt: Math.max(0, now - at) }))
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

/** Its only purpose is to be another one on each page, so that ordinary dice do where there are no better ones. */
function randomName() {
  const digit = () => Math.floor(Math.random() * 36).toString(36)
  return globalThis.crypto?.randomUUID?.() ?? Array.from({ length: 24 }, digit).join('')
}
