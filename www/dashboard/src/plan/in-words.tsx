import { useContext } from 'preact/hooks'
import { HereContext } from '../project'
import type { Experiment, Plan } from '../types'
import { count, percent } from '../words'
import { BothVariants, BothVersions } from './both-versions'
import { hypothesis, steps } from './model'

/** A plan to be read: the four questions with their answers. */
export function PlanInWords({ experiment, plan }: { experiment: Experiment; plan: Plan }) {
  const question = plan.ask ?? (experiment.template?.question || undefined)
  return (
    <dl class="plan-words">
      {experiment.template && <div><dt>What kind of test</dt><dd>{experiment.template.name}</dd></div>}
      {question !== undefined && (
        <div>
          <dt>Visitors are asked</dt>
          <dd>{question.trim() ? `“${question}” Each once, while it runs; in Voices it can be closed.` : 'Nothing.'}</dd>
        </div>
      )}
      <div><dt>What changes</dt><dd><Changes plan={plan} /></dd></div>
      <div>
        <dt>What is expected</dt>
        <dd>{hypothesis(plan)} <span class="muted">
          {plan.spread === undefined ? `Now ${percent(plan.base)} do it.` : `Now it is ${Number(plan.base.toPrecision(4))}.`}
        </span></dd>
      </div>
      <div><dt>What must not get worse</dt><dd>{plan.guardrails.join(', ') || 'Nothing was named.'}</dd></div>
      <div>
        <dt>Who, how fast</dt>
        <dd>
          {plan.segment ? <>Visitors of <code>{plan.segment}</code></> : 'All visitors'}, {steps(plan.ramp)}
          {experiment.perArm > 0 && `, until ${count(experiment.perArm)} people on each side have seen it`}.
        </dd>
      </div>
    </dl>
  )
}

function Changes({ plan: { change } }: { plan: Plan }) {
  // Whoever was sent a link is outside of the project, and sees no previews of its site.
  const inside = useContext(HereContext) !== null
  if (change.kind === 'flag') {
    const { flag, treatment, control } = change
    return (
      <>
        <p>Flag <code>{flag}</code>: <code>{treatment}</code> instead of <code>{control}</code></p>
        {inside && <BothVariants change={change} />}
      </>
    )
  }
  if (change.kind === 'pages') {
    return (
      <>
        <p><code>{change.other}</code> in the place of <code>{change.page}</code>, at the same address</p>
        {inside && <BothVersions change={change} />}
      </>
    )
  }
  return (
    <>
      <p>Words on <code>{change.page}</code></p>
      <ul class="plan-edits">
        {change.edits.map(({ select, from, text }) => (
          <li key={select}>
            <del><span class="unseen">Old: </span>{from}</del>
            <ins><span class="unseen">New: </span>{text}</ins>
          </li>
        ))}
      </ul>
      {inside && <BothVersions change={change} />}
    </>
  )
}
