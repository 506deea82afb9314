// What application code holds: an evaluator over any JavaScript value, with wasm and without.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as tools from '../dist/wasm/tools/compile.js'
import { instance } from '../dist/sdk/evaluator-js.js'
import { EdgeEvaluator, instances } from '../dist/sdk/edge.js'
import { CONTEXT_BYTES, Recorder } from '../dist/sdk/record.js'
import { FLAGS } from '../dist/sdk/names.js'
import { sealed, startOf, withManifest } from './sealed.mjs'

const file = (path) => readFileSync(new URL(`../${path}`, import.meta.url))
tools.initSync({ module: file('dist/wasm/tools/compile.wasm') })
const module = new WebAssembly.Module(file('dist/sdk/evaluator.wasm'))

/** A flag that is on where the attribute is there. */
const present = (attribute) =>
  ({ kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [{ if: { exists: { attribute } }, serve: 'on' }] })

/** Both engines with a snapshot of these flags. */
function evaluators(flags) {
  const { snapshot, problems } = tools.compile({ format: 1, flags }, 7, false)
  assert.ok(snapshot, JSON.stringify(problems))
  return [instances(module), instance].map((make) => new EdgeEvaluator(make).load(snapshot))
}

const KEYS = ['constructor', 'hero', 'to-string']
const some = Object.fromEntries(KEYS.map((key) => [key, present('unit')]))

test('decisions are property reads, whatever a flag is called, and nothing is inherited', () => {
  for (const evaluator of evaluators(some)) {
    const decisions = evaluator.evaluate({ unit: 'ada' }, 0)
    assert.deepEqual(KEYS.map((key) => decisions.values[key]), [true, true, true])
    for (const key of ['toString', '__proto__', 'hasOwnProperty', 'valueOf']) assert.equal(decisions.values[key], undefined, key)
    assert.deepEqual(evaluator.evaluate({}, 0).values.hero, false)
    assert.equal(decisions.values.hero, true, 'later evaluations change nothing')
    assert.equal(decisions.of('toString').error, 'FLAG_NOT_FOUND')
    assert.equal(evaluator.decide('toString', {}, 0).error, 'FLAG_NOT_FOUND')
    assert.equal(evaluator.value('toString', {}, 0), undefined)
  }
})

test('one flag is decided as it is among all', () => {
  for (const evaluator of evaluators({ ...some, off: { ...present('unit'), enabled: false } })) {
    for (const context of [{ unit: 'ada' }, {}, { unit: 7 }, null, new Map()]) {
      const decisions = evaluator.evaluate(context, 0)
      for (const key of [...KEYS, 'off']) {
        assert.deepEqual(evaluator.decide(key, context, 0), decisions.of(key))
        assert.equal(evaluator.value(key, context, 0), decisions.values[key])
      }
    }
  }
})

test('an own getter is read exactly once, and what it throws gives every flag its default', () => {
  for (const evaluator of evaluators({ a: present('/user/plan'), b: present('/user/name'), c: present('user') })) {
    let reads = 0
    const context = { get user() { reads++; return { plan: 'pro' } } }
    assert.deepEqual({ ...pick(evaluator.evaluate(context, 0), 'abc') }, { a: true, b: false, c: true })
    assert.equal(reads, 1)
    const faults = [
      { get user() { throw new Error('getter') } },
      new Proxy({}, { getOwnPropertyDescriptor() { throw new Error('trap') } }),
      { user: new Proxy({}, { get() { throw new Error('trap') }, getOwnPropertyDescriptor: () => ({ value: 1, configurable: true }) }) },
    ]
    for (const fault of faults) {
      for (const key of 'abc') {
        const { value, reason, error } = evaluator.evaluate(fault, 0).of(key)
        assert.deepEqual({ value, reason, error }, { value: false, reason: 'ERROR', error: 'INVALID_CONTEXT' })
      }
    }
  }
})

