// A definition as a form holds it: every box is a text, and empty boxes are left out of what is sent.

import type { SeenEvent } from '../types'
import type { Definition, Filters, Measure, MetricKind } from '../types/data'

export interface FilterDraft {
  name: string
  how: 'is' | 'span'
  /** Values with commas between them, or the ends of a span. */
  is: string
  min: string
  max: string
}

export interface Draft {
  key: string
  description: string
  event: string
  kind: MetricKind
  value: string
  where: FilterDraft[]
  per: { event: string; sum: boolean; value: string; where: FilterDraft[] }
  sum: boolean
  hours: string
  from: string
  to: string
  cap: string
  scale: string
  currency: string
  unit: string
  quantile: string
  thresholds: string
  before: string
  direction: 'up' | 'down'
}

export const KINDS: readonly { value: MetricKind; label: string }[] = [
  { value: 'conversion', label: 'Whether a visitor did it' }, { value: 'count', label: 'How often a visitor did it' },
  { value: 'sum', label: 'What a visitor’s values add up to' }, { value: 'mean', label: 'The mean value of an event' },
  { value: 'ratio', label: 'One count or sum divided by another' }, { value: 'retention', label: 'Whether a visitor comes back to it' },
  { value: 'quantile', label: 'A value that most stay below' }, { value: 'time', label: 'How long it takes to the first time' },
]

/** What of a definition each kind reads. */
export const adds = ({ kind, sum }: Draft): boolean => kind === 'sum' || kind === 'mean' || kind === 'quantile' || (kind === 'ratio' && sum)
export const caps = ({ kind }: Draft): boolean => ['count', 'sum', 'mean', 'ratio'].includes(kind)

const text = (value: string | number | undefined): string => (value === undefined ? '' : String(value))

/** A definition as a form shows it; an empty form where there is none. */
export function drafted(key: string, { description, event, measure = {} }: Definition): Draft {
  const { per } = measure
  return {
    key, description: description ?? '', event, kind: measure.kind ?? 'conversion', value: measure.value ?? '', where: filters(measure.where),
    per: { event: per?.event ?? '', sum: per?.sum ?? false, value: per?.value ?? '', where: filters(per?.where) },
    sum: measure.sum ?? false, hours: text(measure.hours), from: text(measure.days?.[0] ?? 1), to: text(measure.days?.[1] ?? 7),
    cap: text(measure.cap), scale: text(measure.scale), currency: measure.currency ?? '', unit: measure.unit ?? '',
    quantile: text(measure.quantile && Math.round(measure.quantile * 1e4) / 100), thresholds: (measure.thresholds ?? []).join(', '),
    before: text(measure.before), direction: measure.direction ?? 'up',
  }
}

function filters(where: Filters | undefined): FilterDraft[] {
  return Object.entries(where ?? {}).map(([name, filter]) => (Array.isArray(filter)
    ? { name, how: 'is', is: filter.join(', '), min: '', max: '' }
    : { name, how: 'span', is: '', min: text(filter.min), max: text(filter.max) }))
}

/** What is sent. A box that holds no number is sent as it is, so that the compiler says what is wrong with it. */
export function definitionOf(draft: Draft): Definition {
  const { kind } = draft
  const days: [unknown, unknown] | undefined = kind === 'retention' ? [number(draft.from), number(draft.to)] : undefined
  const quantile = number(draft.quantile)
  const measure = without({
    kind: kind === 'conversion' ? undefined : kind, value: adds(draft) ? draft.value : undefined, where: whereOf(draft.where),
    per: kind === 'ratio' ? perOf(draft) : undefined, sum: kind === 'ratio' && draft.sum ? true : undefined, days,
    hours: kind === 'retention' ? undefined : number(draft.hours), cap: caps(draft) ? number(draft.cap) : undefined,
    currency: adds(draft) ? draft.currency.trim().toUpperCase() : undefined,
    scale: adds(draft) ? number(draft.scale) : undefined, unit: adds(draft) ? draft.unit.trim() : undefined,
    quantile: kind === 'quantile' && typeof quantile === 'number' ? quantile / 100 : undefined,
    thresholds: kind === 'quantile' && draft.thresholds.trim() ? draft.thresholds.split(',').map((one) => number(one) ?? 0) : undefined,
    before: kind === 'quantile' || kind === 'time' ? undefined : number(draft.before), direction: draft.direction === 'down' ? 'down' : undefined,
  }) as Measure
  const stated = Object.keys(measure).length > 0 ? { measure } : {}
  return { ...(draft.description.trim() ? { description: draft.description.trim() } : {}), event: draft.event.trim(), ...stated }
}

function perOf({ per }: Draft) {
  return per.event ? without({ event: per.event, sum: per.sum || undefined, value: per.sum ? per.value : '', where: whereOf(per.where) }) : undefined
}

function whereOf(where: FilterDraft[]): Filters | undefined {
  const all = where.filter(({ name }) => name).map(({ name, how, is, min, max }) => [
    name, how === 'is' ? is.split(',').map(scalar).filter((one) => one !== '') : without({ min: number(min), max: number(max) }),
  ])
  return all.length > 0 ? Object.fromEntries(all) : undefined
}

/** A value as events bring it: numbers and truths are no texts. */
function scalar(typed: string): string | number | boolean {
  const value = typed.trim()
  if (value === 'true' || value === 'false') return value === 'true'
  return value !== '' && Number.isFinite(Number(value)) ? Number(value) : value
}

function number(typed: string): unknown {
  const value = typed.trim().replace(',', '.')
  if (value === '') return undefined
  return Number.isFinite(Number(value)) ? Number(value) : typed
}

const without = (all: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''))

/** The properties that an event was seen with. */
export const propertiesOf = (events: SeenEvent[], name: string): string[] => events.find((event) => event.name === name)?.properties ?? []
