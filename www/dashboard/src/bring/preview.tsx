import type { Read, Wrong } from '../../../cli/inside/past.mjs'
import { Outcome } from '../library/outcome'
import { Table } from '../parts'
import { counted } from '../words'

/** Rows that are shown before they are sent; all are sent. */
const SHOWN = 20
/** Mistakes that are shown at once: whoever has more has one cause for most of them. */
const NAMED = 50

/** What the records would be. */
export function Preview({ records }: { records: Read[] }) {
  const outcome = ({ decision, state }: Record<string, string>): string => (decision === 'abort' ? 'aborted' : decision ?? (state === 'stopped' ? state : 'unknown'))
  return (
    <>
      <Table
        label="What will be in the library" rows={records.slice(0, SHOWN)} rowKey={({ record }) => record.key ?? ''}
        columns={[
          { title: 'Title', cell: ({ record }) => record.title },
          { title: 'Outcome', cell: ({ record }) => <Outcome outcome={outcome(record)} /> },
          { title: 'Ended', cell: ({ record }) => record.ended ?? '–' },
          { title: 'Found', cell: ({ record }) => short(record.found ?? record.text) },
          { title: 'From', cell: ({ place }) => <code>{place('title')}</code> },
        ]}
      />
      {records.length > SHOWN && <p class="muted small">And {counted(records.length - SHOWN, 'more', 'more')}.</p>}
    </>
  )
}

const short = (text = '–'): string => (text.length > 120 ? `${text.slice(0, 120)} …` : text)

/** What keeps them out, each at its file and line. */
export function Mistakes({ problems }: { problems: Wrong[] }) {
  return (
    <div class="problem" role="alert">
      <div class="problem-words">
        <p><strong>{counted(problems.length, 'thing is', 'things are')} in the way. Nothing is imported until the files are in order.</strong></p>
        <ul>
          {problems.slice(0, NAMED).map(({ place, cause, fix }) => <li key={`${place} ${cause}`}><code>{place}</code> {cause} {fix}</li>)}
        </ul>
        {problems.length > NAMED && <p>And {counted(problems.length - NAMED, 'more', 'more')}.</p>}
      </div>
    </div>
  )
}
