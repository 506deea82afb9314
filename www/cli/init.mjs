// `pointsman init`: a first document, and what comes next.

import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { DOCUMENT } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { write } from './inside/output.mjs'
import { paint } from './inside/paint.mjs'

export const summary = 'Begin: writes a first document, with a flag and an experiment to change, and says what comes next.'

export const help = `pointsman init [FILE] [--json]

Writes a document that runs as it is: a flag that turns something on for some, and an experiment with two texts. Where
the package is installed editors complete and check it, by its "$schema". Nothing is ever written over.

  FILE     where to (pointsman.json)
  --json   {"file", "next": [{"command", "why"}]}

Ends with 0, or with 2 if the file is there already or cannot be written.

  $ npx pointsman init
  pointsman.json is your first document: 2 flags, one of them in an experiment. Next:

    # is it in order? Again after every change
    npx pointsman check
    ...`

/** 2^32: shares are parts of it. */
const ALL = 2 ** 32

const first = {
  format: 1,
  flags: {
    'free-shipping': {
      description: 'Whether the basket says that shipping is free',
      kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off',
      rules: [
        { if: { in: { attribute: 'country', values: ['AT', 'DE'] } }, serve: 'on' },
        { rollout: { salt: 'free-shipping', below: ALL / 4 }, serve: 'on' },
      ],
    },
    hero: {
      description: 'The words at the top of the front page',
      kind: 'string', client: true, variants: { control: 'Coffee', fresh: 'Roasted this morning' },
      off: 'control', otherwise: 'control', rules: [{ experiment: 'hero' }],
    },
  },
  metrics: { orders: { description: 'A visitor orders at least once', event: 'order' } },
  experiments: {
    hero: {
      description: 'If we say when it was roasted, more visitors order, because freshness is what they come for',
      flag: 'hero', metric: 'orders', control: 'control',
      run: { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: ALL, split: [[ALL / 2, 'control'], [ALL, 'fresh']] },
    },
  },
}

/** Where editors find the schema: in the package, as whoever installs it sees it from the document's folder. */
function schemaFor(file) {
  const from = dirname(resolve(file))
  for (let folder = from, before; folder !== before; [before, folder] = [folder, dirname(folder)]) {
    const path = join(folder, 'node_modules/pointsman/schema.json')
    if (existsSync(path)) return relative(from, path).replace(/^(?!\.)/, './').replaceAll(sep, '/')
  }
  return undefined
}

const next = (file) => {
  const named = file === DOCUMENT ? '' : ` ${file}`
  return [
    { command: `npx pointsman check${named}`, why: 'is it in order? Again after every change' },
    { command: `npx pointsman explain${named} --flag hero --context '{"unit": "ada"}'`, why: 'what does a visitor get, and why?' },
    { command: `npx pointsman types${named} --out flags.d.ts`, why: 'wrong keys and types no longer compile' },
    { command: `npm i -D workerd && npx pointsman dev${named}`, why: 'see it run on this machine' },
    { command: 'npx pointsman size --base 4% --lift 10% --traffic 5000', why: 'how long does an experiment take?' },
  ]
}

export function run(args) {
  const { values: { json }, operands: [file] } = options('init', args, ['FILE'], {}, [DOCUMENT])
  write(file, `${JSON.stringify({ $schema: schemaFor(file), ...first }, null, 2)}\n`, { flag: 'wx' })
  const steps = next(file)
  if (json) {
    console.log(JSON.stringify({ file, next: steps }, null, 2))
    return 0
  }
  console.log(`${paint.good(file)} is your first document: 2 flags, one of them in an experiment. Next:\n`)
  for (const { command, why } of steps) console.log(`  ${paint.faint(`# ${why}`)}\n  ${paint.strong(command)}\n`)
  return 0
}
