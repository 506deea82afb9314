import { useState } from 'preact/hooks'
import { call, inProject, useLive } from '../../api'
import { Button, Card, Empty, Loaded, Table, Time, toast } from '../../parts'
import type { AuditRow } from '../../types'

/** Deeds whose short names say little by themselves. */
const DEEDS: Record<string, string> = {
  quality: 'look at a version', plan: 'write the plan', submit: 'ask for a review', return: 'send back', tell: 'send a message', draft: 'make a draft',
}

/** As many rows as one answer brings; fewer mean that these were the first. */
const PAGE = 100

/** Who did what. Each row's hash covers the one before, so nothing can be taken out unseen. */
export function History({ project }: { project: string }) {
  const path = inProject(project, 'audit')
  const live = useLive<{ rows: AuditRow[] }>(path, 15_000)
  const [older, setOlder] = useState<AuditRow[]>([])
  const [ended, setEnded] = useState(false)
  const [busy, setBusy] = useState(false)

  async function more(before: number): Promise<void> {
    setBusy(true)
    const result = await call<{ rows: AuditRow[] }>('GET', `${path}?before=${before}`)
    setBusy(false)
    if (!result.ok) return toast({ tone: 'look', text: `${result.error} ${result.fix}` })
    setOlder((known) => [...known, ...result.value.rows])
    setEnded(result.value.rows.length < PAGE)
  }

  return (
    <Card title="History" aside="each row’s hash covers the one before it">
      <Loaded live={live} lines={8}>
        {({ rows: newest }) => {
          const rows = merged(newest, older)
          const last = rows.at(-1)
          if (!last) return <Empty title="Nothing has happened yet" />
          return (
            <>
              <Table
                label="Who did what, newest first" rows={rows} rowKey={({ n }) => n}
                columns={[
                  { title: 'What', cell: ({ action, subject }) => <><span class="detail">{DEEDS[action] ?? action}</span><span class="small muted detail whole">{subject}</span></> },
                  { title: 'Detail', cell: ({ detail }) => <span class="small muted detail">{inWords(detail)}</span> },
                  { title: 'Who', cell: ({ who }) => <span class="whole">{who}</span> },
                  { title: 'When', cell: ({ at }) => <Time at={at} /> },
                  {
                    title: 'Row', numeric: true,
                    cell: ({ n, hash }) => <span title={hash}>{n} <code>{hash.slice(0, 8)}</code></span>,
                  },
                ]}
              />
              {!ended && newest.length === PAGE && (
                <div><Button busy={busy} onClick={() => void more(last.n)}>Show older</Button></div>
              )}
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}

/** The newest page moves on while older ones stay, so rows may come twice. */
function merged(newest: AuditRow[], older: AuditRow[]): AuditRow[] {
  const rows = new Map([...newest, ...older].map((row) => [row.n, row]))
  return [...rows.values()].sort((a, b) => b.n - a.n)
}

const inWords = (detail: unknown): string => {
  if (detail === null || detail === undefined) return ''
  if (typeof detail !== 'object') return String(detail)
  const told = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.entries(detail).map(([name, value]) => `${name}: ${told(value)}`).join(', ')
}
