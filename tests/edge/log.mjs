// What docs/data.md says of counting the raw log again, as somebody runs it who has the files and the page.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { root } from '../../build/setup.mjs'

const BLOCK = /```sql\n(.*?)```/gs

/** The page's statements for a folder of logs: DuckDB's, or the other block's, ClickHouse's. */
export function statements(folder, database = 'DuckDB') {
  const blocks = [...readFileSync(join(root, 'docs/data.md'), 'utf8').matchAll(BLOCK)].map(([, text]) => text)
  return blocks[['DuckDB', 'ClickHouse'].indexOf(database)].replace('LOG/', `${folder}/`).split(';').map((one) => one.trim()).filter(Boolean)
}

/** What the page's SQL counts in DuckDB: for each run and variant `{assigned, confirmed, crossed, converted}`, by digits. */
export async function counted(folder) {
  const instance = await DuckDBInstance.create(':memory:')
  const database = await instance.connect()
  let rows
  for (const statement of statements(folder)) rows = await (await database.runAndReadAll(statement)).getRowObjectsJson()
  database.closeSync()
  return byRun(rows)
}

/** Rows of `{run, variant, ...counts}` by run and variant. */
export function byRun(rows) {
  const runs = {}
  for (const { run, variant, ...counts } of rows) (runs[run] ??= {})[variant] = digits(counts)
  return runs
}

/** The same of one run, from its report. */
export const reported = ({ report }) =>
  Object.fromEntries(report.arms.map(({ variant, assigned, confirmed, crossed, converted }) => [variant, digits({ assigned, confirmed, crossed, converted })]))

const digits = (counts) => Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, String(n)]))
