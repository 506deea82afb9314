// `pointsman/tools` as it is published: the same answers in Node, in a browser and in workerd, and no wasm before it is
// needed.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { launch } from '../browser/chromium.mjs'
import { workerOf } from '../workerd.mjs'
import { consumer, tool } from './consumer.mjs'

const app = consumer('tools')

const on = (more) => ({ kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off', client: true, ...more })
const documentOf = (below) => ({
  format: 1,
  flags: {
    banner: on({ rules: [{ if: { equals: { attribute: 'country', value: 'AT' } }, serve: 'on' }, { rollout: { salt: 's', below }, serve: 'on' }] }),
    idle: on({}),
  },
  segments: { unused: { if: { exists: { attribute: 'plan' } } } },
})

/** Asks every function once; snapshots as lists, so that answers can travel. */
const QUESTIONS = `
import * as tools from 'pointsman/tools'

const [old, next] = ${JSON.stringify([documentOf(2 ** 30), documentOf(2 ** 31)])}
const now = 1795341600000
const cyclic = {}
cyclic.cyclic = cyclic
const log = ['{"unit": "ada", "cou', 'ntry": "AT"}\\n{"unit": "bob"}\\nno context\\n', '{"unit": "eve"}']
const arms = [
  { variant: 'control', weight: 1, units: 10000, converted: 400 }, { variant: 'fresh', weight: 1, units: 10050, converted: 520 },
  { variant: 'small', weight: 1, units: 10010, converted: 3 },
]

export async function answers() {
  const all = {
    check: await tools.check('{"format": 1, "flags": {"x": 1}}'),
    noText: await Promise.all([undefined, cyclic, 7n, new Uint8Array([0xff])].map((no) => tools.check(no))),
    compiled: await tools.compile(old, { version: 3, client: true }),
    bytes: await tools.compile(new TextEncoder().encode(JSON.stringify(old)), { version: 3, client: true }),
    refused: await tools.compile({ format: 1 }),
    diff: await tools.diff(old, next, { now, counts: { banner: { '': 100 } } }),
    explain: await tools.explain(old, 'banner', { unit: 'bob' }, { now }),
    context: await tools.explain(old, 'banner', [], { now }),
    lint: await tools.lint(old, { now, changed: { idle: 0 } }),
    prune: await tools.prune(old, { country: 'FR' }, { now }),
    rehearse: await tools.rehearse(old, log, { now }),
    types: await tools.types(old),
    size: await tools.size({ base: 0.04, lift: 0.1, perDay: 5000 }),
    detectable: await tools.detectable({ base: 0.04, perDay: 5000, days: 14 }),
    impossible: await tools.size({ base: 4, lift: 0, arms: 1 }),
    sampleRatio: await tools.sampleRatio([{ variant: 'a', weight: 1, units: 5000 }, { variant: 'b', weight: 1, units: 5600 }]),
    read: await tools.read({ control: 'control', arms }),
    harm: await tools.harm({ harm: 'more', tolerance: 0.1, epochs: [{ treated: 60, control: 20, treatedWeight: 1, controlWeight: 1 }] }),
  }
  return JSON.stringify(all, (key, value) => (value instanceof Uint8Array ? { bytes: [...value] } : value))
}
`
app.put('questions.js', QUESTIONS)
app.put('node.js', `import { answers } from './questions.js'\nconsole.log(await answers())`)

let inNode, browser, server
const files = {}

before(async () => {
  inNode = execFileSync(process.execPath, [join(app.folder, 'node.js')], { encoding: 'utf8' }).trim()
  server = createServer(({ url }, response) => {
    if (files[url]) return response.setHeader('content-type', 'text/javascript').end(files[url])
    return response.setHeader('content-type', 'text/html').end('<!doctype html><script type="module" src="/app.js"></script>')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  browser = await launch()
})

after(async () => {
  await browser?.close()
  server?.close()
})

test('Node: every function answers in plain data, and what is wrong is an answer', () => {
  const all = JSON.parse(inNode)
  assert.equal(all.check.problems[0].pointer, '/flags/x')
  for (const { problems } of all.noText) assert.equal(problems.length, 1, JSON.stringify(problems))
  assert.deepEqual(all.bytes, all.compiled)
  assert.deepEqual([all.refused.problems[0].pointer, all.context.in], ['/flags', 'context'])
  assert.deepEqual(all.diff.changes.map(({ flag, state }) => [flag, state]), [['banner', 'changed'], ['idle', 'unchanged']])
  assert.match(all.explain.text, /^banner serves/)
  assert.deepEqual(all.lint.advice.map(({ pointer }) => pointer).sort(), ['/flags/idle', '/segments/unused'])
  assert.deepEqual(all.prune.attributes, ['unit'])
  assert.deepEqual([all.rehearse.report.lines, all.rehearse.report.contexts, all.rehearse.report.refused], [4, 3, 1])
  assert.match(all.types.text, /banner: boolean/)
  assert.deepEqual([all.size.perArm, all.size.weeks], [87_083, 5])
  assert.ok(Math.abs(all.detectable.lift - 0.155) < 0.001)
  assert.deepEqual(all.impossible.problems.map(({ pointer }) => pointer), ['/base', '/arms', '/lift'])
  assert.equal(all.sampleRatio.alarm, true)
  assert.deepEqual([all.read.verdict.kind, all.read.comparisons.length], ['better', 2])
  assert.deepEqual([all.harm.harmed, Math.round(all.harm.ratio)], [true, 3])
})

test('the answers have the types that are promised', () => {
  const { explain, diff, rehearse, ...rest } = JSON.parse(inNode)
  const types = {
    check: '{ problems: Problem[] }', refused: 'Refused', context: 'Refused', impossible: 'Refused', lint: '{ advice: Problem[] }',
    size: 'Size', detectable: 'Plan', sampleRatio: 'SampleRatio', read: 'Reading', types: '{ text: string }',
    harm: '{ harmed: boolean; logE: number; ratio: number | null }',
  }
  const all = [
    ...Object.entries(types).map(([name, type]) => [name, type, rest[name]]),
    ['explain', 'Explanation', explain.explanation], ['diff', 'Change[]', diff.changes], ['rehearse', 'Rehearsal', rehearse.report],
  ]
  app.put('answers.ts', `import type { Change, Explanation, Plan, Problem, Reading, Refused, Rehearsal, SampleRatio, Size } from 'pointsman/tools'
${all.map(([name, type, value]) => `export const ${name}Answer: ${type} = ${JSON.stringify(value)}`).join('\n')}
import { compile, read, size } from 'pointsman/tools'
export const bytes: Uint8Array | undefined = await compile('{}').then((answer) => (answer.problems ? undefined : answer.snapshot))
export const words: string[] = await read({ control: 'a', arms: [] }).then((answer) => (answer.problems ? [] : [answer.verdict.words]))
// @ts-expect-error: a lift is needed
size({ base: 0.04 })
// @ts-expect-error: without looking for problems there may be no snapshot
export const surely: Uint8Array = (await compile('{}')).snapshot
`)
  app.put('tsconfig.json', JSON.stringify({
    compilerOptions: { strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib: ['es2024', 'dom'], types: [] },
    files: ['answers.ts'],
  }))
  assert.equal(spawnSync(tool('tsc'), ['-p', app.folder], { encoding: 'utf8' }).stdout, '')
})

test('Chromium: bundled by esbuild it answers the same, and fetches a wasm file for the first question to it', async () => {
  Object.assign(files, await app.bundle(`
import { size } from 'pointsman/tools'
import { answers } from './questions.js'
globalThis.ask = { size: () => size({ base: 0.04, lift: 0.1 }), answers }
`))
  const page = await browser.newPage()
  let fetched = 0
  page.on('request', (request) => (fetched += files[new URL(request.url()).pathname]?.length ?? 0))
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.waitForFunction(() => globalThis.ask)
  assert.ok(fetched > 0 && fetched < 10_000, `${fetched} bytes before any question`)
  assert.equal((await page.evaluate(() => globalThis.ask.size())).perArm, 87_083)
  assert.ok(fetched > 50_000 && fetched < 145_000, `${fetched} bytes for a question about numbers`)
  assert.equal(await page.evaluate(() => globalThis.ask.answers()), inNode)
  assert.ok(fetched > 300_000, `${fetched} bytes for all questions`)
})

test('workerd: the same answers come from the modules that are deployed', async () => {
  const bundled = await app.bundle(`
import { answers } from './questions.js'
export default { fetch: async () => new Response(await answers()) }
`, { conditions: ['workerd'], external: ['*.wasm'], splitting: false })
  app.put('worker.mjs', bundled['/app.js'])
  const at = 'target/consumers/tools'
  const wasm = ['compile.wasm', 'rehearse.wasm', 'stats.wasm'].map((name) => [name, 'wasm', `${at}/node_modules/pointsman/${name}`])
  const worker = await workerOf('tools', [['worker.mjs', 'esModule', `${at}/worker.mjs`], ...wasm])
  try {
    assert.equal(await (await fetch(worker.address)).text(), inNode)
  } finally {
    await worker.end()
  }
})

test('a question that traps leaves the next one a fresh instance', async () => {
  const { opened } = await import('../../dist/tools/instance.js')
  const bindings = await import('../../dist/tools/stats.js')
  const ask = opened(bindings, () => WebAssembly.compile(readFileSync(new URL('../../dist/wasm/tools/stats.wasm', import.meta.url))))
  const plan = () => ask((wasm) => JSON.parse(wasm.ask('{"ask": "size", "base": 0.2, "lift": 0.1, "others": 1}')).units)
  const before = await plan()
  await assert.rejects(ask(() => {
    throw new WebAssembly.RuntimeError('unreachable')
  }), /unreachable/)
  assert.deepEqual([before, await plan()], [12_786, 12_786])
})

test('a wasm file that could not be fetched is fetched again for the next question', async () => {
  const { opened } = await import('../../dist/tools/instance.js')
  let tries = 0
  const bindings = { default: async () => {}, answer: () => 42 }
  const ask = opened(bindings, async () => {
    if (tries++ === 0) throw new Error('offline')
  })
  await assert.rejects(ask(({ answer }) => answer()), /offline/)
  assert.equal(await ask(({ answer }) => answer()), 42)
})
