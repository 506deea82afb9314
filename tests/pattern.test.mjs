// Patterns of pages mean what the URL Pattern standard says: compiled at publish and walked by the evaluator, beside the
// platform's own URLPattern, for patterns and paths that chance makes of the same few parts.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from '../build/setup.mjs'
import * as tools from '../dist/wasm/tools/compile.js'
import { EdgeEvaluator, instances } from '../dist/sdk/edge.js'
import { chance } from '../www/landing/chance.mjs'
import { workerOf } from './workerd.mjs'

const PATTERNS = 600
const TEXTS = 25
const file = (path) => readFileSync(join(root, path))
let worker, evaluator

before(async () => {
  mkdirSync(join(root, 'target/pattern'), { recursive: true })
  writeFileSync(join(root, 'target/pattern/worker.mjs'), `export default {
  async fetch(request) {
    if (request.method === 'GET') return new Response('ready')
    const answers = (await request.json()).map(({ part, pattern, texts }) => {
      try {
        const made = new URLPattern({ [part]: pattern })
        return texts.map((text) => made.test({ [part]: text }))
      } catch (error) {
        return error.message
      }
    })
    return Response.json(answers)
  },
}`)
  worker = await workerOf('pattern', [['worker.mjs', 'esModule', 'target/pattern/worker.mjs']])
  tools.initSync({ module: file('dist/wasm/tools/compile.wasm') })
  evaluator = new EdgeEvaluator(instances(new WebAssembly.Module(file('dist/sdk/evaluator.wasm'))))
})

after(() => worker?.end())

const flag = { kind: 'boolean', variants: { on: true }, off: 'on', otherwise: 'on' }

/** Whether addresses fit a pattern of ours, or why there is none. */
function ours({ part, pattern, texts }) {
  const place = { pathname: { path: pattern }, search: { path: '*', query: pattern }, hostname: { path: '*', host: pattern } }[part]
  const { snapshot, problems } = tools.compile(JSON.stringify({ format: 1, flags: { f: flag }, pages: { p: { ...place, flag: 'f' } } }), 1, false)
  if (!snapshot) return problems.map(({ cause }) => cause).join(' ')
  evaluator.load(snapshot)
  const decisions = evaluator.evaluate({ unit: 'u' }, 0)
  const address = { pathname: (text) => `h${text}`, search: (text) => `h/?${text}`, hostname: (text) => `${text}/` }[part]
  return texts.map((text) => evaluator.plan(decisions, address(text)).pages.length > 0)
}

const PARTS = {
  pathname: [['/', '/a', '/b', 'a', '-', '.', '*', ':x', ':y', ':x?', ':x+', ':x*', '(a|b)', '(\\\\d+)', '{/a}?', '{/:z}*', '{-:w}+', '{a}', '/*', '*?', '\\\\:', '(a|b)*', ':v(a+)'], ['/', '/a', '/b', 'a', 'b', '-', '.', '1', '12', ':']],
  hostname: [['a', 'b', '.', '.a', '*', ':x', '*.', '{a.}?', ':y.', '(a|b)', ':x+'], ['a', 'b', '.', '.a', 'c']],
  search: [['a=', 'b', '&', '*', ':x', '(\\\\d+)', '{&b}?', '=', ':y*', '{a=:z&}+'], ['a=', 'b', '&', '1', '=', '/']],
}

for (const [part, [signs, letters]] of Object.entries(PARTS)) {
  test(`${part}: what fits here fits there, and what is no pattern here is none there`, { timeout: 120_000 }, async (t) => {
    const dice = chance(3, part.length)
    const some = (all, most) => Array.from({ length: 1 + Math.floor(dice() * most) }, () => all[Math.floor(dice() * all.length)]).join('')
    const first = part === 'pathname' ? '/' : ''
    // The standard resolves dot segments in patterns; ours have to be written as addresses have it.
    const isAddress = (text) => part !== 'pathname' || !/\/\.{1,2}(?![a-z.-])/.test(text)
    const questions = Array.from({ length: PATTERNS }, () => ({
      part, pattern: (first + some(signs, 4)).replaceAll('\\\\', '\\'), texts: Array.from({ length: TEXTS }, () => first + some(letters, 5)).filter(isAddress),
    })).filter(({ pattern }) => isAddress(pattern) && isAddress(pattern.replace(/[{}?*+]/g, '')))
    const theirs = await (await fetch(worker.address, { method: 'POST', body: JSON.stringify(questions) })).json()
    let [fits, refused] = [0, 0]
    for (const [index, question] of questions.entries()) {
      const [own, due] = [ours(question), theirs[index]]
      assert.equal(typeof own, typeof due, `${question.pattern}: ${JSON.stringify(own)}, there ${JSON.stringify(due)}`)
      if (typeof due === 'string') {
        refused++
        continue
      }
      for (const [at, text] of question.texts.entries()) assert.equal(own[at], due[at], `${question.pattern} and ${text}: there ${due[at]}`)
      fits += due.filter(Boolean).length
    }
    t.diagnostic(`${questions.length} patterns, of which ${refused} are none; ${fits} fits`)
    assert.ok(fits > 300 && refused > 5)
  })
}
