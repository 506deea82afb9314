// The commands as a person types them.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePort, isFree } from '../build/product.mjs'
import { root } from '../build/setup.mjs'

const command = (name, ...args) => spawnSync(process.execPath, [`build/${name}.mjs`, ...args], { cwd: root, encoding: 'utf8' })

const scratch = mkdtempSync(join(tmpdir(), 'pointsman-'))
let site, name, port, running

before(async () => {
  site = createServer((request, response) => {
    if (request.url === '/old') return response.writeHead(302, { location: `http://127.0.0.1:${site.address().port}/new?x#y` }).end()
    if (request.url === '/away') return response.writeHead(302, { location: 'https://example.com/' }).end()
    response.setHeader('content-type', 'text/html')
    response.end(`<html><head></head><body><h1>${request.headers.host}</h1></body></html>`)
  })
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve))
  name = `127.0.0.1-${site.address().port}`
  port = await freePort()
  running = await begin()
})

async function begin() {
  const child = spawn(process.execPath, ['build/start.mjs', '--origin', `http://127.0.0.1:${site.address().port}`, '--port', port, '--spare'], { cwd: root })
  let said = ''
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data).includes('Ctrl-C') && resolve())
    child.on('exit', () => reject(new Error(said)))
  })
  return child
}

after(() => {
  running.kill('SIGKILL')
  site.close()
  for (const folder of [scratch, join(root, '.pointsman', name)]) rmSync(folder, { recursive: true, force: true })
})

const get = (path, headers) => fetch(`http://localhost:${port}${path}`, { redirect: 'manual', headers })

test('any site can be put behind the edge, and its redirects stay there', async () => {
  assert.match(await (await get('/')).text(), new RegExp(`<h1>127.0.0.1:${site.address().port}</h1>`))
  assert.equal((await get('/old')).headers.get('location'), `http://localhost:${port}/new?x#y`)
  assert.equal((await get('/away')).headers.get('location'), 'https://example.com/')
})

test('what is tried on a machine is heard on that machine alone', async () => {
  const elsewhere = Object.values(networkInterfaces()).flat().filter(({ internal, family }) => !internal && family === 'IPv4')
  for (const { address } of elsewhere) await assert.rejects(fetch(`http://${address}:${port}/`), address)
  assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200)
})

test('beside it there may be an empty project, in which a backup can come back', async () => {
  const { adminToken } = JSON.parse(readFileSync(join(root, '.pointsman', name, 'keys.json'), 'utf8'))
  const api = async (path) => (await fetch(`http://127.0.0.1:${port}/api/v1/projects${path}`, { headers: { authorization: `Bearer ${adminToken}` } })).json()
  assert.deepEqual((await api('')).projects.map(({ key }) => key), ['demo', 'spare'])
  assert.deepEqual((await api('/spare/audit')).rows, [], 'nothing was ever changed there')
})

test('a document is published, served, printed, and refused with all its problems', async () => {
  const file = join(scratch, 'document.json')
  const at = ['--site', name, '--environment', 'development']
  const text = readFileSync(join(root, 'www/landing/document.json'), 'utf8').replaceAll('#headline', 'h1')
  writeFileSync(file, text)
  const published = command('document', file, ...at)
  assert.match(published.stdout, /Published to development as version 1/, published.stderr)
  assert.deepEqual(JSON.parse(command('document', ...at).stdout), JSON.parse(text))

  writeFileSync(file, text.replace('"select": "h1"', '"select": "h1 >> b"').replace('"off": "control"', '"off": "gone"'))
  const refused = command('document', file, ...at)
  assert.equal(refused.status, 1)
  assert.match(refused.stderr, /^2 problems; version 1 of development stays/)
  assert.match(refused.stderr, /\/flags\/hero\/off/)
  assert.match(refused.stderr, /\/pages\/landing\/variants\/fresh\/0\/select/)
})

