// Documents: read and compiled by the tools in this process, and published to a product that runs. A case holds if both
// say what is expected, and if what was served before is served after.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'
import { translated } from './dialect.mjs'
import { flag, inputs, valid } from './generate.mjs'
import { WARNINGS, means } from './codes.mjs'
import { member, textOf } from './tree.mjs'
import { flipped } from './signed.mjs'

/** What a machine under load may take longer than is asked. */
const SLOWER = 20
const AT_LEAST = 100

let loaded

async function tools() {
  if (!loaded) {
    loaded = await import('../../dist/wasm/tools/compile.js')
    loaded.initSync({ module: readFileSync(join(root, 'dist/wasm/tools/compile.wasm')) })
  }
  return loaded
}

/** Compiles a document of the file's dialect. */
export async function compiled(document) {
  const { bytes } = translated(Buffer.from(JSON.stringify(document)))
  const { snapshot, problems } = (await tools()).compile(new Uint8Array(bytes), 1, false)
  if (!snapshot) throw new Error(`the document for this case is refused: ${JSON.stringify(problems)}`)
  return snapshot
}

/** Everything about a case that is not as it should be, and what was left unchecked. */
export async function document({ target, input, expected }, { product }) {
  if (input.op === 'flip_bit') return flipped(await compiled(valid()), input)
  const { compile } = await tools()
  // What is compiled once is in the machine's caches, as it is where documents are published.
  compile('{"format":1,"flags":{}}', 1, false)
  const failures = []
  const notes = []
  for (const original of inputs({ target, input })) {
    const ours = translated(original)
    const start = performance.now()
    const answer = compile(new Uint8Array(ours.bytes), 1, false)
    const took = performance.now() - start
    // Our documents have no version: who leaves it out does not say which one they have seen.
    const blind = ours.unnumbered && expected.outcome === 'reject' && answer.snapshot !== undefined
    if (!blind) failures.push(...judged(answer, took, ours, expected))
    failures.push(...(await published(await product(), ours, expected, blind)))
    if (answer.snapshot && !failures.length && !blind) failures.push(...(await properties(answer.snapshot, ours, expected, notes)))
    if (failures.length) return { failures: [`${failures.join('; ')} (input of ${original.length} bytes)`], notes }
  }
  return { failures, notes }
}

function judged({ snapshot, problems = [], warnings = [] }, took, { place }, expected) {
  const { outcome, code, json_pointer: pointer, max_ms: limit, warnings: due = [] } = expected
  const failures = []
  const accepts = ['accept', 'evaluate', 'survive'].includes(outcome)
  if (!accepts && outcome !== 'reject') failures.push(`the outcome ${outcome} is not known for documents`)
  const said = problems.slice(0, 3).map((problem) => `${problem.code} at ${place(problem.pointer) || '/'}`).join(', ')
  if (outcome === 'accept' && !snapshot) failures.push(`expected accept, seen ${said}`)
  if (outcome === 'reject' && snapshot) failures.push(`expected reject ${code ?? ''}, seen accept`)
  if (outcome === 'reject' && problems.length) {
    const fits = problems.filter((problem) => !code || means(code, problem.code))
    if (!fits.length) failures.push(`expected ${code}, seen ${said}`)
    else if (pointer !== undefined && !fits.some((problem) => isAt(place(problem.pointer), pointer))) {
      failures.push(`expected ${code ?? 'a problem'} at ${pointer}, seen ${said}`)
    }
  }
  for (const warning of due) {
    const known = WARNINGS[warning]
    if (!known) failures.push(`the warning ${warning} is not known`)
    else if (!warnings.some((one) => one.code === known)) failures.push(`expected the warning ${warning}, seen none`)
  }
  if (limit && took > Math.max(limit * SLOWER, AT_LEAST)) failures.push(`took ${took.toFixed(0)} ms, expected ${limit}`)
  return failures
}

/** Whether a problem is at a place, in it, or at the object in which it is missing. */
const isAt = (seen, due) => seen === due || seen.startsWith(`${due}/`) || (seen === due.slice(0, due.lastIndexOf('/')) && /\/[a-z]+$/.test(due))

