import { useState } from 'preact/hooks'
import { inEnvironment, inProject, useLive, useWrite } from '../../api'
import { Button, Card, Loaded, NumberField, Problem, problemAt, Select, TextArea, TextField, toast } from '../../parts'
import type { AskedPlaybook, DataScreen, Method, Playbook } from '../../types'
import { percent } from '../../words'
import { Asked } from './asked'
import { Guardrails } from './guardrails'
import { Questions } from './questions'
import { Templates } from './templates'

interface Kept {
  revision: number
  playbook: Playbook
  asked: AskedPlaybook | null
}

/** How this team tests: it holds for experiments that start from now on. */
export function PlaybookSettings({ project }: { project: string }) {
  const live = useLive<Kept>(inProject(project, 'playbook'), 0)
  return (
    <Loaded live={live} lines={8}>
      {(kept) => (
        <>
          {kept.asked && <Asked {...{ project }} asked={kept.asked} done={live.set} />}
          <Form key={kept.revision} {...{ project, kept }} saved={live.set} reload={live.refresh} />
        </>
      )}
    </Loaded>
  )
}

interface Props {
  project: string
  kept: Kept
  saved(kept: Kept): void
  reload(): Promise<void>
}

function Form({ project, kept, saved, reload }: Props) {
  const [playbook, setPlaybook] = useState(kept.playbook)
  // Whoever chooses another way to read and comes back finds the looks that were there.
  const planned = kept.playbook.method?.kind === 'groupSequential' ? kept.playbook.method : TWICE
  const [ramp, setRamp] = useState(kept.playbook.ramp.join(', '))
  const data = useLive<DataScreen>(inEnvironment(project, 'production', 'data'), 0)
  const write = useWrite()
  const steps = numbersIn(ramp)
  const next = { ...playbook, ramp: steps ?? playbook.ramp }
  const changed = JSON.stringify(next) !== JSON.stringify(kept.playbook)
  const put = (part: Partial<Playbook>): void => setPlaybook((before) => ({ ...before, ...part }))
  const problem = (pointer: string): string | undefined =>
    problemAt(write.failure?.problems, pointer) ?? problemAt(write.failure?.problems, `/playbook${pointer}`)
  const rampProblem = problem('/ramp') ?? steps?.map((_, index) => problem(`/ramp/${index}`)).find(Boolean)

  async function save(query = ''): Promise<void> {
    const done = await write.send<Kept>('PUT', inProject(project, 'playbook') + query, next, kept.revision)
    if (!done) return
    toast({ text: query ? 'It waits for a second person.' : 'The playbook is saved. Experiments that start from now on follow it.' })
    saved(done)
  }

  return (
    <form
      class="stack" onSubmit={(event) => {
        event.preventDefault()
        if (changed && steps && !write.busy) void save()
      }}
    >
      <p class="muted">
        What is decided once, so that nobody needs to decide it for each test. Running experiments keep the rules they
        started with.
      </p>
      <Card title="How a test grows">
        <TextField
          label="Name of the playbook" value={playbook.name} onValue={(name) => put({ name })}
          problem={problem('/name')}
        />
        <TextField
          label="Steps, in percent of visitors" value={ramp} onValue={setRamp} inputMode="text"
          hint="It starts at the first and stays at the last, such as 5, 25, 50."
          problem={steps ? rampProblem : NO_STEPS}
        />
        <div class="two">
          <NumberField
            label="Wait at each step" unit="minutes" min={0} step={1} value={playbook.hold.minutes}
            hint={playbook.hold.minutes >= 120 && `That is ${inHours(playbook.hold.minutes)}.`}
            problem={problem('/hold/minutes')}
            onValue={(minutes) => put({ hold: { ...playbook.hold, minutes } })}
          />
          <NumberField
            label="and for" unit="people in each version" min={0} step={1} value={playbook.hold.units}
            problem={problem('/hold/units')}
            onValue={(units) => put({ hold: { ...playbook.hold, units } })}
          />
        </div>
        <NumberField
          label="One person alone takes a flag up to" unit="% of visitors" min={0} max={100} step={1}
          value={playbook.alone} hint="Step by step. More takes a second person." problem={problem('/alone')}
          onValue={(alone) => put({ alone })}
        />
        <NumberField
          label="and at once by" unit="percentage points" min={1} max={100} step={1} value={playbook.points}
          problem={problem('/points')} onValue={(points) => put({ points })}
        />
        <TextField
          label="How tests are called" value={playbook.naming ?? ''} problem={problem('/naming')} placeholder="*: *"
          hint="Each * stands for words, so “*: *” asks for “Checkout: fewer steps”. Empty is no rule."
          onValue={(naming) => put({ naming: naming || undefined })}
        />
        <Select
          label="Who may let a test start" value={playbook.reviewers} onValue={(reviewers) => put({ reviewers })}
          options={REVIEWERS}
        />
      </Card>
      <Card title="How sure it wants to be">
        <NumberField
          label="Chance to see an effect as large as planned" unit="%" min={50} max={99} step={1}
          value={Math.round(playbook.power * 100)}
          onValue={(percent) => put({ power: percent / 100 })} problem={problem('/power')}
          hint="80 % is usual. More needs more people."
        />
        <NumberField
          label="Chance to claim an effect that is not there" unit="%" min={0.1} max={20} step={0.1}
          value={Math.round((playbook.alpha ?? 0.05) * 1000) / 10}
          onValue={(percent) => put({ alpha: percent / 100 })} problem={problem('/alpha')}
          hint="5 % is usual: 1 of 20 tests without an effect. Less needs more people."
        />
        <Select
          label="When the metric that decides may be read" value={playbook.method?.kind ?? 'anytime'}
          options={methods(planned)}
          hint="Guardrails are read at any time, whatever is chosen." problem={problem('/method')}
          onValue={(kind) => put({ method: kind === 'groupSequential' ? planned : { kind } })}
        />
        <div class="two">
          <NumberField
            label="A test takes at least" unit="days" min={0} step={1} value={playbook.shortest ?? 0}
            hint="Before that nothing good is said. 7 days see each weekday." problem={problem('/shortest')}
            onValue={(shortest) => put({ shortest: shortest || undefined })}
          />
          <NumberField
            label="and at most" unit="days" min={1} step={1} value={playbook.longest} problem={problem('/longest')}
            hint="More is a safety check only." onValue={(longest) => put({ longest })}
          />
        </div>
        <NumberField
          label="It sees at least" unit="people" min={0} step={1} value={playbook.people ?? 0} problem={problem('/people')}
          hint="In both versions, however large the effect that is hoped for." onValue={(people) => put({ people: people || undefined })}
        />
        <Guardrails
          guardrails={playbook.guardrails} metrics={data.value?.metrics.map(({ key }) => key) ?? []}
          onValue={(guardrails) => put({ guardrails })} problem={problem}
        />
      </Card>
      <Card title="Kinds of tests">
        <Templates
          project={project} templates={playbook.templates ?? []} problem={problem}
          onValue={(templates) => put({ templates: templates.length > 0 ? templates : undefined })}
        />
      </Card>
      <Card title="How you decide">
        <p class="muted">These sentences are locked into each plan before it starts.</p>
        {(['ship', 'keep', 'stop'] as const).map((choice) => (
          <TextArea
            key={choice} label={RULES[choice]} rows={2} value={playbook.rule[choice]}
            problem={problem(`/rule/${choice}`)}
            onValue={(text) => put({ rule: { ...playbook.rule, [choice]: text } })}
          />
        ))}
      </Card>
      <Card title="What a debrief asks">
        <Questions questions={playbook.questions} onValue={(questions) => put({ questions })} problem={problem} />
      </Card>
      {write.failure && (
        <Problem
          failure={write.failure}
          again={AGAIN[write.failure.status]?.({ reload, ask: () => save('?propose=1') })}
        />
      )}
      <div class={changed ? 'actions save-bar' : 'actions'}>
        <Button kind="primary" type="submit" busy={write.busy} disabled={!changed || !steps}>Save the playbook</Button>
        {changed && (
          <Button kind="quiet" onClick={() => { setPlaybook(kept.playbook); setRamp(kept.playbook.ramp.join(', ')) }}>
            Discard the changes
          </Button>
        )}
      </div>
    </form>
  )
}

