// Where questions are asked: the core itself, Node, workerd and a browser. Each is made when it is first needed.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'
import { workerOf } from '../workerd.mjs'
import { asked } from './ask.mjs'

const SDK = ['address.js', 'decisions.js', 'edge.js', 'evaluator.wasm', 'instance.js', 'names.js', 'readable.js', 'record.js', 'single.js']
const folder = join(root, 'target/hostile')

// Values are whatever the expression gives, so it is run as it stands.
const made = (text) => new Function('evaluate', `return (${text})`)

/** Engines by name. `expressions` are all that may be asked: workerd has to know them when it starts. */
export class Engines {
  #made = new Map()

  constructor(expressions) {
    this.expressions = [...new Set(expressions)].filter(isExpression)
  }

  async ask(name, question) {
    if (!Object.hasOwn(MAKERS, name)) throw new Error(`the engine ${name} is not known`)
    if (!this.#made.has(name)) this.#made.set(name, MAKERS[name](this.expressions))
    return (await this.#made.get(name)).ask(question)
  }

  async end() {
    for (const engine of this.#made.values()) await (await engine.catch(() => undefined))?.end?.()
  }
}

function isExpression(text) {
  try {
    made(text)
    return true
  } catch {
    return false
  }
}

async function native() {
  const build = spawnSync('cargo', ['build', '--quiet', '--locked', '-p', 'pointsman-native', '--bin', 'answer'], { cwd: root, encoding: 'utf8' })
  if (build.status !== 0) throw new Error(`the native engine does not build: ${build.stderr}`)
  return {
    ask(question) {
      const { stdout, stderr, status } = spawnSync(join(root, 'target/debug/answer'), { input: `${JSON.stringify(question)}\n`, encoding: 'utf8' })
      if (status !== 0) throw new Error(`the native engine ends: ${stderr}`)
      return JSON.parse(stdout)
    },
  }
}

async function node() {
  const { EdgeEvaluator, instances } = await import('../../dist/sdk/edge.js')
  const addresses = await import('../../dist/sdk/address.js')
  const evaluator = new EdgeEvaluator(instances(new WebAssembly.Module(readFileSync(join(root, 'dist/sdk/evaluator.wasm')))))
  return { ask: (question) => asked({ evaluator, addresses, made }, question) }
}

async function workerd(expressions) {
  mkdirSync(folder, { recursive: true })
  const table = expressions.map((text) => `  [${JSON.stringify(text)}, (evaluate) => (${text})],\n`).join('')
  writeFileSync(join(folder, 'expressions.mjs'), `export const expressions = new Map([\n${table}])\n`)
  const modules = [
    ['worker.mjs', 'esModule', 'tests/hostile/worker.mjs'], ['ask.mjs', 'esModule', 'tests/hostile/ask.mjs'],
    ['expressions.mjs', 'esModule', 'target/hostile/expressions.mjs'],
    ...SDK.map((file) => [`sdk/${file}`, file.endsWith('.wasm') ? 'wasm' : 'esModule', `dist/worker/sdk/${file}`]),
  ]
  const { address, end } = await workerOf('hostile', modules)
  return {
    async ask(question) {
      const response = await fetch(address, { method: 'POST', body: JSON.stringify(question) })
      if (!response.ok) throw new Error(`workerd answers ${response.status}: ${(await response.text()).slice(0, 300)}`)
      return response.json()
    },
    end,
  }
}

const FILES = new Map([['/ask.mjs', 'tests/hostile/ask.mjs'], ...SDK.map((file) => [`/${file}`, `dist/sdk/${file}`])])

async function browser() {
  const { launch } = await import('../browser/chromium.mjs')
  const server = createServer((request, response) => {
    const file = FILES.get(request.url)
    response.setHeader('content-type', !file ? 'text/html' : file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript')
    response.end(file ? readFileSync(join(root, file)) : '<!doctype html><title>hostile</title>')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const chromium = await launch()
  const page = await chromium.newPage()
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.evaluate(async () => {
    const [{ asked }, { EdgeEvaluator, instances }, addresses] =
      await Promise.all([import('/ask.mjs'), import('/edge.js'), import('/address.js')])
    const evaluator = new EdgeEvaluator(instances(await WebAssembly.compileStreaming(fetch('/evaluator.wasm'))))
    const made = (text) => new Function('evaluate', `return (${text})`)
    globalThis.askHere = (question) => asked({ evaluator, addresses, made }, question)
  })
  return {
    ask: (question) => page.evaluate((one) => globalThis.askHere(one), question),
    async end() {
      await chromium.close()
      server.close()
    },
  }
}

const MAKERS = { native, node, workerd, browser, chromium: browser }
