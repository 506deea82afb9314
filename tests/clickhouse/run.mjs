// `npm run clickhouse`: the SQL of docs/data.md for ClickHouse, run in chdb over the segments of a real instance, against the
// report and against DuckDB's.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { publish, served, start } from '../../build/product.mjs'
import { root, setup } from '../../build/setup.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { traffic } from '../../www/landing/traffic.mjs'
import { byRun, counted, reported, statements } from '../edge/log.mjs'

const CHDB = 'chdb==4.4.0'
const HELP = `npm run clickhouse -- [--python PATH] [--visitors N]

Needs Python 3.9 or later with ${CHDB} (from PyPI, some 900 MB with what it needs); without --python it is put into target/clickhouse, once.`
/** Runs the statements of the standard input, and prints the rows of the last. */
const SCRIPT = `
import json, sys
from chdb import session
own = session.Session()
for statement in json.load(sys.stdin):
    rows = own.query(statement, "JSONEachRow")
print(rows)
`

const { values: given } = parseArgs({ options: { python: { type: 'string' }, visitors: { type: 'string', default: '600' }, help: { type: 'boolean' } } })
if (given.help) {
  console.log(HELP)
  process.exit(0)
}

const run = (command, args, input) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', input })
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${error?.message ?? stderr}`)
  return stdout
}

function python() {
  const place = join(root, 'target/clickhouse')
  const own = given.python ?? join(place, 'bin/python')
  if (!given.python && !existsSync(own)) {
    run('python3', ['-m', 'venv', place])
    run(join(place, 'bin/pip'), ['install', '--quiet', CHDB])
  }
  return own
}

setup()
const folder = mkdtempSync(join(tmpdir(), 'pointsman-clickhouse-'))
const shop = await serve()
const product = await start({ folder, originPort: shop.port, quiet: true, environment: 'development' })
try {
  await served(product, (await publish(product, readFileSync(join(root, 'www/landing/document.json'), 'utf8'))).version)
  await traffic({ url: product.site, visitors: Number(given.visitors), lift: 0.2, seed: 3 })
  // The edge's own reports come in after the pages have left.
  await new Promise((resolve) => setTimeout(resolve, 2000))
  assert.equal((await (await product.api('POST', 'segments')).json()).waiting, 0)
  const log = join(folder, 'log')
  const rows = run(python(), ['-c', SCRIPT], JSON.stringify(statements(log, 'ClickHouse'))).trim().split('\n').map((line) => JSON.parse(line))
  const report = reported(await (await product.api('GET', 'experiments/hero/report')).json())
  assert.deepEqual(byRun(rows)['hero-1'], report)
  assert.deepEqual(byRun(rows), await counted(log))
  assert.ok(Object.values(report).every(({ converted }) => Number(converted) > 0))
  console.table(byRun(rows)['hero-1'])
  console.log('ClickHouse, DuckDB and the report say the same.')
} finally {
  await product.stop()
  await shop.close()
  rmSync(folder, { recursive: true, force: true })
}
