// Weeks, which begin on Mondays in UTC, and the tests of a span of them.

import type { CalendarTest } from '../types/teams'

export const WEEK = 604_800_000

/** How many are shown at once. */
export const WEEKS = 12

/** 1970 began on a Thursday. */
const MONDAY = 4 * 86_400_000

/** The beginning of a moment's week. */
export const weekOf = (at: number): number => Math.floor((at - MONDAY) / WEEK) * WEEK + MONDAY

/** Whether something is there in the weeks from one on. */
export const within = ({ from, to }: { from: number; to: number }, start: number): boolean => to > start && from < start + WEEKS * WEEK

/** Where a span lies in the weeks from one on, in percent. */
export function placed({ from, to }: { from: number; to: number }, start: number): { left: string; width: string } {
  const part = (at: number): number => Math.min(100, Math.max(0, ((at - start) / (WEEKS * WEEK)) * 100))
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
