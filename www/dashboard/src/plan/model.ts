// A plan in the making: its defaults, what it says in words, and which of its fields a problem is about.

import { percent } from '../words'
import type { DataScreen, Plan, Playbook } from '../types'

/** What a newcomer would have to know, taken from the playbook: they only say what changes and what they expect. */
export function blank(playbook: Playbook, metric: string): Plan {
  return {
    title: '',
    change: { kind: 'words', page: '/', edits: [] },
    hypothesis: { change: '', metric, direction: 'up', by: 0.15, because: '' },
    guardrails: playbook.guardrails.map((guardrail) => guardrail.metric),
    base: 0,
    ramp: playbook.ramp,
  }
}

/** Whether there is anything that would be sad to lose. */
export const begun = (plan: Plan): boolean => nameFor(plan) !== ''

/** The title, or until somebody writes one, the change in a few words. */
export function nameFor(plan: Plan): string {
  const given = plan.title.trim()
  if (given) return given
  const said = plan.hypothesis.change.trim()
  if (said) return shorten(capital(said))
  const { change } = plan
  if (change.kind === 'flag') return change.flag && `Try “${change.treatment}” of ${change.flag}`
  if (change.kind === 'pages') return change.other && shorten(`${change.other} in the place of ${change.page}`)
  const edit = change.edits.find(({ from, text }) => text.trim() && text !== from)
  return edit ? shorten(`“${edit.text.trim()}”`) : ''
}

/** A title that only repeats what the plan says was made by `nameFor`, and goes on following the plan. */
export const opened = (plan: Plan): Plan =>
  plan.title === nameFor({ ...plan, title: '' }) ? { ...plan, title: '' } : plan

/** What goes to the server: without edits that change nothing, and never without a title. */
export function toSave(plan: Plan, before = ''): Plan {
  const { change } = plan
  const isNew = ({ from, text }: { from: string; text: string }) => text.trim() && text !== from
  const kept = change.kind === 'words' ? { ...change, edits: change.edits.filter(isNew) } : change
  return { ...plan, title: nameFor(plan) || before, change: kept }
}

/** `If we promise freshness, then orders will go up by at least 15 %, because …` */
export function hypothesis({ hypothesis: { change, metric, direction, by, because, question } }: Plan): string {
  const why = because.trim() ? `, because ${sentence(because)}` : '.'
  const goes = question === 'notWorse'
    ? `will not go ${direction === 'up' ? 'down' : 'up'} by more than ${percent(by)}`
    : `will go ${direction} by at least ${percent(by)}`
  return `If we ${change.trim() || '…'}, then ${metric || '…'} ${goes}${why}`
}

const sentence = (text: string) => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const shorten = (text: string) => (text.length <= 60 ? text : `${text.slice(0, 60).replace(/\s+\S*$/, '')} …`)

/** The element of a pointer into the plan: `/hypothesis/by` -> `plan-hypothesis-by`. */
export const fieldId = (pointer: string): string => `plan${pointer.replaceAll('/', '-')}`

const BOXES = 'input, select, textarea, button'

/** Brings somebody to the field that a problem is about, or to the nearest thing around it, if there is one. */
export function goTo(pointer: string): boolean {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const field = document.getElementById(fieldId(at))
    if (!field) continue
    field.closest('details')?.setAttribute('open', '')
    field.scrollIntoView({ block: 'center', behavior: still() ? 'auto' : 'smooth' })
    const box = field.matches(BOXES) ? field : (field.querySelector<HTMLElement>(BOXES) ?? field)
    box.focus({ preventScroll: true })
    return true
  }
  return false
}

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches

/** `5, then 25, then 50 %` */
export const steps = (ramp: number[]): string => `${ramp.join(', then ')}\u00a0%`

/** What somebody typed as steps: `5, 25, 50` -> [5, 25, 50]; nothing that is not a number gets through. */
export const parseSteps = (text: string): number[] =>
  text.split(/[^\d.]+/).filter(Boolean).map(Number).filter((step) => step > 0 && step <= 100)

const WEEK = 7 * 86_400_000

/** Whether nothing came for a metric within a week of what came last for any. */
export const isQuiet = ({ last }: Metric, all: Metric[]): boolean =>
  (last ?? 0) < Math.max(...all.map((other) => other.last ?? 0)) - WEEK

type Metric = DataScreen['metrics'][number]
