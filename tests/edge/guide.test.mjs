// docs/landing-pages.md, followed by a reader: each block is published, and does what stands beside it.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import { apiOf, publish, served, start } from '../../build/product.mjs'
import { note } from '../../build/running.mjs'
import { root } from '../../build/setup.mjs'
import { beside } from '../beside.mjs'
import { eventually } from '../eventually.mjs'
import { guideOf } from '../guide.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, NAVIGATION, stub } from './wire.mjs'

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const PRICING = `<!doctype html><html><head><title>Prices</title></head><body><h1>Prices</h1><a class="buy small" href="/buy">Buy</a>
<div id="plans"><p>Plans</p></div><p id="old">Old</p><p class="banner">Banner</p><p data-slot="offer">Offer</p></body></html>`
const guide = guideOf('docs/landing-pages.md')
const blocks = guide.blocks('json').map(({ body }) => JSON.parse(body))
/** Where the commands of this repository look for what is served. */
mkdirSync(join(root, '.pointsman'), { recursive: true })
const folder = mkdtempSync(join(root, '.pointsman/guide-'))
let origin, canary, product, version = 0

before(async () => {
  const pages = (name) => (request, response) => response.writeHead(200, HTML)
    .end(request.url.startsWith('/pricing-b') ? `<html><head></head><h1>${name} B</h1></html>` : PRICING.replace('Prices</h1>', `${name}</h1>`))
  origin = await stub(pages('origin'))
  canary = await stub(pages('canary'))
  product = await start({ folder, originPort: origin.port, upstreams: { canary: `http://127.0.0.1:${canary.port}` }, quiet: true, environment: 'development' })
  note(product)
})

after(async () => {
  await product?.stop()
  await origin?.close()
  await canary?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Publishes the guide's document with a block in the place of what it replaces. Gives a visit of who meets the new version. */
async function follow(block, path = '/pricing?utm_source=newsletter') {
  const document = { ...blocks[0], ...block }
  version = (await publish(product, document)).version
  await served(product, version)
  for (let tries = 0; tries < 60; tries++) {
    const before = canary.seen.length
    const cookies = cookiesOf((await ask(product, '/start')).setCookies)
    const asked = canary.seen.length > before ? canary : origin
    if (asked.last().headers['pointsman-variants'] !== 'offer=new') continue
    return ask(product, path, { headers: { ...NAVIGATION, cookie: cookieHeader(cookies) } })
  }
  throw new Error('nobody of 60 meets the new version')
}

const [rewrite, redirect, abroad, edits, code, route, query, goals, speed, answers] = blocks
const headline = ({ text }) => /<h1[^>]*>(.*?)</.exec(text)?.[1]

test('the guide has the blocks that are followed here', () => assert.equal(blocks.length, 10))

test('the command publishes the first block, and half of the visitors read the other page', async () => {
  const [, command, said] = /`npm run (document -- document\.json [^`]*)`\. (Half) of the\s+visitors/.exec(guide.text)
  writeFileSync(join(folder, 'document.json'), JSON.stringify(blocks[0]))
  const args = ['--prefix', root, 'run', ...command.split(' '), '--site', basename(folder)]
  const { status, stdout, stderr } = await beside('npm', args, { cwd: folder })
  assert.equal(status, 0, stderr)
  version = Number(/Published to development as version (\d+)/.exec(stdout)[1])
  await served(product, version)
  const pages = await Promise.all(Array.from({ length: 60 }, () => ask(product, '/pricing')))
  const other = pages.filter((page) => headline(page) === 'origin B').length
  assert.equal(said, 'Half')
  // Further away from half than four standard deviations is one time in ten thousand.
  assert.ok(other >= 14 && other <= 46, `${other} of 60`)
})

test('a rewrite', async () => assert.equal(headline(await follow(rewrite)), 'origin B'))

test('a redirect, and one to another host', async () => {
  assert.equal((await follow(redirect)).headers.location, '/pricing-b?utm_source=newsletter')
  assert.equal((await follow(abroad)).headers.location, 'https://shop.example/pricing?utm_source=newsletter')
})

test('every edit of the list', async () => {
  const { text } = await follow(edits)
  for (const part of [
    '<h1>Half price until Sunday</h1>', 'class="buy large"', 'href="/buy?plan=b"', 'style="color: red"', '<p>Cancel <b>any time</b></p><div id="plans">',
    '<p>Prices with tax</p></div>', '<h2>New</h2>', '<p data-slot="offer">Only today</p>', '<style>h1 { letter-spacing: 0.02em }</style></head>',
  ]) assert.ok(text.includes(part), `${part}\n${text}`)
  assert.doesNotMatch(text, /Banner|>Old</)
})

test('code', async () => assert.match((await follow(code)).text, /<script>document\.querySelector\('h1'\)\.textContent \+= ' today'<\/script>$/))

test('another upstream', async () => assert.equal(headline(await follow(route)), 'canary'))

test('a query', async () => {
  assert.equal(headline(await follow(query)), 'Hello, reader')
  assert.equal(headline(await follow(query, '/pricing')), 'origin')
})

test('goals', async () => {
  const { text } = await follow(goals)
  assert.deepEqual(decisionsOf(text).goals.map(({ event }) => event), ['asked', 'read', 'signed-up', 'stayed'])
})

test('how fast pages are', async () => {
  assert.equal(decisionsOf((await follow({})).text).more, undefined)
  const { text } = await follow({ metrics: { ...blocks[0].metrics, ...speed.metrics } })
  assert.equal(decisionsOf(text).more, '/_pm/g.js')
})

test('how the site’s server has answered', async () => {
  await follow({ metrics: { ...blocks[0].metrics, ...answers.metrics } })
  const catalog = async () => JSON.stringify(await (await product.api('GET', 'events')).json())
  await eventually(async () => /"origin"/.test(await catalog()))
  assert.match(await catalog(), /"origin"/)
})

test('before it goes live both versions are there side by side, and a preview opens as the guide says', async () => {
  await publish(product, blocks[0])
  const path = (link) => link.slice(new URL(link).origin.length)
  for (const body of [{ path: '/pricing', flag: 'offer', variant: 'new' }, { path: '/pricing', edits: blocks[0].pages.pricing.variants.new }]) {
    const both = await (await product.api('POST', 'frames', { body: JSON.stringify(body) })).json()
    assert.deepEqual([headline(await ask(product, path(both.now))), headline(await ask(product, path(both.new)))], ['origin', 'origin B'])
  }
  const opens = async (address, host) => /pmp=v1/.test((await ask(product, address, { host })).setCookies.join())
  assert.ok(await opens('/pricing?pm=debug', `localhost:${product.port}`))
  const production = apiOf('production')
  const live = `production.localhost:${product.port}`
  const flags = { offer: { ...blocks[0].flags.offer, rules: [] } }
  await publish(product, { format: 1, flags }, production)
  const link = async () => (await (await product.api('POST', `${production}preview`, { body: JSON.stringify({ path: '/pricing' }) })).json()).links[0]
  assert.ok(await eventually(async () => opens(path(await link()), live)))
  assert.ok(!(await opens('/pricing?pm=debug', live)))
})
