import { inProject, useLive } from '../api'
import { Card, Empty, LinkButton, Loaded, Screen, Table, Words } from '../parts'
import { Ranges } from '../library/ranges'
import { useRoute } from '../router'
import { TeamFilter } from '../teams/filter'
import type { Ending, Group, TogetherScreen } from '../types/together'
import { count, counted, percent } from '../words'
import '../library/library.css'

/** What all tests that have ended say together. */
export function Together({ project }: { project: string }) {
  const team = useRoute().query.get('team') ?? ''
  const live = useLive<TogetherScreen>(`${inProject(project, 'library', 'together')}${team && `?team=${encodeURIComponent(team)}`}`, 60_000)
  return (
    <Screen
      title="What all tests say" above={<a href="#/library">Library</a>}
      aside={<p>How tests end here, how large effects really are, and what all that was shipped has brought.</p>}
    >
      <TeamFilter project={project} value={team} />
      <Loaded live={live} lines={6}>
        {(told) => (
          <>
            {told.ended === 0 ? <Nothing /> : <All told={told} byTeam={!team} />}
            {told.imported > 0 && (
              <p class="muted small">
                {counted(told.imported, 'imported experiment is', 'imported experiments are')} in no figure here: nobody has verified their
                numbers.
              </p>
            )}
          </>
        )}
      </Loaded>
    </Screen>
  )
}

function All({ told: { ended, outcomes, effects, impact, teams, metrics }, byTeam }: { told: TogetherScreen; byTeam: boolean }) {
  return (
    <>
      <Card title={`How ${counted(ended, 'test')} ended`}>
        <Outcomes all={outcomes} of={ended} />
        <p class="muted">
          Many without an effect are no failure: each has kept a change from everybody that would have done nothing.
        </p>
      </Card>
      {impact.length > 0 && (
        <Card title="What was shipped has brought">
          <ul class="stack stack-close">{impact.map(({ metric, words }) => <li key={metric}><Words>{words}</Words></li>)}</ul>
        </Card>
      )}
      {effects.length > 0 && (
        <Card title="Hoped for, found and believed">
          <p class="muted">
            The largest effects that are found are also the luckiest. What is believed moves each towards what the others on its metric
            have found, as far as its own uncertainty leaves room.
          </p>
          <Ranges effects={effects} />
        </Card>
      )}
      {byTeam && teams.length > 1 && <Groups title="By team" name="Team" all={teams} />}
      {metrics.length > 1 && <Groups title="By metric" name="Metric" all={metrics} />}
    </>
  )
}

function Outcomes({ all, of }: { all: Ending[]; of: number }) {
  return (
    <dl class="together-outcomes">
      {all.map(({ kind, label, count: many }) => (
        <div key={kind}>
          <dt>{label}</dt>
          <dd><strong>{count(many)}</strong> <span class="muted">{percent(many / of, 0)}</span></dd>
          <dd class={`together-bar together-${kind}`} aria-hidden="true"><span style={{ width: `${(100 * many) / of}%` }} /></dd>
        </div>
      ))}
    </dl>
  )
}

function Groups({ title, name, all }: { title: string; name: string; all: Group[] }) {
  const of = (group: Group, kind: string): string => count(group.outcomes.find((one) => one.kind === kind)?.count ?? 0)
  return (
    <Card title={title}>
      <Table
        label={title} rows={all} rowKey={(group) => group.name}
        columns={[
          { title: name, cell: (group) => group.name },
          { title: 'Ended', numeric: true, cell: (group) => count(group.ended) },
          { title: 'Better', numeric: true, cell: (group) => of(group, 'better') },
          { title: 'No such effect', numeric: true, cell: (group) => of(group, 'noEffectAsLarge') },
          { title: 'Worse', numeric: true, cell: (group) => of(group, 'worse') },
          { title: 'No answer', numeric: true, cell: (group) => of(group, 'other') },
          { title: 'Shipped', numeric: true, cell: (group) => count(group.shipped) },
        ]}
      />
    </Card>
  )
}

function Nothing() {
  return (
    <Empty title="No test has ended yet" action={<LinkButton kind="primary" icon="plus" href="#/experiments/new">New experiment</LinkButton>}>
      <p>With the first few, this page says how large effects really are here, and what to hope for next.</p>
    </Empty>
  )
}
