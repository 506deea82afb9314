import { useEffect } from 'preact/hooks'
import { inProject, useLive } from '../api'
import type { Live } from '../api'
import { Icon, Problem, Words } from '../parts'
import type { Check, Checklist, Experiment } from '../types'
import { fieldId, goTo } from './model'
import { counted } from '../words'
import { Look } from './look'

/** Pages and events may come and go while somebody reads. */
const EVERY = 15_000

/** What has to be well before an experiment starts, as the engine sees it now. */
export function useChecks(project: string, experiment: Experiment | undefined): Live<Checklist> {
  const live = useLive<Checklist>(experiment ? inProject(project, 'experiments', experiment.key, 'checks') : null, EVERY)
  useEffect(() => {
    if (experiment && live.value && live.value.revision < experiment.revision) void live.refresh()
  }, [experiment?.revision, live.value?.revision])
  return live
}

interface Props {
  project: string
  live: Live<Checklist>
  /** The experiment with everything that was written, once it is saved; nothing if it cannot be. */
  saved(): Promise<Experiment | undefined>
  onLooked(experiment: Experiment): void
}

const FIRST: Check['state'][] = ['stop', 'look', 'ok']

/** The engine's list, what keeps it from starting first; beside each variant its preview and the tick. What is well is folded. */
export function Checks({ project, live, saved, onLooked }: Props) {
  if (!live.value) return live.failure ? <Problem failure={live.failure} /> : null
  const all = live.value.checks
  // Who has looked at a variant sees that they have.
  const isWell = ({ key, state }: Check) => state === 'ok' && key !== 'quality'
  const open = all.filter((check) => !isWell(check)).sort((one, other) => FIRST.indexOf(one.state) - FIRST.indexOf(other.state))
  const well = all.filter(isWell)
  const rest = { project, saved, onLooked }
  return (
    <div class="before-checks">
      <Lines label="Checks" checks={open} {...rest} />
      {well.length > 0 && (
        <details class="fold">
          <summary>{counted(well.length, 'other check')} {well.length === 1 ? 'is' : 'are'} well</summary>
          <Lines label="Checks that are well" checks={well} {...rest} />
        </details>
      )}
    </div>
  )
}

function Lines({ label, checks, project, saved, onLooked }: Omit<Props, 'live'> & { label: string; checks: Check[] }) {
  return (
    <ul class="before-lines" aria-label={label}>
      {checks.map((check) => (
        <li key={`${check.key} ${check.about} ${check.pointer}`} id={idOf(check)} tabIndex={idOf(check) === undefined ? undefined : -1} class="before-line">
          <Standing check={check} />
          <div>
            <p><Words>{check.sentence}</Words></p>
            {check.state !== 'ok' && check.next && <Next check={check} />}
            {check.key === 'quality' && <Look {...{ project, check, saved, onLooked }} />}
          </div>
        </li>
      ))}
    </ul>
  )
}

const WORDS: Record<Check['state'], string> = { ok: 'Fine', look: 'Look', stop: 'Stops it' }

function Standing({ check: { state } }: { check: Check }) {
  return <span class={`tone-${state}`}><Icon name={state} size={18} title={WORDS[state]} /></span>
}

/** What to do; where the plan has a field for it, the way there. */
function Next({ check: { key, about, next, pointer } }: { check: Check }) {
  if (key === 'similar') {
    return <p><a href={`#/experiments/${about}`} target="_blank"><Words>{next}</Words><span class="unseen"> (opens beside this)</span></a></p>
  }
  const elsewhere = key === 'quality' || key === 'reviewer'
  if (elsewhere) return <p class="muted"><Words>{next}</Words></p>
  return <p><button type="button" class="link" onClick={() => void goTo(pointer)}><Words>{next}</Words></button></p>
}

const idOf = ({ key, pointer }: Check): string | undefined => (key === 'quality' ? fieldId(pointer) : undefined)

/** How many of them keep it from starting. */
export const stopping = (list: Checklist | undefined): number =>
  list?.checks.filter(({ state }) => state === 'stop').length ?? 0