test('a list that lies about its length is unusable, and the snapshot stays as it was', () => {
  const list = (length) => new Proxy([], { get: (own, key) => (key === 'length' ? length : own[key]) })
  for (const evaluator of evaluators({ a: present('a'), b: present('b') })) {
    const before = evaluator.memory.slice(0, evaluator.at.length)
    for (const length of [-20, -1, 0.5, Number.NaN, '3', 2 ** 32, {}, undefined]) {
      evaluator.evaluate({ a: list(length), b: 'B'.repeat(500) }, 0)
      assert.deepEqual(evaluator.unusable(), ['a'], String(length))
      assert.deepEqual(evaluator.memory.slice(0, evaluator.at.length), before)
    }
  }
})

test('a getter that asks the evaluator which reads it gets no answer, and mixes nothing', () => {
  const other = tools.compile({ format: 1, flags: some }, 9, false).snapshot
  for (const evaluator of evaluators({ a: present('a'), b: present('b') })) {
    let inner
    const asks = { a: 'x', get b() { inner = evaluator.evaluate({}, 0).of('a'); return 'y' } }
    assert.deepEqual({ ...pick(evaluator.evaluate(asks, 0), 'ab') }, { a: true, b: true })
    assert.equal(inner.error, 'INVALID_CONTEXT')
    const loads = { a: 'x', get b() { evaluator.load(other) } }
    assert.equal(evaluator.evaluate(loads, 0).of('a').error, 'INVALID_CONTEXT')
    assert.equal(evaluator.evaluate({ a: 'x' }, 0).of('a').value, true)
  }
})

test('what is no data is no context; instances of classes are, and what they inherit is not seen', () => {
  class Visitor {
    unit = 'ada'
  }
  for (const evaluator of evaluators(some)) {
    for (const nothing of [null, undefined, 7, 'text', [], () => {}, Symbol('x'), new Date(), new Map(), new Set()]) {
      assert.equal(evaluator.decide('hero', nothing, 0).error, 'INVALID_CONTEXT')
      assert.equal(evaluator.evaluate(nothing, 0).of('hero').error, 'INVALID_CONTEXT')
    }
    assert.equal(evaluator.value('hero', new Visitor(), 0), true)
    assert.equal(evaluator.value('hero', Object.assign(Object.create(null), { unit: 'ada' }), 0), true)
    const heir = evaluator.decide('hero', Object.create({ unit: 'ada' }), 0)
    assert.deepEqual([heir.value, heir.error], [false, undefined])
  }
})

test('a name with a slash leads through objects, and through nothing else', () => {
  const pointers = ['/a/b', '/a~1b', '/a~0b', '/a/b/c', '/', '/list/0', '/made/size', '/constructor/name']
  const context = {
    a: { b: { c: 1 } }, 'a/b': 1, 'a~b': 1, '': 1, list: ['x'], made: new Map([['size', 1]]),
  }
  for (const evaluator of evaluators(Object.fromEntries(pointers.map((pointer, index) => [`p${index}`, present(pointer)])))) {
    const seen = evaluator.evaluate(context, 0)
    assert.deepEqual(pointers.filter((_, index) => seen.values[`p${index}`]), ['/a/b', '/a~1b', '/a~0b', '/a/b/c', '/'])
    for (const odd of [{ a: null }, { a: 7 }, { a: 'b' }, { a: { b: null } }, {}]) {
      assert.equal(evaluator.value('p0', odd, 0), false)
    }
  }
})

test('what could not be read is told afterwards', () => {
  for (const evaluator of evaluators({ a: present('a'), b: present('b'), c: present('c'), d: present('/d/e') })) {
    evaluator.evaluate({ a: {}, b: 'text', c: Number.NaN, d: { e: () => {} } }, 0)
    assert.deepEqual(evaluator.unusable().sort(), ['/d/e', 'a', 'c'])
    evaluator.evaluate({ a: 1 }, 0)
    assert.deepEqual(evaluator.unusable(), [])
  }
})

