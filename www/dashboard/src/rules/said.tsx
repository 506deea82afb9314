import { wordsOf } from '../screens/condition'
import type { Rule } from '../types/document'
import { percent } from '../words'

/** A rule as a sentence; what the form has no words for as it is written. */
export function Said({ rule }: { rule: Rule }) {
  const { if: condition, serve, rollout, ...more } = rule
  const rest = Object.entries(more).map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return (
    <span>
      {condition ? <>if {wordsOf(condition)}</> : 'everybody'}: {serve && <code>{serve}</code>}
      {rollout && <> to {percent(rollout.below / 2 ** 32, 2)} of them</>}
      {rest.length > 0 && <> <code>{rest.join(', ')}</code></>}
    </span>
  )
}
