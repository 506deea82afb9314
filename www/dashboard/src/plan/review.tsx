import { useState } from 'preact/hooks'
import { useActing } from '../acting'
import { Alone, Button, Card, Dialog, LinkButton, Problem, Screen, Status, TextArea, Time, toast } from '../parts'
import { RuleInWords } from '../reading/verdict'
import { go } from '../router'
import type { Experiment, Playbook } from '../types'
import { Checks, useChecks } from './checks'
import { PlanInWords } from './in-words'

interface Props {
  project: string
  experiment: Experiment
  playbook: Playbook
  onChange(experiment: Experiment): void
}

/** The plan to be read by somebody else, who starts it or sends it back. */
export function Review({ project, experiment, playbook, onChange }: Props) {
  const { plan, state, author, history } = experiment
  const asked = history.filter(({ what }) => what === 'asked for a review').at(-1)
  const live = useChecks(project, state === 'inReview' ? experiment : undefined)
  return (
    <Screen
      title={experiment.title} above={<a href="#/experiments">Experiments</a>}
      aside={(
        <>
          <Status tone="wait" icon="review">In review</Status>
          <span>by {author}{asked && <>, asked <Time at={asked.at} /></>}</span>
        </>
      )}
    >
      {state === 'inReview'
        ? <Deciding {...{ project, experiment, playbook, onChange }} />
        : <Started experiment={experiment} />}
      {state === 'inReview' && (
        <Card title="Before it starts">
          <Checks project={project} live={live} saved={async () => experiment} onLooked={onChange} />
        </Card>
      )}
      <Card title="The plan">{plan && <PlanInWords experiment={experiment} plan={plan} />}</Card>
      <Card title="How it will be decided"><RuleInWords rule={playbook.rule} /></Card>
    </Screen>
  )
}

function Deciding({ project, experiment, playbook, onChange }: Props) {
  const [asking, setAsking] = useState<'return' | 'confirm'>()
  const acting = useActing(project, experiment, onChange)
  const first = experiment.plan?.ramp[0] ?? playbook.ramp[0]
  const may = (deed: 'approve' | 'return' | 'confirm' | 'withdraw') => experiment.actions.includes(deed)
  const approve = async () => {
    if (!(await acting.act('approve'))) return
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
          <Button kind="primary" icon="ok" busy={acting.busy === 'approve'} onClick={() => void approve()}>
            Approve and start at {first} %
          </Button>
        )}
        {may('confirm') && (
          <Button kind="primary" icon="ok" onClick={() => setAsking('confirm')}>Start at {first} % …</Button>
        )}
        {may('withdraw') && (
          <Button busy={acting.busy === 'withdraw'} onClick={() => void acting.act('withdraw')}>Take it back</Button>
        )}
        {!may('approve') && experiment.due === null && <Elsewhere />}
        {may('return') && <Button icon="back" onClick={() => setAsking('return')}>Send back</Button>}
      </div>
      {asking === 'return' && <Return acting={acting} onClose={() => setAsking(undefined)} />}
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

function Return({ acting, onClose }: { acting: ReturnType<typeof useActing>; onClose(): void }) {
  const [why, setWhy] = useState('')
  const send = async () => {
    if (await acting.act('return', { why: why.trim() })) onClose()
  }
  return (
    <Dialog
      title="Send back" submit="Send back" ready={why.trim().length > 0} busy={acting.busy === 'return'}
      onClose={onClose} onSubmit={() => void send()}
    >
      <TextArea
        label="What should change?" placeholder="Say what “freshness” would change for people who buy for a month"
        value={why} onValue={setWhy} required rows={3}
      />
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
