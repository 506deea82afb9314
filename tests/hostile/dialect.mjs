// The documents of hostile inputs in our language, member by member: what is missing stays missing, what is wrong stays
// wrong, and what we have no word for stands where it stood.

import { depthOf, isText, member, placed, places, raw, read, step, textOf, write } from './tree.mjs'

/** Above it a text goes to the reader as it is: only the reader is asked about it. */
const DEEPEST = 400
const LONGEST = 2 << 20
/** The sum of weights, and ours. */
const SUM = 100_000n
const ALL = 1n << 32n

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * `{bytes, place, tree, unnumbered}`: the document in our language, the place in the original that a pointer of ours is
 * about, the original's tree if it has one, and whether it lacks a version.
 */
export function translated(bytes) {
  const tree = bytes.length > LONGEST ? undefined : parsed(bytes)
  if (!tree) return { bytes, place: (pointer) => pointer }
  const ours = documentOf(tree)
  const text = Buffer.from(write(ours))
  // Blanks are part of a document's length.
  const blanks = Buffer.alloc(Math.max(0, bytes.length - text.length), ' ')
  const known = places(ours)
  const unnumbered = tree.members !== undefined && !member(tree, 'version')
  return { bytes: Buffer.concat([text, blanks]), place: (pointer) => placed(known, pointer), tree, unnumbered }
}

/** The tree of bytes that are JSON, and not too deep to be taken apart. */
export function parsed(bytes) {
  try {
    const text = strict.decode(bytes)
    JSON.parse(text)
    return depthOf(text) > DEEPEST ? undefined : read(text)
  } catch {
    return undefined
  }
}

function documentOf(tree) {
  if (!tree.members) return { ...tree, for: '' }
  const members = tree.members.flatMap(([name, node]) => {
    const place = `/${step(name)}`
    if (name === 'schema') return [['format', { ...node, for: place }]]
    // Ours are numbered by whoever keeps them.
    if (name === 'version') return isVersion(node) ? [] : [['version', { ...node, for: place }]]
    if (name === 'flags' && node.members) return [[name, otherwise(node, place)]]
    if (name !== 'flags' || !node.items) return [[name, { ...node, for: place }]]
    return [['flags', { members: node.items.map((flag, index) => flagOf(flag, `/flags/${index}`)), for: '/flags' }]]
  })
  return { members: [...members, ...redirects(tree), ...twice(tree, '', ['version'])], missing: { format: '/schema' }, for: '' }
}

/** A flag whose variants are addresses is a page test whose variants lead there, from a site that may name `shop.example`. */
function redirects(tree) {
  const flags = member(tree, 'flags')?.items ?? []
  const pages = flags.flatMap((flag, index) => {
    const name = textOf(member(flag, 'key')) ?? ''
    if (textOf(member(flag, 'type')) !== 'redirect' || !isName(name)) return []
    const members = (member(flag, 'variants')?.items ?? []).flatMap((variant, at) => {
      const [key, value] = [textOf(member(variant, 'key')), member(variant, 'value')]
      const change = { members: [['redirect', { ...value, for: `/flags/${index}/variants/${at}/value` }]] }
      return key && value ? [[key, { items: [{ members: [['change', change]] }] }]] : []
    })
    return [[name, { members: [['path', raw('/start')], ['flag', raw(name)], ['variants', { members }]] }]]
  })
  return pages.length ? [['hosts', { items: [raw('shop.example')] }], ['pages', { members: pages }]] : []
}

/** What is a list there is an object here: an object there is as wrong as a list here. */
const otherwise = ({ members }, place) => ({ items: members.map(([, node]) => node), for: place })

/** Members that stand twice and of which ours has one, or none. */
function twice({ members }, place, names) {
  const again = names.filter((name) => members.filter(([own]) => own === name).length > 1)
  return again.flatMap((name) => [0, 1].map(() => [name, { ...raw(null), for: `${place}/${name}` }]))
}

const isVersion = ({ raw: token }) => /^\d{1,10}$/.test(token ?? '') && Number(token) < 2 ** 32

