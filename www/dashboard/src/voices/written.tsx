import { useState } from 'preact/hooks'
import { inProject, readFile, useLive } from '../api'
import { VariantName } from '../live/arms'
import { Button, Card, Gradually, Loaded, long, Segmented, Table, Time, toast } from '../parts'
import { save } from '../save'
import type { Ticket, Written as Found, WrittenCount } from '../types/written'
import { count } from '../words'
import { Outside } from './outside'
import { Sessions } from './sessions'
import { Themes } from './themes'

/** What those who met an experiment wrote by themselves: tickets, and the recordings of their sessions. */
export function Written({ project, run }: { project: string; run: WrittenCount }) {
  const [reading, setReading] = useState(false)
  const control = run.arms[0]?.variant ?? ''
  return (
    <Card title={`Written by those who met “${run.title}”`} aside={<a href={`#/experiments/${run.experiment}`}>The experiment</a>}>
      <Table
        label="Tickets and recordings of each variant" rows={run.arms} rowKey={(arm) => arm.variant}
        columns={[
          { title: 'Variant', cell: (arm) => <VariantName name={arm.variant} control={control} /> },
          { title: 'People who met it', numeric: true, cell: (arm) => count(arm.exposed) },
          { title: 'Tickets', numeric: true, cell: (arm) => count(arm.tickets) },
          { title: 'Recordings', numeric: true, cell: (arm) => count(arm.sessions) },
        ]}
      />
      <details class="fold" onToggle={(event) => setReading(event.currentTarget.open)}>
        <summary>Read the tickets, and what tells them apart</summary>
        {reading && <Inside project={project} run={run} />}
      </details>
    </Card>
  )
}

function Inside({ project, run }: { project: string; run: WrittenCount }) {
  const [variant, setVariant] = useState('')
  const path = inProject(project, 'experiments', run.experiment, 'voices')
  const live = useLive<Found>(`${path}?${new URLSearchParams({ variant })}`, 30_000)
  const table = async () => {
    const text = await readFile(`${path}?${new URLSearchParams({ variant, format: 'csv' })}`)
    if (text === undefined) toast({ tone: 'look', text: 'The engine does not answer.' })
    else save(`${run.experiment}-voices.csv`, text, 'text/csv')
  }
  return (
    <div class="stack">
      <Segmented
        label="Who wrote it" value={variant} onValue={setVariant}
        options={[{ value: '', label: 'Everybody' }, ...run.arms.map((arm) => ({ value: arm.variant, label: arm.variant }))]}
      />
      <Loaded live={live} lines={3}>
        {(written) => (
          <div class="stack">
            <Themes written={written} />
            {written.tickets.length === 0 ? <p class="muted">Nobody wrote.</p> : (
              <ul class={`answers ${long(written.tickets)}`}><Gradually>{written.tickets.map((ticket, i) => <Line key={`${ticket.at} ${i}`} ticket={ticket} />)}</Gradually></ul>
            )}
            {written.next !== null && <p class="muted small">These are the newest {count(written.tickets.length)}. Search to see older ones.</p>}
            {run.arms.map((arm) => <Sessions key={arm.variant} sessions={written.sessions} variant={arm.variant} />)}
            <div class="actions">
              <Button small icon="down" onClick={() => void table()}>CSV</Button>
              <Button
                small icon="down"
                onClick={() => save(`${run.experiment}-voices.json`, JSON.stringify(written, null, 2), 'application/json')}
              >
                JSON
              </Button>
            </div>
          </div>
        )}
      </Loaded>
    </div>
  )
}

function Line({ ticket }: { ticket: Ticket }) {
  return (
    <li>
      {ticket.subject && <strong>{ticket.subject}</strong>}
      {ticket.text && <blockquote>{ticket.text}</blockquote>}
      <p class="muted small">
        <span>{ticket.variant}</span>{ticket.source && <span>{ticket.source}</span>}
        {ticket.tags && <span>{ticket.tags}</span>}<Time at={ticket.at} />
        {ticket.link && <Outside href={ticket.link}>The ticket</Outside>}
        {ticket.opens && <Outside href={ticket.opens}>The session</Outside>}
      </p>
    </li>
  )
}
