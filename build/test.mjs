// `npm test`: everything, on a machine with Rust and Node alone. The parts run one after another, so that none takes
// the others' time on two cores; all of them run whatever fails, and which failed is said last.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, setup } from './setup.mjs'

/** Every test of the product, by name: Node's own search differs between its versions. */
const product = readdirSync(join(root, 'tests'), { recursive: true })
  .filter((file) => file.endsWith('.test.mjs'))
  .sort()
  .map((file) => join('tests', file))
/** Those that watch a browser or a crowd, or measure how long the edge takes: one file after another, all others two at a time. */
const ALONE = ['browser/', 'chaos/', 'edge/faults.', 'edge/matrix.', 'edge/stops.']
const isOf = (...names) => (file) => names.some((name) => file.startsWith(join('tests', name)))
const [alone, edge] = [isOf(...ALONE), isOf('edge/')]
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
  ['programs of the tests', 'cargo', ['build', '--locked', '--quiet', '-p', 'pointsman-native', '--bins']],
  ['product, alone', process.execPath, tests(product.filter(alone), 1)],
  ['product, its edge', process.execPath, tests(product.filter((file) => edge(file) && !alone(file)), 2)],
  ['product', process.execPath, tests(product.filter((file) => !edge(file) && !alone(file)), 2)],
]

const started = Date.now()
const failed = []
setup()
for (const [name, command, args] of parts) {
  const start = Date.now()
  console.log(`\n== ${name}`)
  const { status, signal } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    failed.push(name)
    console.error(`\n${name} failed (${signal ?? status}): ${command} ${args.join(' ')}`)
  }
  console.log(`== ${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`)
}
console.log(`\n${failed.length ? `Failed: ${failed.join('; ')}. All that was` : 'Everything passed'} in ${((Date.now() - started) / 60_000).toFixed(1)} minutes.`)
process.exitCode = failed.length ? 1 : 0
