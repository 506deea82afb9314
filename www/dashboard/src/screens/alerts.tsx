import { inProject, useLive, useWrite } from '../api'
import { AsOf, Button, Card, Empty, LinkButton, Loaded, Problem, Screen, Segmented, Status, Time, Words } from '../parts'
import { useRoute } from '../router'
import { chosen } from '../teams/filter'
import type { Alert, AlertsScreen, AlertState } from '../types/alerts'

const STATES: readonly { value: AlertState; label: string }[] = [
  { value: 'open', label: 'Open' }, { value: 'snoozed', label: 'Snoozed' }, { value: 'resolved', label: 'Resolved' },
]

/** Hours for which an alert may be left alone. */
const SNOOZES = [{ hours: 24, words: 'a day' }, { hours: 168, words: 'a week' }] as const

/** What the watch has found: each with its cause, what to do, and how one knows. */
export function Alerts({ project }: { project: string }) {
  const asked = useRoute().query.get('state')
  const state = STATES.find(({ value }) => value === asked)?.value ?? 'open'
  const live = useLive<AlertsScreen>(`${inProject(project, 'alerts')}?state=${state}`, 20_000)
  const write = useWrite()
  const snooze = async (id: number, hours: number) => {
    await write.send('POST', `${inProject(project, 'alerts', String(id), 'snooze')}?hours=${hours}`)
    await live.refresh()
  }
  return (
    <Screen
      title="Alerts" above={<a href="#/now">Now</a>}
      aside={live.value && <AsOf live={live} asOf={live.value.asOf} />}
    >
      <Segmented label="Which alerts" value={state} options={STATES} onValue={(state) => chosen('state', state === 'open' ? '' : state)} />
      {write.failure && <Problem failure={write.failure} />}
      <Loaded live={live} lines={4}>
        {({ alerts, rate }) => (
          <>
            {alerts.length === 0 ? <None state={state} /> : alerts.map((alert) => (
              <One key={alert.id} alert={alert} busy={write.busy} onSnooze={(hours) => void snooze(alert.id, hours)} />
            ))}
            <p class="small muted">
              Every minute all running tests are looked at. On average at most {Math.round(rate * 100)} in 100 of a day’s alerts is a
              false one, however many tests run. What stops a test by itself keeps the promise of its guardrails.
            </p>
          </>
        )}
      </Loaded>
    </Screen>
  )
}

function None({ state }: { state: AlertState }) {
  if (state !== 'open') return <Empty title={state === 'snoozed' ? 'Nothing is left alone' : 'Nothing has been resolved yet'} />
  return (
    <Empty title="Nothing is odd" action={<LinkButton href="#/now">Go to Now</LinkButton>}>
      <p>Lost visitors, machines, hours without traffic, errors, and numbers too good to be true would stand here by themselves.</p>
    </Empty>
  )
}

function One({ alert, busy, onSnooze }: { alert: Alert; busy: boolean; onSnooze(hours: number): void }) {
  const { experiment, title, what, cause, next, opened, closed, snoozed, state, evidence } = alert
  return (
    <Card
      title={what} id={`alert-${alert.id}`}
      aside={state === 'resolved' ? <Status tone="ok">Over</Status> : <span>began <Time at={opened} /></span>}
    >
      <p class="muted">In “{title}”</p>
      <p><Words>{cause}</Words></p>
      {state === 'resolved'
        ? <p><strong>It is over.</strong> It began <Time at={opened} /> and ended <Time at={closed} />.</p>
        : next && <p><strong>What to do.</strong> <Words>{next}</Words></p>}
      {state === 'snoozed' && <p class="muted">Left alone until <Time at={snoozed} coming />.</p>}
      <details class="fold">
        <summary>How do you know?</summary>
        <dl class="stack stack-close">
          {Object.entries(evidence ?? {}).map(([name, value]) => (
            <div key={name}><dt class="muted">{LABELS[name] ?? name}</dt><dd>{told(name, value)}</dd></div>
          ))}
          <div><dt class="muted">first seen</dt><dd><Time at={opened} /></dd></div>
        </dl>
      </details>
      <div class="actions">
        <LinkButton small href={`#/experiments/${experiment}/live`} aria-label={`See the test: ${title}`}>See the test</LinkButton>
        {state === 'open' && SNOOZES.map(({ hours, words }) => (
          <Button key={hours} small kind="quiet" busy={busy} aria-label={`Leave alone for ${words}: ${title}, ${what}`} onClick={() => onSnooze(hours)}>
            Leave alone for {words}
          </Button>
        ))}
        {state === 'snoozed' && (
          <Button small kind="quiet" busy={busy} aria-label={`Open again: ${title}, ${what}`} onClick={() => onSnooze(0)}>Open again</Button>
        )}
      </div>
    </Card>
  )
}

const LABELS: Record<string, string> = {
  pValue: 'chance of this if all were well', of: 'what was counted', today: 'in the last hours', before: 'before that', logE: 'logarithm of the evidence',
  came: 'visitors who came', usual: 'visitors who usually come', groups: 'groups', off: 'of them off', largestLogE: 'logarithm of the largest evidence',
  numbers: 'numbers', guardrails: 'guardrails',
}

const told = (name: string, value: unknown): string => {
  if (name === 'pValue' && typeof value === 'number') return value < 1e-9 ? 'less than 1 in a billion' : `1 in ${Math.round(1 / Math.max(value, 1e-9)).toLocaleString('en')}`
  if (['today', 'before'].includes(name) && Array.isArray(value)) return `${value[1]} of ${value[0]}`
  return typeof value === 'string' ? value : JSON.stringify(value)
}
