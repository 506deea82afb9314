import { useMemo } from 'preact/hooks'
import { inEnvironment, inProject, useLive } from '../api'
import { AsOf, Card, Few, Loaded, Time, Table, Unsigned } from '../parts'
import type { DataProps } from '../screens/data'
import { LedgerStatement } from '../screens/ledger'
import type { DataScreen, ExperimentCard, SeenEvent } from '../types'
import { count, counted, percent } from '../words'

/** Where every event went: all that came in is accounted for, by its name and by what became of it. */
export function Arriving({ project, environment }: DataProps) {
  const live = useLive<DataScreen>(inEnvironment(project, environment, 'data'), 5000)
  return (
    <Loaded live={live} lines={8}>
      {({ ledger, events, rebuilding, runs, bots, intake, asOf }) => (
        <>
          <Unsigned intake={intake} />
          <Card title="Every event is accounted for" aside={<AsOf live={live} asOf={asOf} />}>
            <LedgerStatement ledger={ledger} />
            <p class="muted">
              {bots > 0 ? `Left out: ${counted(bots, 'visit')} by machines` : 'No machine was seen'};
              {' '}no experiment counts one.
            </p>
          </Card>
          {rebuilding.length > 0 && (
            <Card title="Being counted from old data">
              {rebuilding.map(({ run, metric, done }) => (
                <p key={run + metric}>{run ? `${metric} of ${run}` : 'A metric of all traffic'}: {percent(done)}</p>
              ))}
            </Card>
          )}
          <Card title="Events" aside="everything that comes in, counted by a metric or not">
            {events.length === 0 ? <p class="muted">Nothing has come in yet.</p> : <Events events={events} />}
          </Card>
          <Card title="Runs" aside="each start of an experiment">
            <Runs {...{ project, environment, runs }} />
          </Card>
        </>
      )}
    </Loaded>
  )
}

/** The catalog: the loudest first. */
function Events({ events }: { events: SeenEvent[] }) {
  return (
    <Table
      label="Events, how often they came and what of them was refused" rows={[...events].sort((one, other) => other.n - one.n)}
      rowKey={({ name }) => name}
      columns={[
        { title: 'Event', cell: ({ name }) => <code>{name}</code> },
        { title: 'Properties', cell: ({ properties }) => <span class="muted">{properties.join(', ') || '–'}</span> },
        { title: 'Last seen', cell: ({ last }) => (last === null ? <span class="muted">–</span> : <Time at={last} />) },
        { title: 'Refused', cell: ({ rejected }) => <span class="muted">{refusals(rejected)}</span> },
        { title: 'So far', numeric: true, cell: ({ n }) => count(n) },
      ]}
    />
  )
}

const refusals = (rejected: Record<string, number>): string =>
  Object.entries(rejected).map(([reason, n]) => `${count(n)} ${reason}`).join(', ') || '–'

/** Every start of an experiment, the newest first: those that are planned here, and those that somebody has written into the document. */
function Runs({ project, environment, runs }: Pick<DataProps, 'project' | 'environment'> & Pick<DataScreen, 'runs'>) {
  const live = useLive<{ experiments: ExperimentCard[] }>(environment === 'production' ? inProject(project, 'experiments') : null, 60_000)
  const all = useMemo(() => startsOf(live.value?.experiments ?? [], runs), [live.value, runs])
  if (all.length === 0) return <p class="muted">No experiment has run here.</p>
  return (
    <Few of={all}>
      {(shown) => (
        <Table
          label="Runs" rows={shown} rowKey={({ run }) => run}
          columns={[
            { title: 'Experiment', cell: ({ key, title }) => (title ? <a href={`#/experiments/${key}`}>{title}</a> : key) },
            { title: 'Run', cell: ({ run }) => <code>{run}</code> },
            { title: 'Started', cell: ({ started }) => (started === null ? <span class="muted">–</span> : <Time at={started} />) },
            { title: 'Ended', cell: ({ ended }) => (ended === null ? <span class="muted">–</span> : <Time at={ended} />) },
          ]}
        />
      )}
    </Few>
  )
}

interface Start {
  key: string
  /** Null where nobody has planned it here. */
  title: string | null
  run: string
  started: number | null
  ended: number | null
}

function startsOf(cards: ExperimentCard[], runs: DataScreen['runs']): Start[] {
  const planned = cards.flatMap(({ key, title, run, started, ended, earlier }): Start[] => [
    ...earlier.map((one) => ({ key, title, ...one })),
    ...(run === null ? [] : [{ key, title, run, started, ended }]),
  ])
  const written = runs.filter(({ run }) => !planned.some((one) => one.run === run))
  return [...written.map(({ experiment, run }): Start => ({ key: experiment, title: null, run, started: null, ended: null })), ...planned]
    .sort((one, other) => (other.started ?? Infinity) - (one.started ?? Infinity) || 0)
}
