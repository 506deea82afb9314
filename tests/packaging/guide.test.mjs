// What is said of the examples: in their manifests and in the guide.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root } from '../../build/setup.mjs'
import { names } from './examples.mjs'

const read = (path) => readFileSync(join(root, path), 'utf8')
const folder = (name) => `www/examples/${name}`
const manifestOf = (name) => JSON.parse(read(`${folder(name)}/package.json`))
const needs = (name) => ({ ...manifestOf(name).dependencies, ...manifestOf(name).devDependencies })

test('every example says exactly what it needs', () => {
  const own = JSON.parse(read('www/sdk/package.json')).version
  for (const name of names) {
    const needed = needs(name)
    assert.equal(needed.pointsman, own, name)
    for (const version of Object.values(needed)) assert.match(version, /^\d+\.\d+\.\d+$/, name)
    for (const file of readdirSync(join(root, folder(name)), { recursive: true }).filter((file) => /\.(jsx?|mjs|ts)$/.test(file))) {
      const imported = [...read(join(folder(name), file)).matchAll(/from '((?:@[\w-]+\/)?[\w-]+)/g)].map(([, of]) => of)
      for (const of of imported) assert.ok(of in needed || of === 'node', `${name}/${file} imports ${of}, which is not in its package.json`)
    }
  }
})

test('the guide says of every example what it was seen to run with', () => {
  const rows = new Map([...read('docs/frontend.md').matchAll(/^\| \[([\w-]+)\]\(\.\.\/www\/examples\/.*$/gm)].map(([row, name]) => [name, row]))
  assert.deepEqual([...rows.keys()].sort(), names)
  for (const [name, row] of rows) {
    const versions = row.match(/\d+\.\d+\.\d+/g) ?? []
    for (const version of versions) assert.ok(Object.values(needs(name)).includes(version), `${name} does not run with ${version}`)
    assert.ok(versions.length || row.includes('Node 20'), row)
  }
})

test('the examples’ own page names each of them', () => {
  const page = read('www/examples/README.md')
  for (const name of names) assert.ok(page.includes(`[${name}](${name}/`), name)
  for (const [, path] of page.matchAll(/\]\((\w[\w./-]+)\)/g)) assert.ok(existsSync(join(root, 'www/examples', path)), path)
})
