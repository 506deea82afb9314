#!/usr/bin/env node
// `npm run soak`: hours of visitors in fifty experiments at once, none of which makes a difference, while the product is killed,
// ended and begun again, stopped for seconds as by a disk that hangs, given new versions, and its clock moved. Afterwards
// everything must be there once, memory must not have grown, and no report may see a difference that is not there.

import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { options } from '../../build/options.mjs'
import { publish } from '../../build/product.mjs'
import { chance } from '../../www/landing/chance.mjs'
import { chaos, print } from '../chaos/run.mjs'

const HELP = `npm run soak -- [options]

  --minutes N      how long (120)
  --experiments N  how many at once (50)
  --seed N         gives the moments and kinds of trouble (1)
  --json           the figures as JSON
  --help           this text

Visitors meet all experiments at once, while the product is killed, restarted, stopped for seconds and republished, and its clock
is moved. Ends with 1 if anything was lost, counted twice or misread, or if memory grew.`

const { values } = options({
  help: HELP, numbers: ['minutes', 'experiments', 'seed'],
  options: { minutes: { type: 'string', default: '120' }, experiments: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean' } },
})
const [MINUTES, EXPERIMENTS, SEED] = [Number(values.minutes), Number(values.experiments), Number(values.seed)]
/** Milliseconds of peace between two troubles, on average. */
const PEACE = 20_000
/** Milliseconds that a lane of visitors rests, on average. */
const PACE = 8000
/** The share of visitors who are erased. Of each, the whole log is looked through. */
const ERASED = 0.02
/** Seconds after which a process has filled its caches. */
const GROWN = 60
/** How much more the last quarter's processes may hold than the first's. */
const GROWTH = 1.25
/** By chance alone a report may be wrong in one of twenty; that more than so many are has less than one chance in a hundred. */
const WRONG = Math.ceil(EXPERIMENTS * 0.05 + 2.33 * Math.sqrt(EXPERIMENTS * 0.05 * 0.95))

const ALL = 2 ** 32
const keys = Array.from({ length: EXPERIMENTS }, (_, index) => `test-${index}`)
/** `rounds` tells versions apart; visitors meet no difference. */
const documentOf = (rounds) => ({
  format: 1,
  metrics: { orders: { description: `A visitor orders at least once (${rounds})`, event: 'order' } },
  flags: Object.fromEntries(keys.map((key) => [key, { kind: 'string', variants: { a: 'a', b: 'b' }, off: 'a', otherwise: 'a', rules: [{ experiment: key }] }])),
  experiments: Object.fromEntries(keys.map((key) => [key, {
    flag: key, metric: 'orders', control: 'a', run: { id: `${key}-1`, salt: key, epoch: 1, rollout: ALL, split: [[ALL / 2, 'a'], [ALL, 'b']] },
  }])),
  pages: Object.fromEntries(keys.map((key) => [key, { path: '/', flag: key, variants: { b: [{ select: '#cta', change: { attribute: { name: `data-${key}`, value: 'b' } } }] } }])),
})

const troubles = {
  death: (product) => product.kill(),
  'end and beginning': (product) => product.kill('SIGTERM'),
  /** As a disk that hangs, or a machine that is asleep. */
  standstill: async (product, random) => {
    const { child } = product.alive
    child.kill('SIGSTOP')
    await wait(500 + 2500 * random())
    child.kill('SIGCONT')
  },
  'new version': (product, random) => publish(product.alive, JSON.stringify(documentOf(Math.floor(1e9 * random())))),
  'clock moved': async (product, random) => {
    const answer = await product.alive.api('POST', '/api/v1/projects/demo/demo/clock', { body: JSON.stringify({ advance: Math.floor(30 * 60_000 * random()) }), headers: { 'content-type': 'application/json' } })
    if (!answer.ok) throw new Error(`the clock answers ${answer.status}: ${await answer.text()}`)
  },
  'log written': (product) => product.alive.api('POST', 'segments'),
}

const happened = Object.fromEntries(Object.keys(troubles).map((name) => [name, 0]))
/** `{minute, age, pid, megabytes, seconds}` of the process, every few seconds: its memory, and what it has had of a processor. */
const samples = []

async function trouble(product, world, { seed }) {
  const random = chance(seed, -1)
  const [began, names] = [Date.now(), Object.keys(troubles)]
  const over = () => world.over || Date.now() - began > MINUTES * 60_000
  const watching = watch(product, () => over(), began)
  while (!over()) {
    await wait(Math.min(PEACE * 2 * random(), MINUTES * 60_000))
    const name = names[Math.floor(random() * names.length)]
    // While the process is not there, what it was asked gets no answer.
    await troubles[name](product, random).catch((error) => product.alive.child.exitCode === null && Promise.reject(error))
    happened[name] += 1
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${((Date.now() - began) / 60_000).toFixed(1)} of ${MINUTES} minutes, ${world.journal.visitors} visitors, ${name}`)
  }
  await watching
  console.error(`\nThe visitors are through: ${JSON.stringify(quarters())}. Now all rows are counted.`)
}

async function watch(product, over, began) {
  let [pid, born] = [undefined, 0]
  while (!over()) {
    const now = product.alive.child.pid
    if (now !== pid) [pid, born] = [now, Date.now()]
    try {
      const megabytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
      // The process's time in user and in kernel mode, in hundredths of a second, behind its name in brackets.
      const [user, kernel] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).map(Number)
      samples.push({ minute: (Date.now() - began) / 60_000, age: (Date.now() - born) / 1000, pid, megabytes, seconds: (user + kernel) / 100 })
    } catch {
      // It dies just now.
    }
    await wait(5000)
  }
}

/** What grown processes showed in each quarter of the time: their median memory, and the share of a processor that they had. */
function quarters() {
  return [0, 1, 2, 3].map((quarter) => {
    const grown = samples.filter(({ age, minute }) => age >= GROWN && Math.floor((4 * minute) / MINUTES) === quarter)
    const sorted = grown.map(({ megabytes }) => megabytes).sort((a, b) => a - b)
    let [seconds, minutes] = [0, 0]
    grown.forEach((now, index) => {
      const last = grown[index - 1]
      if (last?.pid !== now.pid) return
      seconds += now.seconds - last.seconds
      minutes += now.minute - last.minute
    })
    return { megabytes: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), processor: Number((seconds / (60 * minutes)).toFixed(3)) }
  })
}

const { world, counts, checks } = await chaos({ seed: SEED, kills: 0, trouble, pace: PACE, erased: ERASED, clock: true, shop: { document: JSON.stringify(documentOf(0)), experiments: keys } })
const grown = quarters()
const [memory, processor] = ['megabytes', 'processor'].map((name) => grown.map((quarter) => quarter[name]))
const verdicts = {}
for (const { verdict } of world.reports) verdicts[verdict.kind] = (verdicts[verdict.kind] ?? 0) + 1
const wrong = world.reports.filter(({ verdict }) => ['better', 'worse', 'harm', 'invalid'].includes(verdict.kind)).map(({ run, verdict }) => `${run}: ${verdict.headline}`)
checks.push(
  { name: 'no more reports see a difference than chance allows', violations: wrong.length > WRONG ? wrong : [] },
  { name: 'memory has not grown', violations: memory[0] && memory[3] > GROWTH * memory[0] ? [`${memory.join(', ')} MB in the quarters`] : [] },
)
if (values.json) console.log(JSON.stringify({ minutes: MINUTES, counts, happened, memory, processor, verdicts, checks }, null, 2))
else {
  print({ minutes: MINUTES, ...counts, ...happened }, checks)
  console.log(`\nmemory by quarters: ${memory.join(', ')} MB; of a processor: ${processor.join(', ')}; verdicts: ${JSON.stringify(verdicts)}`)
}
process.exitCode = checks.some(({ violations }) => violations.length) ? 1 : 0
