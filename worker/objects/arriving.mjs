// What only this side of the engine can say against rows of an import: where messages may go, and what the rewriter can read.

import { parsed } from '../body.mjs'
import { addressProblems } from './egress.mjs'
import { hoursProblems } from './hours.mjs'
import { selectorProblems } from './selectors.mjs'

/** The text of a row that carries selectors or addresses, what looks at it, and where in the row's own text that stands. */
const LOOKS = {
  version: (row) => [row[6], (_, text) => selectorProblems(text), ''],
  experiment: (row) => [JSON.stringify(parsed(row[2])?.plan ?? null), (_, text) => selectorProblems(text), '/plan'],
  setting: (row) => [row[0] === 'settings' ? row[2] : '', (env, text) => [...addressProblems(env, text), ...hoursProblems(text)], ''],
}

/** A problem for each of them, in the core's form; whatever else is wrong with the rows the core says. */
export function arrivingProblems(env, body) {
  const { table, rows } = parsed(body) ?? {}
  if (!Object.hasOwn(LOOKS, table) || !Array.isArray(rows)) return []
  return rows.flatMap((row, index) => {
    const [text, look, within] = LOOKS[table](Array.isArray(row) ? row : [])
    const found = typeof text === 'string' ? look(env, text) : []
    return found.map(({ pointer, ...problem }) => ({ pointer: `/rows/${index}${within}${pointer}`, ...problem }))
  })
}
