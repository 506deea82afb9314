import type { ComponentChildren } from 'preact'
import { Check, Select } from '../parts'
import type { Plan } from '../types'
import { percent } from '../words'
import type { Asked } from './editor'
import { fieldId, isQuiet } from './model'
import { Question } from './question'
import { SimilarOnes } from './similar'
import { templateOf } from './template'

/** Further metrics, of which nothing depends. */
function Besides({ plan, offers, change }: Pick<Asked, 'plan' | 'offers' | 'change'>) {
  const chosen = plan.metrics ?? []
  const others = offers.metrics.filter(({ key }) => key !== plan.hypothesis.metric && !plan.guardrails.includes(key))
  if (others.length === 0) return null
  const turn = (metric: string, on: boolean) => {
    const kept = chosen.filter((known) => known !== metric)
    change({ ...plan, metrics: on ? [...kept, metric] : kept })
  }
  return (
    <details class="fold" open={chosen.length > 0}>
      <summary>Show more metrics beside it; they decide nothing</summary>
      <fieldset class="stack-close stack">
        <legend class="unseen">Shown besides</legend>
        {others.map(({ key, description }) => (
          <Check
            key={key} checked={chosen.includes(key)} onValue={(on) => turn(key, on)} label={<strong>{key}</strong>}
            hint={description}
          />
        ))}
      </fieldset>
    </details>
  )
}

type Kind = NonNullable<Plan['hypothesis']['question']>

/** For changes that are made for another reason: that they do no harm is enough. */
function Asking({ question, onQuestion }: { question: Kind; onQuestion(question: Kind, by: number): void }) {
  return (
    <details class="fold" open={question === 'notWorse'}>
      <summary>Ask something else than whether it is better</summary>
      <Select
        label="The question" value={question} onValue={(asked) => onQuestion(asked, asked === 'notWorse' ? 0.02 : 0.15)}
        options={[
          { value: 'better', label: 'Is it better?' },
          { value: 'notWorse', label: 'Is it not worse by more than a margin?' },
        ]}
        hint="A margin is for changes that are made for another reason, such as a new back end: shipping is right as soon as a larger loss is ruled out. The smaller the margin, the more visitors it takes."
      />
    </details>
  )
}

/** The commonest misunderstanding: `From 30 % up by 15 % is 34.5 %.` */
function meant({ base, hypothesis: { direction, by } }: Plan): string {
  const then = base * (direction === 'up' ? 1 + by : 1 - by)
  return `From ${percent(base)} ${direction} by ${percent(by)} is ${percent(then)}.`
}

/** 12.5 -> 0.125, without the digits that only a computer would see. */
const share = (percents: number): number => Math.round(percents * 10) / 1000

/** 2. One sentence with gaps. Every gap has a name of its own for those who do not see the sentence around it. */
export function ExpectQuestion(
  { project, plan, offers, change, except, children }: Asked & { except?: string; children: ComponentChildren },
) {
  const said = plan.hypothesis
  const set = (part: Partial<typeof said>) => change({ ...plan, hypothesis: { ...said, ...part } })
  const metric = offers.metrics.find(({ key }) => key === said.metric)
  const prompt = templateOf(plan, offers.templates)?.prompt
  const margin = said.question === 'notWorse'
  return (
    <Question number={2} title="What do you expect?" pointer="/hypothesis">
      <div class="sentence">
        <span>If we</span>
        <input
          id={fieldId('/hypothesis/change')} class="gap-wide" aria-label="If we …" maxLength={200}
          placeholder={prompt?.change || 'promise freshness by the hour'} value={said.change}
          onInput={(event) => set({ change: event.currentTarget.value })}
        />
        <span>then</span>
        <select
          id={fieldId('/hypothesis/metric')} aria-label="the metric that moves" value={said.metric}
          onChange={(event) => set({ metric: event.currentTarget.value })}
        >
          {!metric && <option value={said.metric}>{said.metric || 'choose a metric'}</option>}
          {offers.metrics.map((metric) => (
            <option key={metric.key} value={metric.key}>
              {metric.key}{isQuiet(metric, offers.metrics) && ', which nothing has come for lately'}
            </option>
          ))}
        </select>
        <select
          id={fieldId('/hypothesis/direction')} aria-label="in which direction" value={said.direction}
          onChange={(event) => set({ direction: event.currentTarget.value === 'down' ? 'down' : 'up' })}
        >
          <option value="up">{margin ? 'will not go down' : 'will go up'}</option>
          <option value="down">{margin ? 'will not go up' : 'will go down'}</option>
        </select>
        <span>{margin ? 'by more than' : 'by at least'}</span>
        <span class="with-unit gap-number">
          <input
            id={fieldId('/hypothesis/by')} type="number" inputMode="decimal" min={margin ? 0.1 : 1} max={margin ? 99 : 500}
            step="any" aria-label={margin ? 'by more than, in percent' : 'by at least, in percent'} value={Math.round(said.by * 1000) / 10}
            onInput={({ currentTarget }) => currentTarget.value && set({ by: share(currentTarget.valueAsNumber) })}
          />
          <span class="unit">%</span>
        </span>
        <span>because</span>
        <textarea
          id={fieldId('/hypothesis/because')} class="gap-wide" aria-label="because …" rows={2} maxLength={500}
          placeholder={prompt?.because || 'the day of roasting means little to most people, but “this morning” does'}
          value={said.because} onInput={(event) => set({ because: event.currentTarget.value })}
        />
      </div>
      {metric && (
        <p class="hint"><strong>{metric.key}</strong>: {metric.description}.{metric.share && plan.base > 0 && !margin && ` ${meant(plan)}`}</p>
      )}
      {children}
      <Asking question={said.question ?? 'better'} onQuestion={(question, by) => set({ question, by })} />
      <Besides plan={plan} offers={offers} change={change} />
      <SimilarOnes project={project} text={`${plan.title} ${said.change} ${said.because}`.trim()} except={except} />
    </Question>
  )
}
