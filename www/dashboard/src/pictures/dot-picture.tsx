import { useRef } from 'preact/hooks'
import { DOTS, stack } from './dots'
import type { Mark, Range } from './dots'
import { signed } from './figures'
import { useWidth } from './width'
import './pictures.css'

interface Props {
  range: Range
  /** Equally likely effects, in rising order. */
  answers: number[]
  /** Which way is better. */
  direction: 'up' | 'down'
  /** What the plan asks; null draws none. */
  hoped: Mark | null
  /** The same in one sentence, for those who cannot see it. */
  label: string
}

/** Dots smaller than this cannot be counted, larger ones look like coins. */
const SMALLEST = 7
const LARGEST = 20
/** About a third of a standard deviation makes seven rows at the peak: a shape that reads as a heap, not as a wall. */
const WIDTH_IN_DEVIATIONS = 0.35
const TOP = 42
const FOOT = 42

/** Fifty equally likely answers around zero: hollow diamonds are worse than the old version, discs are better. */
export function DotPicture({ range, answers, direction, hoped, label }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  return (
    <div class="picture" ref={box}>
      {width > 0 && <Dots width={width} {...{ range, answers, direction, hoped, label }} />}
    </div>
  )
}

function Dots({ width, range, answers: values, direction, hoped, label }: Props & { width: number }) {
  const ideal = deviation(values) * WIDTH_IN_DEVIATIONS
  const [from, to] = domain([...values, range.low, range.high, 0, hoped?.at ?? 0], (ideal * width) / LARGEST)
  const x = (value: number) => ((value - from) / (to - from)) * width
  const size = Math.max(SMALLEST, (ideal / (to - from)) * width)
  const dots = stack(values, (size / width) * (to - from))
  const rows = Math.max(...dots.map((dot) => dot.row)) + 1
  const ground = TOP + Math.max(rows * size, 60)
  const better = (value: number) => (direction === 'up' ? value > 0 : value < 0)
  const reaches = (value: number) =>
    hoped?.word === 'hoped' && (direction === 'up' ? value >= hoped.at : value <= hoped.at)
  return (
    <svg
      class="dots" width={width} height={ground + FOOT} viewBox={`0 0 ${width} ${ground + FOOT}`} role="img"
      aria-label={label}
    >
      <rect
        class="dots-better" x={direction === 'up' ? x(0) : 0} y={0} height={ground}
        width={direction === 'up' ? width - x(0) : x(0)}
      />
      <line class="dots-ground" x1={0} x2={width} y1={ground} y2={ground} />
      <Sides {...{ x: x(0), width, direction }} />
      {hoped !== null && <Hope x={x(hoped.at)} foot={ground} width={width} hoped={hoped} />}
      <line class="dots-zero" x1={x(0)} x2={x(0)} y1={0} y2={ground + 6} />
      {dots.map((dot, i) => {
        const at = { x: x(dot.x), y: ground - (dot.row + 0.5) * size - 1, r: size / 2 - 0.8 }
        if (!better(dot.value)) return <path key={i} class="dot-worse" d={diamond(at.x, at.y, at.r)} />
        return <circle key={i} class={reaches(dot.value) ? 'dot-reaches' : 'dot-better'} cx={at.x} cy={at.y} r={at.r} />
      })}
      <Whisker low={x(range.low)} high={x(range.high)} y={ground + 12} />
      {labels(range, x, width).map(({ at, text, anchor }) => (
        <text key={text} class="dots-figure" x={at} y={ground + 32} text-anchor={anchor}>{text}</text>
      ))}
    </svg>
  )
}

/** Which side is better stands in words at both edges. */
function Sides({ x, width, direction }: { x: number; width: number; direction: 'up' | 'down' }) {
  const [left, right] = direction === 'up' ? ['worse', 'better'] : ['better', 'worse']
  return (
    <g class="dots-side">
      {x > 64 && <><path d={arrow(4, 1)} /><text x={22} y={14}>{left}</text></>}
      {width - x > 64 && <><text x={width - 22} y={14} text-anchor="end">{right}</text><path d={arrow(width - 4, -1)} /></>}
    </g>
  )
}

function Hope({ x, foot, width, hoped }: { x: number; foot: number; width: number; hoped: Mark }) {
  const atTheEdge = x > width - 120
  return (
    <g class="dots-hope">
      <line x1={x} x2={x} y1={20} y2={foot} />
      <text x={atTheEdge ? x - 6 : x + 6} y={30} text-anchor={atTheEdge ? 'end' : 'start'}>
        {hoped.word} {signed(hoped.at)}
      </text>
    </g>
  )
}

/** The printed range itself, with the best guess in its middle. */
function Whisker({ low, high, y }: { low: number; high: number; y: number }) {
  return (
    <g class="dots-range">
      <line x1={low} x2={high} y1={y} y2={y} />
      <line x1={low} x2={low} y1={y - 4} y2={y + 4} />
      <line x1={high} x2={high} y1={y - 4} y2={y + 4} />
    </g>
  )
}

/** Both ends of the range and zero, unless they would print over each other. */
function labels({ low, high }: Range, x: (value: number) => number, width: number) {
  const ends = [low, high].map((value) => {
    const at = Math.min(width - 2, Math.max(2, x(value)))
    const anchor = at < 24 ? 'start' as const : at > width - 24 ? 'end' as const : 'middle' as const
    return { at, text: signed(value), anchor }
  })
  const zero = { at: x(0), text: '0', anchor: 'middle' as const }
  const free = ends.every(({ at }) => Math.abs(at - zero.at) > 40)
  return free ? [...ends, zero] : ends
}

/** The answers' own spread, which is less than the range's where they start from a sceptic's view. */
function deviation(values: number[]): number {
  const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? 0
  return (at(0.84) - at(0.16)) / 2
}

/** From the least to the greatest value with some room, and at least so wide that the heap keeps its shape. */
function domain(values: number[], atLeast: number): [number, number] {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const room = Math.max((high - low) * 0.06, (atLeast - (high - low)) / 2) || 0.01
  return [low - room, high + room]
}

/** From its tip on; drawn, because not every font has one, and a file of the picture has the fonts of another machine. */
const arrow = (x: number, back: 1 | -1) => `M${x + 13 * back} 9.5H${x}M${x + 4 * back} 5.5L${x} 9.5L${x + 4 * back} 13.5`

const diamond = (x: number, y: number, r: number) => `M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}z`

/** What the picture shows, for a screen reader. */
export function inWords(range: Range, better: number, reach: number, hoped: Mark | null): string {
  const marked = hoped === null ? ''
    : hoped.word === 'hoped' ? `, ${reach} reach the hoped ${signed(hoped.at)}`
      : `, ${reach} lose no more than the allowed ${signed(hoped.at)}`
  return (
    `${DOTS} equally likely answers between ${signed(range.low)} and ${signed(range.high)}: ` +
    `${better} are better than the old version${marked}.`
  )
}
