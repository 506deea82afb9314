// What the shards of production have counted of some runs. Each tells its sums from the beginning, so asking again, or
// not hearing once, changes nothing.

/** One entry for each run and shard: `{run, shard, last, sums}`. Open intake has shards of its own (../shards.mjs). */
export async function tallies(env, project, runs, isOpen) {
  const place = `${project}/production${isOpen ? '/open' : ''}`
  const shards = Array.from({ length: Number(env.SHARDS) }, (_, number) => `${place}/${number}`)
  const asked = runs.flatMap((run) => shards.map((shard) => tally(env, shard, run)))
  return Promise.all(asked)
}

async function tally(env, shard, run) {
  const object = env.SHARD.get(env.SHARD.idFromName(shard))
  const ask = async (operation) => {
    const response = await object.fetch(`http://object/${operation}?${encodeURIComponent(run)}`, { method: 'POST', body: '' })
    if (!response.ok) throw new Error(`the shard ${shard} answers ${response.status}`)
    return response.json()
  }
  const [sums, { confirmed_at: last }] = await Promise.all([ask('sums'), ask('last')])
  return { run, shard, last, sums }
}
