import { Card, Table, Time, Words } from '../parts'
import type { Experiment } from '../types'
import { percent } from '../words'

/** How many of those who come meet each version, from when on, and why: the last line is now. */
export function Split({ split }: { split: Experiment['split'] }) {
  if (!split || split.shares.length === 0) return null
  return (
    <Card title="The split over time">
      {split.words && <p><Words>{split.words}</Words></p>}
      <Table
        label="The share of each version, from when on" rows={[...split.shares].reverse()} rowKey={({ epoch }) => epoch}
        columns={[
          { title: 'Since', cell: ({ at }) => <Time at={at} /> },
          { title: 'Old version', numeric: true, cell: (row) => percent(row.old) },
          { title: 'New version', numeric: true, cell: (row) => percent(row.new) },
          { title: 'Why', cell: ({ why }) => <Words>{why}</Words> },
        ]}
      />
      <p class="hint">
        Only those who come from then on meet a new split; whoever has met a version keeps it. Each version has
        at least {percent(split.floor)}.
      </p>
    </Card>
  )
}
