#!/usr/bin/env node
// `npm run deployment`: wrangler takes the Worker as it is, within its budget, and `wrangler dev` serves the product from the
// same wrangler.toml. It fetches wrangler, which `npm test` does not need.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { explained, QUIET, run, sizeIn, wrangler } from '../../build/deploy.mjs'
import { bindings, keys } from '../../build/keys.mjs'
import { freePort, offer, served } from '../../build/workerd.mjs'
import { apiOf } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { documentOf, MARKUP, PAGE } from '../edge/document.mjs'
import { stub, visitorOf } from '../edge/wire.mjs'

/** Bytes of the upload in gzip. Cloudflare's smallest plan takes 3 MB. */
const BUDGET = 1_200_000

test('wrangler takes the Worker as it is, within its budget', (t) => {
  const { ok, text } = run(['deploy', '--dry-run', '--outdir', join(root, 'target/deploy/out')])
  assert.ok(ok, text)
  for (const name of ['CONTROL', 'RELAY', 'SHARD', 'VOICES', 'ASSETS', 'SITES', 'CONSOLE_HOST']) assert.match(text, new RegExp(`env\\.${name}\\b`))
  const bytes = sizeIn(text)
  t.diagnostic(`${bytes} bytes in gzip, budget ${BUDGET}`)
  assert.ok(bytes > 100_000 && bytes <= BUDGET)
})

test('whoever has no token is told what to do', () => {
  const said = explained('Uploading', 'In a non-interactive environment, it is necessary to set a CLOUDFLARE_API_TOKEN environment variable')
  assert.match(said, /^Uploading failed\. Cloudflare does not know who you are\. Set CLOUDFLARE_API_TOKEN/)
})

test('wrangler dev serves the product from the same wrangler.toml', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-wrangler-'))
  const origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  const port = await freePort()
  const secrets = keys(join(folder, 'keys.json'))
  const variables = {
    ...bindings(secrets), SITES: JSON.stringify({ [`localhost:${port}`]: 'demo/development' }), CONSOLE_HOST: `127.0.0.1:${port}`,
    ORIGIN_URL: `http://127.0.0.1:${origin.port}`, IP_HEADER: '',
  }
  const [node, script] = wrangler()
  const given = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const child = spawn(node, [script, 'dev', '--port', String(port), '--ip', '127.0.0.1', '--persist-to', folder, ...given], {
    cwd: root, env: { ...process.env, ...QUIET }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
  const console_ = `http://127.0.0.1:${port}`
  const product = {
    port, site: `http://localhost:${port}`, prefix: '/_pm/',
    api: (method, path, { body, headers } = {}) => fetch(new URL(path, new URL(apiOf('development'), console_)), {
      method, body, headers: { authorization: `Bearer ${secrets.adminToken}`, ...headers },
    }),
  }
  try {
    for (let tries = 0; ; tries++) {
      if (await fetch(console_).then(({ ok }) => ok, () => false)) break
      if (tries > 600 || child.exitCode !== null) throw new Error(`wrangler dev is not ready:\n${said}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const { ok, answer } = await offer(product, documentOf())
    assert.ok(ok, JSON.stringify(answer))
    await served(product, answer.version)
    const { answer: page } = await visitorOf(product, 'fresh')
    assert.match(page.text, new RegExp(MARKUP))
  } finally {
    process.kill(-child.pid)
    await new Promise((resolve) => child.once('close', resolve))
    await origin.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
