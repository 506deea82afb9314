// What the edge itself tells the collector: its decisions, and how the origin answered.

import { pseudonym, toBase64url } from './identity.mjs'
import { now } from './now.mjs'
import { deliver } from './shards.mjs'
import { groupsOf, traitsOf } from './visitor.mjs'

/** The event by which the edge tells how the origin has answered to a page under test, and a value's parts. */
const ORIGIN = 'origin'
const PARTS = 1e6

/** Whether some run counts that. */
export const measuresOrigin = ({ edge }) => edge.events.includes(ORIGIN)

/** An answer of the origin as an event: its value is the milliseconds until the first byte. */
export const answered = (status, milliseconds) => ({
  t: 'track', n: ORIGIN, v: Math.round(milliseconds) * PARTS, p: { status: `${Math.floor(status / 100)}xx` }, at: now(),
  // It is told once, and each is another one.
  id: toBase64url(crypto.getRandomValues(new Uint8Array(16))),
})

/** Hands the edge's own decisions to the shard, and events. `isNew` tells whether the visitor's unit was minted just now. */
export async function assigned(request, env, place, { unit, isNew, version, names }, decisions, events = []) {
  const g = groupsOf(names, request, env, isNew)
  const made = decisions.map(({ run, variant, epoch, config, time }) => ({ t: 'assigned', run, x: variant, epoch, config, at: time, g }))
  const traits = { ...traitsOf(request), visitor: isNew ? 'new' : 'returning' }
  return deliver(env, place, [{ unit: await pseudonym(env, place, unit), drawn: unit, traits, config: version, events: [...made, ...events.map((event) => ({ ...event, g }))] }])
}
