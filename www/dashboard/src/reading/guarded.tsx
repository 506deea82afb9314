import { Card, Icon, Words } from '../parts'
import type { Reading } from '../types'

const WORDS = { ok: 'No sign of harm', harm: 'Harm', wait: 'Too early' } as const
const ICONS = { ok: 'ok', harm: 'stop', wait: 'wait' } as const

/** What was not to get worse. */
export function Guarded({ reading: { guardrails } }: { reading: Reading }) {
  if (guardrails.length === 0) return null
  return (
    <Card title="What must not get worse">
      <ul class="checks guarded">
        {guardrails.map(({ metric, status, words, arms }) => (
          <li key={metric} class={`check-line check-${ICONS[status]}`}>
            <span class={`check-status tone-${ICONS[status]}`}>
              <Icon name={ICONS[status]} /><span>{WORDS[status]}</span>
            </span>
            <div class="check-words">
              <h3>{metric}</h3>
              <p><Words>{words}</Words></p>
              <p class="muted small">{arms.map((arm) => `${arm.variant} ${arm.told ?? '–'}`).join(' · ')}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  )
}
