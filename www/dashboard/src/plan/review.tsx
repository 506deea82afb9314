import { useState } from 'preact/hooks'
import { useActing } from '../acting'
import { Alone, Button, Card, Dialog, LinkButton, Problem, Screen, Status, TextArea, Time, toast } from '../parts'
import { RuleInWords } from '../reading/verdict'
import { go } from '../router'
import { STATES } from '../screens/experiment'
import type { Around } from '../screens/plan'
import type { Experiment, Playbook } from '../types'
import { AtHour } from './at-hour'
import { Checks, useChecks } from './checks'
import { PlanInWords } from './in-words'

interface Props {
  project: string
  experiment: Experiment
  playbook: Playbook
  onChange(experiment: Experiment): void
}

interface Page extends Props {
  around: Around
}

/** The plan to be read by somebody else, who starts it or sends it back. */
export function Review({ project, experiment, playbook, onChange, around }: Page) {
  const { plan, state, author, history } = experiment
  const asked = history.filter(({ what }) => what === 'asked for a review').at(-1)
  const waits = state === 'inReview' || state === 'approved'
  const live = useChecks(project, waits ? experiment : undefined)
  return (
    <Screen
      title={experiment.title} above={<a href="#/experiments">Experiments</a>}
      aside={(
        <>
          <Status tone={STATES[state].tone} icon={waits ? 'review' : undefined}>{STATES[state].word}</Status>
          <span>by {author}{asked && <>, asked <Time at={asked.at} /></>}</span>
        </>
      )}
    >
      {around.belongs}
      {waits
        ? <Deciding {...{ project, experiment, playbook, onChange }} />
        : experiment.started !== null && <Started experiment={experiment} />}
      <Card title="The plan">{plan && <PlanInWords experiment={experiment} plan={plan} />}</Card>
      {waits && (
        <Card title="Before it starts">
          <Checks project={project} live={live} saved={async () => experiment} onLooked={onChange} />
        </Card>
      )}
      <Card title="How it will be decided"><RuleInWords rule={playbook.rule} /></Card>
      {around.comments}
    </Screen>
  )
}

function Deciding({ project, experiment, playbook, onChange }: Props) {
  const [asking, setAsking] = useState<'return' | 'confirm' | 'abort'>()
  const acting = useActing(project, experiment, onChange)
  const first = experiment.plan?.ramp[0] ?? playbook.ramp[0]
  const may = (deed: 'approve' | 'return' | 'confirm' | 'withdraw' | 'start' | 'abort') => experiment.actions.includes(deed)
  const start = async (deed: 'approve' | 'start') => {
    if (!(await acting.act(deed))) return
    toast({ key: experiment.key, text: `It runs, with ${first} % of the visitors.` })
    go(`#/experiments/${experiment.key}/live`)
  }
  const confirm = async () => {
    if (await acting.act('confirm', { subject: experiment.key })) setAsking(undefined)
  }
  return (
    <section class="banner banner-wait" aria-label="Review">
      {experiment.due !== null ? (
        <p><strong>Confirmed.</strong> It starts <Time at={experiment.due} coming />, unless somebody takes it back.</p>
      ) : may('start') ? (
        <p>
          <strong>Approved by {experiment.reviewer}.</strong> It starts when somebody says so, with {first} % of the
          visitors; a changed plan has to be approved again.
        </p>
      ) : may('approve') || may('confirm') ? (
        <p>
          <strong>Would you let this run?</strong> It starts with {first} % of the visitors, goes on step by step while
          all checks hold, and stops itself if a guardrail breaks. From then on the plan is locked.
        </p>
      ) : (
        <p>
          <strong>Waiting for somebody else.</strong> {playbook.reviewers === 'other'
            ? `The playbook asks for another person than ${experiment.author} to start it.`
            : 'You may read it, but not start it.'} Send them the address of this page.
        </p>
      )}
      {acting.failure && !asking && <Problem failure={acting.failure} />}
      <div class="actions">
        {may('approve') && (
          <Button kind="primary" icon="ok" busy={acting.busy === 'approve'} onClick={() => void start('approve')}>
            Approve and start at {first} %
          </Button>
        )}
        {may('approve') && (
          <Button busy={acting.busy === 'approve'} onClick={() => void acting.act('approve', { later: true })}>
            Approve, start later
          </Button>
        )}
        {may('start') && (
          <Button kind="primary" icon="ok" busy={acting.busy === 'start'} onClick={() => void start('start')}>
            Start at {first} %
          </Button>
        )}
        {may('confirm') && (
          <Button kind="primary" icon="ok" onClick={() => setAsking('confirm')}>Start at {first} % …</Button>
        )}
        {may('withdraw') && (
          <Button busy={acting.busy === 'withdraw'} onClick={() => void acting.act('withdraw')}>Take it back</Button>
        )}
        {!may('approve') && !may('start') && experiment.due === null && <Elsewhere />}
        {may('return') && <Button icon="back" onClick={() => setAsking('return')}>Send back</Button>}
        {may('abort') && <Button kind="quiet" onClick={() => setAsking('abort')}>Give it up</Button>}
      </div>
      {may('start') && (
        <AtHour
          project={project} does="Start it" call={{ method: 'POST', path: `experiments/${experiment.key}/start` }}
        />
      )}
      {asking === 'return' && <Why acting={acting} deed="return" onClose={() => setAsking(undefined)} />}
      {asking === 'abort' && <Why acting={acting} deed="abort" onClose={() => setAsking(undefined)} />}
      {asking === 'confirm' && (
        <Alone
          subject={experiment.key} then="It starts" busy={acting.busy === 'confirm'} failure={acting.failure}
          onClose={() => setAsking(undefined)} onConfirm={() => void confirm()}
        />
      )}
    </section>
  )
}

/** How somebody else comes to read it. */
function Elsewhere() {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(location.href)
      toast({ text: 'The link is copied.' })
    } catch {
      toast({ tone: 'look', text: 'The link could not be copied: take it from the address bar.' })
    }
  }
  return (
    <>
      <Button icon="copy" onClick={() => void copy()}>Copy link</Button>
      <LinkButton kind="quiet" icon="person" href="#/setup/people">Add a colleague</LinkButton>
    </>
  )
}

/** What is asked of whoever ends a plan's way, or sends it back. */
const WHYS = {
  return: {
    title: 'Send back', label: 'What should change?',
    placeholder: 'Say what “freshness” would change for people who buy for a month',
  },
  abort: {
    title: 'Give it up', label: 'Why is it not tried?', placeholder: 'The page it was about is going away',
  },
} as const

function Why({ acting, deed, onClose }: {
  acting: ReturnType<typeof useActing>; deed: keyof typeof WHYS; onClose(): void
}) {
  const { title, label, placeholder } = WHYS[deed]
  const [why, setWhy] = useState('')
  const send = async () => {
    if (await acting.act(deed, { why: why.trim() })) onClose()
  }
  return (
    <Dialog
      title={title} submit={title} ready={why.trim().length > 0} busy={acting.busy === deed}
      onClose={onClose} onSubmit={() => void send()}
    >
      <TextArea label={label} placeholder={placeholder} value={why} onValue={setWhy} required rows={3} />
      {acting.failure && <Problem failure={acting.failure} />}
    </Dialog>
  )
}

function Started({ experiment }: { experiment: Experiment }) {
  return (
    <section class="banner banner-wait">
      <p><strong>It has started.</strong></p>
      <div class="actions">
        <LinkButton kind="primary" href={`#/experiments/${experiment.key}/live`}>Watch it live</LinkButton>
      </div>
    </section>
  )
}
