import { useState } from 'preact/hooks'
import { inEnvironment, useLive } from '../api'
import { AsOf, Button, Card, Empty, Icon, Loaded, Segmented, Status, Table, Time } from '../parts'
import type { Tone } from '../parts'
import type { DataProps } from '../screens/data'
import { REASONS } from '../screens/ledger'
import type { Arrived, TailScreen } from '../types/data'

/** More than these nobody reads. */
const NEWEST = 100

type Show = 'all' | 'kept' | 'left'

const BECAME: Record<Arrived['outcome'], { word: string; tone: Tone }> = {
  stored: { word: 'Counted', tone: 'ok' }, duplicate: { word: 'Came again', tone: 'off' },
  rejected: { word: 'Refused', tone: 'look' }, filtered: { word: 'Left out', tone: 'wait' },
}

/** The newest events as they come in, and why what was not counted was not. Nothing of it is kept, and nothing says whose it was. */
export function Tail({ project, environment }: DataProps) {
  const [held, setHeld] = useState<TailScreen | null>(null)
  const [search, setSearch] = useState('')
  const [show, setShow] = useState<Show>('all')
  const live = useLive<TailScreen>(held ? null : inEnvironment(project, environment, 'tail'), 2000)
  const shown = held ? { ...live, value: held } : live
  const hold = <Button icon={held ? 'next' : 'held'} onClick={() => setHeld(held ? null : live.value ?? null)} disabled={!shown.value}>{held ? 'Go on' : 'Pause'}</Button>
  return (
    <>
      <div class="row row-apart">
        <label class="search">
          <span class="unseen">Only with these words</span>
          <Icon name="search" size={18} />
          <input type="search" placeholder="Event or reason" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        <Segmented<Show>
          label="Which" value={show} onValue={(next) => setShow(next)}
          options={[{ value: 'all', label: 'All' }, { value: 'kept', label: 'Counted' }, { value: 'left', label: 'Not counted' }]}
        />
        {hold}
      </div>
      <Loaded live={shown} lines={8}>
        {({ shards, asOf }) => {
          const arrived = shards.flatMap((shard) => shard.arrived).sort((one, other) => other.at - one.at).slice(0, NEWEST)
          const since = Math.max(...shards.map((shard) => shard.since))
          const found = arrived.filter((one) => fits(one, search, show))
          return (
            <Card
              title={held ? 'Paused' : 'Coming in'}
              aside={held ? <Status tone="held">as it was <Time at={asOf} /></Status> : <AsOf live={live} asOf={asOf} />}
            >
              {arrived.length === 0 && (
                <Empty title="Nothing has come in since you began to look">
                  <p>Whatever comes in now stands here within two seconds: do something on the site, or send an event.</p>
                </Empty>
              )}
              {arrived.length > 0 && found.length === 0 && <p class="muted" role="status">Nothing of it matches.</p>}
              {found.length > 0 && <Rows rows={found} />}
              <p class="hint">
                Listening began <Time at={since} />. The newest {NEWEST} stand here, from the collector’s memory alone and only while
                somebody looks; they say nothing of whose they are.
              </p>
            </Card>
          )
        }}
      </Loaded>
    </>
  )
}

function fits({ name, run, variant, outcome, reason }: Arrived, search: string, show: Show): boolean {
  const kept = outcome === 'stored' || outcome === 'duplicate'
  if ((show === 'kept' && !kept) || (show === 'left' && kept)) return false
  const text = `${name} ${run} ${variant} ${BECAME[outcome].word} ${reason} ${REASONS[reason] ?? ''}`.toLowerCase()
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word))
}

function Rows({ rows }: { rows: Arrived[] }) {
  const numbered = rows.map((row, place) => ({ ...row, place: rows.length - place }))
  return (
    <Table
      label="Events as they came in, the newest first" rows={numbered} rowKey={({ place }) => place}
      columns={[
        { title: 'When', cell: ({ at }) => <Time at={at} /> },
        { title: 'What', cell: (row) => <What row={row} /> },
        {
          title: 'Became',
          cell: ({ outcome, reason }) => (
            <>
              <Status tone={BECAME[outcome].tone}>{BECAME[outcome].word}</Status>
              {reason && <span class="hint">{REASONS[reason] ?? reason}</span>}
            </>
          ),
        },
        { title: 'With', cell: ({ properties }) => <span class="muted">{properties.join(', ') || '–'}</span> },
        { title: 'Value', numeric: true, cell: ({ micros, currency }) => (micros === null ? <span class="muted">–</span> : `${micros / 1e6} ${currency}`) },
      ]}
    />
  )
}

function What({ row: { name, run, variant } }: { row: Arrived }) {
  if (name) return <code>{name}</code>
  if (run) return <>met <strong>{variant}</strong> of <code>{run}</code></>
  return <span class="muted">something without a name that may be told</span>
}
