// Where two JSON values are not the same, leaf by leaf.

export interface Difference {
  /** A JSON pointer. */
  pointer: string
  /** Undefined where there was nothing. */
  before?: unknown
  after?: unknown
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
const step = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

export function differencesOf(before: unknown, after: unknown, pointer = ''): Difference[] {
  if (same(before, after)) return []
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return names.flatMap((name) => differencesOf(before[name], after[name], pointer + step(name)))
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every(isObject)) return inList(before, after, pointer)
  return [{ pointer, before, after }]
}

/** What stands at both ends of two lists is no difference, however much lies between. */
function inList(before: unknown[], after: unknown[], pointer: string): Difference[] {
  let [start, end] = [0, 0]
  const shorter = Math.min(before.length, after.length)
  while (start < shorter && same(before[start], after[start])) start++
  while (end < shorter - start && same(before.at(-1 - end), after.at(-1 - end))) end++
  const [was, is] = [before.slice(start, before.length - end), after.slice(start, after.length - end)]
  if (was.length === is.length) return was.flatMap((item, i) => differencesOf(item, is[i], `${pointer}/${start + i}`))
  return [
    ...was.map((before, i) => ({ pointer: `${pointer}/${start + i}`, before })),
    ...is.map((after, i) => ({ pointer: `${pointer}/${start + i}`, after })),
  ]
}
