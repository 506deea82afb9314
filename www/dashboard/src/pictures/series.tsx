import { useCallback } from 'preact/hooks'
import type { SeriesPoint } from '../types'
import { Chart } from './chart'
import type { Mark } from './dots'
import { count } from '../words'
import { signed } from './figures'

const HEIGHT = 220

/** People of each variant over time. The last value stands at the line's end, so that no legend is needed. */
export function PeopleOverTime({ series }: { series: SeriesPoint[] }) {
  const draw = useCallback((plot: typeof import('@observablehq/plot'), width: number) => {
    const rows = series.flatMap((point) => point.arms.map((arm, i) => ({ at: new Date(point.at), i, ...arm })))
    const lines = (series[0]?.arms ?? []).map((_, i) => rows.filter((row) => row.i === i))
    return {
      width, height: HEIGHT, marginLeft: 48, marginRight: 84, marginTop: 14,
      x: { type: 'time' as const, label: null, ticks: Math.max(2, Math.floor(width / 130)) },
      y: { label: null, grid: true, ticks: 4, tickFormat: count, zero: true },
      marks: [
        ...lines.map((line, i) => plot.lineY(line, { x: 'at', y: 'confirmed', className: `line line-${i}` })),
        ...ends(lines.map((line) => line.at(-1))).map(({ row, shift }) => plot.text([row], {
          x: 'at', y: 'confirmed', text: 'variant', textAnchor: 'start', dx: 6, dy: shift,
          className: `end end-${row.i}`,
        })),
      ],
    }
  }, [series])
  const last = series.at(-1)?.arms.map((arm) => `${arm.variant} ${count(arm.confirmed)}`).join(', ')
  const label = `People who saw each variant over time. Last: ${last}.`
  return <Chart draw={draw} label={label} table={<PeopleTable series={series} />} />
}

/** Two names at nearly one height are pushed apart, so that both can be read. */
function ends<Row extends { confirmed: number; i: number }>(rows: (Row | undefined)[]) {
  const known = rows.filter((row) => row !== undefined).sort((a, b) => b.confirmed - a.confirmed)
  const close = (known[0]?.confirmed ?? 0) - (known[1]?.confirmed ?? 0) < (known[0]?.confirmed ?? 0) * 0.1
  return known.map((row, place) => ({ row, shift: close && known.length === 2 ? (place === 0 ? -7 : 7) : 0 }))
}

function PeopleTable({ series }: { series: SeriesPoint[] }) {
  const names = series[0]?.arms.map((arm) => arm.variant) ?? []
  return (
    <table>
      <caption class="unseen">People who saw each variant, over time</caption>
      <thead>
        <tr><th scope="col">When</th>{names.map((name) => <th key={name} scope="col" class="number">{name}</th>)}</tr>
      </thead>
      <tbody>
        {series.map((point) => (
          <tr key={point.at}>
            <th scope="row">{moment(point.at)}</th>
            {point.arms.map((arm) => <td key={arm.variant} class="number">{count(arm.confirmed)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type Bounds = SeriesPoint & { lift: number; low: number; high: number }
const bounded = (point: SeriesPoint): point is Bounds =>
  point.lift !== null && point.low !== null && point.high !== null

/** How the range of possible effects narrows. Looks at which nothing could be compared are left out. */
export function RangeOverTime({ series, hoped }: { series: SeriesPoint[]; hoped: Mark | null }) {
  const draw = useCallback((plot: typeof import('@observablehq/plot'), width: number) => {
    const rows = series.filter(bounded).map((point) => ({ ...point, at: new Date(point.at) }))
    const last = rows.at(-1)
    // The first ranges are so wide that they would flatten everything that came later.
    const reach = last ? 4 * Math.max(Math.abs(last.low), Math.abs(last.high), Math.abs(hoped?.at ?? 0)) : 1
    const least = Math.max(-reach, Math.min(0, ...rows.map((row) => row.low)))
    const most = Math.min(reach, Math.max(0, ...rows.map((row) => row.high)))
    // Two words at nearly one height are pushed apart.
    const apart = hoped && Math.abs(hoped.at) < (most - least) / 12 ? 7 * Math.sign(hoped.at) : 0
    return {
      width, height: HEIGHT, marginLeft: 56, marginRight: 96, marginTop: 14,
      x: { type: 'time' as const, label: null, ticks: Math.max(2, Math.floor(width / 130)) },
      y: { label: null, grid: true, ticks: 5, tickFormat: signed, clamp: true, domain: [least, most] },
      marks: [
        plot.areaY(rows, { x: 'at', y1: 'low', y2: 'high', className: 'range' }),
        plot.lineY(rows, { x: 'at', y: 'lift', className: 'line line-1' }),
        plot.ruleY([0], { className: 'zero' }),
        hoped === null ? null : plot.ruleY([hoped.at], { className: 'hope' }),
        !last || hoped === null ? null : plot.text([{ at: last.at, y: hoped.at }], {
          x: 'at', y: 'y', text: () => hoped.word, textAnchor: 'start', dx: 6, dy: -apart, className: 'end end-hope',
        }),
        last && plot.text([{ at: last.at, y: 0 }], {
          x: 'at', y: 'y', text: () => 'no difference', textAnchor: 'start', dx: 6, dy: apart, className: 'end end-0',
        }),
      ],
    }
  }, [series, hoped?.at, hoped?.word])
  const last = series.filter(bounded).at(-1)
  const label = last
    ? `The range of possible effects, ${signed(last.low)} to ${signed(last.high)} at the end, over time.`
    : 'No effect can be told yet.'
  return <Chart draw={draw} label={label} table={<RangeTable series={series} />} />
}

function RangeTable({ series }: { series: SeriesPoint[] }) {
  return (
    <table>
      <caption class="unseen">The range of possible effects, over time</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          {['At least', 'Best guess', 'At most'].map((name) => <th key={name} scope="col" class="number">{name}</th>)}
        </tr>
      </thead>
      <tbody>
        {series.filter(bounded).map((point) => (
          <tr key={point.at}>
            <th scope="row">{moment(point.at)}</th>
            <td class="number">{signed(point.low)}</td>
            <td class="number">{signed(point.lift)}</td>
            <td class="number">{signed(point.high)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const clock = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
const moment = (at: number) => clock.format(at)
