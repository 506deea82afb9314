// What a visitor meets and does, as events for an outbox.

/** Characters of an event's name (docs/wire.md). */
const NAME = 64

/**
 * @param of what is decided for a flag
 * @param outbox where events go, if they go anywhere
 * @param when runs work once somebody sees the page
 * @param unit for whom is decided, where no edge knows it
 */
export function exposures(of, outbox, when, unit) {
  const met = new Set()
  const tell = (event) => outbox?.add({ ...event, u: unit() })

  return {
    /** The visitor meets this flag's variant: confirms the exposure, once a page and as soon as it is seen. */
    seen: (key) => when(() => {
      const { run, variant, token } = of(key)
      const id = [run, variant, unit()].join()
      if (!run || met.has(id)) return
      met.add(id)
      tell({ t: 'seen', run, x: variant, d: token })
    }),

    /** The visitor did something. A name is cut to what the collector takes, or others would be refused with it. */
    track(name) {
      const n = String(name).slice(0, NAME).replace(/\p{Cs}/gu, '')
      if (n) tell({ t: 'track', n })
    },
  }
}