function flagOf(flag, place) {
  const key = member(flag, 'key')
  // What is no text is no name either: names do not begin with a blank.
  const name = !flag.members ? place.split('/').at(-1) : (textOf(key) ?? (key ? ` ${write(key)}` : ''))
  if (!flag.members) return [name, { ...flag, for: place }]
  const variants = member(flag, 'variants')
  const isRedirect = textOf(member(flag, 'type')) === 'redirect'
  const known = ['key', 'salt', 'enabled', 'variants', 'weights', 'default', 'rules', 'prerequisites', 'schedule', ...(isRedirect ? ['type'] : [])]
  const fallback = member(flag, 'default')
  const fallbacks = fallback ? ['off', 'otherwise'].map((own) => [own, { ...fallback, for: `${place}/default` }]) : []
  const members = [
    ['kind', raw(kindOf(variants))],
    ...(variants ? [['variants', variantsOf(variants, `${place}/variants`)]] : []),
    ...fallbacks,
    ...part(flag, 'enabled', place),
    ['rules', rulesOf(flag, place)],
    ...prerequisitesOf(flag, place),
    ...twice(flag, place, known),
    ...flag.members.filter(([own]) => !known.includes(own)).map(([own, node]) => [own, { ...node, for: `${place}/${step(own)}` }]),
  ]
  const missing = { variants: `${place}/variants`, off: `${place}/default`, otherwise: `${place}/default` }
  return [name, { members, missing, for: isName(name) ? place : `${place}/key` }]
}

const isName = (name) => /^[a-z][a-z0-9_.-]{0,63}$/.test(name)

const part = (node, name, place) => {
  const found = member(node, name)
  return found ? [[name, { ...found, for: `${place}/${name}` }]] : []
}

/** The type of the first value is that of the flag. */
function kindOf(variants) {
  const value = member(variants?.items?.[0], 'value')
  if (isText(value)) return 'string'
  if (/^(true|false)$/.test(value?.raw ?? '')) return 'boolean'
  return /^[-\d]/.test(value?.raw ?? '') ? 'number' : 'json'
}

function variantsOf(variants, place) {
  if (variants.members) return otherwise(variants, place)
  if (!variants.items) return { ...variants, for: place }
  const members = variants.items.flatMap((variant, index) => {
    const key = member(variant, 'key')
    const name = textOf(key) ?? (key ? ` ${write(key)}` : '')
    const value = member(variant, 'value') ?? raw(null)
    const at = `${place}/${index}`
    if (!variant.members) return [[` ${index}`, { ...variant, for: at }]]
    const own = [name, { ...value, for: `${at}/${isName(name) ? 'value' : 'key'}` }]
    // An unknown or a second member has no place beside a value; then the value is there twice.
    return variant.members.length > 2 ? [own, own] : [own]
  })
  return { members, for: place }
}

function rulesOf(flag, place) {
  const rules = member(flag, 'rules')
  if (rules && !rules.items) return { ...rules, for: `${place}/rules` }
  const times = scheduleOf(flag, place)
  const own = rules?.items?.map((rule, index) => ruleOf(rule, `${place}/rules/${index}`, times)) ?? []
  const split = { members: [...times, ['split', splitOf(flag, place)]], for: place }
  return { items: [...own, split], for: `${place}/rules` }
}

function scheduleOf(flag, place) {
  const schedule = member(flag, 'schedule')
  if (!schedule) return []
  if (!schedule.members) return [['from', { ...schedule, for: `${place}/schedule` }]]
  const ours = { start: 'from', from: 'from', end: 'until', stop: 'until', until: 'until' }
  return schedule.members.map(([name, node]) => [ours[name] ?? name, { ...node, for: `${place}/schedule/${step(name)}` }])
}

function ruleOf(rule, place, times) {
  if (!rule.members) return { ...rule, for: place }
  const members = rule.members.map(([name, node]) => {
    const at = `${place}/${step(name)}`
    return [name, name === 'if' ? conditionOf(node, at) : { ...node, for: at }]
  })
  return { members: [...times, ...members], for: place }
}

function splitOf(flag, place) {
  const [salt, weights] = [member(flag, 'salt'), member(flag, 'weights')]
  const members = [
    ...(salt ? [['salt', { ...salt, for: `${place}/salt` }]] : []),
    ['unit', raw('id')],
    ...(weights ? [['ranges', rangesOf(weights, member(flag, 'variants')?.items ?? [], `${place}/weights`)]] : []),
  ]
  return { members, missing: { salt: `${place}/salt`, ranges: `${place}/weights` }, for: place }
}

