import { Check, NumberField, Select, TextField } from '../parts'
import type { AskedWhen } from '../types/surveys'

/** As the page and the edge have it where nobody says anything else. */
const [SECONDS, PERCENT, QUIET] = [3, 100, 30]

/** Days for which somebody is left alone whom another question has asked. */
export const quietOf = (when: AskedWhen | null): number => when?.quiet ?? QUIET

/** Who is asked and when, in a sentence. */
export function rulesOf(when: AskedWhen | null): string {
  const { variants, goal, seconds = SECONDS, exit = false, percent = PERCENT, quiet = QUIET } = when ?? {}
  const some = percent < 100 ? `${percent} of a hundred` : 'All'
  const who = `${some} who ${variants?.length ? `met ${variants.join(' or ')}` : 'take part'}`
  const after = `${seconds} ${seconds === 1 ? 'second' : 'seconds'} after ${goal ? `“${goal}”` : 'they came to the page'}`
  const left = quiet > 0 ? `nobody within ${quiet} days of another question` : 'also right after another question'
  return `${who}, ${after}${exit ? ', as they are about to leave' : ''}; each once, ${left}.`
}

/** What is not as usual, as the API takes it. */
export function toldOf({ variants, goal, seconds, exit, percent, quiet }: AskedWhen): AskedWhen | undefined {
  const told = {
    ...(variants?.length && { variants }), ...(goal?.trim() && { goal: goal.trim() }), ...(exit && { exit }),
    ...(seconds !== undefined && seconds !== SECONDS && { seconds }),
    ...(percent !== undefined && percent !== PERCENT && { percent }), ...(quiet !== undefined && quiet !== QUIET && { quiet }),
  }
  return Object.keys(told).length ? told : undefined
}

/** When to ask, behind a fold: most surveys do well without it. */
export function Rules({ when, variants, onChange }: { when: AskedWhen; variants: string[]; onChange(when: AskedWhen): void }) {
  const [only] = when.variants ?? []
  return (
    <details class="fold">
      <summary>Who is asked, and when</summary>
      <div class="stack">
        <Select
          label="Who has met" value={only ?? ''}
          options={[{ value: '', label: 'Any version' }, ...variants.map((variant) => ({ value: variant, label: variant }))]}
          onValue={(variant) => onChange({ ...when, variants: variant ? [variant] : [] })}
        />
        <TextField
          label="After a goal" value={when.goal ?? ''} maxLength={64} placeholder="order"
          hint="The name of an event that the page tells. Nothing here: as soon as they have seen the page."
          onValue={(goal) => onChange({ ...when, goal })}
        />
        <NumberField
          label="After" unit="seconds" min={0} max={3600} step={1} value={when.seconds ?? SECONDS}
          onValue={(seconds) => onChange({ ...when, seconds })}
        />
        <Check
          label="Only when they are about to leave" checked={when.exit ?? false} onValue={(exit) => onChange({ ...when, exit })}
          hint="The pointer goes out at the top of the page, or somebody comes back to it from elsewhere."
        />
        <NumberField
          label="How many of a hundred" min={1} max={100} step={1} value={when.percent ?? PERCENT}
          onValue={(percent) => onChange({ ...when, percent })}
        />
        <NumberField
          label="Not within so many days of another question" unit="days" min={0} max={90} step={1}
          value={when.quiet ?? QUIET} onValue={(quiet) => onChange({ ...when, quiet })}
        />
      </div>
    </details>
  )
}
