// Inputs that are too long to stand in a file. Each op gives a list of `Buffer`s, for all of which the case must hold.

import { colliding } from './collisions.mjs'

const variants = () => [{ key: 'control', value: 'a' }, { key: 'b', value: 'b' }]

/** A flag of the file's dialect. */
export const flag = (more = {}) => ({
  key: 'hero', salt: 's1', enabled: true, variants: variants(), weights: [50_000, 50_000], default: 'control', ...more,
})

const documentOf = (flags) => ({ schema: 1, version: 43, flags })

/** What the file calls `fixtures/config_valid.json`: something of everything. */
export const valid = () =>
  documentOf([
    flag({
      rules: [{ if: { and: [{ attr: 'country', op: 'eq', value: 'DE' }, { not: { attr: 'age', op: 'lt', value: 18 } }] }, serve: 'b' }],
    }),
    flag({ key: 'price', salt: 's2', prerequisites: [{ flag: 'hero', variant: 'b' }], schedule: { start: '2026-01-01T00:00:00Z' } }),
  ])

const bytes = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const one = (more) => [bytes(documentOf([flag(more)]))]
const many = (n, make) => Array.from({ length: n }, (_, index) => make(index))
const rule = (condition) => ({ if: condition, serve: 'b' })
const eq = { attr: 'a', op: 'eq', value: 1 }
const ruled = (...conditions) => one({ rules: conditions.map(rule) })

/** `n` prerequisites in a row; `back` closes the row to a circle. */
function chain(n, back) {
  const flags = many(n + 1, (index) =>
    flag({ key: `f${index}`, salt: `s${index}`, ...(index && { prerequisites: [{ flag: `f${index - 1}`, variant: 'b' }] }) }))
  if (back) flags[0].prerequisites = [{ flag: `f${n}`, variant: 'b' }]
  return [bytes(documentOf(flags))]
}

function nested({ open, close = '', n, leaf = '' }) {
  const text = open.repeat(n) + leaf + close.repeat(n)
  if (!leaf.includes('"attr"')) return [bytes(text)]
  return [bytes(JSON.stringify(documentOf([flag({ rules: [rule('LEAF')] })])).replace('"LEAF"', text))]
}

const padded = (n, text) => Buffer.concat([text, Buffer.alloc(Math.max(0, n - text.length), ' ')])

/** Documents. */
const DOCUMENTS = {
  all_prefixes: () => many(bytes(valid()).length, (length) => bytes(valid()).subarray(0, length)),
  all_suffixes: () => many(bytes(valid()).length - 1, (start) => bytes(valid()).subarray(start + 1)),
  repeat: ({ unit, n }) => [bytes(unit.repeat(n))],
  nest: nested,
  pad_to: ({ n }) => [padded(n, bytes(valid()))],
  flags: ({ n }) => [bytes(documentOf(many(n, (index) => flag({ key: `f${index}`, salt: `s${index}` }))))],
  variants: ({ n }) => one({
    variants: many(n, (index) => ({ key: index ? `v${index}` : 'control', value: `${index}` })),
    weights: many(n, (index) => (index ? Math.floor(100_000 / n) : 100_000 - Math.floor(100_000 / n) * (n - 1))),
  }),
  rules: ({ n }) => ruled(...many(n, () => eq)),
  rule_depth: ({ n }) => nested({ open: '{"not":', close: '}', n, leaf: JSON.stringify(eq) }),
  prereq_chain: ({ n }) => chain(n),
  prereq_cycle: ({ n }) => chain(n - 1, true),
  flag_value_len: ({ n }) => one({ variants: [{ key: 'control', value: 'x'.repeat(n) }, variants()[1]] }),
  flag_key_len: ({ n }) => one({ key: 'k'.repeat(n) }),
  variant_key_len: ({ n }) => one({ variants: [{ key: 'k'.repeat(n), value: 'a' }, variants()[1]], default: 'b' }),
  salt_len: ({ n }) => one({ salt: 's'.repeat(n) }),
  regex_len: ({ n }) => ruled({ attr: 'path', op: 'matches', value: 'a'.repeat(n) }),
  list_len: ({ n }) => ruled({ attr: 'country', op: 'in', value: many(n, (index) => `c${index}`) }),
  weights: ({ values, weights = values }) => one({ weights }),
  keys: ({ values }) => values.flatMap((key) => one({ key })),
  dates: ({ values }) => values.flatMap((start) => one({ schedule: { start } })),
  texts: ({ values }) => values.map(bytes),
  xxh3_low16_collisions: ({ n }) => [bytes(documentOf(colliding(n).map((key) => flag({ key, salt: key }))))],
}

