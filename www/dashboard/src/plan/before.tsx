import { useEffect, useState } from 'preact/hooks'
import { useActing } from '../acting'
import type { Failure } from '../client'
import { Button, Card, Icon, Problem, toast } from '../parts'
import { RuleInWords } from '../reading/verdict'
import type { Offers } from '../screens/plan'
import type { Experiment } from '../types'
import { counted } from '../words'
import { Checks, stopping, useChecks } from './checks'
import type { Draft } from './draft'
import { begun, goTo, hypothesis } from './model'

interface Props {
  project: string
  draft: Draft
  offers: Offers
  onSubmitted(experiment: Experiment): void
}

const FIRST = ['Say what changes', 'Say what you expect, and why', 'See what must not get worse', 'See who gets it']

/** What the engine checks, how it will be decided, and the way on. */
export function Before({ project, draft, offers, onSubmitted }: Props) {
  const { plan, experiment } = draft
  // Of an idea the engine has no plan yet, so it has nothing to check either.
  const started = begun(plan) && experiment?.plan != null
  const live = useChecks(project, started ? experiment : undefined)
  const open = stopping(live.value)
  return (
    <Card
      title="Before it starts" id="before" class="before"
      aside={live.value && <span>{open === 0 ? 'All there' : `${counted(open, 'thing')} missing`}</span>}
    >
      {started
        ? <Checks project={project} live={live} saved={draft.flush} onLooked={draft.know} />
        : (
          <ul class="before-lines">
            {FIRST.map((words) => (
              <li key={words} class="before-line before-open"><Icon name="off" size={18} /><span>{words}</span></li>
            ))}
          </ul>
        )}
      <div class="before-rule">
        <h3>We will decide like this</h3>
        <RuleInWords rule={experiment?.plan ? experiment.rule : offers.playbook.rule} />
        {started && <p class="muted small">{hypothesis(plan)}</p>}
        <p class="muted before-line"><Icon name="lock" size={16} /><span>This text is locked when it starts.</span></p>
      </div>
      <div class="before-way">
        {experiment && (
          <Submit project={project} draft={draft} experiment={experiment} safety={plan.safety === true} onSubmitted={onSubmitted} />
        )}
        {!experiment && <Button kind="primary" disabled>Ask for review</Button>}
        <p class="hint">
          {offers.playbook.reviewers === 'other'
            ? 'One other person reads it and starts it.'
            : 'Anybody of the team may start it, you too.'}
        </p>
      </div>
    </Card>
  )
}

/** What is missing stands in the list above already, where there is room for it. */
function Refused({ failure }: { failure: Failure }) {
  const { length } = failure.problems
  if (length === 0) return <Problem failure={failure} />
  return <p class="tone-stop" role="alert">{counted(length, 'thing')} {length === 1 ? 'is' : 'are'} missing: see the list above.</p>
}

function Submit({ project, draft, experiment, safety, onSubmitted }: {
  project: string; draft: Draft; experiment: Experiment; safety: boolean; onSubmitted(experiment: Experiment): void
}) {
  const [waiting, setWaiting] = useState(false)
  const acting = useActing(project, experiment, (submitted) => {
    onSubmitted(submitted)
    toast({ key: experiment.key, text: 'Now somebody has to review it.' })
  })
  // What it was refused for may have gone.
  useEffect(acting.clear, [draft.plan, experiment.revision])
  useEffect(() => {
    acting.failure?.problems.some(({ pointer }) => goTo(pointer.replace(/^\/plan/, '')))
  }, [acting.failure])
  const submit = async () => {
    setWaiting(true)
    // The newest words have to be there before they are asked about; acting then uses the revision they made.
    const saved = await draft.flush()
    setWaiting(false)
    if (!saved) return
    // The list above names the gaps already; whoever asks is brought to the first.
    if (!saved.problems.some(({ pointer }) => goTo(pointer))) await acting.act('submit', {}, saved.revision)
  }
  return (
    <>
      {acting.failure && <Refused failure={acting.failure} />}
      {draft.failure && <p class="tone-look">It is not saved yet, so it cannot be asked for.</p>}
      {draft.conflict && <p class="tone-look">First choose above which version of the plan shall stand.</p>}
      <Button kind="primary" busy={waiting || acting.busy === 'submit'} onClick={() => void submit()}>
        {safety ? 'Ask for review, as a safety check' : 'Ask for review'}
      </Button>
    </>
  )
}