test('after a trap the next call has a fresh instance, without wasm, too', () => {
  for (const evaluator of evaluators(some)) {
    for (const name of ['evaluate', 'plan']) {
      const before = evaluator.wasm
      evaluator.wasm = { ...before, [name]: () => { throw new Error('abort') } }
      const decisions = evaluator.evaluate({ unit: 'ada' }, 0)
      evaluator.decide('hero', { unit: 'ada' }, 0)
      if (name === 'plan') assert.throws(() => evaluator.plan(decisions, '/'), /abort/)
      if (name === 'evaluate') assert.deepEqual([decisions.of('hero').value, decisions.of('hero').error], [false, 'GENERAL'])
      assert.notEqual(evaluator.wasm.memory, before.memory, name)
      assert.equal(evaluator.evaluate({ unit: 'ada' }, 0).values.hero, true)
    }
  }
})

test('a manifest that contradicts its flags is refused', () => {
  const [evaluator] = evaluators(some)
  const { snapshot } = tools.compile({ format: 1, flags: some }, 8, false)
  for (const [from, to] of [['"kind":[0,0,0]', '"kind":[0,0,9]'], ['"variants":["off","on"]', '"variants":["off","n"] '], ['"values":[false,true]', '"values":[true]      ']]) {
    const text = Buffer.from(snapshot).toString('latin1')
    assert.ok(text.includes(from), from)
    const bad = sealed(Buffer.from(text.replace(from, to), 'latin1'))
    if (from === '"variants":["off","on"]') evaluator.load(bad)
    else assert.throws(() => evaluator.load(bad), /with a bad manifest/, to)
    assert.equal(evaluator.evaluate({ unit: 'ada' }, 0).values.hero, true)
  }
})

/** Snapshots with a checksum that is right and records that are not: nobody's compiler writes them. */
const spoilt = (flags, spoil) => {
  const { snapshot } = tools.compile({ format: 1, flags }, 7, false)
  spoil(new DataView(snapshot.buffer), startOf(snapshot, FLAGS), startOf(snapshot, CODE))
  return [instances(module), instance].map((make) => new EdgeEvaluator(make).load(sealed(snapshot)))
}
const CODE = 2

test('a flag that cannot be decided serves its off variant, and never what the visitor before it got', () => {
  const two = { a: present('a'), b: present('b') }
  for (const evaluator of spoilt(two, (view, flags) => view.setUint32(flags + 16 + 12, 2, true))) {
    evaluator.evaluate({ b: 'x' }, 0)
    const { value, error } = evaluator.decide('b', {}, 0)
    assert.deepEqual({ value, error, alone: evaluator.value('b', {}, 0) }, { value: false, error: 'GENERAL', alone: false })
  }
})

test('a flag that asks for one behind it never hears of the visitor before', () => {
  const asksB = (view, _, code) => [7, 1, 1].forEach((word, index) => view.setUint32(code + index * 4, word, true))
  for (const evaluator of spoilt({ a: present('a'), b: present('b') }, asksB)) {
    for (const before of [{ b: 'x' }, {}]) {
      evaluator.evaluate(before, 0)
      assert.equal(evaluator.value('a', {}, 0), false)
    }
  }
})

test('a run that no snapshot has is no run', () => {
  for (const evaluator of spoilt({ a: present('a') }, (view, _, code) => view.setUint16(code + 16 + 10, 5000, true))) {
    assert.equal(evaluator.decide('a', { a: 1 }, 0).run, undefined)
    assert.deepEqual(evaluator.evaluate({ a: 1 }, 0).of('a').variant, 'on')
  }
})

