import { inProject, useWrite } from '../api'
import { Problem, Select, toast } from '../parts'
import type { OwnedKind } from '../types/teams'
import { nameOf, optionsOf, useTeams } from './teams'

/** Whose something is; it changes as soon as another team is chosen. Where there are no teams nothing is asked. */
export function Whose({ project, kind, subject, team, onDone }: {
  project: string; kind: OwnedKind; subject: string; team: string | null; onDone(): void
}) {
  const teams = useTeams(project).value
  const write = useWrite()
  if (!teams || teams.teams.length === 0) return null
  const give = async (next: string): Promise<void> => {
    if (!(await write.send('PUT', inProject(project, 'owners', kind, subject), { team: next }))) return
    toast({ text: next ? `It belongs to ${nameOf(teams, next)}.` : 'It belongs to no team.' })
    onDone()
  }
  return (
    <>
      <Select
        label="Whose" class="field-inline" value={team ?? ''} options={optionsOf(teams, 'No team')} onValue={(next) => void give(next)}
      />
      {write.failure && <Problem failure={write.failure} />}
    </>
  )
}
