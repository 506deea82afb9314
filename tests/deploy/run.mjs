#!/usr/bin/env node
// `npm run deployment`: wrangler takes the Worker as it is, within its budget, and `wrangler dev` serves the product from the
// same wrangler.toml. It fetches wrangler, which `npm test` does not need.

import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join, relative } from 'node:path'
import { test } from 'node:test'
import { explained, run, sizeIn } from '../../build/deploy.mjs'
import { offer, served } from '../../build/workerd.mjs'
import { start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { serve } from '../../www/landing/serve.mjs'
import { traffic } from '../../www/landing/traffic.mjs'
import { UPLOAD } from '../bench/upload.mjs'
import { documentOf, MARKUP, PAGE } from '../edge/document.mjs'
import { counted, reported } from '../edge/log.mjs'
import { stub, visitorOf } from '../edge/wire.mjs'
import { guideOf } from '../guide.mjs'
import { cloudflare } from './cloudflare.mjs'
import { developed, fetched } from './dev.mjs'

test('wrangler takes the Worker as it is, within its budget', (t) => {
  const { ok, text } = run(['deploy', '--dry-run', '--outdir', join(root, 'target/deploy/out')])
  assert.ok(ok, text)
  for (const name of ['CONTROL', 'RELAY', 'SHARD', 'VOICES', 'ASSETS', 'SITES', 'CONSOLE_HOST']) assert.match(text, new RegExp(`env\\.${name}\\b`))
  const bytes = sizeIn(text)
  t.diagnostic(`${bytes} bytes in gzip, budget ${UPLOAD}`)
  assert.ok(bytes > 100_000 && bytes <= UPLOAD)
})

test('whoever has no token is told what to do', () => {
  const said = explained('Uploading', 'In a non-interactive environment, it is necessary to set a CLOUDFLARE_API_TOKEN environment variable')
  assert.match(said, /^Uploading failed\. Cloudflare does not know who you are\. Set CLOUDFLARE_API_TOKEN/)
})

/** wrangler.toml in a folder of its own, with more behind it. */
function configIn(folder, more) {
  const toml = readFileSync(join(root, 'wrangler.toml'), 'utf8').replaceAll('"dist/', `"${root}/dist/`)
  const file = join(folder, 'wrangler.toml')
  writeFileSync(file, `${toml}\n${more}`)
  return file
}

const guide = guideOf('docs/deploy.md')
/** The guide's commands on Cloudflare: to look, and to deploy. */
const [LOOK, DEPLOY] = guide.blocks('sh').map(({ body }) => body.trim())

/** Runs such a command, with more arguments. Gives what it has printed, as JSON. */
function deployed(command, api, ...args) {
  const env = { ...process.env, CLOUDFLARE_API_BASE_URL: api.url, CLOUDFLARE_API_TOKEN: 'token', CLOUDFLARE_ACCOUNT_ID: 'account' }
  const [npm, ...words] = `${command}${command.includes(' -- ') ? '' : ' --'} --json`.split(' ')
  return new Promise((resolve) => {
    execFile(npm, [...words, ...args], { cwd: root, env, maxBuffer: 1 << 26 }, (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout.slice(stdout.search(/^{/m))))
      } catch {
        resolve({ error: `${stdout}${stderr}` })
      }
    })
  })
}

