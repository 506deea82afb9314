// One event as a sender writes it, checked against a closed schema: what is not expected is refused by name, so that
// nobody finds out a year later that half of it was never stored.

import { toHex } from './identity.mjs'

const NAME = 64
const READABLE = /^(?=.*\S)[^\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]+$/u
const CURRENCY = /^[A-Z]{3}$/
export const TEXT = /^[\w.$-]{1,64}$/
export const PROPERTIES = 16
/** Values come in millionths, and stay exact in JavaScript. */
const PARTS = 1e6

const FIELDS = { track: ['t', 'n', 'v', 'c', 'p', 'g'], seen: ['t', 'run', 'x', 'g'] }
/** Dimensions that a document may declare; `limits::DIMENSIONS`. */
const DIMENSIONS = 4

/** What is wrong with an event's fields, if anything is. `more` are the fields of this door. */
export function objection(event, more) {
  if (event === null || typeof event !== 'object' || Array.isArray(event)) return 'malformed'
  const fields = Object.hasOwn(FIELDS, event.t) ? FIELDS[event.t] : undefined
  if (!fields) return 'type'
  if (Object.keys(event).some((field) => !fields.includes(field) && !more.includes(field))) return 'field'
  if (event.g !== undefined && !isGroups(event.g)) return 'groups'
  if (event.t === 'seen') return isName(event.run) && isName(event.x) ? undefined : 'malformed'
  if (!isName(event.n)) return 'name'
  if (event.v !== undefined && !Number.isSafeInteger(micros(event.v))) return 'value'
  if (event.c !== undefined && !(isName(event.c) && CURRENCY.test(event.c))) return 'currency'
  return event.p === undefined || isProperties(event.p) ? undefined : 'properties'
}

/** An event that is not kept, for the ledger: it is told of by its name if it has a good one, or by what it says was met. */
export const refused = (event, reason) => ({ t: 'refused', reason, n: nameOf(event), ...claimOf(event) })

/** One that is in order, and not a person's. */
export const filtered = (event, reason) => ({ t: 'filtered', reason, ...claimOf(event) })

/** The name of an event, if it is one that may be told: not what its unit is called. */
const nameOf = (event) => (isName(event?.n) && ![event.unit, event.u].some((unit) => unit && event.n.includes(unit)) ? event.n : undefined)

/** Which run and variant it names. Whether there are such the shard knows. */
const claimOf = (event) => (event?.t === 'seen' && isName(event.run) && isName(event.x) ? { run: event.run, x: event.x } : undefined)

/** What an event is called to which its sender gives no name: by all that it says, so that it counts once however often it is sent. */
export async function ownName(event) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(event)))
  return toHex(new Uint8Array(digest))
}

/** What of a good event goes on to the shard. */
export const happened = ({ n, v, c, p, g }) => ({ t: 'track', n, v: v === undefined ? undefined : micros(v), c, p, g })

/** A value in millionths. */
const micros = (value) => (typeof value === 'number' && Number.isFinite(value) ? Math.round(value * PARTS) : Number.NaN)

/** A name can be read: it is neither blank, nor does it hold half a character or one that turns the line. */
export const isName = (text) => typeof text === 'string' && text.length <= NAME && READABLE.test(text)

function isProperties(properties) {
  if (properties === null || typeof properties !== 'object' || Array.isArray(properties)) return false
  const entries = Object.entries(properties)
  return entries.length <= PROPERTIES && entries.every(([name, value]) => TEXT.test(name) && isScalar(value))
}

/** Values of dimensions by name. Which of them are declared the shard knows; it keeps no others. */
function isGroups(groups) {
  if (groups === null || typeof groups !== 'object' || Array.isArray(groups)) return false
  const entries = Object.entries(groups)
  return entries.length <= DIMENSIONS && entries.every(([name, value]) => TEXT.test(name) && typeof value === 'string' && TEXT.test(value))
}

export const isScalar = (value) =>
  typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && value.isWellFormed())
