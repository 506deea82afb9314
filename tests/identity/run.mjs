// `npm run identity -- --pairs N`: the same answer everywhere. The native generator writes random (snapshot, context,
// now); every engine answers all of them, and one digest over every byte of every answer has to be the same.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { options } from '../../build/options.mjs'
import { root } from '../../build/setup.mjs'
import * as engines from './engines.mjs'

/** Lines that an engine gets at once; a line is a snapshot with a hundred contexts. */
const LINES = 50

/**
 * Runs `pairs` through all engines. Gives each one's digest by name, the native one first. The generator is compiled as
 * the tests of its package are, or with a profile that takes longer to compile and a tenth of the time to run.
 */
export async function identity({ pairs, seed = 1, profile = 'dev', progress = () => {} }) {
  const folder = join(root, 'target/identity')
  mkdirSync(folder, { recursive: true })
  // Another run may be under way.
  const file = join(folder, `pairs-${process.pid}.ndjson`)
  const generator = ['-p', 'pointsman-native', '--bin', 'identity', '--profile', profile]
  const args = ['run', '--quiet', '--locked', ...generator, '--', String(pairs), String(seed), file]
  const { stdout, stderr, status } = spawnSync('cargo', args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`the generator failed: ${stderr}`)
  const digests = { native: stdout.trim() }
  try {
    for (const [name, make] of Object.entries(engines)) {
      progress(name)
      digests[name] = await digestOf(await make(), file)
    }
  } finally {
    rmSync(file)
  }
  return digests
}

async function digestOf(engine, file) {
  const hash = createHash('sha256')
  try {
    for await (const chunk of chunks(file)) hash.update(await engine.answer(chunk))
  } finally {
    await engine.end()
  }
  return hash.digest('hex')
}

async function* chunks(file) {
  let lines = []
  for await (const line of createInterface({ input: createReadStream(file) })) {
    lines.push(line)
    if (lines.length === LINES) {
      yield lines.join('\n')
      lines = []
    }
  }
  if (lines.length) yield lines.join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = options({
    help: 'npm run identity -- [--pairs 100000] [--seed 1] [--json]\n\nThe same answer everywhere, by one digest.',
    numbers: ['pairs', 'seed'],
    options: {
      pairs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean' },
    },
  })
  const digests = await identity({ ...values, profile: 'fuzz', progress: (name) => values.json || console.log(`asking ${name} ...`) })
  const same = new Set(Object.values(digests)).size === 1
  if (values.json) console.log(JSON.stringify({ pairs: Number(values.pairs), same, digests }))
  else {
    for (const [name, digest] of Object.entries(digests)) console.log(`${name.padEnd(10)} ${digest}`)
    console.log(same ? `${values.pairs} pairs: the same answer everywhere` : 'THE ENGINES DISAGREE')
  }
  process.exit(same ? 0 : 1)
}
