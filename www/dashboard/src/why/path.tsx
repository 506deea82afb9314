import type { ComponentChildren } from 'preact'
import { Icon, Words } from '../parts'
import type { IconName, Tone } from '../parts'
import type { Explanation, Outcomes, Step } from '../types'
import { Draw } from './draw'

const OUTCOMES: Record<Outcomes, { icon: IconName; tone: Tone }> = {
  matched: { icon: 'ok', tone: 'ok' }, passed: { icon: 'close', tone: 'off' }, failed: { icon: 'look', tone: 'look' },
  'not-running': { icon: 'off', tone: 'off' }, 'not-reached': { icon: 'off', tone: 'off' },
}

/** The way of a visitor through the rules, from the first question to what is served. */
export function Path({ explanation: { rules, steps } }: { explanation: Explanation }) {
  const questions = steps.slice(0, -1)
  const before = questions.filter(({ rule }) => rule === undefined)
  const end = steps.at(-1)
  return (
    <ol class="path">
      {before.length > 0 && <Stop title="Before the rules" steps={before} />}
      {rules.map(({ rule, outcome, words }) => (
        <Stop
          key={rule} title={`Rule ${rule}`} said={words} outcome={outcome}
          steps={steps.filter((step) => step.rule === rule)}
        />
      ))}
      {end && end.rule === undefined && <Stop title="In the end" steps={[end]} outcome="matched" />}
    </ol>
  )
}

function Stop(
  { title, said, outcome, steps }: { title: string; said?: string; outcome?: Outcomes; steps: Step[] },
) {
  const { icon, tone } = OUTCOMES[outcome ?? 'passed']
  return (
    <li class={`path-stop path-${outcome ?? 'before'}`}>
      <p class="path-title">
        <span class={`tone-${tone}`}><Icon name={outcome ? icon : 'next'} size={18} /></span>
        <span><strong>{title}</strong> {said && <span class="muted"><Words>{said}</Words></span>}</span>
      </p>
      {steps.length > 0 && <ul>{steps.map((step) => <li key={step.step}><Question step={step} /></li>)}</ul>}
    </li>
  )
}

function Question({ step }: { step: Step }) {
  const { asks, held, inverted, draw, trouble, serves } = step
  const passed = held === undefined ? undefined : held !== inverted
  const found = step.attribute && step.attribute.type !== 'missing' ? step.attribute.value : undefined
  return (
    <div class="path-question">
      <Answer passed={passed} failed={trouble !== undefined && held === undefined} />
      <div>
        <p><Words>{inverted ? `not: ${asks}` : asks}</Words></p>
        {trouble && <p class="tone-look small"><Words>{trouble}</Words></p>}
        {!trouble && !draw && found !== undefined && <p class="muted small">it is <Value value={found} /></p>}
        {serves && <p class="muted small">it serves “{serves.variant}”</p>}
        {draw && <Draw step={step} draw={draw} />}
      </div>
    </div>
  )
}

function Answer({ passed, failed }: { passed: boolean | undefined; failed: boolean }) {
  if (failed) return <span class="tone-look"><Icon name="look" title="cannot be answered" size={18} /></span>
  if (passed === undefined) return <span class="tone-ok"><Icon name="next" title="so" size={18} /></span>
  return passed
    ? <span class="tone-ok"><Icon name="ok" title="yes" size={18} /></span>
    : <span class="tone-off"><Icon name="close" title="no" size={18} /></span>
}

export function Value({ value }: { value: unknown }): ComponentChildren {
  const text = JSON.stringify(value)
  return <code>{text.length > 120 ? `${text.slice(0, 120)} …` : text}</code>
}
