import { useState } from 'preact/hooks'
import { inEnvironment, useLive } from '../api'
import { Card, Empty, Icon, LinkButton, Loaded, Table, Words } from '../parts'
import type { DataProps } from '../screens/data'
import { nameOf, useTeams } from '../teams/teams'
import type { MetricCard, Metrics as MetricList } from '../types/data'
import { counted } from '../words'
import { dataPlace, metricPlace } from './address'
import { MetricForm } from './builder'
import { Spark } from './spark'

/** Days of a trend: six weeks. */
export const DAYS = 42

/** Everything that is measured, with what all traffic did lately and who uses it. `?new=1` makes another one. */
export function Metrics({ project, environment, route }: DataProps) {
  const live = useLive<MetricList>(`${inEnvironment(project, environment, 'metrics')}?days=${DAYS}`, 30_000)
  const making = route.query.get('new') === '1'
  return (
    <Loaded live={live} lines={8}>
      {(list) => (making
        ? <MetricForm {...{ project, environment }} revision={list.revision} others={list.metrics.map(({ key }) => key)} refresh={live.refresh} />
        : <List {...{ project, environment, route, list }} />)}
    </Loaded>
  )
}

function List({ project, environment, list: { metrics } }: DataProps & { list: MetricList }) {
  const teams = useTeams(project).value
  const [search, setSearch] = useState('')
  const make = <LinkButton kind="primary" icon="plus" href={dataPlace(environment, 'metrics', { new: '1' })}>New metric</LinkButton>
  if (metrics.length === 0) {
    return (
      <Empty title="No metric yet" action={make}>
        <p>A metric says which event counts, such as an order, and how: whether a visitor did it, how often, or what it was worth.</p>
      </Empty>
    )
  }
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const found = metrics.filter(({ key, description, event }) => {
    const text = `${key} ${description ?? ''} ${event}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  return (
    <>
      <div class="row row-apart">
        <label class="search">
          <span class="unseen">Search metrics</span>
          <Icon name="search" size={18} />
          <input type="search" placeholder="Search metrics" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        {make}
      </div>
      <Card>
        {found.length === 0 ? <p class="muted" role="status">No metric matches “{search}”.</p> : (
          <Table
            label="Metrics, what all traffic did by them and who uses them" rows={found} rowKey={({ key }) => key}
            columns={[
              {
                title: 'Metric',
                cell: ({ key, description, words }) => (
                  <>
                    <a href={metricPlace(environment, key)}><strong>{key}</strong></a>
                    <span class="hint">{description || <Words>{words}</Words>}</span>
                  </>
                ),
              },
              { title: 'Event', cell: ({ event }) => <code>{event}</code> },
              { title: 'Lately', cell: ({ trend }) => <Lately trend={trend} /> },
              { title: 'Six weeks', cell: ({ trend }) => (trend ? <Spark trend={trend} /> : null) },
              { title: 'Used by', cell: ({ uses }) => <span class="muted">{usage(uses)}</span> },
              ...(teams && teams.teams.length > 0
                ? [{ title: 'Whose', cell: ({ team }: MetricCard) => <span class="muted">{team ? nameOf(teams, team) : '–'}</span> }] : []),
            ]}
          />
        )}
      </Card>
    </>
  )
}

/** The last fourteen whole days; before there is one, what today has brought. */
export function Lately({ trend }: { trend: MetricCard['trend'] }) {
  if (trend?.lately) return <span class="lately"><strong>{trend.lately.told}</strong> <span class="muted">{trend.each}</span></span>
  const today = trend?.days.at(-1)
  return <span class="muted">{today ? `${today.told ?? today.n} so far today` : 'never yet'}</span>
}

/** “2 experiments, 1 running”. */
export function usage(uses: MetricCard['uses']): string {
  const all = new Set(uses.map(({ experiment }) => experiment)).size
  const running = new Set(uses.filter(({ state }) => state === 'running').map(({ experiment }) => experiment)).size
  return `${all === 0 ? 'no experiment' : counted(all, 'experiment')}${running > 0 ? `, ${running} running` : ''}`
}
