// `npx pointsman`, as somebody has it who has installed the package and nothing else.

import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import Ajv from 'ajv/dist/2020.js'
import { guideOf } from '../guide.mjs'
import { consumer, tool } from './consumer.mjs'

// Outside the repository, where nothing of it can be found by accident.
const scratch = mkdtempSync(join(tmpdir(), 'pointsman-command-'))
after(() => rmSync(scratch, { recursive: true, force: true }))
const { tarball } = consumer('command')

function emptyFolder(name) {
  const folder = join(scratch, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}')
  return folder
}

const project = emptyFolder('project')
execFileSync('npm', ['install', tarball, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: project })

/** The command as npm has installed it. */
const installed = join(project, 'node_modules/.bin/pointsman')
const pointsman = (folder, ...args) => spawnSync(installed, args, { cwd: folder, encoding: 'utf8' })

test('installing it brings one package', () => {
  const { packages } = JSON.parse(readFileSync(join(project, 'node_modules/.package-lock.json'), 'utf8'))
  assert.deepEqual(Object.keys(packages), ['node_modules/pointsman'])
})

test('every command prints what its guide says', () => {
  const guide = guideOf('docs/cli.md')
  const chapters = [...guide.text.matchAll(/^## ([a-z]+)$/gm)].map(([, name]) => name)
  const { stdout } = pointsman(project, 'help')
  assert.deepEqual(chapters, [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => name))
  assert.equal(guide.prints({ folder: project }), 20)
})

test('init: editors find the schema of the document, from whichever folder of the project', () => {
  mkdirSync(join(project, 'shop/flags'), { recursive: true })
  const found = new Map([['first.json', './node_modules'], ['shop/flags/first.json', '../../node_modules']])
  for (const [file, modules] of found) {
    assert.equal(pointsman(project, 'init', file).status, 0)
    const { $schema, ...rest } = JSON.parse(readFileSync(join(project, file), 'utf8'))
    assert.equal($schema, `${modules}/pointsman/schema.json`)
    const knows = new Ajv({ strict: false, validateFormats: false })
      .compile(JSON.parse(readFileSync(join(project, dirname(file), $schema), 'utf8')))
    assert.ok(knows({ $schema, ...rest }), JSON.stringify(knows.errors))
    assert.ok(!knows({ ...rest, flag: {} }), 'a word that is none is found')
    assert.equal(pointsman(project, 'check', file).status, 0)
  }
  const alone = emptyFolder('alone')
  assert.equal(pointsman(alone, 'init').status, 0)
  assert.equal(JSON.parse(readFileSync(join(alone, 'pointsman.json'), 'utf8')).$schema, undefined, 'without the package there is none')
})

/** A document that has every kind of value. */
const document = {
  format: 1,
  flags: {
    hero: { description: 'Words */ at the top', kind: 'string', variants: { a: 'Coffee', b: 'Tea' }, off: 'a', otherwise: 'a', client: true },
    'free-shipping': { kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off' },
    price: { kind: 'number', variants: { low: 7, high: 9.5 }, off: 'low', otherwise: 'low', archived: true },
    banner: {
      kind: 'json', off: 'none', otherwise: 'sale',
      variants: { none: { lines: [] }, sale: { lines: [1, 2], text: "It's today", more: { 'a-b': true } } },
    },
    mixed: { kind: 'json', off: 'one', otherwise: 'one', variants: { one: [1, 'two'], two: 'three' } },
  },
}

const reversed = (value) => (value === null || typeof value !== 'object' || Array.isArray(value)
  ? value
  : Object.fromEntries(Object.entries(value).reverse().map(([key, part]) => [key, reversed(part)])))

test('types: the same document gives the same bytes, whatever the order of its keys', () => {
  const folder = emptyFolder('stable')
  writeFileSync(join(folder, 'pointsman.json'), JSON.stringify(document))
  const { stdout } = pointsman(folder, 'types')
  writeFileSync(join(folder, 'pointsman.json'), JSON.stringify(reversed(document), null, 4))
  assert.equal(pointsman(folder, 'types').stdout, stdout)
  const keys = [...stdout.matchAll(/^ {4}(\S+): /gm)].map(([, key]) => key)
  assert.deepEqual(keys, ['banner', "'free-shipping'", 'hero', 'mixed', 'price'])
  assert.equal(pointsman(folder, 'types', '--out', 'flags.d.ts').stdout, 'flags.d.ts: 5 flags of pointsman.json.\n')
  assert.equal(readFileSync(join(folder, 'flags.d.ts'), 'utf8'), stdout)
  assert.equal(pointsman(folder, 'types', '--out', 'flags.d.ts').stdout, 'flags.d.ts: 5 flags of pointsman.json, as before.\n')
  assert.deepEqual([...pointsman(folder, 'types', '--client').stdout.matchAll(/^ {4}(\S+): /gm)].map(([, key]) => key), ['hero'])
})

/** Each line below an expectation of an error must be one, and no other. */
const APPLICATION = `
import { inlined, open } from 'pointsman'
import { useFlag } from 'pointsman/react'

const flags = open(inlined())
export const hero: string = flags.get('hero', 'Coffee')
export const shipping: boolean = flags.get('free-shipping', false)
export const price: number = flags.get('price', 1)
export const banner: { lines: number[]; text?: string; more?: { 'a-b': boolean } } = flags.get('banner', { lines: [] })
export const mixed: string | (string | number)[] = flags.get('mixed', 'none')
// @ts-expect-error: no such key
flags.get('heroo', 'Coffee')
// @ts-expect-error: a text is due
flags.get('hero', 7)
// @ts-expect-error: the lines are missing
flags.get('banner', { text: '' })
// @ts-expect-error: lines are numbers
flags.get('banner', { lines: ['one'] })
export function Shop() {
  const words: string = useFlag('hero', 'Coffee')
  // @ts-expect-error: no such key
  useFlag('heroo', 'Coffee')
  // @ts-expect-error: a boolean is due
  useFlag('free-shipping', 'yes')
  return words
}
`

test('types: a wrong key and a wrong type do not compile, in open and in useFlag', () => {
  const app = consumer('command-types')
  app.put('pointsman.json', JSON.stringify(document))
  app.put('app.ts', APPLICATION)
  const compile = (...files) => {
    app.put('tsconfig.json', JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib: ['es2024', 'dom'], types: [] }, files,
    }))
    return spawnSync(tool('tsc'), ['-p', app.folder], { encoding: 'utf8' }).stdout
  }
  assert.match(compile('app.ts'), /Unused '@ts-expect-error'/, 'without the types the wrong keys compile')
  assert.equal(pointsman(app.folder, 'types', '--out', 'flags.d.ts').status, 0)
  assert.equal(compile('flags.d.ts', 'app.ts'), '')
})

