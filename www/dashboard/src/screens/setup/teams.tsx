import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../../api'
import { Button, Card, Empty, Loaded, Problem, problemAt, Select, TextField, toast, useFirst } from '../../parts'
import { nameOf, optionsOf, useTeams } from '../../teams/teams'
import type { OwnedKind, Team, Teams, Things } from '../../types/teams'
import { counted } from '../../words'

const NEW: Team = { key: '', name: '', channel: '', goal: '', decisions: null }

const plain = ({ key, name, channel, goal, decisions }: Team): Team => ({ key, name, channel, goal, decisions })

/** Who works together on what: a name, a channel, a goal for each week, and what is theirs. */
export function TeamSettings({ project }: { project: string }) {
  const live = useTeams(project)
  const [edited, setEdited] = useState<Team>()
  const done = (value: Teams, words: string): void => {
    live.set(value)
    setEdited(undefined)
    toast({ text: words })
  }
  return (
    <Loaded live={live}>
      {(teams) => (
        <>
          {edited && (
            <Form key={edited.key} {...{ project, teams, done }} team={edited} onCancel={() => setEdited(undefined)} />
          )}
          <Card
            title="Teams"
            aside={!edited && <Button small icon="plus" onClick={() => setEdited(NEW)}>Add a team</Button>}
          >
            {teams.teams.length === 0
              ? <Empty title="No team yet"><p>A team has a channel, a goal for each week, and what it owns.</p></Empty>
              : <ul class="stack">{teams.teams.map((team) => <Row key={team.key} {...{ project, teams, team, done }} onEdit={setEdited} />)}</ul>}
          </Card>
          {teams.teams.length > 0 && <Give project={project} teams={teams} onDone={() => void live.refresh()} />}
        </>
      )}
    </Loaded>
  )
}

function Row({ project, teams, team, done, onEdit }: {
  project: string; teams: Teams; team: Teams['teams'][number]; done(value: Teams, words: string): void; onEdit(team: Team): void
}) {
  const write = useWrite()
  const { key, name, channel, goal, decisions, decided, owns } = team
  const remove = async (): Promise<void> => {
    const left = teams.teams.filter((other) => other.key !== key).map(plain)
    const answer = await write.send<Teams>('PUT', inProject(project, 'teams'), { teams: left }, teams.revision)
    if (answer) done(answer, `${name} is no longer a team.`)
  }
  const own = Object.entries(owns).map(([kind, number]) => counted(number, kind))
  return (
    <li class="stack stack-close">
      <div class="row row-apart">
        <h3>{name} {channel && <span class="muted small">{channel}</span>}</h3>
        <div class="actions">
          <Button small aria-label={`Change ${name}`} onClick={() => onEdit(plain(team))}>Change</Button>
          <Button small kind="quiet" busy={write.busy} aria-label={`Remove ${name}`} onClick={() => void remove()}>Remove</Button>
        </div>
      </div>
      <p>
        {goal && <>{goal} · </>}
        {decisions ? `${decided} of ${counted(decisions, 'decision')} in seven days` : `${counted(decided, 'decision')} in seven days`}
      </p>
      <p class="small muted">{own.length > 0 ? `Owns ${own.join(', ')}.` : 'Owns nothing yet.'} <a href={`#/now?team=${key}`}>What it has now</a></p>
      {write.failure && <Problem failure={write.failure} />}
    </li>
  )
}

