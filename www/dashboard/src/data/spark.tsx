import type { Trend } from '../types/data'

const [WIDTH, HEIGHT] = [120, 28]

/** The whole days of a trend as a line without axes; its words stand beside it. */
export function Spark({ trend }: { trend: Trend }) {
  const values = trend.days.flatMap(({ value, open }, at) => (value === null || open ? [] : [{ at, value }]))
  const last = values.at(-1)
  if (!last || values.length < 2) return null
  const most = Math.max(...values.map(({ value }) => value), 0)
  const least = Math.min(...values.map(({ value }) => value), 0)
  const x = (at: number): number => 2 + (at / Math.max(1, trend.days.length - 1)) * (WIDTH - 4)
  const y = (value: number): number => HEIGHT - 3 - ((value - least) / (most - least || 1)) * (HEIGHT - 6)
  const points = values.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`)
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(' ')} />
      <circle cx={x(last.at)} cy={y(last.value)} r="2.2" />
    </svg>
  )
}
