import { useState } from 'preact/hooks'
import { useActing } from '../acting'
import { Button, Card, Dialog, LinkButton, Problem, TextArea, toast } from '../parts'
import type { Choice, Experiment, Reading } from '../types'
import { Asked } from './asked'
import { CHOICES } from './decided'

const THEN: Record<Choice, string> = {
  ship: 'The new version goes to more visitors step by step, and still stops itself if a guardrail breaks.',
  keep: 'The test ends. Everyone gets the old version.',
  again: 'The test ends. Everyone gets the old version, and you plan the next try.',
  abort: 'The test ends. Everyone gets the old version, and nothing is decided from what was seen.',
}

/** The choices that the rule points to. While it says wait, each of them comes before its time. */
const BY_THE_RULE: Record<Reading['recommend'], Choice[]> = {
  ship: ['ship'], keep: ['keep'], stop: ['keep', 'again', 'abort'], fix: ['again', 'abort'], wait: [],
}

/** What a guardrail has stopped cannot be shipped. */
const CHOICES_OF: Choice[] = ['ship', 'keep', 'again', 'abort']

const REASONS: Record<Reading['recommend'], string> = {
  ship: 'The rule says to ship. ', keep: 'The rule says to keep the old version. ', stop: 'The rule says to stop. ',
  fix: 'The data are not sound. ', wait: 'The planned number of people is not reached yet. ',
}

export function Decide({ project, reading, onDone }: {
  project: string; reading: Reading; onDone(experiment: Experiment): void
}) {
  const { experiment, recommend } = reading
  const acting = useActing(project, experiment, onDone)
  const [choice, setChoice] = useState<Choice>()
  if (experiment.asked) return <Asked {...{ project, experiment, onDone }} asked={experiment.asked} />
  if (!experiment.actions.includes('decide')) {
    return <Card title="Decide"><p class="muted">There is nothing to decide at the moment.</p></Card>
  }
  const fits = (choice: Choice) => BY_THE_RULE[recommend].includes(choice)
  const decide = async (choice: Choice, why: string) => {
    const decided = await acting.act('decide', { choice, why })
    if (!decided) return
    setChoice(undefined)
    if (decided.asked) return
    const debrief = { label: 'Write the debrief', href: `#/experiments/${experiment.key}/debrief` }
    toast({ text: `Decided: ${CHOICES[choice].toLowerCase()}.`, link: debrief })
  }
  return (
    <Card title="Decide" id="decide">
      {recommend === 'wait' && <p>Nothing has to be decided yet. You may end it early, with a reason.</p>}
      <div class="actions choices">
        {CHOICES_OF.filter((choice) => choice !== 'ship' || experiment.stop?.cause !== 'guardrail').map((choice) => (
          <Button key={choice} kind={choice === BY_THE_RULE[recommend][0] ? 'primary' : 'plain'} onClick={() => setChoice(choice)}>
            {CHOICES[choice]}
          </Button>
        ))}
        {recommend === 'fix' && (
          <LinkButton kind="quiet" href={`#/experiments/${experiment.key}/live`}>See what is wrong</LinkButton>
        )}
      </div>
      {choice && (
        <Confirm
          choice={choice} against={fits(choice) ? '' : REASONS[recommend]} acting={acting}
          onClose={() => setChoice(undefined)} onDecide={(why) => void decide(choice, why)}
        />
      )}
    </Card>
  )
}

/** What the choice does; against the rule it needs a reason, which stays beside the result. */
function Confirm({ choice, against, acting, onClose, onDecide }: {
  choice: Choice; against: string; acting: ReturnType<typeof useActing>; onClose(): void; onDecide(why: string): void
}) {
  const [why, setWhy] = useState('')
  return (
    <Dialog
      title={CHOICES[choice]} submit={CHOICES[choice]} busy={acting.busy === 'decide'} onClose={onClose}
      ready={!against || why.trim().length > 0} onSubmit={() => onDecide(why.trim())}
    >
      <p>{THEN[choice]}</p>
      {against && (
        <p class="against">
          {against}This choice goes another way, so say why. It will stand in the debrief.
          {choice === 'ship' && ' It takes the word of a second person.'}
        </p>
      )}
      <TextArea
        label={against ? 'Why do you decide otherwise?' : 'Anything to remember? (optional)'} value={why}
        onValue={setWhy} required={against !== ''} rows={3}
      />
      {acting.failure && <Problem failure={acting.failure} />}
    </Dialog>
  )
}
