// Weeks of the project's zone, which the engine counts, and the tests of a span of them.

import type { CalendarTest } from '../types/teams'

/** How many are shown at once. */
const WEEKS = 12

const HALF_A_DAY = 43_200_000

/** The weeks that are shown: when each begins, and when the last one ends. */
export type Shown = number[]

/** So many weeks from the one on in which a moment lies, or from the nearest that there are. */
export function shownFrom(weeks: number[], at: number): Shown {
  const from = Math.min(Math.max(weeks.findLastIndex((week) => week <= at), 0), last(weeks))
  return weeks.slice(from, from + WEEKS + 1)
}

/** The week from which on so many weeks earlier or later are shown; nothing where it is the same. */
export function moved(weeks: number[], shown: Shown, by: number): number | undefined {
  const from = weeks.indexOf(shown[0] ?? 0)
  const next = Math.min(Math.max(from + by, 0), last(weeks))
  return next === from ? undefined : weeks[next]
}

/** The last week from which on there are enough to show. */
const last = (weeks: number[]): number => Math.max(0, weeks.length - 1 - WEEKS)

/** The day on which a week begins, as the address has it, and a moment of such a day; both in whichever zone. */
export const dayOf = (week: number): string => new Date(week + HALF_A_DAY).toISOString().slice(0, 10)
export const momentOf = (day: string): number => Date.parse(day) + HALF_A_DAY

/** Whether something is there in the weeks that are shown. */
export const within = ({ from, to }: { from: number; to: number }, shown: Shown): boolean =>
  to > (shown[0] ?? 0) && from < (shown.at(-1) ?? 0)

/** Where a span lies in the weeks that are shown, in percent. Each is as wide, also where clocks go forward or back in it. */
export function placed({ from, to }: { from: number; to: number }, shown: Shown): { left: string; width: string } {
  const part = (at: number): number => {
    const week = Math.max(0, shown.findLastIndex((week) => week <= at))
    const [begins = 0, ends = begins] = shown.slice(week, week + 2)
    const into = ends > begins ? Math.max(0, (at - begins) / (ends - begins)) : 0
    return ((week + into) / (shown.length - 1)) * 100
  }
  // A day is seen, however short a test was.
  return { left: `${Math.min(part(from), 99)}%`, width: `${Math.max(part(to) - part(from), 1)}%` }
}

export interface Group {
  name: string
  /** The path of the page or the key of the team, if there is one. */
  subject?: string
  tests: CalendarTest[]
}

/** Tests by their pages or their team. A test of several pages stands with each; names come in order, what has none last. */
export function groupsOf(tests: CalendarTest[], by: 'page' | 'team', teamOf: (key: string | null) => string): Group[] {
  const [groups, rest] = [new Map<string, CalendarTest[]>(), [] as CalendarTest[]]
  for (const test of tests) {
    const subjects = by === 'page' ? test.pages : test.team ? [test.team] : []
    for (const subject of subjects) groups.set(subject, [...(groups.get(subject) ?? []), test])
    if (subjects.length === 0) rest.push(test)
  }
  const named = (subject: string): string => (by === 'page' ? subject : teamOf(subject))
  const all: Group[] = [...groups].sort(([one], [other]) => (named(one) < named(other) ? -1 : 1))
    .map(([subject, tests]) => ({ name: named(subject), subject, tests }))
  return rest.length === 0 ? all : [...all, { name: by === 'page' ? 'On no page' : 'No team', tests: rest }]
}
