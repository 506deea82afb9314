// What is measured: one flag, a hundred flags, growth, loading and reading. Everybody does it in one process.

import { loop, measure } from './clock.mjs'
import { key, pointsman } from './ours.mjs'

const UNITS = 1000
const MANY = 100
const ids = Array.from({ length: UNITS }, (_, index) => `user-${index}`)

/** Measures us and the peers. `say` is told what is going on. */
export async function speed(peers, say) {
  const all = [pointsman, ...peers]
  const flags = async (count) =>
    Promise.all(all.map(async (one) => ({ ...one, loaded: await one.load(one.text(count)) })))
  const hundred = await flags(MANY)

  say('the split of each')
  const shares = {}
  for (const { name, loaded, evaluate } of hundred) {
    let on = 0
    for (const id of ids) on += Number(await evaluate(loaded, key(0), id))
    if (Math.abs(on / UNITS - 0.5) > 0.05) throw new Error(`${name} gives ${on} of ${UNITS} units the flag; half of them should have it`)
    shares[name] = on / UNITS
  }

  say('one flag with a new context')
  const one = await measure(hundred.map((engine) => ({ name: engine.name, times: single(engine) })))
  const [ours] = hundred
  const [explain] = Object.values(await measure([{ name: 'explain', times: single({ ...ours, evaluate: ours.explain }) }]))

  say('a hundred flags at once')
  const many = await measure(hundred.map((engine) => ({ name: engine.name, times: engine.all ? whole(engine) : each(engine) })))
  for (const name in many) many[name] /= MANY

  say('1, 100 and 1,000 flags')
  const growth = {}
  for (const count of [1, MANY, 1000]) {
    const loaded = pointsman.load(pointsman.text(count))
    const [time] = Object.values(await measure([{ name: 'all', times: whole({ ...pointsman, loaded }) }]))
    growth[count] = time
  }

  say('loading a thousand flags')
  const texts = all.map((engine) => ({ ...engine, text: engine.text(1000) }))
  const load = await measure(texts.map(({ name, load, reload = load, text }) => ({ name, times: loop({ reload, text }, 'reload(text)', true) })))
  const bytes = Object.fromEntries(texts.map(({ name, text }) => [name, Buffer.byteLength(text)]))

  say('reading a decision')
  const decisions = pointsman.all(ours.loaded, ids[0])
  const names = Array.from({ length: MANY }, (_, index) => key(index))
  const read = await measure([
    { name: 'decisions.values.name', times: loop({ values: decisions.values }, `values['${key(7)}']`) },
    { name: 'decisions.values[name]', times: loop({ values: decisions.values, names }, `values[names[i % ${MANY}]]`) },
    { name: 'decisions.of(name)', times: loop({ decisions, names }, `decisions.of(names[i % ${MANY}])`) },
  ])
  return { shares, one, explain, many, growth, load, bytes, read }
}

const single = ({ loaded, evaluate, waits }) =>
  loop({ evaluate, loaded, ids, key: key(0) }, `evaluate(loaded, key, ids[i % ${UNITS}])`, waits)

const whole = ({ loaded, all }) => loop({ all, loaded, ids }, `all(loaded, ids[i % ${UNITS}])`)

/** The flags one after another: what a peer without a call for all of them does. */
function each({ loaded, evaluate, waits }) {
  const keys = Array.from({ length: MANY }, (_, index) => key(index))
  const inner = loop({ evaluate, loaded, keys, ids, at: 0 }, 'evaluate(loaded, keys[i], ids[at++ % ids.length])', waits)
  return loop({ inner }, `inner(${MANY})`, waits)
}
