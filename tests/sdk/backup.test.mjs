// A whole project as files and back: what is refused is named by file and line, and nothing of it is kept.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { apiOf, publish, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { DOCUMENT, knowing, PLAN, typed } from './terminal.mjs'

const SITES = { localhost: 'demo/production', 'copy.localhost': 'copy/production', 'older.localhost': 'older/production' }
const scratch = mkdtempSync(join(tmpdir(), 'pointsman-backup-'))
const [folder, marred] = [join(scratch, 'backup'), join(scratch, 'marred')]
let product

const pointsman = (args, options) => typed(args, { env: knowing(scratch, { ...product, project: 'demo' }), ...options })
const read = (file, from = folder) => readFileSync(join(from, file), 'utf8')
const audit = async (project) => {
  const ask = () => product.api('GET', `/api/v1/projects/${project}/audit`)
  // A command has kept this process waiting, and a connection that was closed meanwhile is only noticed now.
  return (await (await ask().catch(ask)).json()).rows
}

before(async () => {
  product = await start({ folder: join(scratch, 'state'), quiet: true, sites: SITES })
  await publish(product, `${JSON.stringify(DOCUMENT, null, 4)}\n`, apiOf('production'))
  await publish(product, DOCUMENT, apiOf('staging'))
  await product.api('POST', '/api/v1/projects/demo/people', { body: '{"name": "Grace"}' })
  assert.equal(pointsman(['team', 'add', 'growth', '--name', 'Growth']).status, 0)
  const board = await product.api('PUT', '/api/v1/projects/demo/boards/growth', { body: '{"metrics": ["orders"]}', headers: { 'if-match': '"0"' } })
  assert.equal(board.status, 200)
  writeFileSync(join(scratch, 'plan.json'), JSON.stringify(PLAN))
  assert.equal(pointsman(['experiment', 'draft', 'plan.json']).status, 0)
})

test('past experiments come from a table, once however often they are sent, and each mistake is named by its line', () => {
  const table = (rows) => writeFileSync(join(scratch, 'past.csv'), `Test name;Outcome;End date;What came of it;Owner\n${rows}`)
  const wrong = (rows, ...words) => {
    table(rows)
    const { status, stderr } = pointsman(['library', 'import', 'past.csv', '--map', 'found=What came of it'])
    assert.equal(status, 1, stderr)
    for (const line of words) assert.match(stderr, line)
  }
  wrong('A hero;won;2023-02-30;;\nB;maybe;;;', /^past\.csv:2: “2023-02-30” is no day\. Write/m, /^past\.csv:3: “maybe” is no decision\. Write/m)
  wrong('A hero;won;;;\n"B;won;;;', /^past\.csv:3: A quote opens here and never closes\./m)
  wrong('A hero;won;;', /^past\.csv:2: It has 4 cells, and the first line 5\./m)
  wrong(`A hero;won;;;\nB;won;;${'x'.repeat(2001)};`, /^past\.csv:3: It is no plain text of 1 to 2000 characters\./m)
  assert.deepEqual(pointsman(['library', 'search'], { json: true }).said.cards, [], 'nothing of it was kept')
  table('A hero;won;31.12.2023;"More orders;\n9 % of them";Grace\n"The ""old"" shelf";flat;;;')
  const bring = (...more) => pointsman(['library', 'import', 'past.csv', '--map', 'found=What came of it', ...more], { json: true }).said
  const { imported, mapping, ...sums } = bring('--dry-run')
  assert.deepEqual([imported, mapping.title, sums], [false, 'Test name', { added: 2, changed: 0, same: 0, problems: [] }])
  assert.equal(bring().added, 2)
  assert.deepEqual([bring().added, bring().same], [0, 2])
  assert.match(pointsman(['library', 'search', 'orders']).stdout, /^a-hero {2}A hero\n {2}Imported, not verified\. More orders;/)
  assert.match(pointsman(['library', 'claim', 'Heroes sell.', '--for', 'a-hero']).stdout, /^Heroes sell\.\n {2}for a-hero \(imported, not verified\)/)
  assert.equal(pointsman(['library', 'claim', 'Heroes sell.', '--for', 'nobody']).status, 1)
})

after(async () => {
  await product?.stop()
  rmSync(scratch, { recursive: true, force: true })
})

test('a project is written into files, and once more changes none', () => {
  const first = pointsman(['export', folder], { json: true })
  assert.equal(first.status, 0, first.stderr)
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), [
    'audit.ndjson', 'backup.json', 'boards', 'boards/growth.json', 'claims.json', 'comments.json', 'documents', 'documents/production.json', 'documents/staging.json', 'experiments', 'experiments/fresh-words.json',
    'follows.json', 'imported', 'imported/a-hero.md', 'imported/the-old-shelf.md', 'owners.json', 'past.json', 'people.json', 'teams.json', 'votes.json',
  ])
  assert.equal(read('documents/production.json'), `${JSON.stringify(DOCUMENT, null, 4)}\n`, 'a document is as its author wrote it')
  assert.deepEqual(pointsman(['export', folder], { json: true }).said.written, [])
  assert.equal(pointsman(['audit', 'verify', join(folder, 'audit.ndjson')]).status, 0)
  writeFileSync(join(folder, 'experiments/gone.json'), '{}')
  assert.equal(pointsman(['export', folder]).status, 0)
  assert.ok(!readdirSync(join(folder, 'experiments')).includes('gone.json'), 'what is no longer there goes')
})

