import { useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { dayOf, groupsOf, momentOf, moved, shownFrom, within } from '../calendar/weeks'
import type { Shown } from '../calendar/weeks'
import { Track, Weeks } from '../calendar/track'
import { Button, Card, Empty, LinkButton, Loaded, Screen, Segmented, Status, Table } from '../parts'
import { useRoute } from '../router'
import { chosen, TeamFilter } from '../teams/filter'
import { Follow } from '../teams/follow'
import { nameOf, useTeams } from '../teams/teams'
import type { Calendar as Tests, CalendarTest, Followed } from '../types/teams'
import { counted, date } from '../words'
import { Beside } from './beside'
import { STATES } from './experiment'
import '../calendar/calendar.css'
import '../teams/teams.css'

const BY = [{ value: 'page', label: 'By page' }, { value: 'team', label: 'By team' }] as const

/** All tests in weeks, and what gets in each other's way. The address holds the weeks and the order. */
export function Calendar({ project }: { project: string }) {
  const { query } = useRoute()
  const live = useLive<Tests>(inProject(project, 'calendar'), 30_000)
  const teams = useTeams(project).value
  const follows = useLive<{ follows: Followed[] }>(inProject(project, 'follows'), 60_000)
  const by = query.get('by') === 'team' ? 'team' : 'page'
  const team = query.get('team') ?? ''
  return (
    <Screen title="Calendar" aside={<p>What has run, runs and is planned, and what gets in each other’s way.</p>}>
      <Beside here="calendar" />
      <Loaded live={live}>
        {({ tests, asOf, weeks, zone }) => {
          const around = shownFrom(weeks, asOf)
          const shown = shownFrom(weeks, momentOf(query.get('from') ?? '') || (moved(weeks, around, -4) ?? asOf))
          const [earlier, later] = [moved(weeks, shown, -4), moved(weeks, shown, 4)]
          const move = (week: number | undefined): void => void (week !== undefined && chosen('from', dayOf(week)))
          const there = tests.filter((test) => within(test, shown) && (!team || test.team === team))
          const groups = groupsOf(there, by, (key) => nameOf(teams, key))
          return (
            <>
              <div class="row row-apart calendar-head">
                <Segmented label="In which order" value={by} options={BY} onValue={(by) => chosen('by', by === 'team' ? by : '')} />
                <TeamFilter project={project} value={team} />
                <div class="actions">
                  <Button small aria-label="Four weeks earlier" disabled={earlier === undefined} onClick={() => move(earlier)}>Earlier</Button>
                  <Button small onClick={() => chosen('from', '')}>Today</Button>
                  <Button small aria-label="Four weeks later" disabled={later === undefined} onClick={() => move(later)}>Later</Button>
                </div>
              </div>
              <p class="muted small" aria-live="polite">
                {date(shown[0], zone)} to {date((shown.at(-1) ?? 0) - 1, zone)}, as clocks show it in {zone}: {counted(there.length, 'test')},{' '}
                {counted(there.filter(({ collisions }) => collisions.length > 0).length, 'of them collides', 'of them collide')}
              </p>
              {tests.length === 0 ? <Nothing /> : there.length === 0 ? <p>Nothing is tested in these weeks.</p> : (
                <>
                  {groups.map(({ name, subject, tests }) => (
                    <Card
                      key={name} title={name.startsWith('/') ? <><span class="muted">Page</span> {name}</> : name}
                      aside={subject && follows.value && (
                        <Follow
                          {...{ project, subject, name }} kind={by}
                          followed={follows.value.follows.some((one) => one.kind === by && one.subject === subject)}
                          onDone={() => void follows.refresh()}
                        />
                      )}
                    >
                      <Weeks shown={shown} zone={zone} now={asOf} />
                      <ul class="calendar-tests">
                        {tests.map((test) => <Row key={test.key} {...{ test, shown, zone }} now={asOf} />)}
                      </ul>
                    </Card>
                  ))}
                  <details class="fold calendar-table">
                    <summary>The same as a table</summary>
                    <AsTable tests={there} zone={zone} teamOf={(key) => nameOf(teams, key)} />
                  </details>
                </>
              )}
            </>
          )
        }}
      </Loaded>
    </Screen>
  )
}

function Row({ test, shown, zone, now }: { test: CalendarTest; shown: Shown; zone: string; now: number }) {
  const { key, title, state, collisions, until } = test
  return (
    <li>
      <div class="row row-apart">
        <h3><a href={`#/experiments/${key}`}>{title}</a></h3>
        <Status tone={STATES[state].tone}>{STATES[state].word}</Status>
      </div>
      <Track {...{ test, shown, now }} />
      <p class="small muted">{date(test.from, zone)} to {date(test.to, zone)}{until && `, ${until}`}</p>
      <Collisions {...{ collisions, zone }} />
    </li>
  )
}

function Collisions({ collisions, zone }: Pick<CalendarTest, 'collisions'> & { zone: string }) {
  const [all, setAll] = useState(false)
  if (collisions.length === 0) return null
  const shown = all || collisions.length <= 2 ? collisions.length : 1
  return (
    <ul class="collisions">
      {collisions.slice(0, shown).map((collision) => (
        <li key={collision.with}>
          <Status tone={collision.stops ? 'stop' : 'look'} icon="look">{collision.stops ? 'Collides' : 'Shares'}</Status>{' '}
          {collision.words} <span class="muted">{date(collision.from, zone)} to {date(collision.to, zone)}</span>
        </li>
      ))}
      {shown < collisions.length && <li><Button small kind="quiet" onClick={() => setAll(true)}>{collisions.length - shown} more like it</Button></li>}
    </ul>
  )
}

function AsTable({ tests, zone, teamOf }: { tests: CalendarTest[]; zone: string; teamOf(key: string | null): string }) {
  return (
    <Table
      label="Tests in these weeks" rows={tests} rowKey={({ key }) => key}
      columns={[
        { title: 'Test', cell: ({ title, key }) => <a href={`#/experiments/${key}`}>{title}</a> },
        { title: 'State', cell: ({ state }) => STATES[state].word },
        { title: 'From', cell: ({ from }) => date(from, zone) },
        { title: 'To', cell: ({ to, until }) => <>{date(to, zone)}{until && <span class="muted"> {until}</span>}</> },
        { title: 'Page', cell: ({ pages, flag }) => pages.join(', ') || `the flag ${flag}` },
        { title: 'Team', cell: ({ team }) => teamOf(team) || '–' },
        { title: 'Collides with', cell: ({ collisions }) => collisions.map(({ words }) => words).join(' ') || 'nothing' },
      ]}
    />
  )
}

function Nothing() {
  return (
    <Empty title="Nothing is tested or planned" action={<LinkButton kind="primary" icon="plus" href="#/experiments/new">New experiment</LinkButton>}>
      <p>Every plan stands here as soon as there is one, with the weeks that it is likely to take.</p>
    </Empty>
  )
}
