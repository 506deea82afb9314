import type { Owned } from '../types/teams'
import { Follow } from './follow'
import { Whose } from './whose'
import './teams.css'

/** Whose an experiment is, and who follows it. */
export function Belongs({ project, experiment, onDone }: { project: string; experiment: Owned; onDone(): void }) {
  const { key, title, team, followed, followers } = experiment
  return (
    <div class="row belongs">
      <Whose {...{ project, team, onDone }} kind="experiment" subject={key} />
      <Follow {...{ project, followed, onDone }} kind="test" subject={key} name={title} />
      {followers.length > 0 && <p class="small muted">Followed by {followers.join(', ')}</p>}
    </div>
  )
}
