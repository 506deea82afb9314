import { useEffect, useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { Icon } from '../parts'
import type { ExperimentCard, Reading } from '../types'
import { stepsOf } from './steps'
import type { Step } from './steps'

const PLACE = 'pointsman.guide'
/** How soon something that happened is ticked. */
const SOON = 3000

/** Leads through a first experiment, step by step. It only says what has happened and what comes next: nothing waits for it. */
export function Guide({ project, onClose }: { project: string; onClose(): void }) {
  const list = useLive<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'), SOON)
  const [known, setKnown] = useState(remembered)
  const experiments = list.value?.experiments
  useEffect(() => {
    // What is there at the beginning is the demo's own story.
    if (experiments && !known) setKnown(remember(experiments.map(({ key }) => key)))
  }, [experiments, known])
  const own = known && experiments?.find(({ key, state }) => !known.includes(key) && state !== 'idea')
  const reading = useLive<Reading>(own?.started ? inProject(project, 'experiments', own.key, 'reading') : null, SOON)
  if (!experiments || !known) return null
  const steps = stepsOf(own, reading.value)
  // What somebody went past is not asked for again.
  const next = steps[steps.findLastIndex(({ done }) => done) + 1]
  const done = steps.filter(({ done }) => done).length
  return (
    <section class="guide" aria-label="Your first experiment">
      <ol class="guide-steps">
        {steps.map((step) => (
          <li key={step.title} aria-current={step === next ? 'step' : undefined} class={step.done ? 'guide-done' : undefined}>
            <Icon name={step.done ? 'ok' : step.icon} size={16} /> {step.title}<span class="unseen">{step.done ? ', done' : step === next ? ', next' : ''}</span>
          </li>
        ))}
      </ol>
      <p class="guide-next">
        <span role="status">
          {next
            ? <><strong>{done} of {steps.length} done. Next, {next.title.toLowerCase()}:</strong> {next.words}</>
            : <strong>That was a whole experiment. The library keeps what it taught.</strong>}
        </span>
        {next
          ? <a href={next.where} onClick={(event) => there(next, event)}>Take me there</a>
          : <button type="button" onClick={() => setKnown(remember(experiments.map(({ key }) => key)))}>Once more</button>}
        <button type="button" class="icon-button" aria-label="Close the guide" onClick={onClose}><Icon name="close" size={14} /></button>
      </p>
    </section>
  )
}

/** Whoever is on that screen already is brought to the part that is meant. */
function there({ where, part }: Step, event: MouseEvent): void {
  if (location.hash !== where) return
  event.preventDefault()
  const place = document.getElementById(part) ?? document.getElementById('main')
  place?.scrollIntoView({ block: 'start' })
  place?.focus({ preventScroll: true })
}

/** The experiments that were there when somebody began; nothing before that. */
function remembered(): string[] | undefined {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(PLACE) ?? 'null')
    return Array.isArray(found) ? found.filter((key) => typeof key === 'string') : undefined
  } catch {
    return undefined
  }
}

function remember(keys: string[]): string[] {
  try {
    localStorage.setItem(PLACE, JSON.stringify(keys))
  } catch {
    // Then it begins anew at the next visit.
  }
  return keys
}
