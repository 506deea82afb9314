// What guards the console, on every route that its description names and on every file that it serves: who may ask from
// where, and what a browser lets its pages do.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { start } from '../../build/product.mjs'
import { root } from '../../build/setup.mjs'
import { ask } from './wire.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pointsman-policy-'))
let product, routes

before(async () => {
  product = await start({ folder, quiet: true })
  const { paths } = await (await fetch(`${product.console}/openapi.json`)).json()
  routes = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({
    method: method.toUpperCase(), path: path.replace('{project}', 'demo').replace('{environment}', 'production').replace(/\{\w+\}/g, '1'),
  })))
  assert.ok(routes.length >= 80, `${routes.length} routes`)
})

after(async () => {
  await product?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const send = ({ method, path }, headers) => fetch(product.console + path, { method, headers, redirect: 'manual', ...(method !== 'GET' && { body: '{}' }) })
const mine = () => ({ authorization: `Bearer ${product.token}` })
const log = async () => (await (await product.api('GET', '/api/v1/projects/demo/audit')).json()).rows.length

test('no call that changes something is taken from another site, whatever token it brings', async () => {
  const before = await log()
  const foreign = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }, { origin: product.site }]
  for (const route of routes.filter(({ method }) => method !== 'GET')) {
    for (const headers of foreign) {
      const response = await send(route, { ...mine(), ...headers })
      const { detail } = await response.json()
      assert.deepEqual([response.status, detail], [403, 'This came from another site.'], `${route.method} ${route.path} ${JSON.stringify(headers)}`)
    }
  }
  assert.equal(await log(), before)
})

test('no call is answered to whoever brings nothing, and no answer is another site’s to read or anybody’s to keep', async () => {
  for (const route of routes) {
    for (const [who, headers] of [['nobody', {}], ['the admin', mine()]]) {
      const response = await send(route, { ...headers, origin: product.console })
      const name = `${route.method} ${route.path} for ${who}: ${response.status}`
      // Whether somebody has signed in is asked before anybody has.
      if (who === 'nobody') assert.equal(response.status, route.path === '/api/v1/signin' ? 200 : 401, name)
      assert.equal(response.headers.get('access-control-allow-origin'), null, name)
      assert.equal(response.headers.get('set-cookie'), null, name)
      assert.equal(response.headers.get('cache-control'), 'no-store', name)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff', name)
      assert.equal(response.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'", name)
      assert.match(response.headers.get('content-type'), /^application\/((problem\+)?json|x-ndjson)/, name)
      await response.body?.cancel()
    }
  }
})

test('no route answers under the name of another host', async () => {
  for (const { method, path } of [...routes, { method: 'GET', path: '/' }, { method: 'GET', path: '/openapi.json' }, { method: 'GET', path: '/mcp' }]) {
    for (const host of ['evil.example', `evil.example:${product.port}`, `127.0.0.1.evil.example:${product.port}`]) {
      assert.equal((await ask(product, path, { method, host, headers: mine(), ...(method !== 'GET' && { body: '{}' }) })).status, 421, `${method} ${host}${path}`)
    }
  }
})

test('pages of the console run nothing but its own files, and stand in no frame', async () => {
  const built = readdirSync(join(root, 'dist/dashboard'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = built.map(({ parentPath, name }) => `${parentPath.slice(join(root, 'dist/dashboard').length)}/${name}`)
  assert.ok(paths.length > 10, paths.join(' '))
  for (const path of ['/', ...paths]) {
    const response = await fetch(product.console + path)
    assert.equal(response.status, 200, path)
    const policy = new Map(response.headers.get('content-security-policy').split('; ').map((rule) => [rule.split(' ')[0], rule]))
    const due = {
      // The thread of the statistics alone compiles wasm.
      'default-src': "default-src 'none'", 'script-src': `script-src 'self'${/statistics\.worker/.test(path) ? " 'wasm-unsafe-eval'" : ''}`, 'connect-src': "connect-src 'self'", 'style-src': "style-src 'self'",
      'base-uri': "base-uri 'none'", 'form-action': "form-action 'none'", 'frame-ancestors': "frame-ancestors 'none'",
    }
    for (const [name, rule] of Object.entries(due)) assert.equal(policy.get(name), rule, path)
    const frames = policy.get('frame-src').split(' ').slice(1)
    assert.ok(frames.length && frames.every((site) => new RegExp(`^http://(\\w+\\.)?localhost:${product.port}$`).test(site)), path)
    assert.deepEqual(['x-content-type-options', 'referrer-policy', 'set-cookie'].map((name) => response.headers.get(name)), ['nosniff', 'no-referrer', null], path)
    await response.body?.cancel()
  }
})
