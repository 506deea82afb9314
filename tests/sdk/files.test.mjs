// A project as files: pulled, changed, looked at and sent back, by the command as it is packed.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { publish, start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { knowing, typed } from './terminal.mjs'

const SITES = { localhost: 'demo/production', 'copy.localhost': 'copy/production' }
const ENVIRONMENTS = ['production', 'staging', 'development']
const scratch = mkdtempSync(join(tmpdir(), 'pointsman-files-'))
const folder = join(scratch, 'shop')
let product

const gift = (below) => ({
  format: 1,
  flags: {
    gift: {
      kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off',
      rules: [{ serve: 'on', rollout: { salt: 'gift', below, unit: 'unit' } }],
    },
  },
  metrics: { orders: { event: 'order' } },
})
const apiOf = (project, environment) => `/api/v1/projects/${project}/environments/${environment}/`
const versions = async (project, environment) => (await (await product.api('GET', `${apiOf(project, environment)}versions`)).json()).versions

const pointsman = (args, { token = product.token, json = true, cwd = scratch } = {}) => typed(args, { env: knowing(cwd, { token }), json })

/** The same while this process answers. */
async function told(args) {
  const child = spawn(process.execPath, [join(root, 'build/pointsman.mjs'), ...args], { env: knowing(scratch, { token: 'pm_any' }) })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (said[name] += text))
  const [status] = await once(child, 'close')
  return { status, ...said }
}
const here = () => ['--console', product.console, '--project', 'demo']
const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'))
const edit = (file, change) => writeFileSync(join(folder, file), JSON.stringify(change(read(file))))

before(async () => {
  product = await start({ folder: join(scratch, 'state'), quiet: true, sites: SITES })
  for (const environment of ENVIRONMENTS) await publish(product, gift(0), apiOf('demo', environment))
  await product.api('POST', '/api/v1/projects/demo/experiments', { body: '{"title": "A gift note", "note": "People ask for it"}' })
})

after(async () => {
  await product?.stop()
  rmSync(scratch, { recursive: true, force: true })
})

test('a project is pulled into files, and once more changes none', () => {
  const first = pointsman(['pull', folder, ...here()])
  assert.equal(first.status, 0, first.stderr)
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), [
    'development.json', 'experiments', 'experiments/a-gift-note.json', 'experiments/a-gift-note.md', 'playbook.json', 'production.json', 'project.json', 'staging.json',
  ])
  assert.deepEqual(read('production.json'), gift(0))
  assert.ok(!readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .some(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8').includes(product.token)), 'the token stands in no file')
  assert.deepEqual(pointsman(['pull', folder]).said.written, [])
  const nothing = pointsman(['plan', folder], { json: false })
  assert.equal(nothing.status, 0)
  assert.match(nothing.stdout, /nothing to send/)
})

test('plan tells whom a change moves and changes nothing; push makes it, and then there is nothing to send', async () => {
  edit('production.json', () => gift(214_748_364))
  const planned = pointsman(['plan', folder], { json: false })
  assert.equal(planned.status, 1)
  assert.match(planned.stdout, /gift: 5 % of visitors get something else than now/)
  assert.equal((await versions('demo', 'production')).length, 1)
  const pushed = pointsman(['push', folder], { json: false })
  assert.equal(pushed.status, 0, pushed.stderr)
  assert.match(pushed.stdout, /production\.json is version 2 now/)
  assert.equal(pointsman(['plan', folder]).status, 0)
  assert.deepEqual(pointsman(['push', folder]).said.sent, [])
})

test('what somebody has changed since the pull is not overwritten', async () => {
  await publish(product, { ...gift(0), metrics: {} }, apiOf('demo', 'staging'))
  edit('staging.json', () => gift(7))
  assert.equal(pointsman(['plan', folder]).said.changes[0].stale, true)
  const refused = pointsman(['push', folder])
  assert.equal(refused.status, 1)
  assert.equal(refused.said.sent[0].status, 412)
  assert.equal((await versions('demo', 'staging')).length, 2)
  assert.equal(pointsman(['pull', folder]).status, 0)
  assert.deepEqual(read('staging.json').metrics, {})
})

test('what goes to more visitors than one may decide alone is refused, or waits for approval where that is asked for', async () => {
  edit('production.json', () => gift(2 ** 32))
  const planned = pointsman(['plan', folder])
  assert.equal(planned.said.changes[0].approvable, true)
  assert.ok(planned.said.changes[0].problems.length > 0)
  const refused = pointsman(['push', folder], { json: false })
  assert.equal(refused.status, 1)
  assert.match(refused.stdout, /at once|More than 50 %/)
  const asked = pointsman(['push', folder, '--propose', '--why', 'For the season'], { json: false })
  assert.equal(asked.status, 0)
  assert.match(asked.stdout, /waits for approval as change 1/)
  assert.equal((await versions('demo', 'production')).length, 2)
  assert.equal(pointsman(['pull', folder]).status, 0)
})