/** Publishes to the product: what is refused changes nothing, and a good document goes through after it. */
async function published(product, { bytes }, { outcome, api_status: due }, blind) {
  const failures = []
  const before = await product.current()
  const { status, text } = await product.put(bytes, blind ? undefined : before.version)
  const after = await product.current()
  if (status >= 500) failures.push(`publishing answers ${status}: ${text.slice(0, 100)}`)
  if (outcome === 'reject') {
    // A body that is too long is refused before it is read, and one without a version before that.
    const refused = status === (due ?? 422) || status === 413 || (blind && status >= 400 && status < 500)
    if (!refused) failures.push(`publishing answers ${status}, expected ${due ?? 422}: ${text.slice(0, 100)}`)
    if (JSON.stringify(after) !== JSON.stringify(before)) failures.push('what was published before has changed')
    const next = await product.put(product.good(), after.version)
    if (next.status !== 200) failures.push(`the next good document is refused: ${next.text.slice(0, 100)}`)
  } else if (status !== 200 || after.version !== before.version + 1) {
    failures.push(`publishing answers ${status}, expected 200: ${text.slice(0, 200)}`)
  }
  return failures
}

/** What a case says in words. What no check is known for is noted. */
async function properties(snapshot, ours, { property, then, max_lookup_ns_ratio_vs_random: ratio, never }, notes) {
  const { EdgeEvaluator, instances } = await import('../../dist/sdk/edge.js')
  const module = new WebAssembly.Module(readFileSync(join(root, 'dist/sdk/evaluator.wasm')))
  const evaluator = new EdgeEvaluator(instances(module)).load(snapshot)
  const failures = []
  const [, key] = /results\.get\('([^']+)'\)/.exec(property ?? '') ?? []
  if (key) failures.push(...(await ordinary(evaluator, module, key)))
  else if (property) notes.push(`not checked: ${property}`)
  const match = /(\d+) x '(.)' \+ '(.)' returns (true|false) in under (\d+) ms/.exec(then ?? '')
  if (match) failures.push(...matched(evaluator, ours, match))
  else if (then) notes.push(`not checked: ${then}`)
  if (ratio) failures.push(...(await looked(evaluator, ratio)))
  if (never && !/panic|overflow|activation/.test(never)) notes.push(`not checked: never ${never}`)
  return failures
}

/** A key that JavaScript knows too is the flag's alone, and nobody's where there is no such flag. */
async function ordinary(evaluator, module, key) {
  const { EdgeEvaluator, instances } = await import('../../dist/sdk/edge.js')
  const other = new EdgeEvaluator(instances(module)).load(await compiled({ schema: 1, version: 1, flags: [flag({ key: 'other' })] }))
  const found = evaluator.evaluate({ id: 'u' }, 0).of(key)
  const absent = [other.evaluate({ id: 'u' }, 0).of(key), other.decide(key, { id: 'u' }, 0)]
  const failures = []
  if (found.flag !== key || typeof found.value !== 'string') failures.push(`${key} is ${typeof found.value}`)
  if (absent.some(({ error, value }) => error !== 'FLAG_NOT_FOUND' || value !== undefined)) failures.push(`${key} is there without a flag`)
  return failures
}

/** A regular expression against long texts, also against the longest that rules read. */
function matched(evaluator, { tree }, [, count, many, last, due, limit]) {
  const rule = member(member(tree, 'flags').items[0], 'rules').items[0]
  const [name, serve] = [textOf(member(member(rule, 'if'), 'attr')), textOf(member(rule, 'serve'))]
  const failures = []
  for (const length of [Number(count), 1023]) {
    const context = { id: 'u', attrs: { [name]: many.repeat(length) + last } }
    evaluator.evaluate(context, 0)
    const start = performance.now()
    const { variant, reason } = evaluator.evaluate(context, 0).at(0)
    const took = performance.now() - start
    const holds = reason === 'TARGETING_MATCH' && variant === serve
    if (String(holds) !== due) failures.push(`matching gives ${holds}, expected ${due}`)
    if (took > limit) failures.push(`matching takes ${took.toFixed(1)} ms, expected ${limit}`)
  }
  return failures
}

/** Looking up chosen keys takes no longer than looking up others. */
async function looked(evaluator, most) {
  const count = evaluator.names.keys.length
  const flags = Array.from({ length: count }, (_, index) => {
    const key = `k${((index * 2_654_435_761) >>> 0).toString(36).padStart(7, '0')}`
    return flag({ key, salt: key })
  })
  const { EdgeEvaluator } = await import('../../dist/sdk/edge.js')
  const others = new EdgeEvaluator(() => evaluator.wasm)
  const snapshot = await compiled({ schema: 1, version: 1, flags })
  others.load(snapshot)
  const time = ({ names }) => Math.min(...Array.from({ length: 30 }, () => {
    const start = performance.now()
    for (const key of names.keys) names.index(key)
    return performance.now() - start
  }))
  const [chosen, random] = [time(evaluator), time(others)]
  return chosen / random > most ? [`looking up takes ${(chosen / random).toFixed(1)} times as long, expected ${most}`] : []
}
