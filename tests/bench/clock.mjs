// CPU time of small things: the median of rounds, and the rounds of all candidates take turns, so that whatever else
// the machine does falls on all of them alike.

const ROUNDS = 9
/** CPU time of a round. Shorter ones would measure the clock, which counts microseconds. */
const ROUND_MS = 40

/**
 * Measures candidates `{name, times(n)}`, each a function that does its thing `n` times and may give a promise.
 * Gives nanoseconds for one time, by name.
 */
export async function measure(candidates) {
  const plans = []
  for (const { name, times } of candidates) plans.push({ name, times, count: await calibrated(times), rounds: [] })
  for (let round = 0; round < ROUNDS; round++) {
    for (const plan of plans) plan.rounds.push((await spent(plan.times, plan.count)) / plan.count)
  }
  return Object.fromEntries(plans.map(({ name, rounds }) => [name, rounds.sort((a, b) => a - b)[ROUNDS >> 1]]))
}

/** How often a thing happens in a round. Finding out warms it up, for at least four rounds' time. */
async function calibrated(times) {
  let [count, total, last] = [1, 0, 0]
  while (total < 4 * ROUND_MS * 1e6) {
    last = await spent(times, count)
    total += last
    if (last < ROUND_MS * 1e6) count = Math.max(count + 1, Math.min(count * 10, Math.ceil((count * ROUND_MS * 1e6) / Math.max(last, 1000))))
  }
  return count
}

/** Nanoseconds of CPU, all threads of this process together. */
async function spent(times, count) {
  const before = process.cpuUsage()
  const pending = times(count)
  if (pending) await pending
  const { user, system } = process.cpuUsage(before)
  return (user + system) * 1000
}

/**
 * A loop that belongs to one candidate alone: V8 learns from a loop what it calls, and one for all would slow down
 * whoever comes second. `body` is an expression over the names in `scope` and `i`.
 */
export function loop(scope, body, waits = false) {
  const make = new Function(...Object.keys(scope), `
    let sink
    return ${waits ? 'async ' : ''}function (n) { for (let i = 0; i < n; i++) sink = ${waits ? 'await ' : ''}${body} }`)
  return make(...Object.values(scope))
}
