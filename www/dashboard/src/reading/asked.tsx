import { useState } from 'preact/hooks'
import { useActing } from '../acting'
import { Alone, Button, Card, Problem, Time, Words } from '../parts'
import type { Experiment } from '../types'

/** A ship against the rule, which takes a second person. */
export function Asked({ project, experiment, asked, onDone }: {
  project: string; experiment: Experiment; asked: NonNullable<Experiment['asked']>; onDone(experiment: Experiment): void
}) {
  const { decision: { who, at, why, headline }, digest } = asked
  const acting = useActing(project, experiment, onDone)
  const [alone, setAlone] = useState(false)
  const may = (action: Experiment['actions'][number]) => experiment.actions.includes(action)
  const confirm = async () => {
    if (await acting.act('confirm', { subject: experiment.key })) setAlone(false)
  }
  return (
    <Card title="Ship it against the rule?" id="decide" aside={<span>{who}, <Time at={at} /></span>}>
      <p><span class="muted">The verdict was:</span> <Words>{headline}</Words></p>
      <blockquote>{why}</blockquote>
      {experiment.due === null
        ? <p>It takes the word of a second person. Until then everything goes on as it is.</p>
        : <p>It follows <Time at={experiment.due} coming />, unless somebody takes it back.</p>}
      {acting.failure && !alone && <Problem failure={acting.failure} />}
      <div class="actions">
        {may('agree') && (
          <Button kind="primary" icon="ok" busy={acting.busy === 'agree'} onClick={() => void acting.act('agree', { digest })}>Agree: ship it, in steps</Button>
        )}
        {may('confirm') && <Button kind="primary" icon="ok" onClick={() => setAlone(true)}>Confirm …</Button>}
        {may('withdraw') && <Button kind="quiet" busy={acting.busy === 'withdraw'} onClick={() => void acting.act('withdraw')}>Take it back</Button>}
      </div>
      {alone && (
        <Alone
          subject={experiment.key} then="The release begins" busy={acting.busy === 'confirm'} failure={acting.failure}
          onClose={() => setAlone(false)} onConfirm={() => void confirm()}
        />
      )}
    </Card>
  )
}