test('every mistake is named by file and line, and nothing is kept', async () => {
  const cases = [
    ['documents/production.json', (text) => text.replace('"boolean"', '"bool"'), /^documents\/production\.json:5: /m],
    ['documents/production.json', (text) => text.replace('"on": true', '"an": true'), /^backup\.json:\d+: Its digest is another/m],
    ['documents/production.json', (text) => text.replace('{', ''), /^documents\/production\.json:2: It is no JSON/m],
    ['experiments/fresh-words.json', (text) => text.replace('"state"', '"stat"'), /^experiments\/fresh-words\.json:1: /m],
    ['experiments/fresh-words.json', (text) => text.replace('#headline', '#head::line'), /^experiments\/fresh-words\.json:\d+: The rewriter cannot read/m],
    ['experiments/fresh-words.json', (text) => text.slice(0, -20), /^experiments\/fresh-words\.json:\d+: It is no JSON/m],
    ['audit.ndjson', (text) => text.replace('"add person"', '"remove person"'), /^audit\.ndjson:3: This line is not the one/m],
    ['audit.ndjson', (text) => `${text.split('\n').slice(0, 2).join('\n')}\n{\n`, /^audit\.ndjson:3: It is no JSON/m],
    ['audit.ndjson', () => '', /^backup\.json:\d+: The log has no line on which this version stands/m],
    ['people.json', (text) => text.replace('"Grace"', '"admin"'), /^people\.json:2: /m],
    ['people.json', (text) => text.replace('"name"', '"nme"'), /^people\.json:2: This is no row/m],
    ['past.json', (text) => text.replace('"title"', '"titel"'), /^past\.json:2: This is no imported experiment/m],
    ['claims.json', (text) => text.replace('"for"', '"four"'), /^claims\.json:2: /m],
    ['backup.json', (text) => text.replace('"fresh-words"', '"other-words"'), /^backup\.json:\d+: experiments\/other-words\.json is not there/m],
  ]
  for (const [file, mar, words] of cases) {
    rmSync(marred, { recursive: true, force: true })
    cpSync(folder, marred, { recursive: true })
    const [before, text] = [read(file), mar(read(file))]
    assert.notEqual(text, before, file)
    writeFileSync(join(marred, file), text)
    const { status, stderr, stdout } = pointsman(['import', marred, '--project', 'copy'])
    assert.equal(status, 1, `${file} ${words}: ${stdout}${stderr}`)
    assert.match(stderr, words)
    assert.deepEqual(await audit('copy'), [])
  }
})

test('it comes back all at once, by whoever has read what goes live, and over nothing', async () => {
  const dry = pointsman(['import', folder, '--project', 'copy', '--dry-run'], { json: true })
  assert.deepEqual([dry.status, dry.said.imported], [0, false])
  const unread = pointsman(['import', folder, '--project', 'copy'])
  assert.equal(unread.status, 1)
  assert.match(unread.stdout, new RegExp(`All of that goes live at once\\. .*--confirm ${dry.said.digest}`))
  assert.deepEqual(await audit('copy'), [])
  assert.equal(pointsman(['import', folder, '--project', 'copy', '--confirm', dry.said.digest]).status, 0)
  const again = join(scratch, 'again')
  assert.equal(pointsman(['export', again, '--project', 'copy']).status, 0)
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name).slice(folder.length + 1)
    if (path === 'audit.ndjson') assert.ok(read(path, again).startsWith(read(path)))
    else assert.equal(read(path, again), read(path), path)
  }
  const over = pointsman(['import', folder, '--project', 'copy', '--confirm', dry.said.digest])
  assert.equal(over.status, 2)
  assert.match(over.stderr, /has something already, and nothing is written over it/)
})

test('an export of the first format comes back: what runs, what was found, and who did what', () => {
  const [kept, again] = [join(root, 'tests/formats/1/backup'), join(scratch, 'older')]
  const dry = pointsman(['import', kept, '--project', 'older', '--dry-run'], { json: true })
  assert.equal(dry.status, 0, dry.stderr)
  const imported = pointsman(['import', kept, '--project', 'older', '--confirm', dry.said.digest])
  assert.equal(imported.status, 0, imported.stderr)
  assert.equal(pointsman(['export', again, '--project', 'older']).status, 0)
  assert.deepEqual(readdirSync(join(again, 'experiments')), readdirSync(join(kept, 'experiments')))
  for (const file of readdirSync(join(kept, 'documents'))) assert.equal(read(`documents/${file}`, again), read(`documents/${file}`, kept))
  assert.ok(read('audit.ndjson', again).startsWith(read('audit.ndjson', kept)))
  const { state, debrief } = JSON.parse(read('experiments/fresh-words.json', kept))
  const now = JSON.parse(read('experiments/fresh-words.json', again))
  assert.deepEqual([now.state, now.debrief, state], [state, debrief, 'debriefed'])
})
