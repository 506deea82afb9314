// docs/deploy.md on a machine of one's own: the environment that its command writes and the line that systemd runs; and the
// entry for a team that has a Worker of its own.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { apiOf, freePort, served, start, publish, WORKERD } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { offer } from '../../build/workerd.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf, MARKUP, PAGE } from './document.mjs'
import { guideOf } from '../guide.mjs'
import { ask, decisionsOf, NAVIGATION, stub, visitorOf } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const GREETING = { kind: 'string', client: true, variants: { hello: 'Hello' }, off: 'hello', otherwise: 'hello', rules: [] }
const guide = guideOf('docs/deploy.md')

test('the guide’s environment and the line of its service make a product', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-selfhost-'))
  const origin = await stub((_, response) => response.writeHead(200, HTML).end(PAGE))
  const port = await freePort()
  const file = join(folder, 'environment')
  const [, command] = guide.blocks('sh').map(({ body }) => body).find((body) => body.includes('selfhost')).trim().split('\n')
  const told = command.replace('/etc/pointsman/environment', file).replace('www.example.com=', `localhost:${port}=`).replace('pointsman.example.com', `127.0.0.1:${port}`)
    .concat(' --variable EGRESS_HOSTS=hooks.slack.com,data.example.com')
  const [first, again] = [1, 2].map(() => spawnSync('sh', ['-c', told], { cwd: root, encoding: 'utf8' }))
  assert.equal(first.status, 0, first.stderr)
  const [, token] = /token: (\S+)/.exec(first.stdout)
  assert.doesNotMatch(again.stdout, /token/, 'keys that are there stay')
  const env = Object.fromEntries(readFileSync(file, 'utf8').trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 2, -1)]))
  const taken = [...readFileSync(join(root, 'dist/workerd.capnp'), 'utf8').matchAll(/fromEnvironment = "(\w+)"/g)].map(([, name]) => name)
  assert.deepEqual([...taken, 'EGRESS_HOSTS'].filter((name) => env[name] === undefined), [], 'all that the product takes from its environment stands there')
  const [service] = guide.blocks('ini')
  const line = /^ExecStart=(.*)$/m.exec(service.body)[1]
    .replace('/opt/pointsman/workerd', WORKERD).replaceAll('/opt/pointsman/', `${root}/`).replaceAll('/var/lib/pointsman', folder)
    .replace('127.0.0.1:8787', `127.0.0.1:${port}`).replace('127.0.0.1:8080', `127.0.0.1:${origin.port}`)
  const [, folders] = /^StateDirectory=(.*)$/m.exec(service.body)
  for (const made of folders.split(' ')) mkdirSync(made.replace('pointsman', folder), { recursive: true })
  // What a kill has left half-written is gone before the start.
  const left = join(folder, 'log/.00000001-0.ndjson.gz.1.1.tmp')
  writeFileSync(left, 'half')
  const swept = spawnSync('sh', ['-c', /^ExecStartPre=(.*)$/m.exec(service.body)[1].replaceAll('/var/lib/pointsman', folder)], { encoding: 'utf8' })
  assert.deepEqual([swept.status, swept.stderr, existsSync(left)], [0, '', false])
  const [binary, ...args] = line.split(' ')
  const child = spawn(binary, args, { env, stdio: 'ignore' })
  const product = {
    port, site: `http://localhost:${port}`, prefix: '/_pm/',
    api: (method, path, { body, headers } = {}) => fetch(new URL(path, new URL(apiOf('production', 'shop'), `http://127.0.0.1:${port}`)), {
      method, body, headers: { authorization: `Bearer ${token}`, ...headers },
    }),
  }
  try {
    await eventually(() => fetch(`http://127.0.0.1:${port}`).then(() => true, () => false))
    assert.equal((await ask(product, '/')).text, PAGE, 'a site without a document is as it was')
    const { ok, answer } = await offer(product, { format: 1, flags: { greeting: GREETING } })
    assert.ok(ok, JSON.stringify(answer))
    await served(product, answer.version)
    assert.match((await ask(product, '/')).text, /"greeting":{"value":"Hello"/)
    const feed = async (host) => {
      const headers = { 'if-match': '"0"', 'content-type': 'application/json' }
      const answer = await product.api('PUT', '/api/v1/projects/shop/settings', { headers, body: JSON.stringify({ feed: `https://${host}/pointsman` }) })
      return answer.status
    }
    assert.deepEqual([await feed('elsewhere.example.com'), await feed('data.example.com')], [422, 200], 'what may be reached is what the environment says')
  } finally {
    if (child.exitCode === null) {
      child.kill()
      await new Promise((resolve) => child.once('exit', resolve))
    }
    await origin.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a Worker of one’s own stays the origin of its pages, and is asked for other hosts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-with-'))
  writeFileSync(join(folder, 'entry.mjs'), `import { withPointsman } from './with.mjs'
export { Control, Relay, Shard, Voices } from './with.mjs'
const page = ${JSON.stringify(PAGE)}
export default withPointsman({
  fetch(request) {
    const own = new URL(request.url).hostname === 'localhost' ? page : 'another host'
    const response = new Response(own, { headers: { 'content-type': 'text/html; charset=utf-8', 'x-own': request.headers.get('pointsman-variants') ?? '', 'x-country': request.cf?.country ?? '' } })
    // A stream of its own, which the platform joins with no other by itself.
    return new HTMLRewriter().on('i', { element() {} }).transform(response)
  },
})
`)
  const product = await start({
    folder, quiet: true, environment: 'development', located: true,
    configure: (text) => text.replace('modules = [', 'modules = [\n    (name = "entry.mjs", esModule = embed "entry.mjs"),'),
  })
  try {
    await served(product, (await publish(product, documentOf())).version)
    const { answer } = await visitorOf(product, 'fresh')
    assert.match(answer.text, new RegExp(MARKUP))
    assert.match(answer.headers['x-own'], /^hero=fresh/)
    const headers = { ...NAVIGATION, 'x-cf': JSON.stringify({ country: 'AT' }) }
    const there = await ask({ port: product.locatedPort }, '/', { host: `localhost:${product.port}`, headers })
    assert.ok(decisionsOf(there.text), 'a page of ours')
    assert.equal(there.headers['x-country'], 'AT', 'the handler learns what the platform knows of a visitor')
    const plain = (await visitorOf(product, 'control')).answer
    assert.equal(plain.text.replace(/<script.*?<\/script>/gs, ''), PAGE)
    assert.equal((await ask(product, '/', { host: 'elsewhere.example' })).text, 'another host')
  } finally {
    await product.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
