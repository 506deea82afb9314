import { useState } from 'preact/hooks'
import { inProject, useWrite } from '../api'
import { Button, Problem, Status, toast, Words } from '../parts'
import { go } from '../router'
import { STATES } from '../screens/experiment'
import { Comments, commented } from '../talk/comments'
import { Linked } from '../talk/linked'
import { nameOf, useTeams } from '../teams/teams'
import type { Idea } from '../types/teams'
import { counted } from '../words'

const LEVEL = ['', 'small', 'middling', 'large']

/** One idea: the votes for it, what it says, and what can be done with it. */
export function IdeaRow({ project, idea, onChange, onEdit }: {
  project: string; idea: Idea; onChange(): void; onEdit(idea: Idea): void
}) {
  const { key, title, state, revision, voted, votes, expect, evidence, impact, effort, page, headline, author, comments } = idea
  const teams = useTeams(project).value
  const write = useWrite()
  const [talking, setTalking] = useState(false)
  const open = state === 'idea'
  const path = (deed: string): string => inProject(project, 'experiments', key, deed)
  const vote = async (): Promise<void> => {
    if (await write.send<Idea>(voted ? 'DELETE' : 'PUT', path('vote'))) onChange()
  }
  const draft = async (): Promise<void> => {
    if (await write.send('POST', path('draft'), {}, revision)) go(`#/experiments/${key}`)
  }
  const archive = async (): Promise<void> => {
    if (!(await write.send('POST', path('archive'), {}, revision))) return
    toast({ text: `“${title}” is put away.` })
    onChange()
  }
  const facts = [
    impact && `could bring: ${LEVEL[impact]}`, effort && `would take: ${LEVEL[effort]}`, page, nameOf(teams, idea.team), author,
  ]
  return (
    <li class="idea">
      <div class="idea-votes">
        {open
          ? (
            <Button
              small icon={voted ? 'ok' : 'plus'} aria-pressed={voted} busy={write.busy} onClick={() => void vote()}
              aria-label={`${voted ? 'Take your vote back from' : 'Vote for'} ${title}: ${counted(votes, 'vote')}`}
            >
              {votes}
            </Button>
          )
          : <span class="muted">{counted(votes, 'vote')}</span>}
      </div>
      <div class="idea-words">
        <h3>{state === 'archived' ? title : <a href={`#/experiments/${key}`}>{title}</a>}</h3>
        <p><Words>{expect}</Words></p>
        {evidence && <p class="muted"><Linked text={evidence} /></p>}
        {!open && (
          <p>
            <Status tone={STATES[state].tone}>{STATES[state].word}</Status>
            {state !== 'archived' && headline && <> <span class="muted"><Words>{headline}</Words></span></>}
          </p>
        )}
        <p class="small muted">{facts.filter(Boolean).join(' · ')}</p>
        <p>
          <Button
            small kind="quiet" aria-expanded={talking} aria-label={`${commented(comments)} on ${title}`}
            onClick={() => setTalking(!talking)}
          >
            {commented(comments)}
          </Button>
        </p>
        {write.failure && <Problem failure={write.failure} />}
      </div>
      {open && (
        <div class="actions">
          <Button small busy={write.busy} aria-label={`Make a draft of ${title}`} onClick={() => void draft()}>
            Make a draft
          </Button>
          <Button small aria-label={`Change ${title}`} onClick={() => onEdit(idea)}>Change</Button>
          <Button small kind="quiet" aria-label={`Put away ${title}`} onClick={() => void archive()}>Put away</Button>
        </div>
      )}
      {talking && <div class="idea-talk"><Comments {...{ project, title, onChange }} subject={key} /></div>}
    </li>
  )
}
