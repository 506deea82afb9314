// The command line, as people run it.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'pointsman-cli-'))
after(() => rmSync(folder, { recursive: true }))

const names = ['init', 'check', 'types', 'explain', 'diff', 'lint', 'rehearse', 'prune', 'size', 'idea', 'experiment', 'schedule', 'calendar', 'team', 'follow', 'library', 'notify', 'tickets', 'invite', 'export', 'import', 'audit', 'dev']

/** Runs a command; gives its exit code and what it said. */
function pointsman(args, input = '', env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/npm/cli/pointsman.js'), ...args], {
    cwd: folder, encoding: 'utf8', input, env: { ...process.env, ...env },
  })
  return { status, stdout, stderr }
}

function file(name, content) {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content))
  return path
}

const flag = (rules) => ({ kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules })
const shop = file('shop.json', {
  format: 1,
  flags: {
    banner: flag([
      { if: { atLeast: { attribute: 'orders', than: 3 } }, serve: 'on' },
      { from: '2026-01-01', if: { exists: { attribute: 'new' } }, serve: 'on' },
    ]),
  },
})
const broken = file('broken.json', { format: 1, flags: { banner: { ...flag([]), off: 'no' }, x: 7 } })

test('without a command, or with help, it says which there are', () => {
  const bare = pointsman([])
  assert.equal(bare.status, 2)
  for (const answer of [bare.stderr, pointsman(['help']).stdout, pointsman(['--help']).stdout]) {
    for (const name of names) assert.match(answer, new RegExp(`^  ${name} +\\S`, 'm'))
  }
  assert.equal(pointsman(['help', '--help']).stdout, pointsman(['help']).stdout)
  const { status, stderr } = pointsman(['lost'])
  assert.equal(status, 2)
  assert.match(stderr, /^pointsman: lost: There is no such command\. There are init, check, /)
})

test('it says its version', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'www/sdk/package.json')))
  assert.equal(pointsman(['--version']).stdout, `${version}\n`)
})

test('every command has help with an example that teaches', () => {
  for (const name of names) {
    const { status, stdout } = pointsman([name, '--help'])
    assert.equal(status, 0)
    assert.match(stdout, /\$ .*pointsman/)
    assert.equal(pointsman(['help', name]).stdout, stdout)
    assert.ok(stdout.split('\n').every((line) => line.length <= 120))
  }
})

test('in this repository paths are those of whoever calls npm, and what npm says can be left out', () => {
  const run = (...args) => spawnSync('npm', ['run', '-s', 'pointsman', '--', ...args], { cwd: join(root, 'www/landing'), encoding: 'utf8' })
  const { status, stdout } = run('check', 'document.json', '--json')
  assert.deepEqual([status, JSON.parse(stdout).problems], [0, []])
  const lost = run('check', 'www/landing/document.json')
  assert.deepEqual([lost.status, lost.stderr], [2, 'pointsman: www/landing/document.json: There is no such file. Look at the path; it is taken from where you are.\n'])
})

test('check says that a document is in order, or names all that is wrong with it', () => {
  const good = pointsman(['check', join(root, 'www/landing/document.json')])
  assert.equal(good.status, 0)
  assert.match(good.stdout, /is in order: 1 flag; its snapshot has \d+ bytes/)
  const bad = pointsman(['check', broken])
  assert.equal(bad.status, 1)
  assert.match(bad.stdout, /2 problems/)
  assert.match(bad.stdout, /^ {2}\/flags\/banner\/off$/m)
  assert.match(bad.stdout, /^ {2}\/flags\/x$/m)
  const { problems } = JSON.parse(pointsman(['check', broken, '--json']).stdout)
  assert.deepEqual(problems.map(({ pointer }) => pointer).sort(), ['/flags/banner/off', '/flags/x'])
  assert.deepEqual(JSON.parse(pointsman(['check', shop, '--json']).stdout).problems, [])
})

test('check reads standard input', () => {
  assert.equal(pointsman(['check', '-'], readFileSync(shop)).status, 0)
  assert.equal(pointsman(['check', '-'], '{').status, 1)
})

