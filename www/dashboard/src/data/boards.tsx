import { useState } from 'preact/hooks'
import { inEnvironment, inProject, useLive, useWrite } from '../api'
import { AsOf, Button, Card, Check, Empty, LinkButton, Loaded, Problem, Select, toast, Words } from '../parts'
import { go } from '../router'
import type { DataProps } from '../screens/data'
import { nameOf, optionsOf, useTeams } from '../teams/teams'
import type { Board, MetricCard, Metrics } from '../types/data'
import { dataPlace, metricPlace } from './address'
import { DAYS, Lately, usage } from './metrics'
import { Spark } from './spark'

/** `#/data/boards/<team>`: the metrics that a team looks at together, saved for all of it. */
export function Boards(props: DataProps) {
  const live = useTeams(props.project)
  return (
    <Loaded live={live}>
      {(teams) => {
        const asked = props.route.path[2]
        const team = teams.teams.find(({ key }) => key === asked)?.key ?? teams.teams[0]?.key
        if (team === undefined) {
          return (
            <Empty title="A board belongs to a team" action={<LinkButton href="#/setup/teams">Add a team</LinkButton>}>
              <p>Its metrics on one screen, saved for everybody of the team, with an address to send on.</p>
            </Empty>
          )
        }
        return (
          <>
            <Select
              label="Team" class="field-inline" value={team} options={optionsOf(teams, '').slice(1)}
              onValue={(next) => go(dataPlace(props.environment, `boards/${next}`))}
            />
            <TeamBoard key={team} {...props} team={team} name={nameOf(teams, team)} />
          </>
        )
      }}
    </Loaded>
  )
}

function TeamBoard({ project, environment, team, name }: DataProps & { team: string; name: string }) {
  const [choosing, setChoosing] = useState(false)
  const board = useLive<Board>(inProject(project, 'boards', team), 30_000)
  const metrics = useLive<Metrics>(`${inEnvironment(project, environment, 'metrics')}?days=${DAYS}`, 30_000)
  const saved = (value: Board): void => {
    board.set(value)
    setChoosing(false)
    toast({ text: `The board of ${name} is saved.` })
  }
  return (
    <Loaded live={board}>
      {(value) => (
        <Loaded live={metrics}>
          {(list) => (
            <>
              <div class="row row-apart">
                <h2>{name}</h2>
                <span class="row">
                  <AsOf live={metrics} asOf={list.asOf} />
                  {!choosing && value.metrics.length > 0 && <Button onClick={() => setChoosing(true)}>Choose metrics</Button>}
                </span>
              </div>
              {choosing && <Choose {...{ project, team, board: value, all: list.metrics, saved }} onCancel={() => setChoosing(false)} />}
              {!choosing && value.metrics.length === 0 && (
                <Empty title="Nothing stands on it yet" action={<Button kind="primary" onClick={() => setChoosing(true)}>Choose metrics</Button>}>
                  <p>Choose the few metrics that {name} looks at every day.</p>
                </Empty>
              )}
              <ul class="board">
                {value.metrics.map((key) => (
                  <li key={key}><Tile {...{ environment }} metricKey={key} metric={list.metrics.find((metric) => metric.key === key)} /></li>
                ))}
              </ul>
            </>
          )}
        </Loaded>
      )}
    </Loaded>
  )
}

function Tile({ environment, metricKey, metric }: Pick<DataProps, 'environment'> & { metricKey: string; metric: MetricCard | undefined }) {
  if (!metric) {
    return <Card title={metricKey}><p class="muted">It is not measured in this environment.</p></Card>
  }
  const { key, description, words, trend, uses } = metric
  return (
    <Card title={<a href={metricPlace(environment, key)}>{key}</a>}>
      <p class="board-value"><Lately trend={trend} /></p>
      {trend && <Spark trend={trend} />}
      <p class="hint">{description || <Words>{words}</Words>}</p>
      <p class="small muted">Used by {usage(uses)}</p>
    </Card>
  )
}

function Choose({ project, team, board, all, saved, onCancel }: {
  project: string; team: string; board: Board; all: MetricCard[]; saved(value: Board): void; onCancel(): void
}) {
  const [keys, setKeys] = useState(board.metrics)
  const write = useWrite()
  const names = [...new Set([...board.metrics, ...all.map(({ key }) => key)])]
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    const value = await write.send<Board>('PUT', inProject(project, 'boards', team), { metrics: keys }, board.revision)
    if (value) saved(value)
  }
  return (
    <Card title="Which metrics">
      <form class="stack" onSubmit={(event) => void save(event)}>
        <div class="metric-choices">
          {names.map((key) => (
            <Check
              key={key} label={key} hint={all.find((metric) => metric.key === key)?.description ?? undefined} checked={keys.includes(key)}
              onValue={(on) => setKeys(on ? [...keys, key] : keys.filter((known) => known !== key))}
            />
          ))}
        </div>
        <p class="hint">They stand in the order in which you choose them.</p>
        {write.failure && <Problem failure={write.failure} />}
        <div class="actions">
          <Button kind="primary" type="submit" busy={write.busy}>Save the board</Button>
          <Button kind="quiet" onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </Card>
  )
}
