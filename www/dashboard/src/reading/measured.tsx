import { Icon, Words } from '../parts'
import type { IconName } from '../parts'

interface Props {
  metric: string
  icon: IconName
  /** What came of it, in a word or two. */
  word: string
  /** The same in a sentence. */
  words: string
  arms: { variant: string; told: string | null }[]
  /** What the values of the arms are. */
  each?: string
}

/** A metric beside the one that decides: what came of it, and what it is in each arm. */
export function Measured({ metric, icon, word, words, arms, each = '' }: Props) {
  const told = arms.map(({ variant, told }) => `${variant} ${told ?? '–'}`).join(' · ')
  return (
    <li class={`check-line check-${icon}`}>
      <span class={`check-status tone-${icon}`}><Icon name={icon} /><span>{word}</span></span>
      <div class="check-words">
        <h3>{metric}</h3>
        <p><Words>{words}</Words></p>
        <p class="muted small"><Words>{`${told} ${each}`.trim()}</Words></p>
      </div>
    </li>
  )
}
