// Contexts, as texts that somebody sends and as whatever JavaScript passes: one document with a flag under test and
// flags that ask each attribute, in every engine that the case names.

import { DROPPED, means } from './codes.mjs'
import { attribute, parsed } from './dialect.mjs'
import { inputs } from './generate.mjs'
import { member, write } from './tree.mjs'

/** Repeats of an input without an `alive`, which all have to be survived, too. */
const FEW = 100
const ALL = 2 ** 32

/** Flags by what they ask of attribute `name`: whether it is there, and whether it can be read as what the word says. */
const TESTS = {
  number: (name) => ({ any: [{ less: { attribute: name, than: 1e308 } }, { atLeast: { attribute: name, than: 1e308 } }] }),
  text: (name) => ({ contains: { attribute: name, text: '' } }),
  version: (name) => ({ version: { attribute: name, range: '>=0.0.0' } }),
  date: (name) => ({ any: [{ before: { attribute: name, than: '2026-01-01' } }, { after: { attribute: name, than: '2025-12-31' } }] }),
  ip: (name) => ({ ip: { attribute: name, in: ['0.0.0.0/0', '::/0'] } }),
  list: (name) => ({ size: { attribute: name, atLeast: 0 } }),
}

/** A document whose flag `hero` is under test by a run, and whose other flags ask the attributes. */
function documentOf(unit, names) {
  const asks = names.flatMap((name, index) =>
    Object.entries(TESTS).map(([word, test]) => [`${word}-${index}`, {
      kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [{ if: test(name), serve: 'on' }],
    }]))
  // Thirty draws tell two units apart.
  const draws = Array.from({ length: 30 }, (_, index) => [`draw-${index}`, {
    kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off',
    rules: [{ split: { salt: `draw-${index}`, unit, ranges: [[ALL / 2, 'off'], [ALL, 'on']] } }],
  }])
  const hero = { kind: 'string', variants: { control: 'a', b: 'b' }, off: 'control', otherwise: 'control', rules: [{ experiment: 'hero' }] }
  return {
    format: 1, flags: { hero, ...Object.fromEntries([...asks, ...draws]) }, metrics: { orders: { event: 'order' } },
    experiments: {
      hero: {
        flag: 'hero', metric: 'orders', control: 'control', unit,
        run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[ALL / 2, 'control'], [ALL, 'b']] },
      },
    },
    pages: { all: { path: '*', flag: 'hero', variants: {} } },
  }
}

/** The snapshot in hexadecimal digits; `refused` are names that no rule may ask for. */
async function snapshotOf(compile, unit, names) {
  const isAllowed = (name) => compile(documentOf(unit, [name])).snapshot !== undefined
  const refused = names.filter((name) => !isAllowed(name))
  const { snapshot, problems } = compile(documentOf(unit, names.filter((name) => !refused.includes(name))))
  if (!snapshot) throw new Error(`the document for this case is refused: ${JSON.stringify(problems)}`)
  return { snapshot: Buffer.from(snapshot).toString('hex'), refused }
}

