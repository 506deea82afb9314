// What the product takes from others: each has its row in docs/dependencies.md with the version and licence of the lock files, no
// licence is there that the page does not take, all of it is from the two registries and named by its digest, two packages run
// something when they are installed, and nothing ships in two versions.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const page = read('docs/dependencies.md')
/** `[name, version, licence]` of each row. */
const rows = (title) => page.split(`## ${title}\n`)[1].split('\n## ')[0].split('\n').filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', ''))).map(([, name, version, , licence]) => [name, version, licence])
const taken = [...page.split('## Licences\n')[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name)

const cargo = (...words) => execFileSync('cargo', [...words, '--locked'], { cwd: new URL('..', import.meta.url), encoding: 'utf8', maxBuffer: 2 ** 26 })
const metadata = JSON.parse(cargo('metadata', '--format-version', '1', '--all-features'))
const locked = JSON.parse(read('package-lock.json')).packages

/** Whether some choice among the licences of a package is taken. */
const acceptable = (licence) => licence.replace(/[()]/g, '').split(/ OR |\//).some((choice) => choice.split(' AND ').every((one) => taken.includes(one.trim())))

test('every crate that we name has its row, and every row its crate', () => {
  const ours = metadata.packages.filter(({ id }) => metadata.workspace_members.includes(id))
  const named = new Set(ours.flatMap(({ dependencies }) => dependencies.filter(({ path }) => !path).map(({ name }) => name)))
  const newest = [...named].sort().map((name) => metadata.packages.filter((one) => one.name === name).at(-1))
  assert.deepEqual(rows('Crates'), newest.map(({ name, version, license }) => [name, version.split('+')[0], license.replaceAll('/', ' OR ')]))
})

test('every package from npm that we name has its row, and every row its package', () => {
  const named = Object.entries(JSON.parse(read('package.json')).devDependencies)
  assert.deepEqual(rows('From npm'), named.map(([name, version]) => [name, version, locked[`node_modules/${name}`].license ?? 'not stated']))
})

test('no licence is there that is not taken, in however deep a dependency', () => {
  // Two of OpenFeature's own packages say nothing in their manifest; they only run in tests.
  const silent = ['node_modules/@openfeature/ofrep-core', 'node_modules/@openfeature/ofrep-provider']
  const crates = metadata.packages.filter(({ id }) => !metadata.workspace_members.includes(id)).map(({ name, license }) => [name, license])
  const packages = Object.entries(locked).filter(([path]) => path && !silent.includes(path)).map(([path, { license }]) => [path, license])
  assert.deepEqual([...crates, ...packages].filter(([, licence]) => !licence || !acceptable(licence)), [])
})

test('nothing ships in two versions', () => {
  const ours = ['worker', 'tools', 'evaluator', 'stats'].flatMap((name) => ['-p', `pointsman-${name}`])
  const tree = cargo('tree', '--target', 'wasm32-unknown-unknown', '--edges', 'normal,no-proc-macro', '--prefix', 'none', ...ours)
  const versions = new Set(tree.split('\n').filter(Boolean).map((line) => line.split(' ').slice(0, 2).join(' ')))
  const names = [...versions].map((version) => version.split(' ')[0])
  assert.ok(names.length > 10)
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) < at), [])
})

test('all that is fetched is from the two registries, and is what its digest says', () => {
  for (const path of ['Cargo.lock', 'tests/bench/native/Cargo.lock']) {
    const packages = read(path).split('[[package]]\n').slice(1)
    assert.ok(packages.length > 50, path)
    const odd = packages.filter((one) => !/^source = "registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index"\nchecksum = "[0-9a-f]{64}"$/m.test(one))
    assert.deepEqual(odd.map((one) => /name = "(.+)"/.exec(one)[1]).filter((name) => !name.startsWith('pointsman')), [], path)
  }
  for (const path of ['package-lock.json', 'tests/bench/package-lock.json', 'tests/deploy/package-lock.json', 'www/examples/package-lock.json']) {
    const packages = Object.entries(JSON.parse(read(path)).packages).filter(([place, { link }]) => /(^|\/)node_modules\//.test(place) && !link)
    assert.ok(packages.length > 50, path)
    // A place of its own (`resolved`) would be one that no registry answers for.
    const odd = packages.filter(([place, { integrity, resolved }]) => !place.endsWith('node_modules/pointsman') && (!/^sha512-[\w+/]{86}==$/.test(integrity) || resolved))
    assert.deepEqual(odd.map(([place]) => place), [], path)
  }
})

test('nothing runs when it is installed but what puts two programs in their place', () => {
  const runs = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)
  assert.deepEqual(runs.filter((path) => !locked[path].optional), ['node_modules/esbuild', 'node_modules/workerd'])
})
