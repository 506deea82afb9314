import { inProject, useLive } from '../api'
import type { Live } from '../live'
import type { Teams } from '../types/teams'

export const useTeams = (project: string): Live<Teams> => useLive<Teams>(inProject(project, 'teams'), 60_000)

/** Teams to choose from, behind what stands for none of them. */
export const optionsOf = (teams: Teams | undefined, none: string): { value: string; label: string }[] =>
  [{ value: '', label: none }, ...(teams?.teams ?? []).map(({ key, name }) => ({ value: key, label: name }))]

export const nameOf = (teams: Teams | undefined, key: string | null | undefined): string =>
  teams?.teams.find((team) => team.key === key)?.name ?? key ?? ''
