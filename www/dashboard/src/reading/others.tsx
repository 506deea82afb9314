import { Card, Icon, Words } from '../parts'
import type { IconName } from '../parts'
import type { Reading } from '../types'

const WORDS = { better: 'Better', worse: 'Worse', open: 'No difference yet', wait: 'Too early' } as const
const ICONS: Record<keyof typeof WORDS, IconName> = { better: 'ok', worse: 'look', open: 'wait', wait: 'wait' }

/** Further metrics. They help to understand; the one above decides. */
export function Others({ reading: { others } }: { reading: Reading }) {
  if (others.length === 0) return null
  return (
    <Card title="Also measured">
      <p class="muted small">Each range holds by itself. With many metrics, one in twenty misses; none of them decides.</p>
      <ul class="checks guarded">
        {others.map(({ metric, status, words, each, arms }) => (
          <li key={metric} class={`check-line check-${ICONS[status]}`}>
            <span class={`check-status tone-${ICONS[status]}`}>
              <Icon name={ICONS[status]} /><span>{WORDS[status]}</span>
            </span>
            <div class="check-words">
              <h3>{metric}</h3>
              <p><Words>{words}</Words></p>
              <p class="muted small">
                <Words>{`${arms.map((arm) => `${arm.variant} ${arm.told ?? '–'}`).join(' · ')} ${each}`}</Words>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
