// `npx pointsman dev`, from the packed package, in the folder of a project that has workerd and nothing else.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, isFree } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { external } from '../../build/workerd.mjs'
import { launch } from '../browser/chromium.mjs'
import { consumer } from './consumer.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'pointsman-dev-'))
const { installed } = consumer('dev')
const started = new Set()
let site

/** A project with the package installed, and a document. */
function projectOf(name, workerd = true) {
  const folder = join(scratch, name)
  cpSync(installed, join(folder, 'node_modules/pointsman'), { recursive: true })
  if (workerd) symlinkSync(join(root, 'node_modules/workerd'), join(folder, 'node_modules/workerd'))
  return folder
}

const documentOf = (words, off = 'it') => JSON.stringify({
  format: 1, flags: { hero: { kind: 'string', client: true, variants: { it: words }, off, otherwise: 'it' } },
})
const write = (folder, document) => writeFileSync(join(folder, 'pointsman.json'), document)
const command = (folder, args) => [process.execPath, [join(folder, 'node_modules/pointsman/cli/pointsman.js'), 'dev', ...args]]
const said = (folder, ...args) => spawnSync(...command(folder, args), { cwd: folder, encoding: 'utf8', timeout: 20_000 })

/** Begins `dev --json`; `next(event)` gives the next such line. */
function dev(folder, ...args) {
  const child = spawn(...command(folder, ['--json', ...args]), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  started.add(child)
  let [text, errors, read] = ['', '', 0]
  child.stdout.on('data', (data) => (text += data))
  child.stderr.on('data', (data) => (errors += data))
  const ended = once(child, 'exit').then(([code]) => code)
  return {
    child, ended,
    async next(event) {
      for (let tries = 0; tries < 300; tries++) {
        const lines = text.split('\n').slice(0, -1)
        while (read < lines.length) {
          const line = JSON.parse(lines[read++])
          if (line.event === event) return line
        }
        await pause(50)
      }
      throw new Error(`no ${event} within 15 seconds: ${text}${errors}`)
    },
    stop() {
      child.kill('SIGINT')
      return ended
    },
  }
}

before(async () => {
  site = createServer((request, response) => response.setHeader('content-type', 'text/html').end(`<html><head></head><body>${request.headers.host}</body></html>`))
  await once(site.listen(0, '127.0.0.1'), 'listening')
})

after(() => {
  for (const child of started) child.kill('SIGTERM')
  site.close()
  rmSync(scratch, { recursive: true, force: true })
})

test('dev serves the document, and follows each change of the file in an open page', async () => {
  const folder = projectOf('followed')
  write(folder, documentOf('Coffee'))
  const port = await freePort()
  const running = dev(folder, '--port', String(port))
  const browser = await launch()
  try {
    const ready = await running.next('ready')
    assert.equal(ready.site, `http://localhost:${port}`)
    assert.match(ready.keys.client, /^v1\.client\./)
    assert.equal((await running.next('published')).version, 1)
    const page = await browser.newPage()
    await page.goto(ready.site)
    const shows = (words) => page.locator('#hero td:nth-child(2)', { hasText: `"${words}"` }).waitFor({ timeout: 10_000 })
    await shows('Coffee')
    write(folder, documentOf('Tea'))
    assert.equal((await running.next('published')).version, 2)
    await shows('Tea')
    write(folder, documentOf('Water', 'none'))
    assert.deepEqual((await running.next('refused')).problems.map(({ pointer }) => pointer), ['/flags/hero/off'])
    write(folder, '{"format": 1,')
    assert.match((await running.next('refused')).problems[0].cause, /JSON/)
    rmSync(join(folder, 'pointsman.json'))
    assert.match((await running.next('refused')).problems[0].cause, /There is no such file/)
    assert.equal((await (await fetch(`${ready.site}/_pm/health`)).json()).version, 2)
    await page.goto(ready.console)
    // It opens with the environment that the document is for, and so does each place.
    const here = (name) => page.getByRole('radio', { name, exact: true, checked: true }).waitFor({ timeout: 10_000 })
    await here('Development')
    await page.getByRole('link', { name: 'hero', exact: true }).waitFor({ timeout: 10_000 })
    for (const place of ['Data', 'Flags']) {
      await page.getByRole('link', { name: place, exact: true }).first().click()
      await here('Development')
    }
  } finally {
    await browser.close()
  }
  assert.equal(await running.stop(), 0)
  assert.ok(await isFree(port), 'one interrupt stops workerd, too')
  assert.equal(readFileSync(join(folder, '.pointsman/.gitignore'), 'utf8'), '*\n')
})

test('dev stands before a site, keeps its state, and serves a folder once', async () => {
  const folder = projectOf('before')
  write(folder, documentOf('Coffee'))
  const [port, origin] = [await freePort(), `http://127.0.0.1:${site.address().port}`]
  const first = dev(folder, '--port', String(port), '--origin', origin)
  const { site: address } = await first.next('ready')
  await first.next('published')
  const text = await (await fetch(address, { headers: { accept: 'text/html', 'sec-fetch-dest': 'document' } })).text()
  assert.match(text, /data-id="pointsman".*"value":"Coffee"/)
  assert.match(text, new RegExp(`<body>127.0.0.1:${site.address().port}`))
  const second = said(folder, '--port', String(await freePort()))
  assert.equal(second.status, 2)
  assert.match(second.stderr, /served already, on port \d+\. Stop that first: kill \d+\./)
  const other = projectOf('other')
  write(other, documentOf('Coffee'))
  assert.match(said(other, '--port', String(port)).stderr, new RegExp(`--port: Something else listens on port ${port}\\. Take another: --port ${port + 1}`))
  await first.stop()
  const again = dev(folder, folder, '--port', String(port))
  await again.next('ready')
  assert.equal((await again.next('published')).version, 1, 'the state is that of before')
  await again.stop()
})

test('a site that speaks no TLS is not taken for one that does', async () => {
  const folder = projectOf('secure')
  write(folder, documentOf('Coffee'))
  const running = dev(folder, '--port', String(await freePort()), '--origin', `https://127.0.0.1:${site.address().port}`)
  const { site: address } = await running.next('ready')
  assert.equal((await fetch(address)).status, 502)
  await running.stop()
})

test('without workerd, or with one that is old or does not start, it is said what to do', async () => {
  const port = await freePort()
  const folder = projectOf('alone', false)
  write(folder, documentOf('Coffee'))
  const none = said(folder)
  assert.deepEqual([none.status, none.stdout], [2, ''])
  assert.equal(none.stderr, 'pointsman: workerd: It runs the product, and this project does not have it. npm i -D workerd\n')
  const machine = `workerd-${process.platform}-${process.arch === 'x64' ? '64' : 'arm64'}`
  for (const [name, version, file] of [['workerd', '1.20250101.0'], [`@cloudflare/${machine}`, '1.20250101.0', 'bin/workerd']]) {
    const packed = join(folder, 'node_modules', name)
    mkdirSync(join(packed, 'bin'), { recursive: true })
    writeFileSync(join(packed, 'package.json'), JSON.stringify({ name, version }))
    if (file) writeFileSync(join(packed, file), '')
  }
  const old = said(folder)
  assert.equal(old.status, 2)
  assert.match(old.stderr, /^pointsman: workerd: Version 1\.20250101\.0 is older than \d{4}-\d\d-\d\d, which the Worker needs\. npm i -D workerd@latest\n$/)
  assert.ok(!existsSync(join(folder, '.pointsman')), 'nothing was begun')
  writeFileSync(join(folder, 'node_modules/workerd/package.json'), JSON.stringify({ name: 'workerd', version: '1.20991231.0' }))
  const broken = said(folder, '--port', String(port))
  assert.equal(broken.status, 2)
  assert.match(broken.stderr, /^pointsman: workerd: workerd ended before it was ready:\s.*EACCES/)
})

test('what makes no sense is said in a line', () => {
  const folder = projectOf('wrong')
  assert.match(said(folder).stderr, /pointsman\.json: There is no such file\. pointsman init writes a first one/)
  write(folder, documentOf('Coffee'))
  assert.match(said(folder, '--port', 'many').stderr, /--port: many is no port\./)
  assert.match(said(folder, '--origin', 'example.com').stderr, /--origin: example\.com is no plain site\./)
  for (const host of ['localhost', '127.0.0.1', 'shop.localhost']) {
    const origin = `http://${host}:8790`
    const { status, stderr } = said(folder, '--origin', origin, '--port', '8790')
    assert.deepEqual([status, stderr], [2, `pointsman: --origin: ${origin} is where this would serve itself. Name where the application listens, or take another --port.\n`])
  }
})

test('an origin is a plain site', () => {
  assert.equal(external('http://127.0.0.1:3000/x'), '(address = "127.0.0.1:3000", http = ())')
  assert.equal(external('https://example.com'), '(address = "example.com:443", https = (options = (), certificateHost = "example.com"))')
  assert.equal(external('http://example.com'), '(address = "example.com:80", http = ())')
  for (const bad of ['example.com', 'ftp://example.com', 'https://', 'https://a"b', 'https://user@host', 'https://a:b']) {
    assert.throws(() => external(bad), /no plain site/, bad)
  }
})
