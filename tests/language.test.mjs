// docs/language.md: each of its examples holds, each operator has one, each command prints what stands there, and each
// limit is that of src/limits.rs.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { EdgeEvaluator, instances } from '../dist/sdk/edge.js'
import * as tools from '../dist/wasm/tools/compile.js'
import { guideOf } from './guide.mjs'

const file = (path) => readFileSync(new URL(path, import.meta.url))
const guide = guideOf('docs/language.md')
const { blocks, text } = guide
const evaluators = instances(new WebAssembly.Module(file('../dist/sdk/evaluator.wasm')))
tools.initSync({ module: file('../dist/wasm/tools/compile.wasm') })

/** Each example starts with a brace at the start of a line. */
const examples = blocks('json').flatMap(({ body, line }) => {
  let at = line
  return body.split(/^(?=\{)/m).map((part) => {
    const example = { line: at, ...parsed(part, at) }
    at += part.split('\n').length - 1
    return example
  })
})

function parsed(part, line) {
  try {
    return JSON.parse(part)
  } catch ({ message }) {
    throw new Error(`docs/language.md:${line} is no JSON: ${message}`)
  }
}

const KEYS = {
  condition: ['condition', 'line', 'matches', 'not', 'problem', 'with'],
  document: ['at', 'context', 'document', 'error', 'flag', 'line', 'problem', 'reason', 'variant'],
}

function compiled(document, forClients) {
  const { snapshot, problems } = tools.compile(JSON.stringify({ format: 1, ...document }), 1, forClients)
  if (problems) return { causes: problems.map(({ cause }) => cause) }
  return { evaluator: new EdgeEvaluator(evaluators).load(snapshot) }
}

function time(at) {
  const now = at === undefined ? 0 : Date.parse(at)
  assert.ok(Number.isFinite(now), `${at} is no time`)
  return now
}

/** A condition matches one context, and not the other, for both audiences. */
function holds({ condition, with: rest, matches, not, problem }, forClients) {
  const flag = {
    kind: 'boolean', variants: { off: false, on: true }, off: 'off', otherwise: 'off', client: true,
    rules: [{ if: condition, serve: 'on' }],
  }
  const { causes, evaluator } = compiled({ ...rest, flags: { ...rest?.flags, example: flag } }, forClients)
  if (problem !== undefined || causes) return assert.deepEqual(causes, [problem])
  for (const [context, expected] of [[matches, 'on'], [not, 'off']]) {
    const now = time(asksTheClock(condition) ? context.at : undefined)
    const { variant, error } = evaluator.decide('example', context, now)
    assert.equal(error ?? variant, expected, JSON.stringify(context))
  }
}

/** Here a context's `at` is the time. */
const asksTheClock = (condition) => 'weekday' in condition || 'timeOfDay' in condition

function serves({ document, flag, context, at, variant, reason, error, problem }) {
  const { causes, evaluator } = compiled(document, false)
  if (problem !== undefined || causes) return assert.deepEqual(causes, [problem])
  const decision = evaluator.decide(flag, context, time(at))
  assert.deepEqual([decision.variant, decision.reason, decision.error], [variant, reason, error])
}

test('every example of the language holds', () => {
  assert.ok(examples.length > 50, `only ${examples.length} examples`)
  const wrong = []
  for (const example of examples) {
    try {
      const known = KEYS[example.document ? 'document' : 'condition']
      for (const key of Object.keys(example)) assert.ok(known.includes(key), `${key} is not known`)
      if (example.document) serves(example)
      else for (const forClients of [false, true]) holds(example, forClients)
    } catch ({ message }) {
      wrong.push(`docs/language.md:${example.line}: ${message}`)
    }
  }
  assert.deepEqual(wrong, [])
})

test('every operator has an example', () => {
  const { $defs } = JSON.parse(file('../src/document/schema.json'))
  const operators = $defs.Condition.oneOf.map(({ properties }) => Object.keys(properties)[0])
  const shown = examples.filter(({ matches, not }) => matches && not).map(({ condition }) => Object.keys(condition)[0])
  assert.ok(operators.length > 20)
  assert.deepEqual(operators.filter((name) => !shown.includes(name)), [])
})

test('every limit is the one of the engine', () => {
  const number = (word) => Number(word.replaceAll('_', ''))
  const value = (expression) => expression.split('<<').map(number).reduce((value, shift) => value * 2 ** shift)
  const source = [...String(file('../src/limits.rs')).matchAll(/pub const (\w+): \w+ = ([^;]+);/g)]
  const limits = Object.fromEntries(source.map(([, name, expression]) => [name, value(expression)]))
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| ([\d,]+) \|/gm)].map(([, name, shown]) => [name, shown])
  assert.ok(rows.length > 20)
  assert.deepEqual(rows, rows.map(([name]) => [name, limits[name]?.toLocaleString('en')]))
})

test('every command prints what stands there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'language-'))
  const command = fileURLToPath(new URL('../dist/npm/cli/pointsman.js', import.meta.url))
  try {
    for (const { body } of blocks('json shop.json')) writeFileSync(join(folder, 'shop.json'), body)
    const before = 'pointsman() { "$NODE" "$COMMAND" "$@"; };'
    assert.equal(guide.prints({ folder, before, env: { NODE: process.execPath, COMMAND: command } }), 12)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('docs/api.md shows an explanation as it is made', () => {
  const [told] = guideOf('docs/api.md').blocks('json').map(({ body }) => JSON.parse(body)).filter(({ flag, steps }) => flag && steps)
  const { explanation } = tools.explain(blocks('json shop.json')[0].body, told.flag, { unit: 'bob', country: 'DE' }, told.now)
  const [{ words: _, ...rule }] = told.rules
  assert.deepEqual([told.decision, rule], [explanation.decision, explanation.rules[0]])
  assert.deepEqual(told.steps, explanation.steps.filter(({ draw }) => draw))
})

test('every part of a document that docs/document.md and docs/data.md show is taken as it stands', () => {
  const shop = JSON.parse(file('../www/landing/document.json'))
  const parts = ['docs/document.md', 'docs/data.md'].flatMap((path) => guideOf(path).blocks('json').map((block) => ({ ...block, path })))
  assert.ok(parts.length >= 5)
  for (const { body, path, line } of parts) {
    const part = JSON.parse(/^\s*\{/.test(body) ? body : `{${body}}`)
    const document = part.flag ? { ...shop, pages: { shown: part } } : { ...shop, ...part }
    assert.deepEqual(tools.check(JSON.stringify(document)).problems, [], `${path}:${line}`)
  }
})
