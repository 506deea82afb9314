// What stands beside flags in their list and comes from elsewhere: the other environments, and how many meet those under test.

import { useMemo } from 'preact/hooks'
import { inEnvironment, inProject, useLive } from '../api'
import { now } from '../clock'
import type { EnvironmentKey, ExperimentCard, Flag, Flags } from '../types'
import { useDocument } from './document'

/** Milliseconds: it stands beside what somebody came for. */
const SELDOM = 60_000
const HOUR = 3_600_000
/** The ledger has whole hours, so two of them hold the last one. */
const HOURS = 2

/** The flags of the other environments that the project has, by key. */
export interface Elsewhere {
  environment: EnvironmentKey
  flags: Map<string, Flag>
}

const ALL: EnvironmentKey[] = ['production', 'staging', 'development']

export function useElsewhere(project: string, here: EnvironmentKey, known: { key: EnvironmentKey }[]): Elsewhere[] {
  const [one, other] = ALL.filter((key) => key !== here && known.some((place) => place.key === key))
  const [first, second] = [useList(project, one), useList(project, other)]
  return useMemo(() => [{ environment: one, list: first }, { environment: other, list: second }].flatMap(({ environment, list }) => (
    environment && list ? [{ environment, flags: new Map(list.flags.map((flag) => [flag.key, flag])) }] : []
  )), [one, other, first, second])
}

const useList = (project: string, environment: EnvironmentKey | undefined): Flags | undefined =>
  useLive<Flags>(environment ? inEnvironment(project, environment, 'flags') : null, SELDOM).value

/** Which experiments have a page: a document may name others, which nobody has planned here. Before that is known it is neither. */
export function usePlanned(project: string): (key: string) => boolean | undefined {
  const list = useLive<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'), SELDOM).value
  return useMemo(() => {
    const keys = list && new Set(list.experiments.map(({ key }) => key))
    return (key) => keys?.has(key)
  }, [list])
}

interface Hours { hours: { hour: number; outcome: string; run: string; n: number }[] }
/** How many exposures came in this hour and the one before, by experiment. Only a flag under test has any. */
export function useMet(project: string, environment: EnvironmentKey, version: number): { since: number; met: Map<string, number> } | undefined {
  const ledger = useLive<Hours>(`${inEnvironment(project, environment, 'ledger')}?hours=${HOURS}`, SELDOM).value
  const document = useDocument(project, environment, version).value?.document
  if (!ledger || !document) return undefined
  const stored = ledger.hours.filter(({ outcome, run }) => outcome === 'stored' && run !== '')
  const of = (wanted: string): number => stored.reduce((sum, { run, n }) => sum + (run === wanted ? n : 0), 0)
  const since = Math.ceil(now() / HOUR - HOURS) * HOUR
  return { since, met: new Map(Object.entries(document.experiments ?? {}).map(([key, { run }]) => [key, run ? of(run.id) : 0])) }
}
