import { VariantName } from '../live/arms'
import { Progress } from '../parts'
import type { Rating } from '../types/surveys'
import { count, counted, percent } from '../words'

interface Arm {
  variant: string
  answers: number
  exposed?: number
  choices: Record<string, number>
}

/** For each choice how many of each variant took it: counts, because shares of few people mislead, and shares. */
export function Choices(
  { arms, control, order, rating }: { arms: Arm[]; control: string; order?: string[]; rating?: Rating | null },
) {
  const choices = order ?? [...new Set(arms.flatMap((arm) => Object.keys(arm.choices)))]
  if (arms.every((arm) => arm.answers === 0)) return <p class="muted">Nobody has answered yet.</p>
  const ends = rating ? { [choices[0] ?? '']: rating.low, [choices.at(-1) ?? '']: rating.high } : {}
  return (
    <div class="said" role="group">
      {arms.map((arm) => (
        <div key={arm.variant} class={arm.variant === control ? 'said-arm said-old' : 'said-arm said-new'}>
          <div class="said-head">
            <VariantName name={arm.variant} control={control} />
            <span class="muted small">
              {counted(arm.answers, 'answer')}{arm.exposed !== undefined && ` of ${count(arm.exposed)} who met it`}
              {rating && ratedBy(arm)}
            </span>
          </div>
          <ul>
            {choices.map((choice) => {
              const n = arm.choices[choice] ?? 0
              const share = arm.answers > 0 ? n / arm.answers : 0
              return (
                <li key={choice}>
                  <span class="said-choice">{choice}{ends[choice] && <span class="muted"> {ends[choice]}</span>}</span>
                  <span class="said-count"><strong>{n}</strong> <span class="muted">{percent(share, 0)}</span></span>
                  <Progress
                    value={n} max={arm.answers} label={`${choice}: ${n} of ${arm.answers}`}
                    tone={arm.variant === control ? 'quiet' : 'accent'}
                  />
                </li>
              )
            })}
          </ul>
        </div>
      ))}
    </div>
  )
}

/** The average of a scale's points. Of those who gave words alone there is none. */
function ratedBy({ choices }: Arm): string {
  const all = Object.entries(choices)
  const given = all.reduce((sum, [, n]) => sum + n, 0)
  return given > 0 ? `, ${(all.reduce((sum, [point, n]) => sum + Number(point) * n, 0) / given).toFixed(1)} on average` : ''
}
