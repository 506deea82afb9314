// The engines whose answers are compared. Each is a function from lines of pairs to bytes, and a way to end it.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'
import { launch } from '../browser/chromium.mjs'
import { workerOf } from '../workerd.mjs'
import { answers } from './answer.mjs'

/** The browser's wasm in this process. */
export async function node() {
  const { EdgeEvaluator, instances } = await import('../../dist/sdk/edge.js')
  const evaluator = new EdgeEvaluator(instances(new WebAssembly.Module(readFileSync(join(root, 'dist/sdk/evaluator.wasm')))))
  return { answer: async (text) => answers(evaluator, text), end: async () => {} }
}

/** The same module as JavaScript, for pages that refuse wasm. */
export async function fallback() {
  const [{ EdgeEvaluator }, { instance }] = await Promise.all([
    import('../../dist/sdk/edge.js'), import('../../dist/sdk/evaluator-js.js'),
  ])
  const evaluator = new EdgeEvaluator(instance)
  return { answer: async (text) => answers(evaluator, text), end: async () => {} }
}

const FILES = {
  '/answer.mjs': ['tests/identity/answer.mjs', 'text/javascript'],
  '/instance.js': ['dist/sdk/instance.js', 'text/javascript'],
  '/address.js': ['dist/sdk/address.js', 'text/javascript'],
  '/decisions.js': ['dist/sdk/decisions.js', 'text/javascript'],
  '/edge.js': ['dist/sdk/edge.js', 'text/javascript'],
  '/readable.js': ['dist/sdk/readable.js', 'text/javascript'],
  '/single.js': ['dist/sdk/single.js', 'text/javascript'],
  '/evaluator-bytes.js': ['dist/sdk/evaluator-bytes.js', 'text/javascript'],
  '/names.js': ['dist/sdk/names.js', 'text/javascript'],
  '/record.js': ['dist/sdk/record.js', 'text/javascript'],
  '/evaluator.wasm': ['dist/sdk/evaluator.wasm', 'application/wasm'],
}

/** The browser's wasm in a real browser. The page fetches pairs from a server here and posts its answers back. */
export async function chromium() {
  let pairs = ''
  let received
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const chunks = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        received(Buffer.concat(chunks))
        response.end()
      })
    } else if (request.url === '/pairs') {
      response.end(pairs)
    } else if (FILES[request.url]) {
      const [file, type] = FILES[request.url]
      response.setHeader('content-type', type)
      response.end(readFileSync(join(root, file)))
    } else {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html><title>identity</title>')
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await launch()
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.evaluate(async () => {
    const files = ['/answer.mjs', '/edge.js', '/instance.js', '/evaluator-bytes.js'].map((file) => import(file))
    const [{ answers }, { EdgeEvaluator, instances }, { Evaluator }, { default: bytes }] = await Promise.all(files)
    // What browsers carry decides; it cannot plan.
    const carried = new Evaluator(instances(new WebAssembly.Module(bytes())))
    const edge = new EdgeEvaluator(instances(await WebAssembly.compileStreaming(fetch('/evaluator.wasm'))))
    const evaluator = {
      load: (snapshot) => edge.load(carried.load(snapshot).bytes),
      evaluate: (context, now) => carried.evaluate(context, now),
      plan: (decisions, path) => edge.plan(decisions, path),
    }
    globalThis.answerPairs = async () => {
      const text = await (await fetch('/pairs')).text()
      await fetch('/answers', { method: 'POST', body: answers(evaluator, text) })
    }
  })
  return {
    async answer(text) {
      pairs = text
      const bytes = new Promise((resolve) => (received = resolve))
      await page.evaluate(() => globalThis.answerPairs())
      return bytes
    },
    async end() {
      await browser.close()
      server.close()
    },
  }
}

/** The Worker's wasm in workerd. */
export async function workerd() {
  const modules = [
    ['worker.mjs', 'esModule', 'tests/identity/worker.mjs'],
    ['answer.mjs', 'esModule', 'tests/identity/answer.mjs'],
    ['sdk/instance.js', 'esModule', 'dist/worker/sdk/instance.js'],
    ['sdk/address.js', 'esModule', 'dist/worker/sdk/address.js'],
    ['sdk/decisions.js', 'esModule', 'dist/worker/sdk/decisions.js'],
    ['sdk/edge.js', 'esModule', 'dist/worker/sdk/edge.js'],
    ['sdk/names.js', 'esModule', 'dist/worker/sdk/names.js'],
    ['sdk/record.js', 'esModule', 'dist/worker/sdk/record.js'],
    ['sdk/readable.js', 'esModule', 'dist/worker/sdk/readable.js'],
    ['sdk/single.js', 'esModule', 'dist/worker/sdk/single.js'],
    ['sdk/evaluator.wasm', 'wasm', 'dist/worker/sdk/evaluator.wasm'],
  ]
  const { address, end } = await workerOf('identity', modules)
  return {
    async answer(text) {
      const response = await fetch(address, { method: 'POST', body: text })
      if (!response.ok) throw new Error(`workerd answers ${response.status}: ${await response.text()}`)
      return Buffer.from(await response.arrayBuffer())
    },
    end,
  }
}
