// What is given away: one version everywhere, packages with nothing in them but what they are, and workflows that run what exists.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'

const root = new URL('..', import.meta.url)
const read = (path) => readFileSync(new URL(path, root), 'utf8')

test('the core, the npm package and the newest change are of one version', () => {
  const { version } = JSON.parse(read('www/sdk/package.json'))
  assert.equal(read('Cargo.toml').match(/\[workspace\.package\]\nversion = "(.+)"/)[1], version)
  assert.equal(read('CHANGELOG.md').match(/^## (.+)$/m)[1], version)
})

test('the crate is the core and its licences alone', () => {
  const files = execFileSync('cargo', ['package', '--list', '--allow-dirty', '--quiet', '--offline'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n')
  const others = files.filter((file) => !file.startsWith('src/') && !/^(LICENSE-(MIT|APACHE)|README\.md|SECURITY\.md|Cargo\.(toml|toml\.orig|lock)|\.cargo_vcs_info\.json)$/.test(file))
  assert.deepEqual(others, [])
  assert.ok(files.includes('src/lib.rs'))
})

test('every workflow runs commands that there are, on the versions that the README asks for', () => {
  const { scripts } = JSON.parse(read('package.json'))
  for (const file of readdirSync(new URL('.github/workflows', root))) {
    const text = read(`.github/workflows/${file}`)
    assert.ok(Object.keys(parse(text).jobs).length > 0, file)
    for (const [, name] of text.matchAll(/npm run ([\w:]+)/g)) assert.ok(scripts[name], `${file} runs npm run ${name}`)
    assert.match(text, /rustup toolchain install 1\.95/, file)
  }
})

test('each night runs what takes too long for every change, with options that there are', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const { command } = parse(read('.github/workflows/nightly.yml')).jobs.long.strategy.matrix
  for (const [, name, options] of command.flatMap((line) => [...line.matchAll(/npm run ([\w:]+)(.*)/g)])) {
    const [, program, binary] = /node ([\w./]+\.mjs)$|--bin (\w+)/.exec(scripts[name])
    const source = read(program ?? `tests/native/src/bin/${binary}.rs`)
    for (const [, option] of options.matchAll(/--(\w+)/g)) assert.match(source, new RegExp(`\\b${option}\\b`), `${name} --${option}`)
  }
})

test('what is published says which repository it comes from, as npm’s provenance asks', () => {
  const { steps } = parse(read('.github/workflows/release.yml')).jobs.release
  const { permissions } = parse(read('.github/workflows/release.yml'))
  assert.deepEqual([permissions, steps.at(-1).run], [{ contents: 'read', 'id-token': 'write' }, 'npm publish ./dist/npm --provenance --access public'])
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-release-'))
  try {
    writeFileSync(join(folder, 'package.json'), read('www/sdk/package.json'))
    execFileSync('sh', ['-ec', steps.at(-2).run], { cwd: folder, env: { ...process.env, GITHUB_REPOSITORY: 'somebody/pointsman' } })
    const { repository, ...rest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    assert.deepEqual(repository, { type: 'git', url: 'git+https://github.com/somebody/pointsman.git', directory: 'www/sdk' })
    assert.deepEqual(rest, JSON.parse(read('www/sdk/package.json')))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('every command is told of', () => {
  const told = read('README.md') + read('docs/commands.md')
  const { scripts } = JSON.parse(read('package.json'))
  // `npm run build` is what the two commands do first.
  const silent = Object.keys(scripts).filter((name) => !['build', 'start', 'test'].includes(name) && !new RegExp(`npm run (-s )?${name}\\b(?!:)`).test(told))
  assert.deepEqual(silent, [])
})
