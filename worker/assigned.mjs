// The edge's own decisions on their way to the collector.

import { pseudonym } from './identity.mjs'
import { deliver } from './shards.mjs'
import { traitsOf } from './visitor.mjs'

/** Hands the edge's own decisions to the shard. `isNew` tells whether the visitor's unit was minted just now. */
export async function assigned(request, env, place, unit, isNew, decisions) {
  const events = decisions.map(({ run, variant, epoch, config, time }) => ({ t: 'assigned', run, x: variant, epoch, config, at: time }))
  const traits = { ...traitsOf(request), visitor: isNew ? 'new' : 'returning' }
  return deliver(env, place, [{ unit: await pseudonym(env, place, unit), drawn: unit, traits, events }])
}
