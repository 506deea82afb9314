import { useState } from 'preact/hooks'
import { Stations } from '../live/ramp'
import { TextField } from '../parts'
import type { Asked } from './editor'
import { fieldId, parseSteps } from './model'
import { span } from '../words'
import { Question } from './question'
import { SegmentField } from './template'

/** 4. All visitors, a few at first. */
export function WhoQuestion({ project, plan, offers, change, wrong }: Asked & { wrong: string | undefined }) {
  const { hold } = offers.playbook
  // A plan without steps of its own takes those of its kind.
  const ramp = plan.ramp.length > 0 ? plan.ramp : offers.playbook.ramp
  const [typed, setTyped] = useState(ramp.join(', '))
  return (
    <Question number={4} title="Who sees it, and how fast?">
      <SegmentField {...{ project, plan, offers, change }} />
      <p>{plan.segment ? `Visitors of “${plan.segment}”` : 'All visitors'} can be chosen, by chance. Half of those in the test get the new version, half the old one.</p>
      <Stations stages={ramp} />
      <p class="muted">
        Each step lasts at least {span(hold.minutes)} and {hold.units} people on each side, and all checks must hold.
        The last step is where it stays until you decide.
      </p>
      <details class="fold" open={wrong !== undefined}>
        <summary>Take other steps</summary>
        <div id={fieldId('/ramp')} tabIndex={-1}>
          <TextField
            label="Percent of visitors in the test, step by step" value={typed} problem={wrong}
            hint="Start small: a broken version then reaches few people."
            onValue={(text) => {
              setTyped(text)
              const ramp = parseSteps(text)
              if (ramp.length > 0) change({ ...plan, ramp })
            }}
          />
        </div>
      </details>
    </Question>
  )
}