test('a manifest that lies about its size takes no memory', () => {
  const { snapshot } = tools.compile({ format: 1, flags: some }, 7, false)
  for (const evaluator of evaluators(some)) {
    const { byteLength } = evaluator.wasm.memory.buffer
    for (const lie of [{ edits: { length: 500_000_000 } }, { attributes: ['/a'.repeat(8000)] }]) {
      const change = (manifest) => ({ ...manifest, ...lie })
      assert.throws(() => evaluator.load(withManifest(snapshot, change)), /with a bad manifest/)
      assert.equal(evaluator.wasm.memory.buffer.byteLength, byteLength)
      assert.equal(evaluator.evaluate({ unit: 'ada' }, 0).values.hero, true)
    }
  }
})

const [MISSING, TEXT, NUMBER, BOOLEAN, UNUSABLE, LIST] = [0, 1, 2, 3, 4, 5]

/** The record of a context: its slots as `[tag, low, high]`, its length, and a reader of more slots. */
function record(attributes, context) {
  const buffer = new ArrayBuffer(1 << 20)
  const recorder = new Recorder(attributes)
  recorder.attach(buffer, 64, 0)
  const length = recorder.write(context)
  const slot = (at) => Array.from(new Uint32Array(buffer, 64 + at, 3))
  return { length, slots: attributes.map((_, index) => slot(index * 12)), slot, text: ([, at, size]) => Buffer.from(buffer, 64 + at, size).toString() }
}

test('a list is a slot that points at the slots of its items', () => {
  const { slots: [first, second], slot, text } = record(['n', 'list'], { n: 'odd', list: ['a', 2, true, null, ['x'], {}, 'zoë', '\ud800'] })
  assert.deepEqual(first, [TEXT, 24, 3])
  assert.deepEqual(second, [LIST, 28, 8])
  const items = Array.from({ length: 8 }, (_, index) => slot(28 + index * 12))
  assert.deepEqual(items.map(([tag]) => tag), [TEXT, NUMBER, BOOLEAN, MISSING, UNUSABLE, UNUSABLE, TEXT, UNUSABLE])
  assert.deepEqual([text(items[0]), text(items[6])], ['a', 'zoë'])
  assert.deepEqual(record(['list'], { list: Array(64).fill(1) }).slots[0], [LIST, 12, 64])
  assert.deepEqual(record(['list'], { list: Array(65).fill(1) }).slots[0], [UNUSABLE, 0, 0])
  assert.deepEqual(record(['list'], { list: [] }).slots[0], [LIST, 12, 0])
})

test('a record ends where its room ends: what does not fit is unusable, and what follows may still fit', () => {
  const names = Array.from({ length: 20 }, (_, index) => `a${index}`)
  const full = Object.fromEntries(names.map((name) => [name, 'x'.repeat(1000)]))
  const { slots, length } = record(names, { ...full, a17: 'y'.repeat(384), a18: ['z'], a19: '' })
  assert.deepEqual(slots.map(([tag]) => tag), [...Array(16).fill(TEXT), UNUSABLE, TEXT, UNUSABLE, TEXT])
  assert.equal(length, 20 * 12 + CONTEXT_BYTES)
  // A list keeps the items for which there is room; what is shorter may still follow.
  const long = record(['list', 'next'], { list: Array(17).fill('x'.repeat(1000)), next: 'here' })
  assert.deepEqual([long.slots[0], long.slots[1]], [[LIST, 24, 17], [TEXT, 24 + 17 * 12 + 16 * 1000, 4]])
  // One of its texts being too long for any room does not matter to the others.
  assert.equal(record(['list'], { list: ['x'.repeat(1025), 'a'] }).slots[0][0], LIST)
  for (const [text, tag] of [['é'.repeat(512), TEXT], ['é'.repeat(513), UNUSABLE], ['x'.repeat(1024), TEXT], ['x'.repeat(1025), UNUSABLE]]) {
    assert.equal(record(['a'], { a: text }).slots[0][0], tag)
  }
})

const pick = (decisions, keys) => Object.fromEntries([...keys].map((key) => [key, decisions.values[key]]))
