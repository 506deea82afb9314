import { Offer } from '../ask/offer'
import { Card, Table, Words } from '../parts'
import type { Reading } from '../types'
import { count, hard } from '../words'

/** Whether it would be different for someone: one sentence, and the groups behind it. Whoever has only a link is offered nothing. */
export function Segments({ project, reading: { segments } }: { project?: string; reading: Reading }) {
  if (!segments) return null
  const rows = segments.dimensions.flatMap(({ dimension, groups }) => groups.map((group) => ({ dimension, ...group })))
  return (
    <Card title="Would it be different for someone?">
      <p><Words>{segments.words}</Words></p>
      {project && segments.idea && <Offer project={project} idea={segments.idea} />}
      <details class="fold">
        <summary>The groups</summary>
        <p class="muted small">
          Each effect is drawn towards the whole by as much as chance explains: the best of many groups always looks
          better than it is.
        </p>
        <Table
          label="Groups" rows={rows} rowKey={({ dimension, value }) => `${dimension} ${value}`}
          columns={[
            { title: 'Group', cell: ({ dimension, value }) => `${dimension} ${value}` },
            { title: 'People', numeric: true, cell: ({ units }) => count(units) },
            { title: 'Effect', numeric: true, cell: ({ told, differs }) => <>{hard(told)}{differs && ' differs'}</> },
          ]}
        />
      </details>
    </Card>
  )
}