test('one build at a time: the second waits and says for whom, and who died at it keeps nobody waiting', async () => {
  const file = join(scratch, 'building')
  const at = new URL('../build/alone.mjs', import.meta.url).href
  const build = () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', `
      import { readSync } from 'node:fs'
      import { alone } from '${at}'
      alone(${JSON.stringify(file)}, () => {
        console.log('begins')
        readSync(0, Buffer.alloc(1))
      })
      console.log('ends')`])
    const told = { child, said: '', complained: '' }
    child.stdout.on('data', (data) => (told.said += data))
    child.stderr.on('data', (data) => (told.complained += data))
    return told
  }
  const until = async (holds) => {
    for (let tries = 0; tries < 1200; tries++) {
      if (holds()) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('it did not come about')
  }
  const first = build()
  await until(() => first.said.includes('begins'))
  const other = build()
  await until(() => other.complained.includes(`Process ${first.child.pid} builds here already`))
  assert.equal(other.said, '')
  first.child.kill('SIGKILL')
  await until(() => other.said.includes('begins'))
  other.child.stdin.end('x')
  await until(() => other.said.includes('ends'))
  assert.equal(existsSync(file), false)
})

test('what is typed wrong is said in a line', () => {
  for (const [file, ...args] of [['start', '--bogus'], ['start', '--port', 'abc'], ['document', '--bogus'], ['document', 'file.json'], ['start', '--visitors', '-1']]) {
    const { status, stderr } = command(file, ...args)
    assert.equal(status, 2, `${file} ${args}`)
    assert.doesNotMatch(stderr, /\n\s+at /)
  }
  const { stdout, stderr } = command('start', '--port', String(port))
  assert.match(stderr, /^Looking for what changed …\n/)
  assert.match(stderr, /Something else listens on port/)
  assert.equal(stdout, '', 'only what was asked for stands on standard output')
  assert.match(command('document', '--site', 'nowhere').stderr, /^nowhere is not served now\. (npm start begins it|\S+ is: say --site)/)
})

test('a start that was killed is taken over by the next, with its state', async () => {
  const again = spawnSync(process.execPath, ['build/start.mjs', '--origin', `http://127.0.0.1:${site.address().port}`], { cwd: root, encoding: 'utf8' })
  assert.match(again.stderr, /served already/)
  const ended = new Promise((resolve) => running.on('exit', resolve))
  running.kill('SIGKILL')
  await ended
  assert.ok(!(await isFree(port)), 'workerd outlives the process that started it')
  running = await begin()
  assert.match(command('document', '--site', name, '--environment', 'development').stdout, /hero-1/)
})

test('the demo tells its past, never less of it than before, and one that broke off is told again', async () => {
  const state = `demo-${process.pid}`
  const tellings = async (lines) => {
    const child = spawn(process.execPath, ['build/start.mjs', '--name', state, '--port', await freePort(), '--visitors', 0], { cwd: root })
    let said = ''
    const shares = () => [...said.matchAll(/Telling the past \((\d+) %\)/g)].map(([, share]) => Number(share))
    await new Promise((resolve, reject) => {
      child.stderr.on('data', (data) => ((said += data), (shares().length === lines || /not as it should/.test(said)) && resolve()))
      child.on('exit', () => reject(new Error(said)))
    })
    const ended = new Promise((resolve) => child.removeAllListeners('exit').on('exit', resolve))
    child.kill('SIGINT')
    await ended
    return shares()
  }
  try {
    for (const lines of [2, 1]) {
      const shares = await tellings(lines)
      assert.ok(shares.length >= lines && shares.every((share, nth) => (nth === 0 ? share === 0 : share > shares[nth - 1])), `${shares}`)
    }
  } finally {
    rmSync(join(root, '.pointsman', state), { recursive: true, force: true })
  }
})

test('one interrupt stops everything', async () => {
  const ended = new Promise((resolve) => running.on('exit', resolve))
  running.kill('SIGINT')
  assert.equal(await ended, 0)
  assert.ok(await isFree(port))
})
