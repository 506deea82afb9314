// The crowd of the proof: the same ten thousand made-up units wherever this runs, each with attributes of every kind
// that the proof's document asks for.

/** How many. */
export const CROWD = 10_000

/** The moment for which all is decided: a share that grows is half grown. */
export const NOW = Date.UTC(2026, 10, 16, 18, 30)

const COUNTRIES = ['AT', 'DE', 'DK', 'FI', 'FR', 'NO', 'SE', 'US']
const POSTCODES = ['SW1A 1AA', 'M1 1AE', '1010', 'no code']

/** The unit at a place in the crowd. */
const unitAt = (index) => `unit-${index}`

/** What is known of a unit. Everything but its name follows from a number, so that nothing has to be sent. */
export function contextOf(unit, number) {
  const one = (list) => list[number % list.length]
  return {
    unit,
    country: one(COUNTRIES),
    plan: number % 3 ? 'free' : 'pro',
    orders: number % 17,
    app: `${number % 4}.${number % 5}.0`,
    postcode: one(POSTCODES),
    ip: number % 2 ? `10.${number % 256}.0.1` : `2001:db9::${(number % 4096).toString(16)}`,
    roles: number % 11 ? [] : ['buyer', 'taster'],
    ...(number % 29 === 0 && { email: `${unit}@Semaphore.example` }),
  }
}

/** The context of somebody whom a visitor has typed. */
export const typed = (unit) => contextOf(unit, 0)

/**
 * Decides a part of the crowd, from `from` on, into its place in `out`: the bytes of all its decisions, one after
 * another. Gives where the next part begins.
 */
export function decide(evaluator, out, from, count) {
  const end = Math.min(CROWD, from + count)
  const size = out.length / CROWD
  for (let index = from; index < end; index++) {
    out.set(evaluator.evaluate(contextOf(unitAt(index), index), NOW).bytes, index * size)
  }
  return end
}

/** Room for the decisions of the whole crowd. */
export const roomFor = (evaluator) => new Uint8Array(CROWD * evaluator.evaluate({}, NOW).bytes.length)

/** SHA-256 in hexadecimal digits. */
export async function digestOf(bytes) {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Decisions as people read them, and as they are compared. */
export function told(evaluator, unit) {
  const decisions = evaluator.evaluate(typed(unit), NOW)
  const { keys } = evaluator.names
  return keys.map((_, index) => {
    const { flag, variant, reason, error } = decisions.at(index)
    return { flag, variant, reason, error }
  })
}