test('a deployment makes what is missing, is repeated without harm, and says each permission that it lacks', { timeout: 600_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-deploy-'))
  const api = await cloudflare()
  const { account } = api
  const args = ['--config', configIn(folder, guide.blocks('toml')[0].body), '--keys', join(folder, 'keys.json')]
  const SECRETS = ['UNIT_KEYS', 'PROJECT_KEY', 'PUBLISH_KEY', 'PUBLISH_PUBLIC_KEY', 'ADMIN_TOKEN_HASH']
  try {
    const looked = await deployed(LOOK, api, ...args)
    assert.deepEqual([looked.error, looked.deployed, account.uploads], [undefined, false, 0])
    assert.ok(looked.gzip > 100_000)

    const first = await deployed(DEPLOY, api, ...args)
    assert.deepEqual([first.error, first.deployed, first.buckets, first.secrets], [undefined, true, ['pointsman-log'], SECRETS])
    assert.equal(first.console, 'https://pointsman.example.com')
    assert.deepEqual(first.sites[0], { site: 'https://www.example.com', place: 'shop/production' })
    const made = { buckets: ['pointsman-log'], secrets: SECRETS, routes: ['www.example.com/*'], domains: ['pointsman.example.com'] }
    const { buckets, secrets, routes, domains } = account
    assert.deepEqual({ buckets, secrets, routes, domains }, made)
    const kept = readFileSync(join(folder, 'keys.json'), 'utf8')

    const second = await deployed(DEPLOY, api, ...args)
    assert.deepEqual([second.error, second.deployed, second.buckets, second.secrets], [undefined, true, [], []])
    assert.deepEqual([account.uploads, account.buckets, account.secrets], [2, made.buckets, SECRETS])
    assert.equal(readFileSync(join(folder, 'keys.json'), 'utf8'), kept)

    for (const [lacks, said] of [
      ['Workers R2 Storage: Edit', /^Looking for the bucket pointsman-log failed\. The token may not do this\. It needs for this account “Workers R2 Storage: Edit”/],
      ['Workers Scripts: Edit', /^Uploading failed\. The token may not do this\. It needs for this account “Workers Scripts: Edit”/],
      ['Workers Routes: Edit', /^Uploading failed\. The token may not do this\. It needs for the zone of each route “Workers Routes: Edit”/],
      ['Zone: Read', /^Uploading failed\. The token may not do this\. It needs for the zone of each route “Zone: Read”/],
    ]) {
      account.lacks = lacks
      const { deployed: is, error } = await deployed(DEPLOY, api, ...args)
      assert.equal(is, false)
      assert.match(error, said)
    }
    Object.assign(account, { lacks: undefined, buckets: [], hasR2: false })
    assert.match((await deployed(DEPLOY, api, ...args)).error, /^Making the bucket pointsman-log failed\. The account has no R2\. Open R2/)
  } finally {
    api.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a deployment whose clock can be turned is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-clock-'))
  const api = await cloudflare()
  const config = configIn(folder, '')
  writeFileSync(config, readFileSync(config, 'utf8').replace('[vars]', '[vars]\nDEV_CLOCK = "shop"'))
  const { deployed: is, error } = await deployed(DEPLOY, api, '--config', config)
  assert.deepEqual([is, api.account.uploads], [false, 0])
  assert.match(error, /^DEV_CLOCK stands in wrangler\.toml/)
  api.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a Worker of one’s own, wrapped as the guide has it, is bundled with the package and answers', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-wrapped-'))
  const npm = (...args) => execFileSync('npm', args, { cwd: folder, encoding: 'utf8' })
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  const packed = npm('pack', join(root, 'dist/npm'), '--silent').trim()
  npm('install', `./${packed}`, '--offline', '--no-audit', '--no-fund', '--silent')
  writeFileSync(join(folder, 'index.mjs'), guide.blocks('js')[0].body)
  const page = JSON.stringify(PAGE)
  writeFileSync(join(folder, 'shop.mjs'), `export default { fetch: () => new Response(${page}, { headers: { 'content-type': 'text/html; charset=utf-8' } }) }`)
  const toml = readFileSync(join(root, 'wrangler.toml'), 'utf8')
    .replace('dist/worker/shim.mjs', 'index.mjs').replace('dist/dashboard', 'node_modules/pointsman/dashboard')
    .replaceAll(/^(no_bundle|find_additional_modules|base_dir) = .*\n/gm, '')
  writeFileSync(join(folder, 'wrangler.toml'), toml)
  const { ok, text } = run(['deploy', '--dry-run', '--outdir', join(folder, 'out'), '--config', join(folder, 'wrangler.toml')])
  assert.ok(ok, text)
  assert.doesNotMatch(readFileSync(join(folder, 'out/index.js'), 'utf8'), /from "pointsman/)

  const product = await start({ folder: join(folder, 'product'), config: bundled(folder), quiet: true, environment: 'development' })
  try {
    const { ok, answer } = await offer(product, documentOf())
    assert.ok(ok, JSON.stringify(answer))
    await served(product, answer.version)
    assert.match((await visitorOf(product, 'fresh')).answer.text, new RegExp(MARKUP))
  } finally {
    await product.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** What workerd reads to serve the bundle in a folder, with the bindings of ours. */
function bundled(folder) {
  const kinds = { '.js': 'esModule', '.wasm': 'wasm', '.txt': 'text', '.html': 'text', '.bin': 'data' }
  const files = readdirSync(join(folder, 'out')).filter((file) => kinds[extname(file)])
  const modules = files.sort((one, other) => (other === 'index.js') - (one === 'index.js'))
    .map((file) => `    (name = "${file}", ${kinds[extname(file)]} = embed "out/${file}"),\n`).join('')
  const text = readFileSync(join(root, 'dist/workerd.capnp'), 'utf8')
    .replace(/modules = \[\n[^]*?\n  \],/, `modules = [\n${modules}  ],`)
    .replace('embed "worker/cache.mjs"', `embed "${relative(realpathSync(folder), join(root, 'dist/worker/cache.mjs'))}"`)
  const file = join(folder, 'workerd.capnp')
  writeFileSync(file, text)
  return file
}

test('wrangler dev serves the product from the same wrangler.toml', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-wrangler-'))
  const origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  const product = await developed(folder, origin.port)
  try {
    const { ok, answer } = await offer(product, documentOf())
    assert.ok(ok, JSON.stringify(answer))
    await served(product, answer.version)
    const { answer: page } = await visitorOf(product, 'fresh')
    assert.match(page.text, new RegExp(MARKUP))
  } finally {
    await product.stop()
    await origin.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the raw log lies in a bucket of R2, gives every sum again, and loses whoever is erased', { timeout: 600_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-r2-'))
  const shop = await serve()
  const product = await developed(folder, shop.port)
  const log = join(folder, 'log')
  const read = async (path) => (await product.api('GET', path)).json()
  const told = async () => reported(await read('experiments/hero/report'))
  const events = async (body) => (await fetch(`${product.site}/_pm/events`, { method: 'POST', headers: { authorization: `Bearer ${(await read('keys')).server}` }, body: JSON.stringify({ v: 1, events: body }) })).json()

  /** Seals, fetches every listed object from the bucket, and holds them against the sums and the report. */
  async function held() {
    assert.equal((await (await product.api('POST', 'segments')).json()).waiting, 0)
    rmSync(log, { recursive: true, force: true })
    const { segments } = await read('segments')
    for (const { name } of segments) assert.ok(fetched(folder, name, join(log, name)), `${name} is listed and not in the bucket`)
    const sums = join(folder, 'sums.json')
    writeFileSync(sums, JSON.stringify(await read('sums')))
    const replay = spawnSync('cargo', ['run', '--locked', '--quiet', '-p', 'pointsman-native', '--bin', 'pointsman-replay', '--', join(log, 'demo/development'), '--against', sums, '--json'], { cwd: root, encoding: 'utf8' })
    assert.deepEqual([replay.status, replay.stderr], [0, ''])
    const { differences, sums: compared } = JSON.parse(replay.stdout)
    assert.deepEqual(differences, [])
    assert.deepEqual((await counted(log))['hero-1'], await told())
    t.diagnostic(`${segments.length} segments, ${compared} sums, no difference`)
    return segments.map(({ name }) => name)
  }

  try {
    const { ok, answer } = await offer(product, readFileSync(join(root, 'www/landing/document.json'), 'utf8'))
    assert.ok(ok, JSON.stringify(answer))
    await served(product, answer.version)
    const counts = await traffic({ url: product.site, visitors: 100, lift: 0.2, seed: 3 })
    assert.deepEqual([counts.lost, counts.refused], [0, 0])
    for (let last = '', next; (next = JSON.stringify(await told())) !== last; last = next) await new Promise((resolve) => setTimeout(resolve, 500))
    await held()
    assert.ok(Object.values(await told()).every(({ assigned }) => Number(assigned) > 20))

    assert.equal((await events([{ t: 'track', unit: 'eve', id: 'one', n: 'order' }, { t: 'track', unit: 'adam', id: 'two', n: 'order' }])).stored, 2)
    const before = await held()
    assert.equal((await (await product.api('DELETE', 'units/eve')).json()).rows, 1)
    // Segments are written anew behind the answer.
    for (const end = Date.now() + 30_000; Date.now() < end && (await read('segments')).segments.some(({ name }) => name === before.at(-1)); ) {
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    const after = await held()
    const gone = before.filter((name) => !after.includes(name))
    assert.ok(gone.length > 0, 'the segment that had the unit has another name')
    for (const name of gone) assert.ok(!fetched(folder, name, join(folder, 'gone')), `${name} is still in the bucket`)
  } finally {
    await product.stop()
    await shop.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
