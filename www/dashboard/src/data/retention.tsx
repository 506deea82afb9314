import { Card, Empty, Loaded } from '../parts'
import type { Live } from '../api'
import { count, counted } from '../words'
import { DAYS, sampleOf } from './visitors'
import type { Visitors } from './visitors'

type Row = Visitors['back'][number]

/** First days that stand open; those before them are folded. */
const OPEN = 14
/** Depths of shade. */
const SHADES = 6

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** Who comes back: of those who did it on a day for the first time, how many did it again so many days later. */
export function Retention({ live, event, name }: { live: Live<Visitors>; event: string; name: string }) {
  return (
    <Card title="Who comes back" aside="all traffic, in a test or not">
      <Loaded live={live} lines={6}>
        {(visitors) => {
          const rows = [...visitors.back].reverse()
          if (rows.length === 0) {
            return (
              <Empty title="Nobody did it for the first time lately">
                <p>As soon as visitors do “{event}” so that it counts, their first days stand here, and how many of them do it again.</p>
              </Empty>
            )
          }
          const most = Math.max(...rows.flatMap(({ n, back }) => back.map((again) => (again ?? 0) / n)))
          const part = { name, most }
          return (
            <>
              <p>
                Of those who did it for the first time on a day, so many did it again on each day after. A day is 24 hours from
                the first time of each visitor; one that has not ended for all of them is left empty.
              </p>
              <Grid {...part} rows={rows.slice(0, OPEN)} whole={rows} />
              {rows.length > OPEN && (
                <details class="fold">
                  <summary>{counted(rows.length - OPEN, 'earlier day')}</summary>
                  <Grid {...part} rows={rows.slice(OPEN)} />
                </details>
              )}
              <p class="hint">{sampleOf(visitors)} First days are those of UTC, and by events that are kept: those of 400 days.</p>
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}

function Grid({ name, most, rows, whole }: { name: string; most: number; rows: Row[]; whole?: Row[] }) {
  const label = `Visitors who come back to “${name}”, by the day of their first time${whole ? '' : ', older ones'}`
  return (
    <div class="retention-table" tabIndex={0} role="region" aria-label={label}>
      <table class="retention">
        <caption class="unseen">{label}: the share that did it again on each day after</caption>
        <thead>
          <tr>
            <th scope="col">First time</th>
            <th scope="col" class="number">Visitors</th>
            {days.map((day) => <th key={day} scope="col" class="number"><span class="unseen">again on day </span>{day}</th>)}
          </tr>
        </thead>
        <tbody>
          {whole && <Line {...{ most }} row={together(whole)} title="Together" />}
          {rows.map((row) => <Line key={row.at} {...{ row, most }} title={DAY.format(row.at)} />)}
        </tbody>
      </table>
    </div>
  )
}

const days = Array.from({ length: DAYS }, (_, day) => day + 1)

interface Told {
  n: number
  /** Of how many how many came back; nothing where that is not known yet. */
  shares: (number | null)[]
}

function Line({ row, most, title }: { row: Row | Told; most: number; title: string }) {
  const shares = 'shares' in row ? row.shares : row.back.map((again) => (again === null ? null : again / row.n))
  return (
    <tr class={'shares' in row ? 'retention-all' : undefined}>
      <th scope="row">{title}</th>
      <td class="number">{count(row.n)}</td>
      {shares.map((share, day) => (
        <td key={day} class={`number shade-${share === null || most === 0 ? 0 : Math.ceil((SHADES * share) / most)}`}>
          {share === null ? <span class="unseen">not yet</span> : `${Math.round(100 * share)} %`}
        </td>
      ))}
    </tr>
  )
}

/** All first days that have had the day in question. */
function together(rows: Row[]): Told {
  const shares = days.map((_, day) => {
    const had = rows.filter(({ back }) => back[day] !== null)
    const sum = (number: (row: Row) => number): number => had.reduce((all, row) => all + number(row), 0)
    return had.length > 0 ? sum(({ back }) => back[day] ?? 0) / sum(({ n }) => n) : null
  })
  return { n: rows.reduce((all, { n }) => all + n, 0), shares }
}
