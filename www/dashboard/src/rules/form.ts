// Rules and segments as a form: what it can say becomes fields and comes back as it was; anything else stays as it is.

import type { Condition, Rule } from '../types/document'

/** What a question takes behind it. */
type Takes = 'value' | 'list' | 'text' | 'number' | 'nothing' | 'segment'

interface Verb {
  label: string
  takes: Takes
  /** Its name in the document. */
  field: string
}

export const VERBS: Record<string, Verb> = {
  equals: { label: 'is', takes: 'value', field: 'value' },
  in: { label: 'is one of', takes: 'list', field: 'values' },
  starts: { label: 'starts with', takes: 'text', field: 'with' },
  ends: { label: 'ends with', takes: 'text', field: 'with' },
  contains: { label: 'contains', takes: 'text', field: 'text' },
  glob: { label: 'has the form', takes: 'text', field: 'pattern' },
  matches: { label: 'matches the expression', takes: 'text', field: 'pattern' },
  atLeast: { label: 'is at least', takes: 'number', field: 'than' },
  atMost: { label: 'is at most', takes: 'number', field: 'than' },
  greater: { label: 'is more than', takes: 'number', field: 'than' },
  less: { label: 'is less than', takes: 'number', field: 'than' },
  version: { label: 'is a version in', takes: 'text', field: 'range' },
  exists: { label: 'is there', takes: 'nothing', field: '' },
  segment: { label: 'is in the segment', takes: 'segment', field: '' },
}

/** One question of a visitor. */
export interface Ask {
  /** Whether it must not hold. */
  not: boolean
  verb: string
  attribute: string
  value: string
}

export interface Asks {
  joined: 'all' | 'any'
  asks: Ask[]
}

/** A rule that the form can say: who, what, and which share of them. */
export interface Simple extends Asks {
  serve: string
  /** In percent. */
  share: number
}

/** A rule in the making. Without `simple` only its place can be changed. */
export interface Draft {
  id: number
  rule: Rule
  simple: Simple | null
}

const EVERYBODY = 2 ** 32
const IN_FORM = ['if', 'serve', 'rollout', 'from', 'until']

export function draftOf(rule: Rule, id: number): Draft {
  const asks = rule.if === undefined ? { joined: 'all' as const, asks: [] } : asksOf(rule.if)
  const plain = asks !== null && rule.serve !== undefined && Object.keys(rule).every((name) => IN_FORM.includes(name))
  const share = rule.rollout ? Math.round((rule.rollout.below / EVERYBODY) * 1000) / 10 : 100
  return { id, rule, simple: plain ? { ...asks, serve: rule.serve!, share } : null }
}

/** The rule that a draft has become. `salt` is for draws that are new: the same in all rules of a flag, so that shares nest. */
export function ruleOf({ rule, simple, id }: Draft, salt: string): Rule {
  if (!simple) return rule
  const before = draftOf(rule, id).simple
  const { if: _if, serve: _serve, rollout, ...rest } = rule
  const condition = before && same(before, simple) ? rule.if : conditionOf(simple)
  const below = Math.round((simple.share / 100) * EVERYBODY)
  const drawn = before?.share === simple.share ? rollout : simple.share < 100 ? { salt, unit: 'unit', ...rollout, below } : undefined
  return { ...(condition && { if: condition }), ...rest, serve: simple.serve, ...(drawn && { rollout: drawn }) }
}

const same = (one: Asks, other: Asks): boolean =>
  JSON.stringify([one.joined, one.asks]) === JSON.stringify([other.joined, other.asks])

/** A condition as questions, or nothing where the form has no words for it. */
export function asksOf(condition: Condition): Asks | null {
  const joined = 'any' in condition ? 'any' : 'all'
  const row = Object.keys(condition).length === 1 ? condition[joined] : undefined
  const asks = (Array.isArray(row) ? row : [condition]).map((one) => askOf(one as Condition))
  return asks.includes(null) ? null : { joined, asks: asks as Ask[] }
}

function askOf(condition: Condition, not = false): Ask | null {
  const [[name, inner] = ['', undefined], ...more] = Object.entries(condition)
  if (more.length > 0) return null
  if (name === 'not') return not ? null : askOf(inner as Condition, true)
  if (name === 'segment') return { not, verb: name, attribute: '', value: String(inner) }
  const verb = VERBS[name]
  if (!verb) return null
  const { attribute, ...rest } = inner as { attribute: string } & Record<string, unknown>
  const own = verb.takes === 'nothing' ? [] : [verb.field]
  if (Object.keys(rest).join() !== own.join()) return null
  return { not, verb: name, attribute, value: shown(verb.takes, rest[verb.field]) }
}

export function conditionOf({ joined, asks }: Asks): Condition | undefined {
  const all = asks.map(one)
  return all.length > 1 ? { [joined]: all } : all[0]
}

function one({ not, verb, attribute, value }: Ask): Condition {
  const { takes, field } = VERBS[verb]!
  const condition = takes === 'segment'
    ? { segment: value }
    : { [verb]: { attribute: attribute.trim(), ...(takes !== 'nothing' && { [field]: meant(takes, value) }) } }
  return not ? { not: condition } : condition
}

/** What is missing of a question, in words. */
export function lack({ verb, attribute, value }: Ask): string | undefined {
  const { takes } = VERBS[verb]!
  if (takes === 'segment') return value ? undefined : 'Choose a segment.'
  if (!attribute.trim()) return 'Say which attribute, such as country.'
  if (takes === 'nothing') return undefined
  if (takes === 'number') return value.trim() && Number.isFinite(Number(value)) ? undefined : 'Write a number.'
  return value.trim() ? undefined : 'Write what it is compared with.'
}

/** A value as it is typed: what looks like a number or a boolean and is a text has quotes. */
function shown(takes: Takes, value: unknown): string {
  if (takes === 'list') return (value as unknown[]).map((item) => shown('value', item)).join(', ')
  if (takes !== 'value' || typeof value !== 'string') return value === undefined ? '' : String(value)
  return typeof read(value) === 'string' && value === value.trim() && !/[",]/.test(value) && value !== '' ? value : JSON.stringify(value)
}

function meant(takes: Takes, text: string): unknown {
  if (takes === 'number') return Number(text)
  if (takes === 'text') return text
  if (takes === 'value') return read(text)
  return (text.match(/\s*"(?:[^"\\]|\\.)*"\s*|[^,]+/g) ?? []).map(read).filter((item) => item !== '')
}

function read(typed: string): unknown {
  const text = typed.trim()
  if (text === 'true' || text === 'false') return text === 'true'
  if (text !== '' && Number.isFinite(Number(text))) return Number(text)
  try {
    if (text.startsWith('"')) return JSON.parse(text)
  } catch {
    // It is a text that begins with a quote.
  }
  return text
}

/** The ids of a file or of what was pasted: one a line, or with commas or semicolons between them. */
export const idsOf = (text: string): string[] =>
  [...new Set(text.split(/[\n\r,;]+/).map((id) => id.trim().replace(/^"(.*)"$/, '$1')).filter(Boolean))]
