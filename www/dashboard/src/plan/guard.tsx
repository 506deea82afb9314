import { Check } from '../parts'
import type { Playbook } from '../types'
import { percent } from '../words'
import type { Asked } from './editor'
import { Question } from './question'

/** 3. The playbook's guardrails, taken unless somebody takes them off. */
export function GuardQuestion({ plan, offers, change }: Asked) {
  const { guardrails } = offers.playbook
  const described = (metric: string) => offers.metrics.find(({ key }) => key === metric)?.description
  const turn = (metric: string, on: boolean) => {
    const kept = plan.guardrails.filter((known) => known !== metric)
    change({ ...plan, guardrails: on ? [...kept, metric] : kept })
  }
  return (
    <Question number={3} title="What must not get worse?" pointer="/guardrails">
      <p class="muted">If one of these gets worse, the experiment stops itself and everyone gets the old version.</p>
      <fieldset class="stack-close stack">
        <legend class="unseen">Guardrails</legend>
        {guardrails.map((guardrail) => (
          <Check
            key={guardrail.metric} checked={plan.guardrails.includes(guardrail.metric)}
            onValue={(on) => turn(guardrail.metric, on)}
            label={<strong>{guardrail.metric}</strong>}
            hint={[described(guardrail.metric), harm(guardrail)].filter(Boolean).join('. ')}
          />
        ))}
      </fieldset>
      {guardrails.length === 0 && (
        <p class="muted">
          The playbook names no guardrails. <a href="#/setup">Name some</a>; errors are a good first one.
        </p>
      )}
    </Question>
  )
}

const harm = ({ harm, tolerance }: Playbook['guardrails'][number]): string => {
  const allowed = tolerance > 0 ? `; up to ${percent(tolerance)} is let pass` : ''
  return `${harm === 'more' ? 'More' : 'Fewer'} would be harm${allowed}.`
}
