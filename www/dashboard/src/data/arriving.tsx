import { inEnvironment, useLive } from '../api'
import { AsOf, Card, Loaded, Time, Table, Unsigned } from '../parts'
import type { DataProps } from '../screens/data'
import { LedgerStatement } from '../screens/ledger'
import type { DataScreen, SeenEvent } from '../types'
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
            {runs.length === 0 ? <p class="muted">No experiment has run here.</p> : <Runs runs={runs} />}
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

/** What the engine tells of a run, whatever that is: the contract leaves the columns open. */
function Runs({ runs }: { runs: Record<string, unknown>[] }) {
  const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null
  const names = [...new Set(runs.flatMap((run) => Object.keys(run).filter((name) => isPlain(run[name]))))]
  return (
    <Table<Record<string, unknown>>
      label="Runs" rows={runs} rowKey={(run) => String(run.run ?? run.id ?? run.key ?? JSON.stringify(run))}
      columns={names.map((name, index) => ({
        title: spaced(name),
        numeric: index > 0 && runs.every((run) => !isTime(run[name]) && typeof run[name] === 'number'),
        cell: (run) => <Cell name={name} value={run[name]} />,
      }))}
    />
  )
}

function Cell({ name, value }: { name: string; value: unknown }) {
  if (value === null || value === undefined) return <span class="muted">–</span>
  if (isTime(value)) return <Time at={value} />
  if (name === 'experiment') return <a href={`#/experiments/${String(value)}`}>{String(value)}</a>
  return <>{typeof value === 'number' ? count(value) : String(value)}</>
}

/** Milliseconds of the years from 2001 on; no count of ours is that large. */
const isTime = (value: unknown): value is number => typeof value === 'number' && value > 1e12

const spaced = (name: string): string => {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
