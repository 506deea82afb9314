// Experiments that cannot find anything, because both versions are the same: whatever they find is chance. They are read by
// the statistics of the engine, once as at a size that was fixed before and once as at any time.

export type Ask = (question: object) => { pValue: number }

/** So many experiments, days, visitors of each version a day, and how many of them do it. */
export const PEEKING = { tests: 1000, days: 28, perDay: 200, base: 0.1, alpha: 0.05 }
export interface Peeked {
  tests: number
  /** By day, in how many tests that way of reading has found “a difference” at least once. */
  fixed: number[]
  anytime: number[]
}

export const SEGMENTS = { tests: 200, groups: 20, perGroup: 1000, base: 0.1, alpha: 0.05 }
export interface Segmented {
  tests: number
  /** In how many of them some group “differs”: read one by one, and with the number of groups in mind. */
  alone: number
  corrected: number
}

/** Told each so many tests. */
const OFTEN = 25

export function peeking(ask: Ask, seed: number, tell: (so: Peeked) => void): Peeked {
  const { tests, days, perDay, base, alpha } = PEEKING
  const random = randomOf(seed)
  const so: Peeked = { tests: 0, fixed: Array(days).fill(0), anytime: Array(days).fill(0) }
  for (so.tests = 0; so.tests < tests; so.tests++) {
    const done = [0, 0]
    const fooled = { fixed: false, anytime: false }
    for (let day = 1; day <= days; day++) {
      for (const arm of [0, 1]) done[arm]! += several(random, perDay, base)
      const [control, treatment] = done.map((n) => arm(day * perDay, n))
      const read = { ask: 'effect', control, treatment }
      fooled.fixed ||= ask({ ...read, fixed: true }).pValue < alpha
      fooled.anytime ||= ask(read).pValue < alpha
      if (fooled.fixed) so.fixed[day - 1]!++
      if (fooled.anytime) so.anytime[day - 1]!++
    }
    if (so.tests % OFTEN === OFTEN - 1) tell({ ...so, tests: so.tests + 1 })
  }
  return so
}

export function segments(ask: Ask, seed: number, tell: (so: Segmented) => void): Segmented {
  const { tests, groups, perGroup, base, alpha } = SEGMENTS
  const random = randomOf(seed)
  const so: Segmented = { tests: 0, alone: 0, corrected: 0 }
  for (so.tests = 0; so.tests < tests; so.tests++) {
    let least = 1
    for (let group = 0; group < groups; group++) {
      const [control, treatment] = [0, 1].map(() => arm(perGroup, several(random, perGroup, base)))
      least = Math.min(least, ask({ ask: 'effect', control, treatment, fixed: true }).pValue)
    }
    if (least < alpha) so.alone++
    if (least < alpha / groups) so.corrected++
    if (so.tests % OFTEN === OFTEN - 1) tell({ ...so, tests: so.tests + 1 })
  }
  return so
}

/** Visitors of whom `n` did it, as moments. */
function arm(units: number, n: number) {
  const mean = n / units
  return { units, mean: [mean], covariance: [mean * (1 - mean)] }
}

/** How many of so many did it, one by one. */
function several(random: () => number, units: number, base: number): number {
  let n = 0
  for (let unit = 0; unit < units; unit++) if (random() < base) n++
  return n
}

/** mulberry32, so that the same seed shows the same. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
