// docs/performance.md, where each benchmark keeps its figures between markers of its own.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'

/** Puts a text between the markers of this name, in place of what stands there. */
export function publish(name, text) {
  const file = join(root, 'docs/performance.md')
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`]
  const old = readFileSync(file, 'utf8')
  const [before, rest] = old.split(begin)
  writeFileSync(file, `${before}${begin}\n${text}\n${end}${rest.split(end)[1]}`)
}
