import { useId, useState } from 'preact/hooks'
import { Button, Card, Select } from '../parts'
import type { Offered, Plan, Playbook } from '../types'
import { counted, percent } from '../words'
import type { Asked } from './editor'
import { fieldId, steps } from './model'

/** The template that a plan follows, if the playbook still knows it. */
export const templateOf = (plan: Plan, templates: Offered[]): Offered | undefined =>
  templates.find(({ key }) => key === plan.template?.key)

/** The playbook as plans of a template follow it. */
export const over = (playbook: Playbook, template: Offered | undefined): Playbook =>
  template ? { ...playbook, ...template.rules } : playbook

/** The plan as the template begins it. What somebody has typed stays, unless it is of another kind. */
export function begin(plan: Plan, template: Offered, playbook: Playbook): Plan {
  const { change, by, asks, rules, key, version } = template
  const { segment: _segment, crossed: _crossed, bandit: _bandit, ...kept } = plan
  return {
    ...kept,
    template: { key, version },
    change: change && change !== plan.change.kind ? FRESH[change]() : plan.change,
    hypothesis: { ...plan.hypothesis, ...by && { by }, ...asks && { question: asks } },
    guardrails: over(playbook, template).guardrails.map(({ metric }) => metric),
    ramp: rules.ramp,
  }
}

const FRESH: Record<NonNullable<Offered['change']>, () => Plan['change']> = {
  words: () => ({ kind: 'words', page: '/', edits: [] }),
  pages: () => ({ kind: 'pages', page: '/', other: '' }),
  flag: () => ({ kind: 'flag', flag: '', control: '', treatment: '' }),
}

/** The first thing, which can be left out: what kind of test it is. It answers some questions and leaves out others. */
export function TemplateQuestion({ plan, offers, change, playbook }: Asked & { playbook: Playbook }) {
  const chosen = templateOf(plan, offers.templates)
  const [open, setOpen] = useState(!plan.template && !plan.hypothesis.change)
  const name = useId()
  if (offers.templates.length === 0) return null
  if (!open) {
    return (
      <section class="kind" id={fieldId('/template')} tabIndex={-1}>
        <p>
          {chosen ? <><strong>{chosen.name}</strong> <span class="muted">{chosen.when}</span></>
            : plan.template ? <strong>This plan follows “{plan.template.key}”, which the playbook has no more.</strong>
              : <span class="muted">Without a template: every question is asked.</span>}
        </p>
        {chosen && <p class="muted small">{asksFor(chosen)}</p>}
        <Button small kind="quiet" onClick={() => setOpen(true)}>{chosen ? 'Take another kind' : 'Choose a kind of test'}</Button>
      </section>
    )
  }
  const take = (template: Offered) => change(begin(plan, template, playbook))
  const skip = () => {
    const { template: _template, bandit: _bandit, ...rest } = plan
    change({ ...rest, guardrails: playbook.guardrails.map(({ metric }) => metric), ramp: playbook.ramp })
    setOpen(false)
  }
  return (
    <Card
      title="What kind of test is it?" id={fieldId('/template')}
      aside={<Button small kind="quiet" onClick={skip}>Go on without one</Button>}
    >
      <p class="muted">A kind answers what it can for you. You can also go on without one.</p>
      <div
        class="kinds" role="radiogroup" aria-label="What kind of test is it?"
        onKeyDown={(event) => { if (event.key === 'Enter' && chosen) { event.preventDefault(); setOpen(false) } }}
      >
        {offers.templates.map((template) => (
          <label key={template.key} class="kind-card">
            <input
              type="radio" name={name} checked={template.key === chosen?.key} onChange={() => take(template)}
              onClick={(event) => { if (event.detail > 0) { take(template); setOpen(false) } }}
            />
            <span class="kind-name">{template.name}{template.own && <span class="kind-own">yours</span>}</span>
            <span class="hint">{template.when}</span>
          </label>
        ))}
      </div>
      {chosen && (
        <div class="actions">
          <Button kind="primary" onClick={() => setOpen(false)}>Go on with {chosen.name}</Button>
        </div>
      )}
    </Card>
  )
}

/** `7 to 42 days · in steps of 1, then 5, then 25 % · at least 1,000 people` */
function asksFor({ rules, by, asks, bandit, metrics = [] }: Offered): string {
  const days = rules.shortest > 0 ? `${rules.shortest} to ${counted(rules.longest, 'day')}` : `${counted(rules.longest, 'day')} at most`
  return [
    days, `in steps of ${steps(rules.ramp)}`, rules.people > 0 && `at least ${counted(rules.people, 'person', 'people')}`,
    by && `hopes for ${percent(by)}`, `sees that in ${percent(rules.power)} of tests, errs in ${percent(rules.alpha)}`, asks === 'notWorse' && 'asks whether it is not worse',
    bandit && `its split follows what does better, with ${percent(bandit.floor)} for each at least`,
    metrics.length > 0 && `measures ${metrics.join(', ')}`,
  ].filter(Boolean).join(' · ')
}

/** Whose visitors are in it, for kinds that are not about everybody. */
export function SegmentField({ plan, offers, change }: Asked) {
  if (!templateOf(plan, offers.templates)?.needs?.includes('segment') && !plan.segment) return null
  const all = offers.segments.map((key) => ({ value: key, label: key }))
  return (
    <div id={fieldId('/segment')} tabIndex={-1}>
      <Select
        label="Only visitors of the segment" value={plan.segment ?? ''} options={[{ value: '', label: 'Choose a segment' }, ...all]}
        hint={all.length === 0 ? 'The document has none yet: a list of ids is one, and is kept hashed.' : 'Half of those in the test get the new version, and nobody else.'}
        onValue={(segment) => change({ ...plan, segment: segment || undefined })}
      />
    </div>
  )
}

/** The other test on the page, for two changes that are tried at once. */
export function CrossedField({ plan, offers, change }: Asked) {
  if (!templateOf(plan, offers.templates)?.needs?.includes('crossed') && !plan.crossed) return null
  const all = offers.running.map(({ key, title }) => ({ value: key, label: title }))
  return (
    <div id={fieldId('/crossed')} tabIndex={-1}>
      <Select
        label="Crossed with" value={plan.crossed ?? ''} options={[{ value: '', label: 'Choose the other experiment' }, ...all]}
        hint="Visitors draw for both, so all four pages are met. Each test tells its own effect, and whether the two get in each other’s way."
        onValue={(crossed) => change({ ...plan, crossed: crossed || undefined })}
      />
    </div>
  )
}
