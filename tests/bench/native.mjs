// `npm run bench:native`: the core beside other evaluators in Rust, in one criterion run, and docs/performance.md with
// what came out. The peers have a lock file of their own, and nothing else of ours ever compiles them.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { options } from '../../build/options.mjs'
import { root } from '../../build/setup.mjs'
import { publish } from './figures.mjs'
import { against, table } from './tables.mjs'

const { values } = options({
  help: `npm run bench:native -- [--dry]

Measures the core beside unleash-yggdrasil and eppo_core, which it compiles into target/bench/native (minutes, the first
time), and writes docs/performance.md. Fails if the core takes more than 0.6 of the faster one's time.

  --dry    leaves the document as it is`,
  options: { dry: { type: 'boolean' } },
})

/** What we require: our time over that of the faster peer. */
const REQUIRED = 0.6

const package_ = join(root, 'tests/bench/native')
const target = join(root, 'target/bench/native')
const manifest = join(package_, 'Cargo.toml')
// By its environment: criterion looks there, too, for where to write.
const env = { ...process.env, CARGO_TARGET_DIR: target }
const args = ['bench', '--quiet', '--locked', '--manifest-path', manifest]
const { status } = spawnSync('cargo', args, { cwd: root, env, stdio: ['ignore', 2, 2] })
if (status !== 0) throw new Error('the benchmark did not run; cargo says why above')

/** The median time of one question in nanoseconds, as criterion wrote it down. */
const median = (name) => JSON.parse(readFileSync(join(target, 'criterion', name, 'new/estimates.json'))).median.point_estimate

const times = Object.fromEntries(['pointsman', 'unleash-yggdrasil', 'eppo_core'].map((name) => [name, median(name)]))
const { fastest, ratio } = against(times)
const versions = readFileSync(manifest, 'utf8')
const version = (name) => versions.match(new RegExp(`^${name} = "=(.*)"$`, 'm'))?.[1] ?? ''
const rows = Object.entries(times).map(([name, time]) => [
  `${name} ${version(name)}`.trim(), `${time.toFixed(0)} ns`, name === 'pointsman' ? '1' : `${(time / times.pointsman).toFixed(1)}×`,
])
const text = [
  `Our time is **${ratio.toFixed(2)}** of that of ${fastest}; ${REQUIRED} is required.`, '',
  table(['', 'one flag with a new context', 'how many times ours'], rows), '',
  `Medians of one criterion run on ${new Date().toISOString().slice(0, 10)}, on ${cpus().length} cores of ${cpus()[0].model.trim()}.`,
].join('\n')
console.log(text)
if (!values.dry) publish('native figures', text)
if (ratio > REQUIRED) console.error(`${ratio.toFixed(3)} of the time of ${fastest}; ${REQUIRED} is required.`)
process.exit(ratio > REQUIRED ? 1 : 0)
