import { Card, LinkButton, Status, Time, Words } from '../parts'
import type { Experiment } from '../types'

export const CHOICES = {
  ship: 'Ship it, in steps', keep: 'Keep the old version', again: 'Run it again, changed', abort: 'Give it up',
} as const

/** What was decided, by whom, and whether it followed the rule. */
export function Decided({ experiment, decision, alone = false }: {
  experiment: Experiment; decision: NonNullable<Experiment['decision']>
  /** Where there is no way to the debrief. */
  alone?: boolean
}) {
  const { choice, who, at, byTheRule, approver, why, headline, words } = decision
  return (
    <Card
      title={`Decided: ${CHOICES[choice].toLowerCase()}`} aside={<span>{who && `${who}, `}<Time at={at} /></span>} class="decided"
    >
      <Status tone={byTheRule ? 'ok' : 'look'}>{byTheRule ? 'By the rule' : 'Against the rule, with a reason'}</Status>
      <p><span class="muted">The verdict was:</span> <Words>{`${headline}. ${words}`}</Words></p>
      {why && <blockquote>{why}</blockquote>}
      {approver && <p class="muted">{approver === who ? 'Confirmed alone.' : `${approver} agreed.`}</p>}
      {!alone && <div class="actions">
        <LinkButton
          kind={experiment.debrief ? 'plain' : 'primary'} icon="debrief"
          href={`#/experiments/${experiment.key}/debrief`}
        >
          {experiment.debrief ? 'Read the debrief' : 'Write down what you learned'}
        </LinkButton>
      </div>}
    </Card>
  )
}