/** Weights as ends of ranges over 2^32, exactly: only the sum 100,000 ends at 2^32, and a weight of nothing has no range. */
function rangesOf(weights, variants, place) {
  if (!weights.items) return { ...weights, for: place }
  const keys = variants.map((variant) => member(variant, 'key') ?? raw(null))
  let sum = 0n
  const items = weights.items.flatMap((weight, index) => {
    const own = { for: `${place}/${index}` }
    const name = keys[index] ? [keys[index]] : []
    if (!/^(0|-?[1-9]\d*)$/.test(weight.raw ?? '')) return [{ items: [weight, ...name], ...own }]
    sum += BigInt(weight.raw)
    if (weight.raw === '0') return []
    return [{ items: [{ raw: String((sum * ALL) / SUM) }, ...name], ...own }]
  })
  // A variant without a weight is a range without an end.
  const rest = weights.items.length ? keys.slice(weights.items.length) : []
  return { items: [...items, ...rest.map((key) => ({ items: [key], for: place }))], for: place }
}

function prerequisitesOf(flag, place) {
  const all = member(flag, 'prerequisites')
  if (!all) return []
  place = `${place}/prerequisites`
  if (!all.items) return [['prerequisites', { ...all, for: place }]]
  const items = all.items.map((one, index) => {
    const at = `${place}/${index}`
    if (!one.members) return { ...one, for: at }
    const members = one.members.map(([name, node]) => {
      const own = { ...node, for: `${at}/${step(name)}` }
      if (name === 'flag') return ['key', own]
      return name === 'variant' ? ['is', node.items ? own : { items: [own] }] : [name, own]
    })
    return { members, missing: { key: `${at}/flag`, is: `${at}/variant` }, for: at }
  })
  return [['prerequisites', { items, for: place }]]
}

/** Our word for each operator, what its operand is called, and what turns it round. */
const OPERATORS = {
  eq: ['equals', 'value'], equals: ['equals', 'value'], ne: ['equals', 'value', true], neq: ['equals', 'value', true],
  in: ['in', 'values'], not_in: ['in', 'values', true], nin: ['in', 'values', true],
  lt: ['less', 'than'], lte: ['atMost', 'than'], le: ['atMost', 'than'],
  gt: ['greater', 'than'], gte: ['atLeast', 'than'], ge: ['atLeast', 'than'],
  matches: ['matches', 'pattern'], regex: ['matches', 'pattern'], glob: ['glob', 'pattern'],
  starts: ['starts', 'with'], starts_with: ['starts', 'with'], prefix: ['starts', 'with'],
  ends: ['ends', 'with'], ends_with: ['ends', 'with'], suffix: ['ends', 'with'], contains: ['contains', 'text'],
  exists: ['exists'], semver: ['version', 'range'], version: ['version', 'range'],
  before: ['before', 'than'], after: ['after', 'than'], ip: ['ip', 'in'], cidr: ['ip', 'in'],
}

function conditionOf(node, place) {
  const combined = node.members?.length === 1 && { and: 'all', or: 'any', not: 'not' }[node.members[0][0]]
  if (combined) {
    const [name, inner] = node.members[0]
    const at = `${place}/${name}`
    if (combined === 'not') return { members: [['not', conditionOf(inner, at)]], for: place }
    const parts = inner.items ? { items: inner.items.map((one, index) => conditionOf(one, `${at}/${index}`)), for: at } : { ...inner, for: at }
    return { members: [[combined, parts]], for: place }
  }
  const operator = textOf(member(node, 'op'))
  const [word, operand, turned] = (Object.hasOwn(OPERATORS, operator ?? '') && OPERATORS[operator]) || []
  if (!word) return { ...node, for: place }
  const members = node.members.flatMap(([name, inner]) => {
    const own = { ...inner, for: `${place}/${step(name)}` }
    if (name === 'op') return []
    if (name === 'attr') return [['attribute', isText(inner) ? { ...own, raw: JSON.stringify(attribute(textOf(inner))) } : own]]
    return name === 'value' ? (operand ? [[operand, word === 'ip' && !inner.items ? { items: [own] } : own]] : []) : [[name, own]]
  })
  members.push(...twice(node, place, ['op']))
  const test = { members: [[word, { members, missing: { attribute: `${place}/attr`, [operand]: `${place}/value` } }]], for: place }
  return turned ? { members: [['not', test]], for: place } : test
}

/** Attributes of contexts of this dialect stand under `attrs`. */
export const attribute = (name) => (name === '' ? '' : `/attrs/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
