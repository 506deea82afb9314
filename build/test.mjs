// `npm test`: everything, on a machine with Rust and Node alone. The parts run one after another, so that none takes
// the others' time on two cores; the first failure ends the run, and what failed is said last. Tests that watch a clock, a browser
// or a crowd run one file after another, all others two at a time.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, setup } from './setup.mjs'

/** Every test of the product, by name: Node's own search differs between its versions. */
const product = readdirSync(join(root, 'tests'), { recursive: true })
  .filter((file) => file.endsWith('.test.mjs'))
  .sort()
  .map((file) => join('tests', file))
const watches = (file) => ['browser', 'chaos', 'edge'].some((folder) => file.startsWith(join('tests', folder)))
const tests = (files, atOnce) => ['--test', `--test-concurrency=${atOnce}`, '--test-reporter=spec', ...files]

/** A program that does the same very often, compiled for speed. */
const fast = (name, ...args) => ['run', '--quiet', '--locked', '--profile', 'fuzz', '-p', 'pointsman-native', '--bin', name, '--', ...args]

const parts = [
  ['dashboard, its types', join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', 'www/dashboard']],
  ['format', 'cargo', ['fmt', '--all', '--check']],
  ['lints', 'cargo', ['clippy', '--locked', '--workspace', '--all-targets', '--quiet', '--', '-D', 'warnings']],
  // Together, so that the core is compiled once for both.
  ['core and collector, natively', 'cargo', ['test', '--locked', '--quiet', '-p', 'pointsman', '-p', 'pointsman-native', '--features', 'pointsman/schema']],
  ['promises of the statistics', 'cargo', fast('certify')],
  ['worlds in which everything goes wrong', 'cargo', fast('simulate', '--steps', '100')],
  ['product, alone', process.execPath, tests(product.filter(watches), 1)],
  ['product', process.execPath, tests(product.filter((file) => !watches(file)), 2)],
]

const started = Date.now()
setup()
for (const [name, command, args] of parts) {
  const start = Date.now()
  console.log(`\n== ${name}`)
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`\n${name} failed (${signal ?? status}): ${command} ${args.join(' ')}`)
    process.exit(1)
  }
  console.log(`== ${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`)
}
console.log(`\nEverything passed in ${((Date.now() - started) / 60_000).toFixed(1)} minutes.`)
