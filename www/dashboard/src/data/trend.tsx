import { useCallback } from 'preact/hooks'
import { Chart } from '../pictures/chart'
import type { Trend } from '../types/data'

const HEIGHT = 220
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const axis = new Intl.NumberFormat('en', { notation: 'compact' })

/** Each day of all traffic. Today goes on, so it stands alone behind the line. */
export function TrendPicture({ trend, name }: { trend: Trend; name: string }) {
  const draw = useCallback((plot: typeof import('@observablehq/plot'), width: number) => {
    const rows = trend.days.map((day) => ({ ...day, at: new Date(day.at) }))
    const known = rows.filter(({ value }) => value !== null)
    return {
      width, height: HEIGHT, marginLeft: 48, marginRight: 24, marginTop: 14,
      x: { type: 'utc' as const, label: null, ticks: Math.max(2, Math.floor(width / 110)) },
      y: { label: null, grid: true, ticks: 4, tickFormat: (value: number) => axis.format(value), zero: true },
      marks: [
        plot.areaY(rows.filter(({ open }) => !open), { x: 'at', y: 'value', className: 'range' }),
        plot.lineY(rows.filter(({ open }) => !open), { x: 'at', y: 'value', className: 'line line-1' }),
        plot.dot(known.filter(({ open }) => open), { x: 'at', y: 'value', r: 3.5, className: 'today' }),
        plot.ruleY([0], { className: 'zero' }),
      ],
    }
  }, [trend])
  const last = trend.days.filter(({ open, told }) => !open && told !== null).at(-1)
  const label = `“${name}” of all traffic, day by day${last ? `. ${DAY.format(last.at)}: ${last.told} ${trend.each}` : ''}.`
  return <Chart draw={draw} label={label} table={<Numbers trend={trend} />} />
}

function Numbers({ trend }: { trend: Trend }) {
  return (
    <table>
      <caption class="unseen">Each day of all traffic</caption>
      <thead>
        <tr><th scope="col">Day (UTC)</th><th scope="col" class="number">Value, {trend.each}</th><th scope="col" class="number">Events</th></tr>
      </thead>
      <tbody>
        {[...trend.days].reverse().map(({ at, told, n, open }) => (
          <tr key={at}>
            <th scope="row">{DAY.format(at)}{open && ', so far'}</th>
            <td class="number">{told ?? '–'}</td>
            <td class="number">{n}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
