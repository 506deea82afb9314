// Inputs that are meant to do harm, in the running product and in every engine: tests/vectors/hostile.json, and limits
// of our own at which things still work.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as tools from '../dist/wasm/tools/compile.js'
import { EdgeEvaluator, instances } from '../dist/sdk/edge.js'
import { translated } from './hostile/dialect.mjs'
import { hostile } from './hostile/run.mjs'

const { cases } = JSON.parse(readFileSync(new URL('./vectors/hostile.json', import.meta.url)))

const failed = (results) => results.filter(({ failures }) => failures.length).map(({ id, failures }) => `${id}: ${failures.join('; ')}`)

const faults = cases.filter(({ target }) => target === 'fault')
const inputs = cases.filter(({ target }) => target !== 'fault')

test('no hostile input gets further than it should', { timeout: 600_000 }, async () => {
  const results = await hostile(inputs, { repeats: 1000 })
  assert.equal(results.length, 123)
  assert.deepEqual(failed(results), [])
})

const gen = (op, parameters) => ({ kind: 'gen', op, ...parameters })
const leaf = '{"attr":"a","op":"eq","value":1}'

test('what is at a limit works, and one more is refused', { timeout: 600_000 }, async () => {
  const limits = [
    ['flags', 5000], ['variants', 64], ['rules', 200], ['prereq_chain', 16], ['flag_value_len', 8192], ['regex_len', 512],
    ['flag_key_len', 64], ['salt_len', 64], ['pad_to', 2 << 20],
  ].map(([op, n]) => [op, n, {}])
  limits.push(['nest', 32, { open: '{"not":', close: '}', leaf }], ['nest', 32, { open: '{"or":[', close: ']}', leaf }])
  const documents = limits.flatMap(([op, most, more]) => [most, most + 1].map((n) => ({
    id: `${op}-${n}`, target: 'config_parser', title: '', input: gen(op, { n, ...more }),
    expected: { outcome: n === most ? 'accept' : 'reject' },
  })))
  const contexts = [['ctx_id_len', 256], ['ctx_attrs', 64], ['ctx_total', 16_384]].flatMap(([op, most]) => [most, most + 1].map((n) => ({
    id: `${op}-${n}`, target: 'context_json', title: '', input: gen(op, { n }),
    expected: { outcome: n === most ? 'evaluate' : 'default', exposure_logged: n === most },
  })))
  const attributes = [['ctx_attr_len', 1024], ['ctx_list', 64]].flatMap(([op, most]) => [most, most + 1].map((n) => ({
    id: `${op}-${n}`, target: 'context_json', title: '', input: gen(op, { n }),
    expected: { outcome: 'evaluate', dropped_attributes: n === most ? [] : ['a'], same_in: ['native', 'node', 'workerd'] },
  })))
  assert.deepEqual(failed(await hostile([...documents, ...contexts, ...attributes], { repeats: 10 })), [])
})

test('what the runner does not know fails, and is named', async () => {
  const expected = { outcome: 'reject', code: 'E_CFG_JSON' }
  const one = (id, target, input, more = {}) => ({ id, target, title: '', input, expected: { ...expected, ...more } })
  const results = await hostile([
    one('1', 'config_parser', gen('no-such-op')), one('2', 'config_parser', { kind: 'no-such-kind' }),
    one('3', 'no-such-target', { kind: 'text', value: '' }), one('4', 'config_parser', { kind: 'text', value: '' }, { code: 'E_NONE' }),
    one('5', 'config_parser', { kind: 'text', value: '' }, { outcome: 'no-such-outcome' }),
    one('6', 'context_json', { kind: 'text', value: '{}' }, { same_in: ['no-such-engine'] }),
  ])
  const named = ['no-such-op', 'no-such-kind', 'no-such-target', 'E_NONE', 'no-such-outcome', 'no-such-engine']
  for (const [index, { failures }] of results.entries()) assert.match(failures.join(' '), new RegExp(named[index]))
})

test('faults around the edge take no page and no event away, whatever the clock says', { timeout: 300_000 }, async () => {
  assert.deepEqual(faults.map(({ id }) => id), ['FLT-001', 'FLT-002', 'FLT-004', 'FLT-005', 'FLT-008', 'FLT-012'])
  // As many deaths as the case asks for are `npm run hostile`; ten take some seconds.
  const some = faults.map((fault) => (fault.input.n ? { ...fault, input: { ...fault.input, n: 10 } } : fault))
  assert.deepEqual(failed(await hostile(some)), [])
  const [unknown] = await hostile([{ ...faults[0], input: { kind: 'fault', fault: 'no-such-fault' } }])
  assert.match(unknown.failures.join(), /the fault no-such-fault is not known; there are kv_throw, /)
})

