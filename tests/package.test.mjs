// The npm package and the tools as they are shipped, in Node.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import * as tools from '../dist/wasm/tools/compile.js'
import { open } from '../dist/npm/index.js'
import { Evaluator, instances } from '../dist/sdk/instance.js'
import { PAGE, sizesOf, UPLOAD } from './bench/upload.mjs'
import { sealed } from './sealed.mjs'

const file = (path) => readFileSync(new URL(`../${path}`, import.meta.url))
const shop = file('www/landing/document.json').toString()

tools.initSync({ module: file('dist/wasm/tools/compile.wasm') })

const HEADER = 56
const digest = (snapshot) => createHash('sha256').update(snapshot.subarray(HEADER)).digest('hex')

test('text and objects compile to the same snapshot, named by its own digest', () => {
  const fromText = tools.compile(shop, 3, false).snapshot
  const fromObject = tools.compile(JSON.parse(shop), 3, false).snapshot
  assert.deepEqual(fromText, fromObject)
  assert.equal(Buffer.from(fromText.subarray(16, 48)).toString('hex'), digest(fromText))
})

test('the tools name all problems of a document as plain objects', () => {
  const { problems, snapshot } = tools.compile('{"format": 1, "flags": {"x": {"kind": "boolean"}}, "pages": 1}', 1, false)
  assert.equal(snapshot, undefined)
  assert.deepEqual(problems.map(({ pointer }) => pointer).sort(), ['/flags/x/off', '/flags/x/otherwise', '/flags/x/variants', '/pages'])
  for (const problem of problems) assert.deepEqual(Object.keys(problem).sort(), ['cause', 'code', 'fix', 'pointer'])
})

test('the first value is there at once, without waiting for anything', () => {
  const snapshot = tools.compile(shop, 1, true).snapshot
  const flags = open(snapshot, { unit: 'ada' })
  assert.match(flags.get('hero', 'fallback'), /^(Coffee|Roasted)/)
  assert.equal(flags.why('hero').reason, 'SPLIT')
  assert.equal(flags.get('no-such-flag', 'fallback'), 'fallback')
  assert.equal(flags.why('no-such-flag').error, 'FLAG_NOT_FOUND')
  assert.equal(open(snapshot, {}).why('hero').error, 'TARGETING_KEY_MISSING')
})

test('inlined decisions are taken as they are, without an evaluator', () => {
  const flags = open({ v: 1, flags: { hero: { value: 'words', variant: 'fresh', reason: 'SPLIT' } } })
  assert.equal(flags.get('hero'), 'words')
  for (const nothing of [undefined, null, {}, { flags: null }]) assert.equal(open(nothing).get('hero', 1), 1)
})

test('bad data never replace good data', () => {
  const evaluator = new Evaluator(instances(new WebAssembly.Module(file('dist/sdk/evaluator.wasm'))))
  const good = tools.compile(shop, 1, false).snapshot
  evaluator.load(good)
  const before = evaluator.evaluate({ unit: 'ada' }, 0).bytes
  const bad = [new Uint8Array(0), new Uint8Array(3), new Uint8Array(1 << 22), good.subarray(0, 100), good.map((byte, at) => (at === 60 ? 255 : byte))]
  for (const bytes of bad) assert.throws(() => evaluator.load(bytes), /snapshot/)
  assert.deepEqual(evaluator.evaluate({ unit: 'ada' }, 0).bytes, before)
  assert.equal(evaluator.version, 1)
})

test('a manifest that contradicts its program is refused, and the good snapshot goes on', () => {
  const evaluator = new Evaluator(instances(new WebAssembly.Module(file('dist/sdk/evaluator.wasm'))))
  const good = tools.compile(shop, 1, false).snapshot
  evaluator.load(good)
  const before = evaluator.evaluate({ unit: 'ada' }, 0).bytes
  const pages = evaluator.wasm.memory.buffer.byteLength
  const text = Buffer.from(good).toString('latin1')
  const start = text.indexOf('{"attributes"')
  for (const manifest of ['null', '{}', '{"attributes":{"length":1e12},"flags":[],"runs":[]}', '{"attributes":[', '[]']) {
    const bytes = Buffer.from(good)
    bytes.write(manifest.padEnd(good.length - start), start, 'latin1')
    assert.throws(() => evaluator.load(new Uint8Array(bytes)), /damaged/, manifest)
    assert.throws(() => evaluator.load(sealed(bytes)), /with a bad manifest/, manifest)
    assert.deepEqual(evaluator.evaluate({ unit: 'ada' }, 0).bytes, before)
  }
  assert.equal(evaluator.wasm.memory.buffer.byteLength, pages)
})

test('after a trap the next call has a fresh instance', () => {
  const evaluator = new Evaluator(instances(new WebAssembly.Module(file('dist/sdk/evaluator.wasm')))).load(tools.compile(shop, 1, false).snapshot)
  const healthy = evaluator.evaluate({ unit: 'ada' }, 0).bytes
  evaluator.wasm = { ...evaluator.wasm, evaluate: () => { throw new WebAssembly.RuntimeError('unreachable') } }
  assert.equal(evaluator.evaluate({ unit: 'ada' }, 0).at(0).reason, 'ERROR')
  assert.deepEqual(evaluator.evaluate({ unit: 'ada' }, 0).bytes, healthy)
})

