import { inProject, useLive } from '../api'
import { Button, Card, LinkButton, Loaded, Screen, Segmented, Table } from '../parts'
import { Figures } from '../parts/figures'
import { csv } from '../reading/files'
import { useRoute } from '../router'
import { save } from '../save'
import { chosen } from '../teams/filter'
import { nameOf, useTeams } from '../teams/teams'
import type { PracticeScreen, Waits } from '../types/practice'
import { count, span } from '../words'

/** Minutes of a day. */
const DAY = 1440

const WEEKS = [
  { value: '4', label: '4 weeks' }, { value: '13', label: 'Quarter' }, { value: '26', label: 'Half a year' }, { value: '52', label: 'Year' },
] as const

/** How fast and how well this project learns, all of it from what was recorded as it was done. */
export function Practice({ project }: { project: string }) {
  const asked = useRoute().query.get('weeks')
  const weeks = WEEKS.find(({ value }) => value === asked)?.value ?? '13'
  const live = useLive<PracticeScreen>(`${inProject(project, 'practice')}?weeks=${weeks}`, 60_000)
  const teams = useTeams(project).value
  return (
    <Screen
      title="How we learn" above={<a href="#/now">Now</a>}
      aside={<p>Nobody types these figures: they follow from what was recorded as it was done.</p>}
      actions={live.value && (
        <Button kind="quiet" icon="down" onClick={() => live.value && save(`practice-${weeks}-weeks.csv`, csv(live.value), 'text/csv')}>CSV</Button>
      )}
    >
      <div><Segmented label="Of which time" value={weeks} options={WEEKS} onValue={(weeks) => chosen('weeks', weeks === '13' ? '' : weeks)} /></div>
      <Loaded live={live} lines={6}>
        {({ figures, teams: paces, waiting }) => (
          <>
            <section class="quarter" aria-label="Figures">
              <Figures figures={figures} />
            </section>
            <Card title="Who waits for whom">
              {waiting.length === 0
                ? <p class="muted">Nothing waits for anybody.</p>
                : (
                  <Table
                    label="What stands still until somebody does something" rows={waiting} rowKey={({ key, what }) => `${key} ${what}`}
                    columns={[
                      { title: 'Experiment', cell: ({ key, title }) => <a href={`#/experiments/${key}`}>{title}</a> },
                      { title: 'Waits for', cell: ({ what, whom }) => `${what} by ${whom}` },
                      { title: 'Team', cell: ({ team }) => (team ? nameOf(teams, team) : <span class="muted">none</span>) },
                      { title: 'For', numeric: true, cell: ({ days }: Waits) => span(Math.round(days * DAY)) },
                    ]}
                  />
                )}
            </Card>
            <Card title="The pace of each team">
              {paces.length === 0
                ? <p class="muted">No team has begun or ended a test in this time. <LinkButton small href="#/experiments/new">New experiment</LinkButton></p>
                : (
                  <Table
                    label="What each team has begun and brought to an end" rows={paces} rowKey={({ key }) => key}
                    columns={[
                      { title: 'Team', cell: ({ name }) => name },
                      { title: 'Started', numeric: true, cell: ({ started }) => count(started) },
                      { title: 'Decided', numeric: true, cell: ({ decided }) => count(decided) },
                      { title: 'Shipped', numeric: true, cell: ({ shipped }) => count(shipped) },
                      { title: 'Running now', numeric: true, cell: ({ running }) => count(running) },
                    ]}
                  />
                )}
            </Card>
          </>
        )}
      </Loaded>
    </Screen>
  )
}
