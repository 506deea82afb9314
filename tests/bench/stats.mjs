// `npm run bench:stats`: what our statistics take and how many of their digits are right, beside libraries from PyPI on the
// same sums: a full report (20 metrics, 4 variants, 20 epochs), natively and in wasm, and intervals of awkward numbers.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ask, default as open } from '../../dist/wasm/tools/stats.js'

const HELP = `npm run bench:stats -- [--python PATH]... [--json]

Needs the built product (npm run build) and Python 3.11 or later with these libraries. Some of them ask for different numpy, so
they take two places; without --python both are made in target/peers with pip, once:

  python3 -m venv a && a/bin/pip install gbstats==0.8.0 spotify-confidence==4.1.0 statsmodels==0.15.0 mpmath==1.4.1
  python3 -m venv b && b/bin/pip install tea-tasting==1.14.0 statsmodels==0.15.0 mpmath==1.4.1
  npm run bench:stats -- --python a/bin/python --python b/bin/python

Of what several places know the first one speaks. What none has is named.`

const root = fileURLToPath(new URL('../..', import.meta.url))
const { values: given } = parseArgs({
  options: { python: { type: 'string', multiple: true, default: [] }, json: { type: 'boolean' }, help: { type: 'boolean' } },
})
if (given.help) {
  console.log(HELP)
  process.exit(0)
}

const PEERS = {
  venv: ['gbstats==0.8.0', 'spotify-confidence==4.1.0', 'statsmodels==0.15.0', 'mpmath==1.4.1'],
  tea: ['tea-tasting==1.14.0', 'statsmodels==0.15.0', 'mpmath==1.4.1'],
}

const run = (command, args, input) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', input, maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  return stdout
}

/** The Pythons that are asked; made where none is given. */
function pythons() {
  if (given.python.length) return given.python
  return Object.entries(PEERS).map(([place, wanted]) => {
    const python = `${root}target/peers/${place}/bin/python`
    if (!existsSync(python)) {
      console.error(`installing ${wanted.join(', ')} into target/peers/${place} ...`)
      run('python3', ['-m', 'venv', `target/peers/${place}`])
      run(python, ['-m', 'pip', 'install', '--quiet', ...wanted])
    }
    return python
  })
}

/** Sums of a million units in hundredths, exact: `mean` and `spread` of each in hundredths, too. */
function arm(units, mean, spread) {
  const [n, y, s] = [units, mean, spread].map(BigInt)
  return { units, sums: [String(n * y)], products: [String(n * (y * y + s * s))] }
}
const CASES = [
  { name: 'euros', control: arm(10_000, 1_200, 2_500), treatment: arm(10_100, 1_260, 2_600) },
  { name: 'at 10⁶', control: arm(100_000, 100_000_000, 100), treatment: arm(100_000, 100_000_010, 100) },
  { name: 'at 10⁹', control: arm(100_000, 100_000_000_000, 100), treatment: arm(100_000, 100_000_000_010, 100) },
  { name: 'few', control: arm(12, 1_200, 250), treatment: arm(9, 1_500, 900) },
]

/** Welch's interval of the difference, by ours. */
function interval({ control, treatment }) {
  const [old, fresh] = [control, treatment].map((arm) => ({ ...arm, scale: 100 }))
  const { low, high } = JSON.parse(ask(JSON.stringify({ ask: 'effect', scale: 'absolute', fixed: true, control: old, treatment: fresh })))
  return [low, high]
}

/** Milliseconds of each call's CPU time, by the best of a hundred rounds: others use the machine, too, and what is compared takes
 * turns. */
function milliseconds(calls, times) {
  const best = calls.map(() => Infinity)
  for (let round = 0; round < 100; round += 1) {
    calls.forEach((call, at) => {
      const before = process.cpuUsage()
      for (let time = 0; time < times; time += 1) call()
      const { user, system } = process.cpuUsage(before)
      best[at] = Math.min(best[at], (user + system) / 1000 / times)
    })
  }
  return best
}