test('the evaluator and its glue, with the whole language, keep to their budget', async (t) => {
  const { outputFiles } = await build({
    stdin: {
      contents: `export { Evaluator, instances } from './dist/sdk/instance.js'\nexport { default as bytes } from './dist/sdk/evaluator-bytes.js'`,
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
    },
    bundle: true, minify: true, write: false, format: 'esm', target: 'es2022',
  })
  const size = gzipSync(outputFiles[0].contents, { level: 9 }).length
  t.diagnostic(`${size} bytes gzip`)
  assert.ok(size <= 7_500, `${size} bytes`)
})

test('wasm that a module carries weighs hardly more than the file', () => {
  const weight = (path) => gzipSync(file(path), { level: 9 }).length
  for (const [module, wasm] of [['compiler.js', 'compile.wasm'], ['rehearsal.js', 'rehearse.wasm'], ['statistics.js', 'stats.wasm']]) {
    const glue = 8_000
    assert.ok(weight(`dist/npm/${module}`) - glue <= 1.03 * weight(`dist/npm/${wasm}`), module)
  }
})

test('no wasm file that is shipped names a file of the machine that built it', () => {
  const files = ['sdk/evaluator', 'tools/compile', 'tools/rehearse', 'tools/stats', 'worker/console'].map((name) => `dist/wasm/${name}.wasm`)
  for (const path of files) assert.deepEqual(file(path).toString('latin1').match(/[\w./-]*\w\.rs\b/g), null, path)
})

test('the sizes keep to their budgets', (t) => {
  const budgets = [
    // What a page that the edge has hydrated loads; the whole of it.
    ['dist/sdk/page.min.js', 2_500],
    // What a page without our edge loads by one tag; what decides comes after it.
    ['dist/npm/auto.js', 6_000],
    // What a page loads on top of it where it has goals.
    ['dist/sdk/goals.min.js', 1_000],
    // What a page loads on top of it for a visitor who is asked something.
    ['dist/sdk/survey.min.js', 2_900],
    // What an application loads for a question in its own form.
    ['dist/npm/answer.js', 700],
    // What a preview adds; no visitor loads it.
    ['dist/sdk/preview.min.js', 3_000],
    // `import { open } from 'pointsman'` with the evaluator's wasm inside.
    ['dist/npm/index.js', 9_100],
    ['dist/sdk/evaluator.wasm', 4_950],
    // What a page that refuses wasm loads in its place.
    ['dist/sdk/evaluator-js.js', 9_700],
    ['dist/wasm/tools/compile.wasm', 220_000],
    // Only a command line has logs, so this one travels with the package alone.
    ['dist/wasm/tools/rehearse.wasm', 182_000],
    ['dist/wasm/tools/stats.wasm', 90_000],
    // The control plane is in it; metrics of every kind, planned looks and the checks of health are 45 kB of it, what is told by
    // itself, with its channels and weeks, 18; splits that move, with all that reads them span by span, 20; comments, what can be
    // owned and a calendar in the weeks of a zone are 10; tickets, their search and what tells versions apart 20, questions in words
    // 18, metrics that are made and read by themselves 14, what all tests say and how a team learns 10; the watch, claims, what
    // visitors do and rules of surveys 40, of which panics without words gave 19 back and one writer of documents 4; ratings,
    // questions that follow and addresses 5, forecasts through stages to come and a look at each element that a plan changes 3,
    // links that can be called back and sentences that stand still 2. Cloudflare’s smallest plan takes 3 MB.
    ['dist/worker/wasm/console.wasm', 1_063_500],
  ]
  for (const [path, most] of budgets) {
    const bytes = file(path)
    const gzip = gzipSync(bytes, { level: 9 }).length
    t.diagnostic(`${path}: ${bytes.length} bytes, ${gzip} gzip, ${brotliCompressSync(bytes).length} brotli, budget ${most}`)
    assert.ok(gzip <= most, `${path} has ${gzip} bytes in gzip; ${most} are allowed`)
  }
})

test('before the first screen a browser loads little of the dashboard; the other screens and charts come later', (t) => {
  const first = new Map()
  const follow = (name) => {
    if (first.has(name)) return
    const bytes = file(`dist/dashboard/assets/${name}`)
    first.set(name, gzipSync(bytes, { level: 9 }).length)
    for (const [, next] of bytes.toString().matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) follow(next)
  }
  for (const [, name] of file('dist/dashboard/index.html').toString().matchAll(/"\.\/assets\/([\w.-]+\.(?:js|css))"/g)) follow(name)
  const size = [...first.values()].reduce((total, bytes) => total + bytes)
  t.diagnostic(`${size} bytes gzip: ${[...first.keys()].join(', ')}`)
  assert.ok(size <= 50_000, `${size} bytes`)
})

test('what a page goes through at the edge keeps to its budget, and so does the whole Worker', (t) => {
  const { page, upload, parts } = sizesOf()
  for (const [part, bytes] of Object.entries(parts)) t.diagnostic(`${part}: ${bytes} bytes gzip`)
  assert.ok(page <= PAGE, `pages go through ${page} bytes in gzip; ${PAGE} are allowed`)
  assert.ok(upload <= UPLOAD, `the Worker has ${upload} bytes in gzip; ${UPLOAD} are allowed`)
})
