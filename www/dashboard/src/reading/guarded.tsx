import { Card } from '../parts'
import type { Reading } from '../types'
import { Measured } from './measured'

const WORDS = { ok: 'No sign of harm', harm: 'Harm', wait: 'Too early', unknown: 'Cannot be told' } as const
const ICONS = { ok: 'ok', harm: 'stop', wait: 'wait', unknown: 'look' } as const

/** What was not to get worse. */
export function Guarded({ reading: { guardrails } }: { reading: Reading }) {
  if (guardrails.length === 0) return null
  return (
    <Card title="What must not get worse">
      <ul class="checks guarded">
        {guardrails.map(({ status, ...guardrail }) => (
          <Measured key={guardrail.metric} {...guardrail} icon={ICONS[status]} word={WORDS[status]} />
        ))}
      </ul>
    </Card>
  )
}