/** A context as a text: `id` is the unit, and what stands under `attrs` are attributes. */
export async function text({ title, target, input, expected }, { compile, engines, now = 0 }) {
  const failures = []
  const notes = []
  const names = new Set(['native', ...(expected.same_in ?? [])])
  for (const bytes of inputs({ target, input })) {
    const tree = parsed(bytes)
    const units = member(tree ?? {}, 'ids')?.items
    if (units) for (const name of ['node', 'workerd']) names.add(name)
    const flats = units ? units.map((unit) => flatOf(tree, bytes, unit)) : [tree ? flatOf(tree, bytes) : bytes]
    const given = (tree && member(tree, 'attrs')?.members?.map(([name]) => name)) ?? []
    const asked = [...new Set([...given, ...(expected.dropped_attributes ?? [])])].slice(0, 30)
    const { snapshot, refused } = await snapshotOf(compile, 'unit', asked)
    const answers = []
    for (const flat of flats) {
      const told = {}
      for (const engine of names) {
        const question = engine === 'native' ? { bytes: flat.toString('hex'), path: '/' } : { json: flat.toString() }
        told[engine] = await engines.ask(engine, { snapshot, now, ...question })
      }
      const { native } = told
      answers.push(native)
      for (const [engine, answer] of Object.entries(told)) {
        if (engine !== 'native' && String(answer.decisions) !== String(native.decisions)) failures.push(`${engine} answers unlike native`)
      }
      failures.push(...judged({ ...facts(native, asked), refused, names: asked }, { title, expected, notes }))
    }
    if (units && new Set(answers.map(({ decisions }) => String(decisions))).size < units.length) failures.push('two ids have one hash')
    else if (expected.property && !units) notes.push(`not checked: ${expected.property}`)
  }
  return { failures, notes }
}

/** The flat context of our language, of as many bytes as the original. */
function flatOf(tree, bytes, unit) {
  if (!tree.members) return bytes
  const members = tree.members.flatMap(([name, node]) => {
    if (name === 'attrs') return node.members ?? [['attrs', node]]
    if (name === 'ids') return unit ? [['unit', unit]] : []
    return [[name === 'id' ? 'unit' : name, node]]
  })
  const text = Buffer.from(write({ members }))
  return Buffer.concat([text, Buffer.alloc(Math.max(0, bytes.length - text.length), ' ')])
}