function Form({ project, teams, team, done, onCancel }: {
  project: string; teams: Teams; team: Team; done(value: Teams, words: string): void; onCancel(): void
}) {
  const [draft, setDraft] = useState(team)
  const write = useWrite()
  const form = useFirst()
  const isNew = team.key === ''
  const place = isNew ? teams.teams.length : teams.teams.findIndex(({ key }) => key === team.key)
  const at = (field: string): string | undefined => problemAt(write.failure?.problems, `/teams/${place}/${field}`)
  const on = (field: keyof Team) => (value: string): void => setDraft({ ...draft, [field]: value })
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    const all = teams.teams.map(plain)
    all[place] = { ...draft, key: isNew ? keyOf(draft.name) : draft.key }
    const answer = await write.send<Teams>('PUT', inProject(project, 'teams'), { teams: all }, teams.revision)
    if (answer) done(answer, `${draft.name} is saved.`)
  }
  return (
    <Card title={isNew ? 'A new team' : `Change ${team.name}`}>
      <form ref={form} class="stack" onSubmit={(event) => void save(event)}>
        <TextField label="Name" value={draft.name} onValue={on('name')} required maxLength={100} problem={at('name') ?? at('key')} />
        <TextField
          label="Channel (optional)" hint="Where its messages go: #name, or an address" placeholder="#checkout" value={draft.channel}
          onValue={on('channel')} maxLength={100} problem={at('channel')}
        />
        <TextField label="Goal for each week (optional)" value={draft.goal} onValue={on('goal')} maxLength={300} problem={at('goal')} />
        <TextField
          label="Decisions a week (optional)" inputMode="numeric" value={String(draft.decisions ?? '')} problem={at('decisions')}
          onValue={(value) => setDraft({ ...draft, decisions: Number.parseInt(value, 10) || null })}
        />
        {write.failure && <Problem failure={write.failure} />}
        <div class="actions">
          <Button kind="primary" type="submit" busy={write.busy} disabled={!draft.name.trim()}>Save the team</Button>
          <Button kind="quiet" onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </Card>
  )
}

/** A key of a name: it is made once, and never changes. */
const keyOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z\d]+/g, '-').replaceAll(/^[-\d]+|-$/g, '')

const KINDS: readonly { value: OwnedKind; label: string }[] = [
  { value: 'flag', label: 'The flag' }, { value: 'experiment', label: 'The experiment' }, { value: 'metric', label: 'The metric' },
  { value: 'survey', label: 'The survey' },
]

/** Gives something to a team: whatever there is of a kind can be chosen, and stands with whose it is. */
function Give({ project, teams, onDone }: { project: string; teams: Teams; onDone(): void }) {
  const [kind, setKind] = useState<OwnedKind>('flag')
  const [key, setKey] = useState('')
  const [team, setTeam] = useState('')
  const live = useLive<Things>(inProject(project, 'owners', kind))
  const write = useWrite()
  const things = live.value?.kind === kind ? live.value.things : undefined
  const chosen = things?.find((thing) => thing.key === key)
  const choose = (key: string): void => {
    setKey(key)
    setTeam(things?.find((thing) => thing.key === key)?.team ?? '')
  }
  const give = async (event: Event): Promise<void> => {
    event.preventDefault()
    if (!(await write.send('PUT', inProject(project, 'owners', kind, key), { team }))) return
    toast({ text: team ? `It belongs to ${nameOf(teams, team)}.` : 'It belongs to no team.' })
    void live.refresh()
    onDone()
  }
  const named = ({ key, name, team }: Things['things'][number]): string =>
    `${name}${name === key ? '' : ` (${key})`}${team ? `, ${nameOf(teams, team)}’s` : ''}`
  const options = [
    { value: '', label: things?.length === 0 ? 'There is none' : 'Choose one' }, ...(things ?? []).map((thing) => ({ value: thing.key, label: named(thing) })),
  ]
  return (
    <Card title="What is whose">
      <form class="row row-end" onSubmit={(event) => void give(event)}>
        <Select label="What" value={kind} options={KINDS} onValue={(kind) => (setKind(kind), setKey(''), setTeam(''))} />
        <Select label="Which" value={chosen ? key : ''} options={options} onValue={choose} />
        <Select label="Belongs to" value={team} onValue={setTeam} options={optionsOf(teams, 'No team')} />
        <Button type="submit" busy={write.busy} disabled={!chosen || (chosen.team ?? '') === team}>Give it</Button>
      </form>
      {live.failure && <Problem failure={live.failure} />}
      {write.failure && <Problem failure={write.failure} />}
    </Card>
  )
}