test('of a test that a file brings into production plan says whom its split would move, and nobody is advised to ask for what no word lets in', async () => {
  const run = { id: 'own-1', salt: 'own-1', epoch: 1, rollout: 2 ** 32, split: [[2 ** 31, 'off'], [2 ** 32, 'on']] }
  edit('production.json', (document) => {
    document.flags.gift.rules = [{ experiment: 'own' }]
    return { ...document, experiments: { own: { flag: 'gift', metric: 'orders', control: 'off', run } } }
  })
  const planned = pointsman(['plan', folder], { json: false })
  assert.match(planned.stdout, /gift: 50 % of visitors get something else than now/)
  assert.match(planned.stdout, /\/experiments\/own\/run: In production a run is started and moved by its experiment's plan\./)
  assert.doesNotMatch(planned.stdout, /100 %|would meet|push --propose/)
  const asked = pointsman(['push', folder, '--propose', '--why', 'A test'], { json: false })
  assert.equal(asked.status, 1)
  assert.doesNotMatch(asked.stdout, /push --propose/)
  assert.equal(pointsman(['pull', folder]).status, 0)
})

test('the same files give the same digests in another project', async () => {
  // A new project has nobody yet, so its document goes live in steps, too: first what nobody meets.
  for (const environment of ENVIRONMENTS) edit(`${environment}.json`, () => gift(9))
  assert.equal(pointsman(['push', folder]).status, 0)
  const copied = pointsman(['push', folder, '--project', 'copy'])
  assert.equal(copied.status, 0, JSON.stringify(copied.said))
  for (const environment of ENVIRONMENTS) {
    const [one, other] = [await versions('demo', environment), await versions('copy', environment)]
    assert.equal(other[0].digest, one[0].digest)
  }
  assert.equal(read('project.json').project, 'demo', 'the files still belong to where they came from')
})

test('what an engine answers leads to no file outside, to no sign that a terminal obeys, and to no work that is replaced unasked', async () => {
  const evil = '\u001b]0;owned\u0007\u009b2J'
  const paths = { projects: { projects: [{ key: 'demo' }] }, playbook: { revision: 1, playbook: {} } }
  let key = '../../outside'
  const engine = createServer(({ method, url }, response) => {
    const last = url.split('?')[0].split('/').at(-1)
    const experiments = { experiments: [{ key }] }
    const document = { revision: 1, document: gift(0) }
    const seen = method === 'GET' ? { ...paths, experiments, document, debrief: { markdown: 'x' } }[last] ?? {} : url.includes('preview')
      ? { changes: [{ flag: evil, words: evil }], problems: [{ pointer: evil, cause: evil, fix: evil }], advice: [{ pointer: evil, cause: evil, fix: evil }] }
      : { error: evil, fix: evil, problems: [{ pointer: evil, cause: evil, fix: evil }] }
    response.writeHead(method === 'GET' || url.includes('preview') ? 200 : 409, { 'content-type': 'application/json' }).end(JSON.stringify(seen))
  })
  await once(engine.listen(0, '127.0.0.1'), 'listening')
  const [from, where] = [`http://127.0.0.1:${engine.address().port}`, join(scratch, 'deep/er')]
  try {
    for (const bad of ['../../outside', '/outside', 'a/b', 'a\\b', '', '..', evil, 7]) {
      key = bad
      const { status, stderr } = await told(['pull', where, '--console', from])
      assert.equal(status, 2, String(bad))
      assert.match(stderr, /is no key/)
      assert.doesNotMatch(stderr, /[\u001b\u009b\u0007]/)
    }
    assert.deepEqual(readdirSync(scratch).filter((name) => name.startsWith('outside')), [])
    key = 'good'
    assert.equal((await told(['pull', where, '--console', from])).status, 0)
    writeFileSync(join(where, 'production.json'), JSON.stringify(gift(5)))
    for (const command of ['plan', 'push']) {
      const { status, stdout, stderr } = await told([command, where])
      assert.equal(status, 1, stderr)
      assert.match(stdout, /owned/)
      assert.doesNotMatch(stdout + stderr, /[\u001b\u009b\u0007]/, command)
    }
    // From an engine of another name it may be anybody's work that would be replaced.
    const origin = JSON.parse(readFileSync(join(where, 'project.json'), 'utf8'))
    writeFileSync(join(where, 'project.json'), JSON.stringify({ ...origin, console: 'http://localhost:1' }))
    const { status, stderr } = await told(['push', where, '--console', from])
    assert.equal(status, 2)
    assert.match(stderr, /came from http:\/\/localhost:1.*--project demo/)
  } finally {
    engine.close()
  }
})

test('what cannot be done is said in one line, with what to do', () => {
  const cases = [
    [['push', join(scratch, 'nowhere')], /came from nowhere.*pointsman pull/], [['pull', folder], /There is no token.*Setup, Tokens/, { token: '' }],
    [['pull', folder, '--project', 'none'], /There is no project none.*copy, demo.*SITES/], [['pull', join(scratch, 'new')], /where the engine is/],
    [['pull', folder, '--console', 'http://127.0.0.1:9'], /does not answer/], [['pull', folder], /token/i, { token: 'pm_wrong' }],
  ]
  for (const [args, said, options] of cases) {
    const { status, stderr } = pointsman(args, { json: false, ...options })
    assert.equal(status, 2, `${args}: ${stderr}`)
    assert.match(stderr, said)
    assert.equal(stderr.trim().split('\n').length, 1)
  }
  writeFileSync(join(folder, 'production.json'), '{')
  assert.match(pointsman(['plan', folder], { json: false }).stderr, /production\.json: It is no JSON/)
})