/** What the core says, in the words of the other engines. Flags lie in the order of their keys. */
function facts(answer, names) {
  if (answer.problems) return { error: answer.problems[0].code, failed: true, exposures: [], unusable: [], asked: {} }
  const keys = Object.keys(documentOf('unit', names).flags).sort()
  const asked = Object.fromEntries(keys.map((key, index) => [key, answer.decisions.slice(index * 8, index * 8 + 8)]))
  const [, , reason, error] = asked.hero
  return {
    failed: reason === 5, error: ['', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'][error], unusable: answer.unusable,
    exposures: answer.steps.filter((step) => step >>> 31),
    asked: Object.fromEntries(Object.entries(asked).map(([key, [low, high]]) => [key, low | (high << 8)])),
  }
}

/** A context as JavaScript passes it, in Node, in workerd and where else it is asked for. */
export async function value({ title, input, expected, target }, { compile, engines, repeats, now = 0 }) {
  const { kind, value: expression } = input
  const expressions = kind === 'js' ? [expression] : inputs({ target, input }).map((bytes) => `JSON.parse(${JSON.stringify(bytes.toString())})`)
  const failures = []
  const notes = []
  const names = [...new Set([...(expected.dropped_attributes ?? []), 'x', 'a'])]
  const { snapshot, refused } = await snapshotOf(compile, 'id', names.map(attribute))
  const { property = '' } = expected
  const properties = [
    ...(/exactly once|read once/.test(property) ? ['once'] : []), ...(/being absent|identical to .*absent/.test(property) ? ['absent'] : []),
  ]
  if (property && !properties.length) notes.push(`not checked: ${property}`)
  for (const js of expressions) {
    for (const engine of new Set(['node', 'workerd', ...(expected.same_in ?? []).filter((name) => name !== 'native')])) {
      const answer = await engines.ask(engine, { snapshot, now, js, repeats: expected.alive ? repeats : FEW, properties })
      const found = told(answer, expected)
      failures.push(...found.map((failure) => `${engine}: ${failure}`))
      if (!answer.calls) {
        const { hero } = answer.flags
        const fact = {
          failed: hero.reason === 'ERROR', error: hero.error, exposures: answer.exposures, refused: refused.map(nameOf), names,
          unusable: answer.unusable.map(nameOf),
        }
        failures.push(...judged(fact, { title, expected, notes }).map((failure) => `${engine}: ${failure}`))
        if (hero.reason === 'ERROR' && hero.variant !== 'control') failures.push(`${engine}: the default is control, seen ${hero.variant}`)
      }
    }
  }
  return { failures: [...new Set(failures)], notes }
}

const nameOf = (pointer) => pointer.replace('/attrs/', '').replaceAll('~1', '/').replaceAll('~0', '~')

/** What only JavaScript can do. */
function told({ calls, alive, grown, reads, carried, absent }, { reason, times }) {
  const failures = []
  if (!alive) failures.push('the next good context is not answered as before')
  if (grown) failures.push(`memory grew by ${grown} bytes`)
  if (calls) {
    if (times !== undefined && calls.length !== times) failures.push(`expected ${times} answers, seen ${calls.length}`)
    for (const call of calls) {
      if (reason && call.error !== reason && call.reason !== reason) failures.push(`expected ${reason}, seen ${call.reason} ${call.error}`)
      if (call.type === 'function') failures.push('a value is a function')
    }
  }
  if (reads !== undefined && reads !== 1) failures.push(`the getter was read ${reads} times`)
  if (carried === false) failures.push('the decision is of another id than the one that was read')
  if (absent === false) failures.push('the decision differs from one without the attribute')
  return failures
}

/** What is true of every engine. */
function judged({ failed, error, exposures, unusable, refused, names, asked }, { title, expected, notes }) {
  const { outcome, reason, code, exposure_logged: logged, dropped_attributes: dropped, warnings = [], rule_result: result } = expected
  const failures = []
  if (outcome === 'evaluate' && failed) failures.push(`expected evaluate, seen ${error}`)
  else if (['default', 'reject'].includes(outcome)) {
    if (!failed) failures.push('expected the default, seen a decision')
    else if (code && !means(code, error)) failures.push(`expected ${code}, seen ${error}`)
    if (reason && reason !== 'ERROR' && reason !== error) failures.push(`expected ${reason}, seen ERROR ${error}`)
  } else if (!['evaluate', 'survive'].includes(outcome)) failures.push(`the outcome ${outcome} is not known for contexts`)
  if (logged !== undefined && logged !== exposures.length > 0) failures.push(`expected ${logged ? 'an' : 'no'} exposure, seen ${exposures.length}`)
  if (dropped) {
    // A name that no rule may ask for is dropped whatever stands there.
    const seen = [...unusable, ...names.filter((name) => refused.includes(name) && dropped.includes(name))]
    if (String([...new Set(seen)].sort()) !== String([...dropped].sort())) failures.push(`expected ${dropped} to be dropped, seen ${seen}`)
  }
  for (const warning of warnings) {
    if (DROPPED.test(warning)) {
      if (!dropped?.length && !unusable.length) failures.push(`expected the warning ${warning}, seen none`)
    } else if (warning === 'W_TYPE_MISMATCH') notes.push('not said by an evaluation: W_TYPE_MISMATCH')
    else failures.push(`the warning ${warning} is not known`)
  }
  if (result && asked) failures.push(...results(asked, names, title, result))
  return failures
}

/** Whether the attribute is read as what the title speaks of. */
function results(asked, names, title, result) {
  const words = { number: /number|numeric/, version: /version|semver/, date: /date|time/, ip: /\bip\b|network/, list: /\blist\b/, text: /text|string/ }
  const operator = / with an? (.*)$/.exec(title)?.[1] ?? title
  const [word = 'text'] = Object.entries(words).find(([, pattern]) => pattern.test(operator)) ?? []
  if (!['match', 'no match'].includes(result)) return [`the rule result ${result} is not known`]
  // Variants lie in the order of their keys: `off` is 0, `on` 1.
  const holds = names.map((_, index) => asked[`${word}-${index}`] === 1)
  return holds.some((one) => one !== (result === 'match')) ? [`expected ${result}, seen ${holds}`] : []
}
