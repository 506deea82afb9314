// What one engine says to one question. No imports: the same file runs in Node, in a page and in workerd, each with its
// own way to get at the evaluator and to turn an expression into a value.

/**
 * A question has a `snapshot` in hexadecimal digits and one of `json` (a context as a text), `js` (an expression) and
 * `url`. `made` turns an expression into `(evaluate) => value`.
 */
export function asked({ evaluator, addresses, made }, question) {
  evaluator.load(Uint8Array.from(question.snapshot.match(/../g), (pair) => Number.parseInt(pair, 16)))
  if (question.url !== undefined) return page(evaluator, addresses, question)
  if (question.json !== undefined) return told(evaluator, evaluator.evaluate(JSON.parse(question.json), question.now))
  return value(evaluator, made(question.js), question)
}

/** What is said of the page at an address, as a request for it would be told. */
function page(evaluator, { hostOf, plain }, { url, now }) {
  if (!URL.canParse(url)) return { address: false, exposures: [] }
  const address = new URL(url)
  const decisions = evaluator.evaluate({ id: 'u' }, now)
  const { exposures } = evaluator.plan(decisions, address.pathname)
  return { address: true, host: hostOf(address), path: plain(address.pathname), exposures }
}

function told(evaluator, decisions) {
  return {
    decisions: [...decisions.bytes],
    flags: Object.fromEntries(decisions.keys().map((key) => [key, plainly(decisions.of(key))])),
    unusable: decisions.failed ? [] : evaluator.unusable(),
    exposures: evaluator.plan(decisions, '/').exposures,
  }
}

const plainly = ({ variant, reason, error, run, value: own }) => ({ variant, reason, error, run: run?.id, type: typeof own })

const same = (one, other) => one.length === other.length && one.every((byte, index) => byte === other[index])

/** One value as a context, then again and again, and a good one after it. */
function value(evaluator, make, { now, repeats, properties }) {
  const healthy = evaluator.evaluate({ id: 'u1' }, now).bytes
  const calls = []
  const evaluate = (key, context) => {
    const decision = evaluator.decide(key, context, now)
    calls.push(plainly(decision))
    return decision
  }
  const context = make(evaluate)
  if (calls.length) return { calls, alive: same(evaluator.evaluate({ id: 'u1' }, now).bytes, healthy) }
  const reads = properties.includes('once') ? counted(context, 'id') : undefined
  const decisions = evaluator.evaluate(context, now)
  const answer = told(evaluator, decisions)
  if (reads) Object.assign(answer, { reads: reads.length, carried: same(evaluator.evaluate({ id: reads[0] }, now).bytes, decisions.bytes) })
  if (properties.includes('absent')) answer.absent = same(evaluator.evaluate({ id: context.id }, now).bytes, decisions.bytes)

  const { byteLength } = evaluator.wasm.memory.buffer
  let alive = same(evaluator.evaluate({ id: 'u1' }, now).bytes, healthy)
  for (let round = 0; round < repeats; round++) evaluator.evaluate(context, now)
  alive &&= same(evaluator.evaluate({ id: 'u1' }, now).bytes, healthy)
  return { ...answer, alive, grown: evaluator.wasm.memory.buffer.byteLength - byteLength }
}

/** Notes what each reading of a property gives, without reading it. */
function counted(context, name) {
  const reads = []
  const own = Object.getOwnPropertyDescriptor(context, name)
  const read = () => {
    reads.push(own.get ? own.get.call(context) : own.value)
    return reads.at(-1)
  }
  Object.defineProperty(context, name, { enumerable: true, configurable: true, get: read })
  return reads
}
