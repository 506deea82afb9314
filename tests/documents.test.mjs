// What the documents say, whichever of them says it: each block of code is run by a test that reads it there, and each command and
// option that is named anywhere is one that there is. tests/tidy.rs follows their links.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { guideOf } from './guide.mjs'

const root = new URL('..', import.meta.url)
const read = (path) => readFileSync(new URL(path, root), 'utf8')
const names = (folder) => readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.md')).map((name) => `${folder.slice(2)}${name}`)
const documents = [...names('./'), ...names('./docs/'), 'www/sdk/README.md', 'www/examples/README.md']

const HERE = 'tests/documents.test.mjs'
/** Who runs the blocks of a document that begin with a word: programs, commands, answers. What is `text` draws something. */
const RUN_BY = {
  'README.md sh': [HERE],
  'docs/api.md json': ['tests/browser/history.test.mjs', 'tests/language.test.mjs'],
  'docs/assistant.md json': ['tests/edge/mcp.test.mjs'],
  'docs/assistant.md sh': [HERE],
  'docs/cli.md console': ['tests/sdk/command.test.mjs'],
  'docs/cli.md sh': [HERE],
  'docs/data.md json': ['tests/language.test.mjs'],
  'docs/data.md sql': ['tests/edge/log.mjs', 'tests/clickhouse/run.mjs'],
  'docs/deploy.md ini': ['tests/edge/selfhost.test.mjs'],
  'docs/deploy.md js': ['tests/deploy/run.mjs'],
  'docs/deploy.md sh': ['tests/edge/selfhost.test.mjs', 'tests/deploy/run.mjs'],
  'docs/deploy.md toml': ['tests/deploy/run.mjs'],
  'docs/deploy.md yaml': ['tests/edge/operations.test.mjs'],
  'docs/document.md js': ['tests/browser/privacy.test.mjs'],
  'docs/document.md json': ['tests/language.test.mjs'],
  'docs/frontend.md html': ['tests/browser/frontend.test.mjs'],
  'docs/frontend.md js': ['tests/browser/frontend.test.mjs'],
  'docs/frontend.md json': ['tests/browser/frontend.test.mjs'],
  'docs/frontend.md jsx': ['tests/browser/frontend.test.mjs'],
  'docs/frontend.md ts': ['tests/browser/frontend.test.mjs'],
  'docs/integrations.md': ['tests/edge/integrations.test.mjs'],
  'docs/integrations.md js': ['tests/edge/integrations.test.mjs', 'tests/edge/feed.test.mjs'],
  'docs/integrations.md json': ['tests/edge/feed.test.mjs'],
  'docs/integrations.md sh': ['tests/edge/integrations.test.mjs'],
  'docs/landing-pages.md json': ['tests/edge/guide.test.mjs'],
  'docs/language.md console': ['tests/language.test.mjs'],
  'docs/language.md json': ['tests/language.test.mjs'],
  'docs/language.md json shop.json': ['tests/language.test.mjs'],
  'docs/notifications.md json': ['tests/native/tests/notify.rs'],
  'docs/notifications.md sh': [HERE],
  'docs/operations.md sh': ['tests/edge/operations.test.mjs'],
  'docs/wire.md json': ['tests/edge/preview.test.mjs', 'tests/edge/voices.test.mjs'],
  'docs/wire.md text': ['tests/edge/live.test.mjs'],
  'www/sdk/README.md js': [HERE],
}

test('every block of code in a document is run by a test that reads it there', () => {
  const found = new Set(documents.flatMap((path) => [...read(path).matchAll(/^ *```(.*)\n[^]*?^ *```$/gm)].map(([, word]) => `${path} ${word}`.trim())))
  const drawn = [...found].filter((block) => block.endsWith(' text') && !RUN_BY[block])
  assert.deepEqual(drawn, ['README.md text', 'docs/architecture.md text', 'docs/experiments.md text'])
  assert.deepEqual([...found].filter((block) => !drawn.includes(block)).sort(), Object.keys(RUN_BY).sort())
  for (const [block, tests] of Object.entries(RUN_BY)) {
    const path = block.split(' ')[0]
    for (const run of tests) assert.ok(read(run).includes(path), `${run} does not read ${path}`)
  }
})

test('the one index has every document', () => {
  const index = read('README.md')
  assert.deepEqual(names('./docs/').filter((path) => !index.includes(`- [${path}](${path}): `)), [])
})