test('a case that expects the wrong thing fails', async () => {
  const bad = [
    { ...cases.find(({ id }) => id === 'CFG-040'), expected: { outcome: 'accept' } },
    { ...cases.find(({ id }) => id === 'CFG-040'), expected: { outcome: 'reject', code: 'E_CFG_WEIGHT', json_pointer: '/flags/1/weights' } },
    { ...cases.find(({ id }) => id === 'CFG-040'), expected: { outcome: 'reject', code: 'E_CFG_CYCLE' } },
    { ...cases.find(({ id }) => id === 'CTX-011'), expected: { outcome: 'evaluate', dropped_attributes: [] } },
    { ...cases.find(({ id }) => id === 'WJS-004'), expected: { outcome: 'evaluate' } },
    { ...cases.find(({ id }) => id === 'URL-015'), expected: { outcome: 'evaluate', matches: true } },
  ]
  assert.equal(failed(await hostile(bad, { repeats: 1 })).length, bad.length)
})

test('a document keeps what is wrong with it when it is translated', () => {
  const document = (weights) => `{"schema":1,"version":1,"flags":[{"key":"a","variants":[{"key":"x","value":1},{"key":"y","value":2}],"weights":${weights}}]}`
  const ends = (weights) => /"ranges":(\[.*?\]\]|\[\])/.exec(translated(Buffer.from(document(weights))).bytes.toString())[1]
  assert.equal(ends('[50000,50000]'), '[[2147483648,"x"],[4294967296,"y"]]')
  assert.equal(ends('[-1,100001]'), '[[-42949,"x"],[4294967296,"y"]]')
  assert.equal(ends('[1e400,null]'), '[[1e400,"x"],[null,"y"]]')
  assert.equal(ends('[100000]'), '[[4294967296,"x"],["y"]]')
  assert.equal(ends('[]'), '[]')
  const place = translated(Buffer.from(document('[1,2]'))).place('/flags/a/rules/0/split/ranges/1/0')
  assert.equal(place, '/flags/0/weights/1/0')
})

const file = (path) => readFileSync(new URL(`../${path}`, import.meta.url))

const cyclic = {}
cyclic.unit = cyclic

/** Contexts of which none is one, by name. Each is made once: what is long in them takes memory only here. */
const VALUES = {
  'a cycle': cyclic, null: null, undefined, 'a number': 7, 'a text': 'text', 'a list': [], 'a function': () => {},
  'a symbol': Symbol('x'), 'a date': new Date(), 'a map': new Map(), 'half a character': { unit: '\ud800' },
  '50 MB of text': { unit: 'x'.repeat(50 << 20) }, '50 MB of other text': { unit: 'ß'.repeat(25 << 20) },
  NaN: { unit: Number.NaN }, 'a unit that is a symbol': { unit: Symbol('x') }, 'a bigint': { unit: 10n },
  'a getter that throws': { get unit() { throw new Error('getter') } },
  'a tag that throws': Object.create({}, { [Symbol.toStringTag]: { get() { throw new Error('tag') } } }),
  'an inherited unit': Object.create({ unit: 'inherited' }),
  'a unit by __proto__': JSON.parse('{"__proto__": {"unit": "x"}}'), 'a literal __proto__': { __proto__: { unit: 'x' } },
  'a proxy whose traps throw': new Proxy({}, { getOwnPropertyDescriptor() { throw new Error('trap') } }),
  'a proxy without a prototype': new Proxy({}, { getPrototypeOf() { throw new Error('trap') } }),
  'what turns into a text': { unit: { toString: () => 'ada', [Symbol.toPrimitive]: () => 'ada', toJSON: () => 'ada' } },
}

test('no_js_value_kills_it: after 100,000 times each, the next call is right', { timeout: 600_000 }, () => {
  tools.initSync({ module: file('dist/wasm/tools/compile.wasm') })
  const { snapshot } = tools.compile(file('www/landing/document.json').toString(), 1, false)
  const evaluator = new EdgeEvaluator(instances(new WebAssembly.Module(file('dist/sdk/evaluator.wasm')))).load(snapshot)
  const healthy = evaluator.evaluate({ unit: 'ada' }, 0).bytes
  const { byteLength } = evaluator.wasm.memory.buffer
  for (const [name, context] of Object.entries(VALUES)) {
    const { bytes } = evaluator.evaluate(context, 0)
    assert.equal(evaluator.evaluate(context, 0).at(0).reason, 'ERROR', name)
    for (let round = 0; round < 100_000; round++) evaluator.evaluate(context, 0)
    assert.deepEqual(evaluator.evaluate(context, 0).bytes, bytes, name)
    assert.deepEqual(evaluator.evaluate({ unit: 'ada' }, 0).bytes, healthy, name)
  }
  assert.equal(evaluator.wasm.memory.buffer.byteLength, byteLength, 'memory does not grow')
})
