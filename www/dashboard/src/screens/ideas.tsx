import { useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { NextCard } from '../ask/next'
import { IdeaForm } from '../ideas/form'
import { IdeaRow } from '../ideas/row'
import { Button, Card, Empty, Few, Loaded, Screen } from '../parts'
import { useRoute } from '../router'
import { chosen, TeamFilter } from '../teams/filter'
import type { Idea } from '../types/teams'
import { counted } from '../words'
import { Beside } from './beside'
import '../ideas/ideas.css'
import '../teams/teams.css'

/** What could be tried, by whom it is wanted, and what became of it. */
export function Ideas({ project }: { project: string }) {
  const { query } = useRoute()
  const team = query.get('team') ?? ''
  const live = useLive<{ ideas: Idea[] }>(`${inProject(project, 'ideas')}${team && `?team=${encodeURIComponent(team)}`}`)
  const [changed, setChanged] = useState<Idea>()
  const writing = query.has('new')
  const turn = (on: boolean): void => chosen('new', on ? '1' : '')
  const done = (): void => {
    setChanged(undefined)
    turn(false)
    void live.refresh()
  }
  return (
    <Screen
      title="Ideas" aside={<p>What could be tried, and who is for it. A vote is a word of yours, and can be taken back.</p>}
      actions={!writing && <Button kind="primary" icon="plus" onClick={() => turn(true)}>Write an idea down</Button>}
    >
      <Beside here="ideas" />
      {(writing || changed) && (
        <IdeaForm
          key={changed?.key} project={project} idea={changed} team={team} onDone={done}
          onCancel={() => (setChanged(undefined), turn(false))}
        />
      )}
      <TeamFilter project={project} value={team} />
      {!team && <NextCard project={project} />}
      <Loaded live={live}>
        {({ ideas }) => ideas.length === 0 ? <Nothing team={team} /> : (
          <Groups {...{ project, ideas }} onChange={() => void live.refresh()} onEdit={setChanged} />
        )}
      </Loaded>
    </Screen>
  )
}

const GROUPS: { title: string; has(idea: Idea): boolean }[] = [
  { title: 'Open', has: ({ state }) => state === 'idea' },
  { title: 'Taken up', has: ({ state }) => state !== 'idea' && state !== 'archived' },
  { title: 'Put away', has: ({ state }) => state === 'archived' },
]

function Groups({ project, ideas, onChange, onEdit }: {
  project: string; ideas: Idea[]; onChange(): void; onEdit(idea: Idea): void
}) {
  return (
    <>
      {GROUPS.map(({ title, has }) => {
        const rows = ideas.filter(has)
        return rows.length > 0 && (
          <Card key={title} title={title} aside={counted(rows.length, 'idea')}>
            <Few of={rows}>
              {(shown) => (
                <ol class="ideas">
                  {shown.map((idea) => <IdeaRow key={idea.key} {...{ project, idea, onChange, onEdit }} />)}
                </ol>
              )}
            </Few>
          </Card>
        )
      })}
    </>
  )
}

function Nothing({ team }: { team: string }) {
  return (
    <Empty title={team ? 'This team has no idea yet' : 'No idea yet'}>
      <p>
        An idea takes two sentences: what would we change, and what do we expect of it, why? Whoever reads it can vote.
        The best become drafts by one button.
      </p>
    </Empty>
  )
}
