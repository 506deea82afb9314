// Beacons: what happened on this page, in sealed envelopes (docs/wire.md). An envelope keeps its number for ever, so
// that sending it twice counts once, and the gaps in the numbers tell what was lost.

/** Events of an envelope: with the longest names and tokens that there can be it stays below 16 KiB. */
const EVENTS = 20
/** Milliseconds before the first and the last kind of retry; each wait in between is four times the one before. */
const SOON = 1000
const LATEST = 300_000

/**
 * An outbox for one page view.
 *
 * @param now the clock
 * @param consent a promise that is kept when the visitor agrees; before that nothing is sent or stored, and after `false`
 *   or a broken promise never. Without it nobody is asked
 * @param kept keeps for later pages what was not acknowledged (unsent.js), or nothing
 * @param unsent brings that where it is needed for the first time
 * @param heard is given each answer, and gives it back
 */
export function outboxOf(url, now, { consent, kept, unsent, heard = (answer) => answer }) {
  // Its only purpose is to be another one on each of a visitor's pages, so that ordinary dice do.
  const page = Math.random().toString(36).slice(2)
  const events = []
  const sealed = []
  let seq = 0
  let failures = 0
  let agreed = consent === undefined
  let sending
  let timer

  const seal = () => {
    while (events[0]) sealed.push({ page, seq: seq++, events: events.splice(0, EVENTS) })
  }

  const bodyOf = ({ page, seq, events }) => {
    const dated = events.map(({ at, ...event }) => ({ ...event, dt: Math.max(0, now() - at) }))
    return JSON.stringify({ v: 1, page, seq, dropped: 0, events: dated })
  }

  /** Delivers an envelope and tells whether it needs no further sending. Text is sent as `text/plain`. */
  const post = async (envelope) => {
    try {
      const { status } = heard(await fetch(url, { method: 'POST', body: bodyOf(envelope), keepalive: true }))
      // A refusal will not change by asking again; overload and faults may.
      return status < 500 && status !== 429
    } catch {
      return false
    }
  }

  /** Seals what there is and sends all that is sealed, one after another. */
  const flush = async () => {
    if (sending) return
    sending = true
    try {
      // Where nobody is asked, whatever else happens in this moment goes along.
      agreed = (await consent) !== false
    } catch {}
    if (!agreed) return
    for (seal(); sealed[0] && (await post(sealed[0])); seal()) {
      const envelope = sealed.shift()
      kept?.forget(envelope)
      failures = 0
    }
    sending = false
    if (!sealed[0]) return
    later()
    kept ??= await unsent?.(url, now).catch(() => {})
    kept?.keep(sealed)
  }

  const later = () => {
    clearTimeout(timer)
    timer = setTimeout(flush, Math.min(SOON * 4 ** failures++, LATEST) * (0.8 + 0.4 * Math.random()))
    // No server stays up for the sake of an event.
    timer.unref?.()
  }

  return {
    /** Puts an event in and sends it. */
    add(event) {
      events.push({ ...event, at: now() })
      flush()
    },

    /** Sends what an earlier page has left. */
    again(envelopes) {
      sealed.push(...envelopes)
      flush()
    },

    /** The page may be going away: hands everything to the browser, and keeps it until it is acknowledged. */
    leave() {
      if (!agreed) return
      seal()
      for (const envelope of sealed) {
        // Where there is no such thing, or the browser's quota for it is used up, a fetch may outlive the page.
        if (!(envelope.left ||= globalThis.navigator?.sendBeacon?.(url, bodyOf(envelope)))) post(envelope)
      }
      if (!sealed[0]) return
      kept?.keep(sealed)
      later()
    },
  }
}
