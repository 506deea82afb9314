// The dot picture as plain numbers: where each of the fifty equally likely answers stands.

export const DOTS = 50

export interface Range {
  low: number
  high: number
}

/** What a range is held against, as a signed effect: the one that was hoped for, or the loss that is allowed. */
export interface Mark {
  at: number
  word: 'hoped' | 'allowed'
}

export interface Dot {
  /** Where its column stands, in units of the effect. */
  x: number
  /** Its place in the column, from 0 at the foot. */
  row: number
  /** The answer that it stands for. */
  value: number
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