test('types --watch writes again after each change, and keeps the last good types', async () => {
  const folder = emptyFolder('watched')
  const [source, out] = ['pointsman.json', 'flags.d.ts'].map((name) => join(folder, name))
  const save = (flags) => writeFileSync(source, JSON.stringify({ format: 1, flags }))
  const { hero, price } = document.flags
  save({ hero })
  const child = spawn(installed, ['types', '--out', 'flags.d.ts', '--watch'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  const until = async (pattern) => {
    for (let tries = 0; tries < 400 && !pattern.test(said); tries++) await pause(50)
    assert.match(said, pattern)
  }
  try {
    await until(/flags\.d\.ts: 1 flag of pointsman\.json\.\n/)
    save({ hero, price })
    await until(/2 flags of/)
    const good = readFileSync(out, 'utf8')
    assert.match(good, /price: number/)
    save({ hero: { ...hero, off: 'none' } })
    await until(/1 problem[^]*\/flags\/hero\/off/)
    rmSync(source)
    await until(/There is no such file/)
    assert.equal(readFileSync(out, 'utf8'), good)
    save({ price })
    await until(/1 flag of[^]*1 flag of/)
    assert.doesNotMatch(readFileSync(out, 'utf8'), /hero/)
  } finally {
    child.kill()
  }
})

test('what is missing or makes no sense is said in a line', () => {
  const folder = emptyFolder('wrong')
  const cases = [
    [['types'], /pointsman\.json: There is no such file\. pointsman init writes a first one/],
    [['types', '--watch'], /--watch: It has no file to write\. Add one: --out flags\.d\.ts\./],
    [['init', 'no/where.json'], /no\/where\.json: Its folder does not exist\./],
    [['size', '--lift', '10%'], /--base: It is missing\./],
    [['size', '--base', '4%'], /--lift: It is missing\./],
    [['size', '--base', '400%', '--lift', '10%'], /--base: It is no share\. Give a number above 0 and below 1/],
    [['size', '--base', 'many', '--lift', '10%'], /--base: many is no number\./],
    [['size', '--base', '50%', '--lift', '150%'], /--lift: More than everybody would do it\./],
    [['size', '--base', '4%', '--days', '14'], /--traffic: It is no number above 0\./],
    [['size', '--base', '4%', '--lift', '10%', '--arms', '1'], /--arms: It is no number of variants\./],
  ]
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = pointsman(folder, ...args)
    assert.match(stderr, message, args.join(' '))
    assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [2, '', 1], args.join(' '))
  }
})

test('diff says of a test whom its split moves, and of a flag with one path its very share', () => {
  const folder = emptyFolder('tried')
  const run = { id: 'hero-1', salt: 'hero-1', epoch: 1, rollout: 2 ** 32, split: [[2 ** 31, 'control'], [2 ** 32, 'fresh']] }
  const tried = (run) => JSON.stringify({
    format: 1, metrics: { orders: { event: 'order' } }, experiments: { hero: { flag: 'hero', metric: 'orders', control: 'control', run } },
    flags: { hero: { kind: 'string', variants: { control: 'Coffee', fresh: 'Tea' }, off: 'control', otherwise: 'control', rules: [{ experiment: 'hero' }] } },
  })
  writeFileSync(join(folder, 'old.json'), tried())
  writeFileSync(join(folder, 'new.json'), tried(run))
  const { status, stdout } = pointsman(folder, 'diff', 'old.json', 'new.json')
  assert.deepEqual([status, stdout], [1, 'hero: 50.00 % of the units move\n  everybody\n    control -> fresh   50.00 %\n'])
})

test('size says a drop and another power, and as data what it says in words', () => {
  assert.match(pointsman(project, 'size', '--base', '4%', '--lift', '-10%', '--power', '0.75').stdout, /From 4 % to 3\.6 %, a drop of 10 %, shows in 75 of 100 experiments/)
  const plan = JSON.parse(pointsman(project, 'size', '--base', '0.04', '--lift', '0.1', '--traffic', '5000', '--json').stdout)
  assert.deepEqual([plan.rate, plan.total, plan.days, plan.weeks], [0.044, 2 * plan.perArm, Math.ceil(plan.total / 5000), Math.ceil(plan.days / 7)])
})
