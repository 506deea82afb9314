// What can be changed on a page, by selectors that find exactly that: each one is published as an edit, and seen applied.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'parse5'
import { apiOf, publish, served, start } from '../../build/product.mjs'
import { ask, stub } from './wire.mjs'

const PAGE = `<!doctype html><html><head><title>Prices</title></head><body>
<nav><a href="/">Home</a><a href="/beans">Beans</a><a href="/beans">Beans again</a><a href="/?a=1&amp;b=2">Both</a></nav>
<h1>Prices &amp; <b>plans</b></h1>
<template><h2>Later</h2><a href="/template">T</a></template><noscript><a href="/noscript">N</a></noscript>
<main id="plans"><h2 class="title css-1x2y3z">Small</h2><h2 class="title">Large</h2><h3>First</h3><h3>Second</h3>
<img src="/cup.png" alt="A cup"><img src="/cup.png" alt="The same cup"><img>
<button name="order" class="buy">Buy</button><button class="buy" id=":r1:">Buy</button><button class="buy" data-plan="large">Buy large</button>
<form><input type="submit" value="Send"><input type="text" value="Typed"></form>
<a class="card" href="/card"><h4>A card</h4><p>with more in it</p></a><svg><a href="/drawn"><text>Drawn</text></a></svg>
<ul><li>One<li>Two</ul></main>
<section data-slot="offer"><p>Today</p></section><p data-slot="Not a name">Odd</p><p data-slot="twice">1</p><p data-slot="twice">2</p>
<p>${'Long. '.repeat(60)}</p><footer><p id="end">End</p><span>&copy; 2026 caf&eacute;</span></footer></body></html>`
const HTML = { 'content-type': 'text/html; charset=utf-8' }
const folder = mkdtempSync(join(tmpdir(), 'pointsman-slots-'))
let origin, product, page

