import { useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { now as engineNow } from '../clock'
import { undoStop } from '../live/undo'
import { AsOf, Button, Card, Empty, Icon, later, LinkButton, Loaded, Progress, Screen, Status, useTick, Words } from '../parts'
import type { IconName, Tone } from '../parts'
import type { Need, NeedKind, NowScreen, Running } from '../types'
import type { OwnNow } from '../types/teams'
import { Figures } from '../parts/figures'
import { useHere } from '../project'
import { useRoute } from '../router'
import { TeamFilter } from '../teams/filter'
import { count, counted, left } from '../words'

const FollowedCard = later(async () => (await import('../teams/followed')).FollowedCard)

/** The home of everybody: what needs somebody, what runs, and how fast we learn. */
export function Now({ project }: { project: string }) {
  const team = useRoute().query.get('team') ?? ''
  const live = useLive<OwnNow>(`${inProject(project, 'now')}${team && `?team=${encodeURIComponent(team)}`}`, 5000)
  const now = live.value
  return (
    <Screen
      title="Now"
      aside={now && !isNew(now) && <><span>{now.running.length} running</span><AsOf live={live} asOf={now.asOf} /></>}
      actions={now && !isNew(now) && (
        <LinkButton kind="primary" icon="plus" href="#/experiments/new">New experiment</LinkButton>
      )}
    >
      <TeamFilter project={project} value={team} />
      <Loaded live={live} lines={6}>
        {(now) => (isNew(now) && !team ? <Welcome /> : (
          <>
            {now.follows.length > 0 && (
              <FollowedCard project={project} follows={now.follows} onDone={() => void live.refresh()} />
            )}
            <Overview now={now} />
          </>
        ))}
      </Loaded>
    </Screen>
  )
}

const isNew = ({ needs, running, ideas, drafts, follows }: OwnNow): boolean =>
  needs.length === 0 && running.length === 0 && ideas === 0 && drafts === 0 && follows.length === 0

function Overview({ now }: { now: NowScreen }) {
  return (
    <>
      <Card title="Needs you" aside={<>{now.needs.length > 0 && counted(now.needs.length, 'thing')} <a href="#/alerts">Alerts</a></>}>
        {now.needs.length === 0
          ? <Status tone="ok">Nothing needs you. Experiments go on by themselves and say when they do.</Status>
          : (
            <ul class="needs">
              {now.needs.map((need) => <li key={`${need.kind} ${need.key}`}><NeedRow need={need} /></li>)}
            </ul>
          )}
      </Card>
      <Card title="Running" aside={<Waiting now={now} />}>
        {now.running.length === 0
          ? <p class="muted">Nothing is under test right now.</p>
          : <ul class="running">{now.running.map((row) => <li key={row.key}><RunningRow row={row} /></li>)}</ul>}
      </Card>
      {now.quarter.length > 0 && (
        <section class="quarter" aria-labelledby="quarter">
          <div class="row row-apart">
            <h2 id="quarter">This quarter</h2>
            <LinkButton kind="quiet" small href="#/practice">All figures</LinkButton>
          </div>
          <Figures figures={now.quarter} />
        </section>
      )}
    </>
  )
}

function Waiting({ now: { ideas, drafts } }: { now: NowScreen }) {
  const parts = [ideas > 0 && counted(ideas, 'idea'), drafts > 0 && counted(drafts, 'draft')].filter(Boolean)
  return parts.length > 0 && <a href="#/experiments">{parts.join(' and ')} not started</a>
}

/** How each need looks, and which part of the experiment answers it. Red is only for what has already stopped. */
const NEEDS: Record<NeedKind, { icon: IconName; tone: Tone; tab: string }> = {
  stopped: { icon: 'stop', tone: 'stop', tab: 'reading' },
  decide: { icon: 'decide', tone: 'ok', tab: 'reading' },
  review: { icon: 'review', tone: 'wait', tab: 'plan' },
  data: { icon: 'look', tone: 'look', tab: 'live' },
  debrief: { icon: 'debrief', tone: 'off', tab: 'debrief' },
  approve: { icon: 'review', tone: 'wait', tab: '' },
  asked: { icon: 'voices', tone: 'wait', tab: '' },
}

function NeedRow({ need }: { need: Need }) {
  // A newer engine may know more kinds than this page.
  const { icon, tone, tab } = NEEDS[need.kind] ?? { icon: 'look', tone: 'look', tab: '' }
  const href = need.environment ? `#/flags/${need.environment}?show=changes` : `#/experiments/${need.key}/${tab}`
  return (
    <div class="need">
      <span class={`need-icon tone-${tone}`}><Icon name={icon} size={22} /></span>
      <div class="need-words">
        <p class={`need-label tone-${tone}`}>{need.label}</p>
        <h3><a href={href}>{need.title}</a></h3>
        <p class="muted"><Words>{need.words}</Words></p>
      </div>
      <div class="need-do">
        <UndoNeed need={need} />
        <LinkButton href={href} aria-label={`${need.action}: ${need.title}`}>{need.action}</LinkButton>
      </div>
    </div>
  )
}

/** While a stop can be taken back, it can be from here too. */
function UndoNeed({ need: { key, title, revision, undoUntil } }: { need: Need }) {
  const { project } = useHere()
  const [busy, setBusy] = useState(false)
  useTick(1000)
  const remaining = (undoUntil ?? 0) - engineNow()
  if (revision === undefined || remaining <= 0) return null
  const undo = async () => {
    setBusy(true)
    await undoStop(project, { key, title, revision })
    setBusy(false)
  }
  return (
    <Button icon="undo" busy={busy} aria-label={`Undo: ${title} runs again`} onClick={() => void undo()}>
      Undo <span class="undo-left" aria-hidden="true">{left(remaining)} left</span>
    </Button>
  )
}

const STATUS: Record<Running['status'], Tone> = { onPlan: 'ok', early: 'wait', look: 'look', held: 'held' }

function RunningRow({ row }: { row: Running }) {
  const people = `${count(row.people)} of ${count(row.planned)} planned people`
  return (
    <div class="run">
      <div class="run-title">
        <h3><a href={`#/experiments/${row.key}/live`}>{row.title}</a></h3>
        <Status tone={STATUS[row.status] ?? 'wait'}>{row.label}</Status>
      </div>
      <div class="run-people">
        <Progress
          value={row.people} max={row.planned} label={people} tone={row.status === 'onPlan' ? 'accent' : 'quiet'}
        />
        <p class="small muted">{people}</p>
      </div>
      <dl class="run-facts">
        <div><dt>day</dt><dd>{row.day}</dd></div>
        <div><dt>visitors in it</dt><dd>{row.stage} %</dd></div>
        <div class="run-when"><dt>when can we know</dt><dd><Words>{row.when}</Words></dd></div>
      </dl>
    </div>
  )
}

function Welcome() {
  return (
    <Empty
      title="Welcome. What would you like to find out?"
      action={
        <>
          <LinkButton kind="primary" icon="plus" href="#/experiments/new">Plan the first experiment</LinkButton>
          <LinkButton href="#/start">Set it up, step by step</LinkButton>
        </>
      }
    >
      <ol class="steps">
        <li>
          <strong>Four questions</strong> make a plan: what changes, what you expect, what must not get worse, who
          sees it.
        </li>
        <li>
          <strong>It starts small</strong> and grows by itself while all is well. If something breaks, it stops itself.
        </li>
        <li><strong>You read one sentence</strong> when enough people have seen it, and decide.</li>
      </ol>
    </Empty>
  )
}
