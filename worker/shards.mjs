// The way to the shards of the collector: each batch goes to its unit's, and nothing is acknowledged that is not stored.

/** Hash digits that choose a shard. */
const PREFIX = 8
/** Seconds after which somebody may come again whose shard does not answer. */
const AGAIN = '2'

/**
 * Hands batches to their shards. Gives `{status, receipts, headers}`: a receipt for each batch if the status is 200, and
 * otherwise what to say to the sender, for whom the same batches are then good once more.
 */
export async function deliver(env, place, batches) {
  const byShard = Map.groupBy(batches.keys(), (index) => shardOf(env, batches[index].unit))
  const answers = await Promise.all([...byShard].map(([shard, indices]) => handed(env, place, shard, indices.map((index) => batches[index]))))
  const bad = answers.find(({ status }) => status !== 200)
  if (bad) return bad
  const receipts = []
  for (const [at, indices] of [...byShard.values()].entries()) indices.forEach((index, nth) => (receipts[index] = answers[at].receipts[nth]))
  return { status: 200, receipts }
}

async function handed(env, place, shard, batches) {
  try {
    const response = await objectOf(env, place, shard).fetch(`http://object/collect?${batches.length}`, { method: 'POST', body: JSON.stringify(batches) })
    const body = await response.json()
    if (response.status === 200) return { status: 200, receipts: body }
    return { status: response.status, error: body.error, headers: { 'retry-after': response.headers.get('retry-after') ?? AGAIN } }
  } catch {
    return { status: 503, error: 'The collector does not answer. Send the same again.', headers: { 'retry-after': AGAIN } }
  }
}

/** What units had met by a time, `{unit, at}` each: `[[run, variant], ...]` for each of them. Every shard is asked once. */
export async function met(env, place, all) {
  const found = []
  const shards = Map.groupBy(all.keys(), (index) => shardOf(env, all[index].unit))
  await Promise.all([...shards].map(async ([shard, indices]) => {
    const pairs = await asked(objectOf(env, place, shard), 'met', indices.map((index) => [all[index].unit, all[index].at]))
    indices.forEach((index, nth) => (found[index] = pairs[nth]))
  }))
  return found
}

/** What an object says of a list. Throws where it does not answer. */
export async function asked(object, operation, body) {
  const response = await object.fetch(`http://object/${operation}`, { method: 'POST', body: JSON.stringify(body) })
  if (response.status !== 200) throw new Error(`${operation} answers ${response.status}`)
  return response.json()
}

/** The shard of a unit's pseudonym. What belongs to nobody is counted in the first one. */
export const shardOf = (env, unit) => (unit ? Number.parseInt(unit.slice(0, PREFIX), 16) % Number(env.SHARDS) : 0)

export const objectOf = (env, place, shard) => env.SHARD.get(env.SHARD.idFromName(`${place.name}/${shard}`))
