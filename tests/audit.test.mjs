// The audit log of the real engine, exported: it is found out whatever is changed in it, and whatever is cut off.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { apiOf, publish, start } from '../build/product.mjs'
import { verified } from '../www/cli/audit.mjs'
import { documentOf } from './edge/document.mjs'

const PROJECT = '/api/v1/projects/demo'
const folder = mkdtempSync(join(tmpdir(), 'pointsman-audit-'))
let product, log, versions

const file = (name, content) => {
  writeFileSync(join(folder, name), content)
  return name
}

/** Runs the command; gives its exit code and what it says. */
function verify(...args) {
  const path = fileURLToPath(new URL('../dist/npm/cli/pointsman.js', import.meta.url))
  return spawnSync(process.execPath, [path, 'audit', 'verify', ...args], { cwd: folder, encoding: 'utf8' })
}

before(async () => {
  product = await start({ folder: join(folder, 'product'), quiet: true, environment: 'development' })
  const post = (path, body) => product.api('POST', `${PROJECT}/${path}`, { body: JSON.stringify(body) })
  for (let n = 0; n < 110; n++) await post('experiments', { title: `Idea ${n}: “größer”, 100 %\n\u0007` })
  await publish(product, documentOf())
  for (const name of ['Ada', 'Grace']) await post('people', { name })
  await publish(product, documentOf({ rollout: 2 ** 31, epoch: 2 }))
  const answer = await product.api('GET', `${PROJECT}/audit?format=ndjson`)
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/x-ndjson'])
  log = Buffer.from(await answer.arrayBuffer())
  versions = await (await product.api('GET', `${apiOf('development')}versions`)).text()
  file('audit.ndjson', log)
  file('versions.json', versions)
})

after(async () => {
  await product?.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a whole log is told to be whole, with the versions that stand on it', () => {
  const { status, stdout, stderr } = verify('audit.ndjson', '--versions', 'versions.json')
  assert.deepEqual([status, stdout, stderr], [0, '114 lines are as they were written, and 2 published versions stand on them.\n', ''])
  const told = JSON.parse(verify('audit.ndjson', '--json').stdout)
  assert.deepEqual([told.lines, told.versions, told.problems], [114, 0, []])
  assert.match(told.head, /^[\da-f]{64}$/)
})

test('every flip of a bit is found, with the line', () => {
  const lines = log.toString().split('\n')
  // The first lines, one in the middle and the last ones, each byte of them; their chain is checked as a whole.
  const some = Buffer.from(`${lines.slice(0, 4).join('\n')}\n`)
  for (let at = 0; at < some.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bent = Buffer.from(some)
      bent[at] ^= 1 << bit
      const { problem, lines: good } = verified(bent)
      const line = some.subarray(0, at).toString('latin1').split('\n').length
      assert.ok(problem && good === line - 1 && problem.line === line, `byte ${at}, bit ${bit}: ${JSON.stringify(problem)}`)
    }
  }
  for (let at = some.length; at < log.length; at += 97) {
    const bent = Buffer.from(log)
    bent[at] ^= 1
    assert.ok(verified(bent).problem, `byte ${at}`)
  }
})

test('a line that is left out, put in or moved is found', () => {
  const lines = log.toString().split('\n').slice(0, -1)
  const bent = {
    'left out': lines.toSpliced(50, 1), 'put in': lines.toSpliced(50, 0, lines[50]), moved: lines.toSpliced(50, 2, lines[51], lines[50]),
  }
  for (const [what, some] of Object.entries(bent)) {
    const { status, stderr } = verify(file('bent.ndjson', `${some.join('\n')}\n`))
    assert.equal(status, 1, what)
    assert.match(stderr, /^bent\.ndjson:5[12]: /, what)
  }
})

test('a log that was cut off by five lines is found by the version that stands on them', () => {
  const lines = log.toString().split('\n').slice(0, -1)
  const cut = file('cut.ndjson', `${lines.slice(0, -5).join('\n')}\n`)
  assert.equal(verify(cut).status, 0, 'the chain alone cannot tell')
  const { status, stderr } = verify(cut, '--versions', 'versions.json')
  assert.equal(status, 1)
  assert.match(stderr, /^cut\.ndjson:110: Version 2 was published when the log ended with [\da-f]{12}…, which is not in it/)
  const { problems } = JSON.parse(verify(cut, '--versions', 'versions.json', '--json').stdout)
  assert.deepEqual(problems.map(({ line }) => line), [110, 110])
})

test('who may not read it gets no line of it', async () => {
  const answer = await fetch(`${product.console}${PROJECT}/audit?format=ndjson`)
  assert.equal(answer.status, 401)
})
