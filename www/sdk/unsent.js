// What a page could not deliver, for the next page of the site. It lies in `localStorage`: visitors come back in another
// tab or on another day, which `sessionStorage` does not live to see. Nothing in it says who they are: an envelope holds
// names of events, runs and variants, times, and the edge's proofs. Two tabs may send the same envelope; by its number
// it counts once.

/** Envelopes that are kept, the newest ones. */
const MOST = 50
/** Characters of all of them: a hundredth of what browsers give to a site. */
const LENGTH = 50_000
/** Milliseconds after which the collector takes no event any more; `collect::OLDEST`. */
const OLDEST = 7 * 24 * 3_600_000

const idOf = ({ page, seq }) => `${page} ${seq}`

/** What is kept of the envelopes for `url`. Where storage is full, forbidden or not there, that is nothing. */
export function unsentAt(url, now) {
  const item = `pointsman-unsent ${url}`
  // Envelopes that this page has put there.
  const own = new Set()

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(item)).filter(({ events }) => events.every(({ at }) => now() - at < OLDEST))
    } catch {
      return []
    }
  }

  const write = (envelopes) => {
    try {
      const newest = envelopes.slice(-MOST)
      while (JSON.stringify(newest).length > LENGTH) newest.shift()
      if (newest[0]) localStorage.setItem(item, JSON.stringify(newest))
      else localStorage.removeItem(item)
    } catch {}
  }

  return {
    /** Keeps envelopes. Those that name a unit may name a person, so they do not outlive their page. */
    keep(envelopes) {
      const nameless = envelopes.filter(({ events }) => events.every(({ u }) => u === undefined))
      for (const envelope of nameless) own.add(idOf(envelope))
      write([...read().filter((kept) => !own.has(idOf(kept))), ...nameless])
    },

    /** Forgets an envelope that was acknowledged. */
    forget(envelope) {
      const id = idOf(envelope)
      if (own.delete(id)) write(read().filter((kept) => idOf(kept) !== id))
    },

    /** Takes all that is kept: from now on it is this page's. */
    take() {
      const kept = read()
      write([])
      return kept.map(({ page, seq, events }) => ({ page, seq, events }))
    },
  }
}
