// A guide of docs/, as its reader would follow it: its examples, and its commands with what they print.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The guide at this path of the repository. */
export function guideOf(path) {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

  /** The fenced blocks behind this word, each with the line that it starts on. In a list they are set in. */
  function blocks(word) {
    const all = [...text.matchAll(/^( *)```(.*)\n([^]*?)^\1```$/gm)]
    const line = (index) => text.slice(0, index).split('\n').length + 1
    return all.filter(([, , info]) => info === word)
      .map(({ 1: inset, 3: body, index }) => ({ body: body.replaceAll(new RegExp(`^${inset}`, 'gm'), ''), line: line(index) }))
  }

  return {
    text, blocks,

    /** Runs every command of the guide's consoles in a folder, and compares what it prints. Gives how many there were. */
    prints({ folder, before = '', env }) {
      const steps = blocks('console').flatMap(({ body, line }) =>
        body.split(/^\$ /m).slice(1).map((step) => ({ step: step.split('\n'), line })))
      for (const { step: [asked, ...printed], line } of steps) {
        const script = `exec 2>&1; ${before} ${asked}`
        const { stdout } = spawnSync('sh', ['-c', script], { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8' })
        assert.equal(stdout.trimEnd(), printed.join('\n').trimEnd(), `${path}:${line}: ${asked}`)
      }
      return steps.length
    },
  }
}

/** The paths of all fields; what stands in a list stands there once, and so does what stands under a name that somebody gave. */
export function fieldsOf(value, path = '', found = new Set()) {
  if (Array.isArray(value)) for (const one of value) fieldsOf(one, path, found)
  else if (value && typeof value === 'object') {
    for (const [name, one] of Object.entries(value)) {
      const inner = /(quality|choices)$/.test(path) ? `${path}.*` : path ? `${path}.${name}` : name
      found.add(inner)
      fieldsOf(one, inner, found)
    }
  }
  return found
}
