import { Check, TextField } from '../parts'
import type { FollowUp } from '../types/surveys'

/** What is asked next depends on the answer: those of the low end mostly know what was missing. */
export function FollowFields(
  { follow, answers, onChange }: { follow: FollowUp; answers: string[]; onChange(follow: FollowUp): void },
) {
  const { after, question } = follow
  const set = (answer: string, taken: boolean) =>
    onChange({ question, after: answers.filter((one) => (one === answer ? taken : after.includes(one))) })
  return (
    <details class="fold">
      <summary>A second question, depending on the answer</summary>
      <div class="stack">
        <TextField
          label="Then ask" placeholder="What was missing?" maxLength={120} value={question}
          hint="They answer it in their own words, before they send."
          onValue={(question) => onChange({ after, question })}
        />
        <fieldset class="stack stack-close">
          <legend class="label">Whoever answered</legend>
          {answers.map((answer) => (
            <Check key={answer} label={answer} checked={after.includes(answer)} onValue={(taken) => set(answer, taken)} />
          ))}
        </fieldset>
      </div>
    </details>
  )
}

/** It as the API takes it: only of answers that there are, and only if there is a question. */
export function toldFollow({ after, question }: FollowUp, answers: string[]): FollowUp[] {
  const known = after.filter((answer) => answers.includes(answer))
  return question.trim() && known.length ? [{ after: known, question: question.trim() }] : []
}

/** What somebody was asked after an answer, if anything. */
export const askedAfter = (follow: FollowUp[] | null, choice: string): string | undefined =>
  follow?.find(({ after }) => after.includes(choice))?.question