before(async () => {
  origin = await stub((request, response) => {
    if (request.url === '/long') return response.writeHead(200, HTML).end('<p>x</p>'.repeat(300_000))
    if (request.url === '/file') return response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF')
    if (request.url === '/moved') return response.writeHead(302, { location: '/pricing' }).end()
    if (request.url === '/many') return response.writeHead(200, HTML).end('<p>words</p>'.repeat(250))
    if (request.url === '/silent') return undefined
    if (request.url === '/begun') return void response.writeHead(200, HTML).write('<p>words</p>')
    return response.writeHead(200, HTML).end(PAGE)
  })
  product = await start({ folder, originPort: origin.port, quiet: true, environment: 'development' })
  page = await slotsOf('path=/pricing')
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function slotsOf(query, more) {
  const response = await product.api('GET', `slots?${query}`, more)
  return { status: response.status, ...(await response.json()) }
}

const listed = (kind) => page.slots.filter((slot) => slot.kind === kind).map(({ select, text }) => [select, text])

test('headings, buttons, images, links and marked regions are listed with their words', () => {
  assert.deepEqual(listed('heading'), [
    ['h1', 'Prices & plans'], ['#plans > h2:nth-of-type(1)', 'Small'], ['h2:nth-of-type(2)', 'Large'],
    ['h3:nth-of-type(1)', 'First'], ['h3:nth-of-type(2)', 'Second'], ['h4', 'A card'],
  ])
  assert.deepEqual(listed('button'), [
    ['button[name="order"]', 'Buy'], ['button:nth-of-type(2)', 'Buy'], ['button[data-plan="large"]', 'Buy large'], ['input:nth-of-type(1)', 'Send'],
  ])
  assert.deepEqual(listed('image').map(([, text]) => text), ['A cup', 'The same cup', ''])
  assert.deepEqual(listed('link'), [
    ['a[href="/"]', 'Home'], ['a:nth-of-type(2)', 'Beans'], ['a:nth-of-type(3)', 'Beans again'], ['a:nth-of-type(4)', 'Both'], ['a.card', 'A card with more in it'],
  ])
  assert.deepEqual(page.slots.filter(({ slot }) => slot), [{ select: '[data-slot="offer"]', slot: 'offer', kind: 'slot', text: 'Today', holds: true }])
  assert.deepEqual(page.slots.find(({ text }) => text === 'A card'), { select: 'h4', kind: 'heading', text: 'A card' })
  assert.equal(page.slots.find(({ select }) => select === 'a.card').holds, true)
  assert.deepEqual(page.slots.find(({ text }) => text === 'Send').attribute, 'value')
  for (const text of ['Later', 'Drawn', 'One', 'Typed', 'T', 'N']) assert.ok(!page.slots.some((slot) => slot.text === text), text)
})

test('an edit by each selector is published and changes that element alone', async () => {
  const flags = { all: { kind: 'string', variants: { old: 'old', new: 'new' }, off: 'old', otherwise: 'new' } }
  const edits = page.slots.map(({ select, slot }, number) => ({
    ...(slot ? { slot } : { select }), change: { attribute: { name: `data-found-${number}`, value: 'yes' } },
  }))
  const document = { format: 1, flags, pages: { all: { path: '/pricing', flag: 'all', variants: { new: edits } } } }
  await served(product, (await publish(product, document)).version)
  const all = elements(parse((await ask(product, '/pricing')).text))
  const value = ({ attrs }, name) => attrs.find((attribute) => attribute.name === name)?.value
  for (const [number, { select, attribute, text }] of page.slots.entries()) {
    const found = all.filter((element) => value(element, `data-found-${number}`))
    assert.equal(found.length, 1, `${select} finds ${found.length}`)
    const said = attribute ? (value(found[0], attribute) ?? '') : wordsIn(found[0])
    assert.equal(said.replace(/\s+/g, ''), text.replace(/\s+/g, ''), select)
  }
  assert.ok(page.slots.length > 20)
})

const elements = (node) => (node.childNodes ?? []).flatMap((child) => [...(child.attrs ? [child] : []), ...elements(child)])
const wordsIn = (node) => node.value ?? (node.childNodes ?? []).map(wordsIn).join('')

test('a page is named by its path or by its whole address, and is one of the own site', async () => {
  for (const query of ['path=/pricing', `url=${product.site}/pricing`, `path=${product.site}/pricing`, `url=${encodeURIComponent('/pricing?a=1#b')}`]) {
    const { status, slots } = await slotsOf(query)
    assert.equal(status, 200, query)
    assert.deepEqual(slots, page.slots, query)
  }
  assert.equal(origin.last().url, '/pricing?a=1')
  assert.equal(origin.last().headers.host, `localhost:${product.port}`)
  const asked = origin.seen.length
  const wrong = [
    ['url=https://other.example/pricing', /other\.example is no site of demo\/development, whose pages are at localhost:/],
    ['path=//other.example/', /other\.example is no site/], [`path=${encodeURIComponent('/\\other.example')}`, /other\.example is no site/],
    [`url=http://staging.localhost:${product.port}/`, /is no site of demo\/development/], ['url=', /neither a path/], ['path=pricing', /neither a path/],
    ['url=file:///etc/passwd', /neither a path/], [`url=http://me:secret@localhost:${product.port}/`, /a name and a password/],
  ]
  for (const [query, error] of wrong) {
    const answer = await slotsOf(query)
    assert.equal(answer.status, 422, query)
    assert.match(answer.detail, error)
    assert.match(answer.fix, /path/)
  }
  assert.equal(origin.seen.length, asked, 'nothing was fetched')
})

test('a page that is too long, none of HTML or elsewhere is refused with its reason', async () => {
  for (const [path, error, fix] of [
    ['/long', /more than 2 MiB/, /selectors/], ['/file', /no page of HTML/, /./], ['/moved', /answers 302/, /leads to \/pricing/],
  ]) {
    const answer = await slotsOf(`path=${path}`)
    assert.equal(answer.status, 409, path)
    assert.match(answer.detail, error)
    assert.match(answer.fix, fix)
  }
})

test('a site that says nothing, or stops in the middle, is not waited for without end', async () => {
  for (const answer of await Promise.all(['/silent', '/begun'].map((path) => slotsOf(`path=${path}`)))) {
    assert.equal(answer.status, 409)
    assert.match(answer.detail, /took longer than ten seconds/)
  }
})

test('a page with more than two hundred says how many are left', async () => {
  const { slots, left } = await slotsOf('path=/many')
  assert.deepEqual([slots.length, left], [200, 50])
})

test('nobody without a token makes the site answer', async () => {
  const asked = origin.seen.length
  const address = `${product.console}${apiOf('development')}slots?path=/pricing`
  for (const headers of [{}, { authorization: 'Bearer none' }]) assert.equal((await fetch(address, { headers })).status, 401)
  assert.equal(origin.seen.length, asked)
})
