import { Card, Icon } from '../parts'
import { PlanInWords } from '../plan/in-words'
import type { Experiment } from '../types'
import { exactly } from '../words'

/** The plan as it was when it started, and the hash that would betray a later word. */
export function Locked({ experiment }: { experiment: Experiment }) {
  const { plan, planHash, run, started, reviewer, author } = experiment
  if (!plan) return null
  return (
    <Card class="card-fold">
      <details class="fold fold-card">
        <summary><h2>The plan, as it was locked</h2></summary>
        <PlanInWords experiment={experiment} plan={plan} />
        <p class="muted small locked-hash">
          <Icon name="lock" size={16} />
          <span>
            {[started && `Locked ${exactly(started)}`, author && `written by ${author}`, reviewer && `approved by ${reviewer}`].filter(Boolean).join(', ')}.
            {run && <> Run {run}.</>}
            {planHash && <> SHA-256 <code title={planHash}>{planHash.slice(0, 16)}…</code></>}
          </span>
        </p>
      </details>
    </Card>
  )
}
