// `npm run bench`: our evaluator against others, in one process, and docs/performance.md with what came out.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { options } from '../../build/options.mjs'
import { root } from '../../build/setup.mjs'
import { publish } from './figures.mjs'

const { values } = options({
  help: `npm run bench -- [--json] [--dry] [--operators] [--sizes]

Measures our evaluator and its peers, which it installs into target/bench, and writes docs/performance.md.

  --json   figures for machines
  --dry    leaves the document as it is
  --sizes  what pages download, and nothing that takes time
  --operators   also builds the evaluator without each operation (two minutes), for what each costs`,
  options: { json: { type: 'boolean' }, dry: { type: 'boolean' }, operators: { type: 'boolean' }, sizes: { type: 'boolean' } },
})

const here = join(root, 'tests/bench')
const folder = join(root, 'target/bench')
const say = (text) => values.json || console.error(`  ${text} ...`)

/** The peers, where nothing of ours finds them by accident: no test and no build may need them. */
async function installed() {
  mkdirSync(folder, { recursive: true })
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8')
  const stamp = join(folder, 'node_modules/.pointsman-lock')
  for (const file of ['package.json', 'package-lock.json', 'peers.mjs']) copyFileSync(join(here, file), join(folder, file))
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    say('installing the peers')
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 2, 2] })
    if (status !== 0) throw new Error('the peers could not be installed')
    writeFileSync(stamp, lock)
  }
  return import(pathToFileURL(join(folder, 'peers.mjs')))
}

if (!existsSync(join(root, 'dist/sdk/evaluator.wasm'))) throw new Error('Nothing is built yet; npm run build does it.')
const { peers } = await installed()
const { sizes } = await import('./sizes.mjs')
const { sizeTables, tables, verdicts } = await import('./tables.mjs')

say('sizes')
const measured = await sizes(folder)
if (!values.dry) publish('sizes', sizeTables(measured))
if (values.sizes) {
  console.log(values.json ? JSON.stringify(measured, null, 2) : sizeTables(measured))
  process.exit()
}

const { speed } = await import('./speed.mjs')
const { operators } = await import('./operators.mjs')
const { pointsman } = await import('./ours.mjs')

const figures = await speed(peers, say)
const machine = {
  date: new Date().toISOString().slice(0, 10), node: process.versions.node, cores: cpus().length, model: cpus()[0].model.trim(),
  versions: Object.fromEntries([pointsman, ...peers].map(({ name, version }) => [name, version])),
}
const result = { machine, figures, sizes: measured, verdicts: verdicts(figures) }
if (values.operators) result.operators = operators(say)
const text = tables(result)
console.log(values.json ? JSON.stringify(result, null, 2) : `${text}\n\n${sizeTables(measured)}`)
if (!values.dry) publish('figures', text)
const missed = result.verdicts.filter(({ ratio, required }) => ratio > required)
for (const { name, ratio, required } of missed) console.error(`${name}: ${ratio.toFixed(3)} of the fastest peer's time; ${required.toFixed(3)} is required.`)
process.exit(missed.length ? 1 : 0)
