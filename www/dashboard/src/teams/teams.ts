import { inProject, useLive } from '../api'
import type { Live } from '../live'
import type { Teams } from '../types/teams'

export const useTeams = (project: string): Live<Teams> => useLive<Teams>(inProject(project, 'teams'), 60_000)

export const nameOf = (teams: Teams | undefined, key: string | null | undefined): string =>
  teams?.teams.find((team) => team.key === key)?.name ?? key ?? ''
