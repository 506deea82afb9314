// Which host is which place: what a Worker is told, and what it refuses to be told.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readSites } from '../worker/place.mjs'

const CONSOLE = 'pointsman.example.com'
const refusal = (text) => {
  try {
    readSites(text, CONSOLE)
  } catch ({ message }) {
    return message
  }
  return undefined
}

test('each host leads to its place, and no other host to any', () => {
  const sites = readSites('{"www.example.com": "shop/production", "localhost:8787": "a-1/staging"}', CONSOLE)
  assert.deepEqual(sites.get('www.example.com'), { project: 'shop', environment: 'production', name: 'shop/production' })
  assert.deepEqual(sites.get('localhost:8787'), { project: 'a-1', environment: 'staging', name: 'a-1/staging' })
  for (const host of ['example.com', 'localhost', '__proto__', 'constructor', '']) assert.equal(sites.get(host), undefined)
})

test('what is no map from host to place is refused with the host and the rule', () => {
  for (const text of [undefined, '', 'www.example.com', '[]', 'null', '"x"']) assert.match(refusal(text) ?? 'taken', /JSON object/, text)
  assert.match(refusal('{}'), /no site/)
  for (const host of ['', 'WWW.example.com', 'https://a.example', 'a.example/', 'a.example:443', 'a.example:80', 'a b', '*.a.example']) {
    assert.match(refusal(JSON.stringify({ [host]: 'shop/production' })) ?? 'taken', /is no host/, host)
  }
  for (const place of ['', 'shop', 'shop/', '/production', 'shop/live', 'Shop/production', 'a/b/production', `${'x'.repeat(33)}/staging`, 7, null, {}]) {
    assert.match(refusal(JSON.stringify({ 'a.example': place })) ?? 'taken', /"a.example" leads to .* is no place/, JSON.stringify(place))
  }
  assert.match(refusal(`{"${CONSOLE}": "shop/production"}`), /console/)
})

test('everything that is wrong is said at once', () => {
  const message = refusal('{"A.example": "shop/live", "b.example": "shop"}')
  for (const part of ['"A.example" is no host', '"shop/live"', '"shop"']) assert.ok(message.includes(part), part)
})

test('the example in wrangler.toml is a good one', () => {
  const toml = readFileSync(new URL('../wrangler.toml', import.meta.url), 'utf8')
  const [, sites] = /^SITES = '''([^']*)'''$/m.exec(toml)
  const [, console_] = /^CONSOLE_HOST = "(.*)"$/m.exec(toml)
  assert.equal(readSites(sites, console_).size, 3)
})
