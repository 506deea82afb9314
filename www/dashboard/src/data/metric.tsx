import { inEnvironment, useLive } from '../api'
import { AsOf, Card, Empty, Icon, LinkButton, Loaded, Screen, Status, Table, Time, Words } from '../parts'
import { ENVIRONMENTS } from '../project'
import type { DataProps } from '../screens/data'
import { STATES } from '../screens/experiment'
import { Whose } from '../teams/whose'
import type { MetricScreen, MetricUse } from '../types/data'
import { counted, percent } from '../words'
import { dataPlace, metricPlace } from './address'
import { MetricForm } from './builder'
import { DAYS, usage } from './metrics'
import { Retention } from './retention'
import { Steps, stepsOf } from './steps'
import { TrendPicture } from './trend'
import { useVisitors } from './visitors'

/** A metric by itself: what it means, what all traffic does, what a test would find, who uses it, and what it has meant. */
export function MetricPage({ project, environment, route, metricKey }: DataProps & { metricKey: string }) {
  const path = `${inEnvironment(project, environment, 'metrics', metricKey)}?days=${DAYS}`
  const live = useLive<MetricScreen>(path, 30_000)
  const changing = route.query.get('change') === '1'
  const isGone = live.failure?.status === 404 && live.value === undefined
  return (
    <Screen
      title={metricKey} above={<a href={dataPlace(environment, 'metrics')}>Metrics in {ENVIRONMENTS[environment]}</a>}
      aside={live.value && <AsOf live={live} asOf={live.value.asOf} />}
      actions={live.value && !changing && <LinkButton href={metricPlace(environment, metricKey, { change: '1' })}>Change it</LinkButton>}
    >
      {isGone
        ? <Empty title="There is no such metric here." action={<LinkButton href={dataPlace(environment, 'metrics')}>All metrics</LinkButton>} />
        : (
          <Loaded live={live} lines={8}>
            {(metric) => (changing
              ? <MetricForm {...{ project, environment, metric }} revision={metric.revision} refresh={live.refresh} />
              : <Parts {...{ project, environment, route, metric }} refresh={live.refresh} />)}
          </Loaded>
        )}
    </Screen>
  )
}

function Parts({ project, environment, route, metric, refresh }: DataProps & { metric: MetricScreen; refresh(): Promise<void> }) {
  const { key, metric: { event, description, measure }, words, uses, team, trend, counting } = metric
  const before = stepsOf(route.query.get('steps'), metric)
  const visitors = useVisitors(project, environment, key, [...before, event])
  return (
    <>
      <Card title="What it means" aside={<>event <code>{event}</code></>}>
        {description && <p>{description}</p>}
        <p class="lead"><Words>{words}</Words></p>
        <Whose project={project} kind="metric" subject={key} team={team} onDone={() => void refresh()} />
      </Card>
      <Card title="All traffic, day by day" aside="in a test or not; days are those of UTC">
        {counting !== null && <p><Status tone="wait">Being counted from old data: {percent(counting)}</Status></p>}
        {trend && trend.days.length > 0
          ? (
            <>
              {trend.lately
                ? <p><Words>{trend.lately.words}</Words></p>
                : <p class="muted">Today is its first day; a day counts here once it is over.</p>}
              <TrendPicture trend={trend} name={key} />
            </>
          )
          : (
            <Empty title="Nothing of it has come in yet">
              <p>As soon as somebody does “{event}”, its days stand here. <a href={dataPlace(environment, 'live')}>Watch events come in</a></p>
            </Empty>
          )}
        {measure?.kind === 'quantile' && trend?.lately && (
          <p class="hint">All traffic is told by the mean of its values; the quantile is that of visitors in tests.</p>
        )}
      </Card>
      <InTests metric={metric} production={environment === 'production'} />
      <Retention live={visitors} event={event} name={key} />
      <Steps live={visitors} {...{ before, metric }} />
      <Uses uses={uses} />
      <History metric={metric} />
    </>
  )
}

/** Where visitors stand, how much they differ, and what that means for the size of a test. */
function InTests({ metric: { level, found, each }, production }: { metric: MetricScreen; production: boolean }) {
  return (
    <Card title="In a test">
      {!production && <p class="muted">Tests run in production, and so do these numbers.</p>}
      {production && !level && (
        <p>No test with enough visitors has measured it yet, so nobody knows how much they differ in it. A plan asks you for a guess.</p>
      )}
      {level && (
        <>
          <p>
            <strong class="lead">{level.told}</strong> {each}, by the old version in{' '}
            <a href={`#/experiments/${level.experiment}`}>{level.title}</a>
            {level.apart && <>; visitors differ by {level.apart} (standard deviation)</>}.
          </p>
          {found && found.length > 0
            ? <ul class="found">{found.map(({ weeks, words }) => <li key={weeks}><Words>{words}</Words></li>)}</ul>
            : <p class="muted">How much a test finds shows once traffic was measured for some hours.</p>}
          <p class="hint">One test of two versions alone, by the ramp of the playbook and read as it says.</p>
        </>
      )}
    </Card>
  )
}

const AS: Record<MetricUse['as'], string> = { decides: 'decides it', guards: 'must not get worse', shown: 'is shown beside' }

/** Rows that stand open; what is over and done is folded. */
const OPEN = 8

function Uses({ uses }: { uses: MetricUse[] }) {
  const all = runningFirst(uses)
  const rest = all.slice(OPEN)
  return (
    <Card title="Who uses it" aside={uses.length > 0 && usage(uses)}>
      {uses.length === 0 ? <p class="muted">No experiment does, and no plan.</p> : <UseTable label="Experiments that use it" uses={all.slice(0, OPEN)} />}
      {rest.length > 0 && (
        <details class="fold">
          <summary>{counted(rest.length, 'more', 'more')}</summary>
          <UseTable label="More experiments that use it" uses={rest} />
        </details>
      )}
    </Card>
  )
}

function UseTable({ label, uses }: { label: string; uses: MetricUse[] }) {
  return (
    <Table
      label={label} rows={uses} rowKey={({ experiment, as }) => `${experiment} ${as}`}
      columns={[
        { title: 'Experiment', cell: ({ experiment, title }) => <a href={`#/experiments/${experiment}`}>{title}</a> },
        { title: 'What for', cell: ({ as }) => AS[as] },
        {
          title: 'State',
          cell: ({ state }) => (state === null ? <span class="muted">–</span> : <Status tone={STATES[state].tone}>{STATES[state].word}</Status>),
        },
      ]}
    />
  )
}

const runningFirst = (uses: MetricUse[]): MetricUse[] => {
  const runs = ({ state }: MetricUse): number => Number(state === 'running')
  return [...uses].sort((one, other) => runs(other) - runs(one))
}

function History({ metric: { history } }: { metric: MetricScreen }) {
  return (
    <Card title="What it has meant" aside="each version that changed it">
      <ol class="meant">
        {history.map(({ version, at, who, why, words, description }) => (
          <li key={version}>
            <p class="small muted">
              Version {version}, <Time at={at} />{who && `, ${who}`}{why && <>: {why}</>}
            </p>
            {words === null
              ? <p><Icon name="off" size={16} /> It was taken out.</p>
              : <p><Words>{words}</Words>{description && <span class="hint">{description}</span>}</p>}
          </li>
        ))}
      </ol>
    </Card>
  )
}
