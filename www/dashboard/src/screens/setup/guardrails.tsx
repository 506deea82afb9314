import { Button, Icon, NumberField, Select } from '../../parts'
import type { Playbook } from '../../types'

type Guardrail = Playbook['guardrails'][number]

interface Props {
  guardrails: Guardrail[]
  /** Those that the document knows. */
  metrics: string[]
  onValue(guardrails: Guardrail[]): void
  problem(pointer: string): string | undefined
}

/** What must not get worse in any test, and by how much it may. */
export function Guardrails({ guardrails, metrics, onValue, problem }: Props) {
  const put = (index: number, part: Partial<Guardrail>): void =>
    onValue(guardrails.map((guardrail, at) => (at === index ? { ...guardrail, ...part } : guardrail)))
  const free = metrics.find((metric) => !guardrails.some((guardrail) => guardrail.metric === metric))
  return (
    <fieldset class="stack">
      <legend class="label">What must not get worse</legend>
      {guardrails.map((guardrail, index) => (
        <div class="guardrail" key={index}>
          <Select
            label="Metric" value={guardrail.metric} onValue={(metric) => put(index, { metric })}
            problem={problem(`/guardrails/${index}/metric`)}
            options={[...new Set([guardrail.metric, ...metrics])].map((key) => ({ value: key, label: key }))}
          />
          <Select
            label="Harm is" value={guardrail.harm} onValue={(harm) => put(index, { harm })}
            options={[{ value: 'more', label: 'more of it' }, { value: 'fewer', label: 'fewer of it' }]}
          />
          <NumberField
            label="It may change by" unit="%" min={0} step="any" value={Math.round(guardrail.tolerance * 1000) / 10}
            onValue={(percent) => put(index, { tolerance: percent / 100 })}
            problem={problem(`/guardrails/${index}/tolerance`)}
          />
          {guardrails.length > 1 && (
            <NumberField
              label="It weighs" min={0.1} max={10} step="any" value={guardrail.weight ?? 1}
              onValue={(weight) => put(index, { weight })} problem={problem(`/guardrails/${index}/weight`)}
            />
          )}
          <button
            type="button" class="icon-button" aria-label={`Remove the guardrail ${guardrail.metric}`}
            onClick={() => onValue(guardrails.filter((_, at) => at !== index))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {guardrails.length > 1 && (
        <p class="hint">
          Together they stop an unharmed version in at most 5 of 100 tests. One that weighs more notices harm sooner, and
          the others later.
        </p>
      )}
      {guardrails.length === 0 && <p class="muted">Nothing is guarded: a test would not stop itself.</p>}
      {free !== undefined && (
        <div>
          <Button
            small icon="plus" onClick={() => onValue([...guardrails, { metric: free, harm: 'more', tolerance: 0.1 }])}
          >
            Guard another metric
          </Button>
        </div>
      )}
    </fieldset>
  )
}
