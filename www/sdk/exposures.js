// What a visitor meets and does, as events for an outbox.

/** Characters of an event's name (docs/wire.md). */
const NAME = 64

/**
 * @param of what is decided for a flag
 * @param outbox where events go, if they go anywhere
 * @param when runs work once somebody sees the page
 * @param who fields of every event: for whom is decided, where no edge knows it, and what they are told apart by
 */
export function exposures(of, outbox, when, who) {
  const met = new Set()
  const tell = (event) => outbox?.add({ ...event, ...who() })

  return {
    /** The visitor meets this flag's variant: confirms the exposure, once a page and as soon as it is seen. */
    seen: (key) => when(() => {
      const { run, variant, token } = of(key)
      const id = `${[run, variant, who().u]}`
      if (!run || met.has(id)) return
      met.add(id)
      tell({ t: 'seen', run, x: variant, d: token })
    }),

    /**
     * The visitor did something. A name is cut to what the collector takes, or others would be refused with it. Of
     * `details` all but `value`, `currency` and `replay`, a recording of the session, are properties.
     */
    track(name, details) {
      const { value: v, currency: c, replay: r, ...p } = { ...details }
      const n = String(name).slice(0, NAME).toWellFormed()
      // Without details there is no value, and no properties either.
      if (n) tell({ t: 'track', n, v, c, r, p: details ? p : v })
    },
  }
}