const context = (attrs, id = 'u') => [bytes({ id, attrs })]

/** A context of exactly `n` bytes, each attribute shorter than its limit. */
function total({ n }) {
  const attrs = {}
  const left = () => n - bytes({ id: 'u', attrs }).length
  // A name and its marks take ten bytes themselves.
  for (let index = 0; left() > 10 && index < 60; index++) {
    const name = `a${String(index).padStart(2, '0')}`
    attrs[name] = ''
    attrs[name] = 'x'.repeat(Math.max(0, Math.min(900, left())))
  }
  return [padded(n, bytes({ id: 'u', attrs }))]
}

/** Contexts. */
const CONTEXTS = {
  ctx_id_len: ({ n }) => context({}, 'x'.repeat(n)),
  ctx_attrs: ({ n }) => context(Object.fromEntries(many(n, (index) => [`a${index}`, 1]))),
  ctx_attr_len: ({ n }) => context({ a: 'x'.repeat(n) }),
  ctx_key_len: ({ n }) => context({ ['k'.repeat(n)]: 1 }),
  ctx_list: ({ n }) => context({ a: many(n, (index) => `i${index}`) }),
  ctx_depth: ({ n }) => [bytes(`{"id":"u","attrs":{"a":${'{"x":'.repeat(n)}1${'}'.repeat(n)}}}`)],
  ctx_total: total,
  ids: ({ values }) => values.flatMap((id) => context({}, id)),
}
CONTEXTS.ctx_list_items = CONTEXTS.ctx_list_len = CONTEXTS.ctx_list
CONTEXTS.ctx_bytes = CONTEXTS.ctx_total
CONTEXTS.ctx_nest = CONTEXTS.ctx_depth
for (const [name, known] of [
  ['n_flags', 'flags'], ['flag_count', 'flags'], ['n_variants', 'variants'], ['variant_count', 'variants'], ['n_rules', 'rules'],
  ['rule_count', 'rules'], ['prefixes', 'all_prefixes'], ['prerequisite_chain', 'prereq_chain'], ['prereq_depth', 'prereq_chain'],
  ['prerequisite_cycle', 'prereq_cycle'], ['regex_bytes', 'regex_len'], ['flag_salt_len', 'salt_len'], ['pattern_len', 'regex_len'],
  ['xxh3_collisions', 'xxh3_low16_collisions'],
]) DOCUMENTS[name] = DOCUMENTS[known]

const ADDRESSES = {
  url_len: ({ n }) => [bytes(`https://shop.example/${'a'.repeat(Math.max(0, n - 21))}`)],
  url_segments: ({ n }) => [bytes(`https://shop.example${'/a'.repeat(n)}`)],
}

const OPS = { config_parser: DOCUMENTS, redirect: DOCUMENTS, context_json: CONTEXTS, context_js: CONTEXTS, url_matcher: { ...ADDRESSES, repeat: DOCUMENTS.repeat } }
for (const ops of [CONTEXTS, ADDRESSES]) Object.assign(ops, { repeat: DOCUMENTS.repeat, nest: nested, texts: DOCUMENTS.texts })

/** The bytes of a case's input; throws with the name of what is not known. */
export function inputs({ target, input }) {
  const { kind, value, op } = input
  if (kind === 'text') return [Buffer.from(value)]
  if (kind === 'base64') return [Buffer.from(value, 'base64')]
  if (kind !== 'gen') throw new Error(`the kind ${kind} is not known`)
  const ops = OPS[target]
  if (!ops || !Object.hasOwn(ops, op)) throw new Error(`the generator ${op} is not known`)
  return ops[op](input)
}
