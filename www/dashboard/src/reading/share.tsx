import { useState } from 'preact/hooks'
import { inEnvironment, useWrite } from '../api'
import { Button, Copyable, Dialog, Problem, Select } from '../parts'
import type { Mark } from '../pictures/dots'
import { ResultCard } from '../result/card'
import type { Experiment, Reading } from '../types'
import { Links } from './links'
import { date } from '../words'

const DAYS = [{ value: '1', label: 'a day' }, { value: '7', label: 'a week' }, { value: '30', label: 'a month' }, { value: '90', label: 'three months' }] as const

/** A result goes to people without a login, on paper, as a card, or by a link that opens this one and nothing else. */
export function Share({ project, reading, hoped }: { project: string; reading: Reading; hoped: Mark | null }) {
  const { experiment } = reading
  const isConcluded = Boolean(experiment.decision) || experiment.state === 'stopped'
  const [open, setOpen] = useState(false)
  return (
    <div class="actions">
      <Button icon="out" onClick={() => setOpen(true)}>Share this result</Button>
      {isConcluded && <ResultCard {...{ project, reading, hoped }} />}
      <Button kind="quiet" onClick={() => print()}>Print</Button>
      {open && <MakeLink project={project} experiment={experiment} onClose={() => setOpen(false)} />}
    </div>
  )
}

function MakeLink({ project, experiment, onClose }: { project: string; experiment: Experiment; onClose(): void }) {
  const [days, setDays] = useState<(typeof DAYS)[number]['value']>('7')
  const [made, setMade] = useState<{ link: string; until: number }>()
  const { send, busy, failure } = useWrite()
  const make = async () => {
    setMade(await send('POST', inEnvironment(project, 'production', 'share'), { experiment: experiment.key, days: Number(days) }))
  }
  return (
    <Dialog title="Share this result" submit={made ? undefined : 'Make the link'} busy={busy} onClose={onClose} onSubmit={() => void make()}>
      <p>
        Whoever has the link reads this result as it is then, without a login: no names of people, no other experiment, nothing to
        press. You can call it back before its time.
      </p>
      {made
        ? <><Copyable label="The link" value={made.link} /><p class="hint">It is good until {date(made.until)}.</p></>
        : <Select label="It is good for" value={days} options={DAYS} onValue={(days) => setDays(days)} />}
      {failure && <Problem failure={failure} />}
      <Links project={project} name={experiment.key} made={made?.link} />
    </Dialog>
  )
}