const cargo = (bin, ...args) => run('cargo', ['run', '--quiet', '--locked', '--profile', 'fuzz', '-p', 'pointsman-native', '--bin', bin, '--', ...args])
const question = cargo('report')
const native = JSON.parse(cargo('report', '--time', '500'))
// One guardrail over 40 looks, as numpy is asked below.
const guarded = ['--only', 'base 5 %, split 50/50', '--experiments', '20000', '--looks', '40', '--json']
const certified = JSON.parse(cargo('certify', ...guarded)).promises.find(({ guarantee }) => guarantee.startsWith('G1'))

await open({ module_or_path: await readFile(new URL('../../dist/wasm/tools/stats.wasm', import.meta.url)) })
for (let warm = 0; warm < 20; warm += 1) ask(question)
const wasm = { withJson: milliseconds([() => ask(question)], 4)[0] }
// Other libraries begin with sums that are floats already. With a scale of 0 all of a question is read, as sums too, and then
// refused: the rest is judging it, saying that in sentences, and writing it down.
const merged = cargo('report', '--merged')
const refused = merged.replace('"scale":100', '"scale":0')
if (refused === merged) throw new Error('the question has no scale of 100')
const words = JSON.parse(ask(refused)).refusal
if (words !== 'contradiction') throw new Error(`it is ${words} and no contradiction`)
const [whole, read] = milliseconds([() => ask(merged), () => ask(refused)], 20)
wasm.milliseconds = whole - read

const answers = {}
for (const python of pythons()) {
  const input = JSON.stringify({ report: JSON.parse(question), scale: 100, accuracy: CASES.map((one) => ({ ...one, ours: interval(one) })) })
  for (const [name, answer] of Object.entries(JSON.parse(run(python, ['tests/bench/stats.py'], input)))) {
    if (answers[name] === undefined || answers[name].error !== undefined) answers[name] = answer
  }
}

const first = JSON.parse(ask(question)).metrics[0].variants[0].effect
const { ours, numpy, ...peers } = answers
const simulated = { pointsman: certified.perSecond, numpy: numpy?.experimentsPerSecond }
const result = { native, wasm, first: [first.estimate, first.low, first.high], digits: ours?.digits, peers, simulated }
if (given.json) {
  console.log(JSON.stringify(result))
} else {
  tell(result)
}

function tell({ native, wasm, first, digits, peers, simulated }) {
  const line = (name, taken, said = []) => {
    const times = (taken / native.milliseconds).toFixed(taken < 10 * native.milliseconds ? 1 : 0)
    console.log(`${name.padEnd(34)} ${taken.toFixed(3).padStart(10)} ${times.padStart(8)}   ${said.map((number) => number.toPrecision(7)).join('  ')}`)
  }
  console.log(`${'a full report'.padEnd(34)} ${'ms'.padStart(10)} ${'by ours'.padStart(8)}   the first effect and its range`)
  line('Pointsman, native', native.milliseconds, first)
  line('Pointsman, wasm, written down', wasm.milliseconds, first)
  line('Pointsman, native, JSON in and out', native.withJson)
  line('Pointsman, wasm, JSON in and out', wasm.withJson)
  for (const [name, peer] of Object.entries(peers)) {
    if (peer.milliseconds !== undefined) line(name, peer.milliseconds, peer.first)
    else console.log(`${name.padEnd(34)} ${peer.error}`)
  }
  const cell = (told) => (told === null ? 'none' : typeof told === 'number' ? told.toFixed(1) : String(told ?? '–')).padStart(14)
  console.log(`\n${'right digits of Welch’s interval'.padEnd(34)}${CASES.map(({ name }) => name.padStart(14)).join('')}`)
  for (const [name, { digits: told }] of Object.entries({ Pointsman: { digits }, ...peers })) {
    if (told) console.log(`${name.padEnd(34)}${CASES.map(({ name }) => cell(told[name])).join('')}`)
  }
  const each = ([name, perSecond]) => `${name} ${perSecond === undefined ? 'is not there' : Math.round(perSecond)}`
  console.log(`\nsimulated experiments a second, one guardrail and 40 looks: ${Object.entries(simulated).map(each).join(', ')}`)
}
