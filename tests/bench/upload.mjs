// What the Worker weighs: the files that a page goes through, and all that is uploaded.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../../build/setup.mjs'

/** The most bytes in gzip of what a page goes through, and of everything. */
export const [PAGE, UPLOAD] = [40_000, 1_195_000]

/** Bytes in gzip: `{page, upload, parts}`. What is imported only when somebody asks for it, no page goes through. */
export function sizesOf() {
  const worker = join(root, 'dist/worker')
  const files = readdirSync(worker, { recursive: true }).filter((file) => statSync(join(worker, file)).isFile())
  const page = new Set()
  const follow = (file) => {
    if (page.has(file) || !existsSync(join(worker, file))) return
    page.add(file)
    if (!/\.m?js$/.test(file)) return
    for (const [, path] of readFileSync(join(worker, file), 'utf8').matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g)) follow(join(file, '..', path))
  }
  for (const file of ['page.mjs', 'sdk/evaluator.wasm', 'builtin.bin']) follow(file)
  const parts = {}
  for (const file of files) {
    const part = page.has(file) || file === 'shim.mjs' ? 'pages' : file.startsWith('wasm/') ? 'console and objects' : /\.txt$|^proof/.test(file) ? 'scripts for browsers' : 'the rest'
    ;(parts[part] ??= []).push(readFileSync(join(worker, file)))
  }
  // They travel as one.
  const gzip = (files) => gzipSync(Buffer.concat(files), { level: 9 }).length
  const sizes = Object.fromEntries(Object.entries(parts).map(([part, all]) => [part, gzip(all)]))
  return { page: sizes.pages, upload: gzip(Object.values(parts).flat()), parts: sizes }
}
