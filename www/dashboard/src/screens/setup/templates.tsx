import { useState } from 'preact/hooks'
import { inProject, useLive } from '../../api'
import { Button, LinkButton, NumberField, Select, TextArea, TextField } from '../../parts'
import type { Offered, Template } from '../../types'

interface Props {
  project: string
  templates: Template[]
  onValue(templates: Template[]): void
  problem(pointer: string): string | undefined
}

/** Kinds of tests: those that come with the engine, and the team's own, which are made of one of them. */
export function Templates({ project, templates, onValue, problem }: Props) {
  const live = useLive<{ templates: Offered[] }>(inProject(project, 'templates'), 0)
  const [open, setOpen] = useState(-1)
  const given = (live.value?.templates ?? []).filter(({ own }) => !own)
  const put = (index: number, part: Partial<Template>) =>
    onValue(templates.map((template, at) => (at === index ? { ...template, ...part } : template)))
  const add = (from: Offered) => {
    const { own: _own, rules: _rules, version: _version, ...template } = from
    const taken = (key: string) => [...templates, ...given].some((known) => known.key === key)
    let key = `${from.key}-2`
    for (let n = 3; taken(key); n++) key = `${from.key}-${n}`
    onValue([...templates, { ...template, key, name: `${from.name}, ours` }])
    setOpen(templates.length)
  }
  return (
    <div class="stack">
      {templates.map((template, index) => (
        <details key={index} class="fold" open={open === index}>
          <summary>{template.name || template.key} <span class="muted">yours</span></summary>
          <One
            template={template} onValue={(part) => put(index, part)} problem={(at) => problem(`/templates/${index}${at}`)}
            onRemove={() => onValue(templates.filter((_, at) => at !== index))}
          />
        </details>
      ))}
      <ul class="template-rows">
        {given.map((template) => (
          <li key={template.key}>
            <p><strong>{template.name}</strong> <span class="muted">{template.when}</span></p>
            <p class="actions">
              <LinkButton small kind="quiet" href={`#/experiments/new?template=${template.key}`} aria-label={`Plan one: ${template.name}`}>Plan one</LinkButton>
              <Button small kind="quiet" icon="copy" aria-label={`Make your own of: ${template.name}`} onClick={() => add(template)}>Make your own</Button>
            </p>
          </li>
        ))}
      </ul>
    </div>
  )
}

const ASKS = [
  { value: '', label: 'What its plan says' }, { value: 'better', label: 'Is it better?' },
  { value: 'notWorse', label: 'Is it not worse by more than a margin?' },
] as const

/** 0.05 -> 5 */
const percents = (share: number | undefined) => (share === undefined ? undefined : Math.round(share * 1000) / 10)

const KINDS = [
  { value: '', label: 'Anything' }, { value: 'words', label: 'Words on a page' }, { value: 'pages', label: 'Two pages' },
  { value: 'flag', label: 'A flag in code' },
] as const

const list = (text: string) => text.split(/[\s,;]+/).filter(Boolean)

function One({ template, onValue, problem, onRemove }: {
  template: Template; onValue(part: Partial<Template>): void; problem(at: string): string | undefined; onRemove(): void
}) {
  const { prompt = { change: '', because: '' } } = template
  const [metrics, setMetrics] = useState((template.metrics ?? []).join(', '))
  const [ramp, setRamp] = useState((template.ramp ?? []).join(', '))
  return (
    <div class="stack">
      <div class="two">
        <TextField label="Its name" value={template.name} onValue={(name) => onValue({ name })} problem={problem('/name')} />
        <TextField
          label="Its key" value={template.key} onValue={(key) => onValue({ key })} problem={problem('/key')} spellcheck={false}
          hint="Small letters, digits and hyphens; plans name it by this."
        />
      </div>
      <TextArea label="When to use it" rows={2} value={template.when} onValue={(when) => onValue({ when })} problem={problem('/when')} />
      <div class="two">
        <Select
          label="It changes" value={template.change ?? ''} options={KINDS}
          onValue={(change) => onValue({ change: change || undefined })}
        />
        <TextField
          label="Metrics that it always measures" value={metrics} spellcheck={false} problem={problem('/metrics')}
          onValue={(text) => { setMetrics(text); onValue({ metrics: list(text) }) }}
        />
      </div>
      <div class="two">
        <NumberField label="At least" unit="days" min={0} step={1} value={template.shortest} onValue={(shortest) => onValue({ shortest })} problem={problem('/shortest')} />
        <NumberField label="At most" unit="days" min={1} step={1} value={template.longest} onValue={(longest) => onValue({ longest })} problem={problem('/longest')} />
      </div>
      <div class="two">
        <NumberField label="At least" unit="people" min={0} step={1} value={template.people} onValue={(people) => onValue({ people })} />
        <TextField
          label="Steps, in percent of visitors" value={ramp} problem={problem('/ramp')} hint="Empty takes the playbook’s."
          onValue={(text) => { setRamp(text); onValue({ ramp: list(text).map(Number).filter((step) => step > 0) }) }}
        />
      </div>
      <div class="two">
        <NumberField
          label="Chance to see the effect" unit="%" min={50} max={99} step={1} value={percents(template.power)}
          hint="The playbook’s where that is higher." problem={problem('/power')}
          onValue={(power) => onValue({ power: power / 100 })}
        />
        <NumberField
          label="Chance to claim what is not there" unit="%" min={0.1} max={20} step={0.1} value={percents(template.alpha)}
          hint="The playbook’s where that is lower." problem={problem('/alpha')}
          onValue={(alpha) => onValue({ alpha: alpha / 100 })}
        />
      </div>
      <Select
        label="It asks" value={template.asks ?? ''} options={ASKS} onValue={(asks) => onValue({ asks: asks || undefined })}
      />
      <TextField label="Example: If we …" value={prompt.change} onValue={(change) => onValue({ prompt: { ...prompt, change } })} />
      <TextField label="Example: because …" value={prompt.because} onValue={(because) => onValue({ prompt: { ...prompt, because } })} />
      <TextField label="What to ask visitors" value={template.question ?? ''} onValue={(question) => onValue({ question })} maxLength={120} />
      <div><Button small kind="quiet" icon="close" onClick={onRemove}>Remove {template.name || template.key}</Button></div>
    </div>
  )
}
