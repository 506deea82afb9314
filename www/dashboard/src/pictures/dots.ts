// The quantile dot picture as plain numbers: fifty equally likely answers to "how much better is the new version?".
// People read counts of dots right where they misread error bars (Fernandes et al., CHI 2018).

export const DOTS = 50

/** The share of a normal distribution between its mean and 1.96 standard deviations on both sides is 95 %. */
const WIDTH_OF_95 = 2 * 1.959963984540054

export interface Range {
  low: number
  high: number
}

export interface Dot {
  /** Where its column stands, in units of the effect. */
  x: number
  /** Its place in the column, from 0 at the foot. */
  row: number
  /** The answer that it stands for. */
  value: number
}

/** The answers: quantiles of the normal curve whose 95 % range is the printed range, so words and picture agree. */
export function answers({ low, high }: Range, n = DOTS): number[] {
  const mean = (low + high) / 2
  const deviation = (high - low) / WIDTH_OF_95
  return Array.from({ length: n }, (_, i) => mean + deviation * quantile((i + 0.5) / n))
}

/**
 * Stacks the answers in columns that are at least one dot wide. No column holds answers of both sides of zero, because
 * the side that a dot stands on is the message.
 */
export function stack(values: number[], width: number): Dot[] {
  const dots: Dot[] = []
  let column: number[] = []
  const close = () => {
    const x = place(column, width)
    column.forEach((value, row) => dots.push({ x, row, value }))
    column = []
  }
  for (const value of [...values].sort((a, b) => a - b)) {
    const first = column[0]
    if (first !== undefined && (value - first >= width || first < 0 !== value < 0)) close()
    column.push(value)
  }
  if (column.length > 0) close()
  return apart(dots, width)
}

/** A column stands in the middle of its answers, but never so near to zero that its dots would touch the line. */
function place(column: number[], width: number): number {
  const x = ((column[0] ?? 0) + (column.at(-1) ?? 0)) / 2
  return (column[0] ?? 0) < 0 ? Math.min(x, -width / 2) : Math.max(x, width / 2)
}

/** Pushes columns outwards from zero until none overlaps its neighbour. */
function apart(dots: Dot[], width: number): Dot[] {
  const columns = [...new Set(dots.map((dot) => dot.x))]
  const moved = new Map<number, number>()
  let last = -Infinity
  for (const x of columns.filter((x) => x > 0)) moved.set(x, (last = Math.max(x, last + width)))
  last = Infinity
  for (const x of columns.filter((x) => x <= 0).reverse()) moved.set(x, (last = Math.min(x, last - width)))
  return dots.map((dot) => ({ ...dot, x: moved.get(dot.x) ?? dot.x }))
}

/**
 * The inverse of the standard normal distribution. Acklam's rational approximation, relative error below 1.2e-9;
 * https://web.archive.org/web/20151030215612/http://home.online.no/~pjacklam/notes/invnorm/
 */
export function quantile(p: number): number {
  if (p < TAIL) return tail(p)
  if (p > 1 - TAIL) return -tail(1 - p)
  const q = p - 0.5
  const r = q * q
  return (q * horner(A, r)) / (horner(B, r) * r + 1)
}

const TAIL = 0.02425
const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
]
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572]
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]

function tail(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p))
  return horner(C, q) / (horner(D, q) * q + 1)
}

const horner = (coefficients: number[], x: number): number => coefficients.reduce((sum, c) => sum * x + c, 0)