test('the package’s own page shows what the guide shows', () => {
  const shown = guideOf('docs/frontend.md').blocks('js').map(({ body }) => body)
  for (const { body } of guideOf('www/sdk/README.md').blocks('js')) assert.ok(shown.some((text) => text.includes(body)), body)
})

test('what stands beside others is what the tables of their measurements say', () => {
  const tables = read('docs/performance.md') + read('docs/scale.md')
  const rows = [...read('docs/comparison.md').matchAll(/^\| (?!question)([^|]*) \| ([^|]*) \| ([^|]*) \| `npm run .*` \|$/gm)]
  assert.ok(rows.length >= 9)
  for (const [, question, ...cells] of rows) {
    for (const figure of cells.join(' ').match(/\d+(\.\d+)?/g)) assert.match(tables, new RegExp(`(?<![\\d.,])${figure.replace('.', '\\.')}(\\.0)?(?![\\d,]|\\.\\d)`), `${question}: ${figure}`)
  }
})

/** All that a document writes as code, with where it stands. */
const code = documents.flatMap((path) => [...read(path).matchAll(/^ *```(?:sh|console|yaml)\n([^]*?)^ *```$|`([^`\n]+)`/gm)]
  .map(([, block, word]) => ({ path, text: (block ?? word).replaceAll('\\\n', ' ') })))
const every = (pattern) => code.flatMap(({ path, text }) => [...text.matchAll(pattern)].map((match) => [path, ...match.slice(1)]))
const optionsOf = (rest = '') => rest.match(/(?<=^|\s)--[a-z][\w-]*/g) ?? []

test('every command of the package that a document names is there, with its options', () => {
  const command = fileURLToPath(new URL('dist/npm/cli/pointsman.js', root))
  const help = (...name) => execFileSync(process.execPath, [command, 'help', ...name], { encoding: 'utf8' })
  const known = new Map([...help().matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => [name, undefined]))
  const used = every(/(?:^|[\s(])pointsman (?:-- )?([a-z]+)\b([^\n|;&]*)/g).filter(([, name]) => name !== 'help')
  assert.ok(used.length > 100, `${used.length}`)
  for (const [path, name, rest] of used) {
    assert.ok(known.has(name), `${path}: pointsman ${name}`)
    if (!known.get(name)) known.set(name, help(name))
    for (const option of optionsOf(rest)) assert.ok(known.get(name).includes(option), `${path}: pointsman ${name} ${option}`)
  }
})

test('every command of the repository that a document names is there, with its options', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const used = every(/npm (?:run (?:-s )?)?([\w:]+)(?: -- ([^\n|;&]*))?/g).filter(([, name]) => !['i', 'install', 'ci', 'audit', 'pack', 'publish', 'pointsman'].includes(name))
  assert.ok(used.length > 40, `${used.length}`)
  for (const [path, name, rest] of used) {
    assert.ok(scripts[name], `${path}: npm run ${name}`)
    const [, program, binary] = /node ([\w./]+\.mjs)$|--bin (\w+)/.exec(scripts[name]) ?? []
    const source = read(program ?? `tests/native/src/bin/${binary}.rs`)
    for (const option of optionsOf(rest)) assert.ok(new RegExp(`\\b${option.slice(2)}\\b`).test(source), `${path}: npm run ${name} ${option}`)
  }
  for (const [path, file] of every(/node (?:--test )?((?:build|tests|www)\/[\w./-]+\.mjs)/g)) assert.ok(existsSync(new URL(file, root)), `${path}: ${file}`)
  for (const [path, file] of every(/^((?:build|src|tests|worker|www)\/[\w./-]+\.\w+)$/g)) assert.ok(existsSync(new URL(file, root)), `${path}: ${file}`)
})

test('every secret that a document has somebody put is one that the Worker reads', () => {
  const put = every(/wrangler secret put (\w+)/g)
  assert.deepEqual(put.map(([, name]) => name), ['MODEL_KEY', 'MAIL_KEY'])
  const worker = readdirSync(new URL('worker', root), { recursive: true }).filter((name) => name.endsWith('.mjs')).map((name) => read(`worker/${name}`)).join('\n')
  for (const [path, name] of put) assert.ok(worker.includes(`env.${name}`), `${path}: ${name}`)
})