test('a file that cannot be read is said in one line with what to do', () => {
  const cases = [
    [['check', join(folder, 'none.json')], /none\.json: There is no such file\./],
    [['check', folder], /: It is a folder\. Name the file in it\./],
    [['check', file('bytes.json', new Uint8Array([0xff, 0xfe]))], /: It is not UTF-8\. Save the file as UTF-8\./],
    [['check'], /^pointsman: pointsman\.json: There is no such file\. pointsman init writes a first one/],
    [['diff', shop], /^pointsman: diff: NEW is missing\. pointsman help diff/],
    [['check', shop, shop], /one operand too many/],
    [['check', shop, '--jsn'], /Unknown option '--jsn'\. pointsman help check/],
    [['explain', shop], /^pointsman: --flag: It is missing\./],
    [['explain', shop, '--flag', 'banner'], /^pointsman: --context: It is missing\./],
    [['explain', shop, '--flag', 'none', '--context', '{}'], /--flag none: There is no flag none\. Ask for one of/],
    [['explain', shop, '--flag', 'banner', '--context', '{'], /^pointsman: --context: It is not JSON/],
    [['explain', shop, '--flag', 'banner', '--context', '[]'], /^pointsman: --context: It is not an object\./],
    [['explain', shop, '--flag', 'banner', '--context', '@nowhere'], /^pointsman: nowhere: There is no such file/],
    [['explain', shop, '--flag', 'banner', '--context', '{}', '--now', '2026-02-30'], /--now: 2026-02-30 is no time/],
    [['rehearse', shop], /LOG is missing/],
    [['rehearse', shop, join(folder, 'none.ndjson')], /none\.ndjson: There is no such file/],
    [['rehearse', shop, folder], /It is a folder/],
    [['rehearse', '-', '-'], /Standard input cannot be both/],
  ]
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = pointsman(args)
    assert.match(stderr, message, args.join(' '))
    assert.equal(stderr.trim().split('\n').length, 1)
    assert.deepEqual([status, stdout], [2, ''], args.join(' '))
  }
})

test('explain tells the path, and a value of a wrong type by name', () => {
  const context = '{"unit": "ada", "orders": "5"}'
  const args = ['explain', shop, '--flag', 'banner', '--now', '2026-11-22T10:00:00Z', '--context']
  const { status, stdout } = pointsman([...args, context])
  assert.equal(status, 0)
  assert.match(stdout, /^banner serves "off" = false, because no rule matched \(DEFAULT\)\nat 2026-11-22T10:00:00Z\n/)
  assert.match(stdout, /^ {2}no {2}orders is at least 3 -- orders is a text; a number is asked for/m)
  assert.equal(pointsman([...args, `@${file('context.json', context)}`]).stdout, stdout)
  assert.equal(pointsman([...args, '-'], context).stdout, stdout)
  const explanation = JSON.parse(pointsman([...args, context, '--json']).stdout)
  assert.equal(explanation.now, Date.parse('2026-11-22T10:00:00Z'))
  assert.equal(explanation.decision.reason, 'DEFAULT')
  assert.deepEqual(explanation.rules.map(({ outcome }) => outcome), ['passed', 'passed'])
  assert.deepEqual(explanation.steps[0].attribute, { name: 'orders', type: 'text', value: '5' })
  const reached = JSON.parse(pointsman([...args, '{"orders": 5}', '--json']).stdout)
  assert.deepEqual(reached.rules.map(({ outcome }) => outcome), ['matched', 'not-reached'])
})

test('a document with problems is neither explained nor rehearsed', () => {
  const explain = ['explain', broken, '--flag', 'banner', '--context', '{}']
  for (const args of [explain, ['rehearse', broken, file('one.ndjson', '{}\n')]]) {
    const { status, stdout } = pointsman(args)
    assert.equal(status, 1)
    assert.match(stdout, /\/flags\/x/)
    assert.ok(JSON.parse(pointsman([...args, '--json']).stdout).problems.length > 0)
  }
})

test('rehearse counts a log, and what is no context in it', () => {
  const context = (_, number) => JSON.stringify({ unit: `u${number}`, orders: number % 5 })
  const contexts = Array.from({ length: 10_000 }, context)
  const log = ['{"orders": "9"}', 'no context', ...contexts].join('\n')
  const { status, stdout, stderr } = pointsman(['rehearse', shop, file('log.ndjson', log), '--now', '0'])
  assert.deepEqual([status, stderr], [0, ''])
  assert.match(stdout, /^10001 contexts in 10002 lines; 1 line cannot be read\n {2}line 2: It is not JSON/)
  assert.match(stdout, /by rule 1 .*never matched/)
  assert.match(stdout, /orders is a text; a number is asked for: 1 time /)
  const report = JSON.parse(pointsman(['rehearse', shop, '-', '--now', '0', '--json'], log).stdout)
  const [banner] = report.flags
  assert.deepEqual([report.contexts, report.refused, banner.neverMatched], [10_001, 1, [1]])
  assert.deepEqual(banner.variants.map(({ name, count }) => [name, count]), [['off', 6_001], ['on', 4_000]])
})

test('a line longer than any context is refused and the next one is read', () => {
  const log = `${JSON.stringify({ unit: 'x'.repeat(3 << 20) })}\n{"orders": 3}\n`
  const report = JSON.parse(pointsman(['rehearse', shop, '-', '--json'], log).stdout)
  assert.deepEqual([report.lines, report.refused, report.contexts], [2, 1, 1])
})

test('what is not a terminal gets no colours', () => {
  for (const env of [{}, { NO_COLOR: '1' }]) assert.ok(!pointsman(['check', broken], '', env).stdout.includes('\u001b'))
})
