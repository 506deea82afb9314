import { Card } from '../parts'
import type { IconName } from '../parts'
import type { Reading } from '../types'
import { Measured } from './measured'

const WORDS = { better: 'Better', worse: 'Worse', open: 'No difference yet', wait: 'Too early' } as const
const ICONS: Record<keyof typeof WORDS, IconName> = { better: 'ok', worse: 'look', open: 'wait', wait: 'wait' }

/** Further metrics. They help to understand; the one above decides. */
export function Others({ reading: { others } }: { reading: Reading }) {
  if (others.length === 0) return null
  return (
    <Card title="Also measured">
      <p class="muted small">Each range holds by itself. With many metrics, one in twenty misses; none of them decides.</p>
      <ul class="checks guarded">
        {others.map(({ status, ...other }) => (
          <Measured key={other.metric} {...other} icon={ICONS[status]} word={WORDS[status]} />
        ))}
      </ul>
    </Card>
  )
}
