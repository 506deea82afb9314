import { useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { inEnvironment, inProject, useLive } from '../api'
import type { Failure } from '../api'
import { prepareCheck } from '../first/check'
import { CHECK, KINDS, rememberedKind, rememberKind, stepOf } from '../first/kinds'
import type { Kind } from '../first/kinds'
import { Button, Card, CopyButton, LinkButton, Problem, Screen, Segmented, Status, TextField } from '../parts'
import { useHere } from '../project'
import { go } from '../router'
import type { DataScreen, ExperimentCard, LiveScreen, Person, Slots } from '../types'
import type { Channels } from '../types/channels'
import { counted } from '../words'
import '../first/first.css'

/** How soon something that happened is ticked. */
const SOON = 3000

/** From nothing to a first honest count: each step says what to do, and is ticked by what really arrived. */
export function Start({ project }: { project: string }) {
  const { environments } = useHere()
  const [kind, setKind] = useState<Kind>(rememberedKind)
  const site = environments.find(({ key }) => key === 'production')?.site
  const choose = (next: Kind) => {
    rememberKind(next)
    setKind(next)
  }
  return (
    <Screen title="First steps" above={<a href="#/now">Now</a>} aside={<p>What is ticked has happened; nobody ticks by hand.</p>}>
      <Card title="What do you have?">
        <div><Segmented label="What do you have?" value={kind} options={KINDS} onValue={choose} /></div>
      </Card>
      {site
        ? <Steps project={project} kind={kind} site={site} />
        : <Card><p>Production has no site yet: name its host under <code>SITES</code>, and start again.</p></Card>}
    </Screen>
  )
}

function Steps({ project, kind, site }: { project: string; kind: Kind; site: string }) {
  const page = useLive<Slots>(`${inEnvironment(project, 'production', 'slots')}?path=/`, 10_000)
  const keys = useLive<{ client: string; server: string }>(kind === 'site' ? null : inEnvironment(project, 'production', 'keys'), 0)
  const data = useLive<DataScreen>(inEnvironment(project, 'production', 'data'), SOON)
  const list = useLive<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'), SOON)
  const people = useLive<{ people: Person[] }>(inProject(project, 'people'), 15_000)
  const channels = useLive<Channels>(inProject(project, 'channels'), 15_000)
  const experiments = list.value?.experiments ?? []
  // Whatever somebody has called it, and wherever they have begun it.
  const check = experiments.find(({ template }) => template === CHECK)
  const started = check?.started != null
  const live = useLive<LiveScreen>(started ? inProject(project, 'experiments', check.key, 'live') : null, SOON)
  const inCheck = live.value?.arms.reduce((total, arm) => total + Math.max(arm.assigned, arm.confirmed), 0) ?? 0
  // Where other tests have visitors, visitors come.
  const met = inCheck || experiments.reduce((total, { people }) => total + people, 0)
  const events = data.value?.events.filter(({ n }) => n > 0) ?? []
  const { words, code } = stepOf(kind, site, keys.value)
  return (
    <ol class="first">
      <Step title="Put it in place" done={page.value && `Your first page answers, with ${counted(page.value.slots.length, 'thing')} on it.`} waits="Waiting for your first page.">
        <p>{words}</p>
        <Copied code={code} />
        {page.failure && <Problem failure={page.failure} />}
      </Step>
      <Step
        title="Check the counting with nothing" done={started && 'It runs.'}
        waits={check ? 'It is drafted: look at it, and have somebody start it.' : 'Not begun.'}
      >
        <p>An A/A check shows both groups the same. If they come out different, the counting is wrong, and it is better to know before the first real test.</p>
        {check
          ? <div class="actions"><LinkButton kind={started ? 'plain' : 'primary'} href={`#/experiments/${check.key}`}>{started ? 'Read it' : 'Go to the check'}</LinkButton></div>
          : <Prepare project={project} kind={kind} metrics={data.value?.metrics.length ?? 0} />}
      </Step>
      <Step title="The first visitor is in it" done={met > 0 && `${counted(met, 'visitor')} so far.`} waits="Waiting for a visitor.">
        <p>Open your {kind === 'site' ? 'first page' : 'application'} in a window where nobody is signed in. At 5 % most visitors are not in it; each new window is another one.</p>
      </Step>
      <Step title="The first event arrives" done={events.length > 0 && `“${events[0]?.name}” came ${counted(events[0]?.n ?? 0, 'time')}.`} waits="Waiting for an event.">
        <p>{kind === 'site' ? <>An element with <code>data-goal="order"</code> sends it with a click.</> : <><code>flags.track('order')</code> sends it.</>}</p>
      </Step>
      <Step title="Invite somebody" done={(people.value?.people.length ?? 0) > 0 && `${counted(people.value?.people.length ?? 0, 'colleague')} can come in.`} waits="Nobody but you.">
        <p>Two people start a test: one writes it, another one reads it.</p>
        <div class="actions"><LinkButton href="#/setup/people">Invite a colleague</LinkButton></div>
      </Step>
      <Step title="Hear from it" done={(channels.value?.channels.length ?? 0) > 0 && 'Messages have a place to go.'} waits="Messages go nowhere.">
        <p>When a test needs somebody, Slack, another service or a mail says so. A test message shows that it arrives.</p>
        <div class="actions"><LinkButton href="#/setup/integrations">Send a test message</LinkButton></div>
      </Step>
    </ol>
  )
}

function Step({ title, done, waits, children }: { title: string; done: string | false | undefined; waits: string; children: ComponentChildren }) {
  return (
    <li class={done ? 'first-step first-done' : 'first-step'}>
      <Card title={title} aside={<div role="status"><Status tone={done ? 'ok' : 'wait'}>{done || waits}</Status></div>}>{children}</Card>
    </li>
  )
}

function Copied({ code }: { code: string }) {
  return (
    <div class="first-code">
      <pre tabIndex={0} aria-label="What to copy">{code}</pre>
      <CopyButton small value={code} />
    </div>
  )
}

function Prepare({ project, kind, metrics }: { project: string; kind: Kind; metrics: number }) {
  const [event, setEvent] = useState('order')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const good = /^[a-z][a-z0-9-]*$/.test(event)
  const prepare = async () => {
    setBusy(true)
    const made = await prepareCheck(project, kind, event)
    setBusy(false)
    if (made.ok) go(`#/experiments/${made.value.key}`)
    else setFailure(made)
  }
  return (
    <>
      {metrics === 0 && (
        <TextField
          label="What should a visitor do in the end?" hint="The name of an event, such as order or signup." value={event} onValue={setEvent}
          problem={good ? undefined : 'Small letters, digits and hyphens; a letter first.'}
        />
      )}
      <div><Button kind="primary" busy={busy} disabled={!good} onClick={() => void prepare()}>Prepare the check</Button></div>
      {failure && <Problem failure={failure} pointers />}
    </>
  )
}
