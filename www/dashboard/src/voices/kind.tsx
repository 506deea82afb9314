import { Button, Icon, Segmented, Select, TextField } from '../parts'
import type { Rating } from '../types/surveys'

/** More than five are not read on a phone. */
const MOST = 5

/** How a question is answered without words, or that it is not. */
export type Kind = 'choices' | 'rating' | 'words'

const KINDS: { value: Kind; label: string }[] = [
  { value: 'choices', label: 'Choices' }, { value: 'rating', label: 'A rating' }, { value: 'words', label: 'Their own words' },
]

/** What somebody has begun to ask: both stay while they try the other. */
export interface Answers {
  kind: Kind
  choices: string[]
  rating: Required<Rating>
}

export const USUAL: Answers = {
  kind: 'choices', choices: ['Yes', 'Partly', 'No'], rating: { low: 'Not at all', high: 'Completely', from: 1, to: 5 },
}

/** What can be answered without words. */
export function answersOf({ kind, choices, rating }: Answers): string[] {
  if (kind === 'words') return []
  if (kind === 'choices') return choices.map((choice) => choice.trim()).filter(Boolean)
  return Array.from({ length: rating.to - rating.from + 1 }, (_, index) => String(rating.from + index))
}

/** Whether a question can be asked with these. */
export function areWhole(answers: Answers): boolean {
  const told = answersOf(answers)
  if (answers.kind === 'rating') return answers.rating.low.trim() !== '' && answers.rating.high.trim() !== ''
  return answers.kind === 'words' || (told.length > 1 && new Set(told).size === told.length)
}

/** They as the API takes them. */
export function toldAnswers(answers: Answers): { choices?: string[]; rating?: Rating } {
  const { low, high, ...ends } = answers.rating
  if (answers.kind === 'rating') return { rating: { low: low.trim(), high: high.trim(), ...ends } }
  return { choices: answersOf(answers) }
}

const POINTS = [5, 7, 10].map((to) => ({ value: `1-${to}`, label: `1 to ${to}` })).concat({ value: '0-10', label: '0 to 10' })

export function KindFields({ answers, onChange }: { answers: Answers; onChange(answers: Answers): void }) {
  const { kind, choices, rating } = answers
  const rate = (more: Partial<Rating>) => onChange({ ...answers, rating: { ...rating, ...more } })
  const span = (value: string) => {
    const [from = 1, to = 5] = value.split('-').map(Number)
    rate({ from, to })
  }
  return (
    <>
      <Segmented label="How they answer" value={kind} options={KINDS} onValue={(kind) => onChange({ ...answers, kind })} />
      {kind === 'choices' && <ChoiceFields choices={choices} onChange={(choices) => onChange({ ...answers, choices })} />}
      {kind === 'rating' && (
        <fieldset class="stack stack-close">
          <legend class="label">The scale</legend>
          <Select label="Its points" value={`${rating.from}-${rating.to}`} options={POINTS} onValue={span} />
          <TextField label={`What ${rating.from} means`} value={rating.low} maxLength={60} onValue={(low) => rate({ low })} />
          <TextField label={`What ${rating.to} means`} value={rating.high} maxLength={60} onValue={(high) => rate({ high })} />
        </fieldset>
      )}
    </>
  )
}

function ChoiceFields({ choices, onChange }: { choices: string[]; onChange(choices: string[]): void }) {
  return (
    <fieldset class="stack stack-close">
      <legend class="label">Answers to choose from</legend>
      {choices.map((choice, i) => (
        <div key={i} class="choice-field">
          <input
            type="text" aria-label={`Answer ${i + 1}`} value={choice} maxLength={60}
            onInput={(event) => onChange(choices.map((old, at) => (at === i ? event.currentTarget.value : old)))}
          />
          {choices.length > 2 && (
            <button
              type="button" class="icon-button" aria-label={`Remove answer ${i + 1}`}
              onClick={() => onChange(choices.filter((_, at) => at !== i))}
            >
              <Icon name="close" size={16} />
            </button>
          )}
        </div>
      ))}
      {choices.length < MOST && (
        <div>
          <Button small kind="quiet" icon="plus" onClick={() => onChange([...choices, ''])}>One more answer</Button>
        </div>
      )}
    </fieldset>
  )
}
