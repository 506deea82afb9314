import { inProject, useLive } from '../../api'
import { Card, Loaded, Status, Table, Time } from '../../parts'
import type { Delivery } from '../../types/channels'
import { counted } from '../../words'

/** What became of a message, in a sentence. */
export function became({ state, attempts, error }: Delivery): string {
  if (state === 'sent') return attempts > 1 ? `Delivered after ${counted(attempts, 'attempt')}.` : 'Delivered.'
  if (state === 'given up') return `Given up after ${counted(attempts, 'attempt')}: ${error}.`
  return attempts === 0 ? 'Waits to leave.' : `Not delivered in ${counted(attempts, 'attempt')}: ${error}. It is tried again.`
}

const TONES = { open: 'wait', sent: 'ok', 'given up': 'look' } as const

/** The last messages, and what became of each. */
export function Deliveries({ project }: { project: string }) {
  const live = useLive<{ deliveries: Delivery[] }>(`${inProject(project, 'deliveries')}?limit=20`, 5000)
  return (
    <Card title="Last messages">
      <Loaded live={live}>
        {({ deliveries }) => deliveries.length === 0
          ? <p class="muted">None has left yet.</p>
          : (
            <Table
              label="Last messages" rows={deliveries} rowKey={({ id }) => String(id)}
              columns={[
                { title: 'When', cell: ({ at }) => <Time at={at} /> },
                { title: 'What', cell: ({ title, headline }) => <><strong>{title}</strong><br />{headline}</> },
                { title: 'Where', cell: ({ channel, recipient }) => recipient ? `${channel}, ${recipient}` : channel },
                { title: 'What became of it', cell: (one) => <Status tone={one.state === 'open' && one.attempts > 0 ? 'look' : TONES[one.state]}>{became(one)}</Status> },
              ]}
            />
          )}
      </Loaded>
    </Card>
  )
}
