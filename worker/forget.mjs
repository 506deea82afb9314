// Takes one unit out of everything that is stored of a place: rows, sums, what it said. Segments of the raw log follow
// (objects/shard.mjs).

import { pseudonym } from './identity.mjs'
import { unsigned } from './ledgers.mjs'
import { objectOf, shardOf } from './shards.mjs'

/** `unit` is an id as the unit cookie or a backend has it. Tells what was deleted. */
export async function forget(env, place, unit) {
  const hash = await pseudonym(env, place, unit)
  const ask = async (object, operation) => {
    const response = await object.fetch(`http://object/${operation}?${hash}`, { method: 'POST', body: '' })
    if (!response.ok) throw new Error(`${operation} answers ${response.status}`)
    return response.json()
  }
  const shards = [place, unsigned(place)].map((ledger) => ask(objectOf(env, ledger, shardOf(env, hash)), 'erase'))
  const [signed, open, { deleted }] = await Promise.all([
    ...shards, ask(env.VOICES.get(env.VOICES.idFromName(place.name)), 'forget'),
  ])
  return { rows: signed.rows + open.rows, answers: deleted }
}
