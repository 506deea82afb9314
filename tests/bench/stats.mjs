// `npm run bench:stats`: a full report (20 metrics, 4 variants, 20 epochs) by our engine, natively and in wasm, beside
// libraries from PyPI on the same sums. It needs Python 3.11 or later with pip, and the built product; the libraries go to
// target/peers. `tea-tasting` has its own place: it and the others ask for different numpy.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ask, default as open } from '../../dist/wasm/tools/stats.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
if (process.argv.includes('--help')) {
  console.log('npm run bench:stats -- [--json]\nNeeds Python 3.11 or later with pip; installs libraries into target/peers.')
  process.exit(0)
}

const peers = {
  venv: ['gbstats==0.8.0', 'spotify-confidence==4.1.0', 'statsmodels==0.15.0', 'mpmath==1.4.1'],
  tea: ['tea-tasting==1.14.0', 'statsmodels==0.15.0'],
}

const run = (command, args, input) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', input, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  return stdout
}

const cargo = (...args) => run('cargo', ['run', '--quiet', '--locked', '--profile', 'fuzz', '-p', 'pointsman-native', '--bin', 'report', '--', ...args])
const question = cargo()
const native = JSON.parse(cargo('--time', '300')).milliseconds

await open({ module_or_path: await readFile(new URL('../../dist/wasm/tools/stats.wasm', import.meta.url)) })
for (let warm = 0; warm < 20; warm += 1) ask(question)
const before = process.cpuUsage()
for (let round = 0; round < 100; round += 1) ask(question)
const { user, system } = process.cpuUsage(before)
const wasm = (user + system) / 1000 / 100

const answers = {}
for (const [place, wanted] of Object.entries(peers)) {
  const python = `${root}target/peers/${place}/bin/python`
  if (!existsSync(python)) {
    console.error(`installing ${wanted.join(', ')} into target/peers/${place} ...`)
    run('python3', ['-m', 'venv', `target/peers/${place}`])
    run(python, ['-m', 'pip', 'install', '--quiet', ...wanted])
  }
  for (const [name, answer] of Object.entries(JSON.parse(run(python, ['tests/bench/stats.py'], question)))) {
    if (answers[name]?.error !== undefined || answers[name] === undefined) answers[name] = answer
  }
}

const first = JSON.parse(ask(question)).metrics[0].variants[0].effect
const result = { native: { milliseconds: native }, wasm: { milliseconds: wasm }, first: [first.estimate, first.low, first.high], peers: answers }
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(result))
} else {
  const line = (name, milliseconds, said) =>
    console.log(`${name.padEnd(22)} ${milliseconds.toFixed(3).padStart(10)} ms  ${(milliseconds / native).toFixed(0).padStart(6)} x  ${said.map((number) => number.toPrecision(7)).join('  ')}`)
  console.log(`${'a full report'.padEnd(22)} ${'CPU time'.padStart(10)}     ${'by ours'.padStart(6)}    the first effect and its range`)
  line('Pointsman, native', native, result.first)
  line('Pointsman, wasm', wasm, result.first)
  for (const [name, { milliseconds, first, error }] of Object.entries(answers)) {
    if (milliseconds !== undefined) line(name, milliseconds, first)
    else if (error !== undefined) console.log(`${name.padEnd(22)} ${error}`)
  }
  console.log(`numpy, one guardrail: ${Math.round(answers.numpy?.experimentsPerSecond ?? 0)} experiments of 40 looks a second`)
}