/** What can be done about a refusal: somebody was faster, or it takes a second person. */
const AGAIN: Record<number, (ways: { reload(): Promise<void>; ask(): Promise<void> }) => { label: string; act(): void }> = {
  409: ({ ask }) => ({ label: 'Ask for approval', act: () => void ask() }),
  412: ({ reload }) => ({ label: 'Load what it is now', act: () => void reload() }),
}

const NO_STEPS = 'Write numbers from 1 to 100 with commas between them, each larger than the one before.'

type Planned = Extract<Method, { kind: 'groupSequential' }>

const TWICE: Planned = { kind: 'groupSequential', spending: 'obrien-fleming', looks: [0.5, 1] }
const methods = ({ looks }: Planned) => [
  { value: 'anytime', label: 'At any time, every day' },
  { value: 'fixedSample', label: 'Once, when the planned size is reached' },
  { value: 'groupSequential', label: `At ${looks.map((share) => percent(share)).join(' and ')} of the planned size` },
] as const

const REVIEWERS = [
  { value: 'other', label: 'Somebody other than its author' }, { value: 'anyone', label: 'Anyone, the author too' },
] as const

const RULES = { ship: 'Ship it', keep: 'Keep the old version', stop: 'Stop at once' }

/** 720 -> "12 hours", 150 -> "2.5 hours". */
const inHours = (minutes: number): string => `${Math.round(minutes / 6) / 10} hours`

function numbersIn(text: string): number[] | undefined {
  const numbers = text.split(/[\s,;%]+/).filter(Boolean).map(Number)
  const rising = numbers.every((n, index) => n > (numbers[index - 1] ?? 0) && n <= 100)
  return numbers.length > 0 && rising ? numbers : undefined
}
