// Previews: who works on a site may look at any variant there, nobody else can, and nothing of it is counted.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { apiOf, publish, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { fieldsOf, guideOf } from '../guide.mjs'
import { documentOf, MARKUP, PAGE } from './document.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, isTold, NAVIGATION, PART, stub } from './wire.mjs'

const SITES = {
  localhost: 'demo/development', 'staging.localhost': 'demo/staging', 'production.localhost': 'demo/production',
  'other.localhost': 'other/development',
}
const [DEVELOPMENT, STAGING, PRODUCTION, OTHER] = Object.keys(SITES)
const HOUR = 3_600_000
const folder = mkdtempSync(join(tmpdir(), 'pointsman-preview-'))
/** What each site's ledger has stored once all that the edge has to tell has come in. */
const due = Object.fromEntries(Object.keys(SITES).map((site) => [site, 0]))
let origin, product

/** A document with which production may begin: nobody is in a test. */
function quiet() {
  const document = documentOf()
  document.flags.hero.rules = []
  delete document.experiments
  delete document.metrics
  return document
}

before(async () => {
  origin = await stub(({ url }, response) => (url.startsWith('/data')
    ? response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'public, max-age=60' }).end('{}')
    : response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)))
  product = await start({ folder, originPort: origin.port, quiet: true, sites: SITES, clock: true })
  for (const site of Object.keys(SITES)) {
    const { version } = await publish(product, site === PRODUCTION ? quiet() : documentOf(), api(site))
    await arrived(site, version)
  }
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

const api = (site) => apiOf(...SITES[site].split('/').reverse())
async function visit(site, path = '/', { cookies = {}, headers = NAVIGATION, ...options } = {}) {
  const answer = await ask(product, path, { ...options, headers: { ...headers, cookie: cookieHeader(cookies) }, host: `${site}:${product.port}` })
  if (isTold(answer)) due[site]++
  return answer
}
const health = async (site) => JSON.parse((await visit(site, '/_pm/health', { headers: PART })).text)
const post = async (site, path, cookies, body, headers) => {
  const { status, text, setCookies } = await visit(site, path, { method: 'POST', cookies, body: JSON.stringify(body), headers: { ...PART, 'content-type': 'text/plain', ...headers } })
  const said = JSON.parse(text)
  due[site] += said.stored ?? 0
  return { status, ...said, cookies: { ...cookies, ...cookiesOf(setCookies) } }
}

/** A version is what a site's visitors are served. */
const arrived = async (site, version) => assert.ok(await eventually(async () => (await health(site)).version === version), `${site} ${version}`)

/** The ledger once what the edge itself has written is in it. */
async function settled(site) {
  const read = async () => {
    const { stored, duplicate, rejected, filtered } = await (await product.api('GET', `${api(site)}ledger`)).json()
    return { stored, duplicate, rejected, filtered }
  }
  await eventually(async () => (await read()).stored >= due[site])
  const ledger = await read()
  assert.equal(ledger.stored, due[site])
  return ledger
}

const linksOf = async (site, body = {}) => (await product.api('POST', `${api(site)}preview`, { body: JSON.stringify(body) })).json()
const pathOf = (link) => new URL(link).pathname + new URL(link).search

/** Opens a preview: the cookies that it is. */
async function opened(site, { path = '/?pm=debug', cookies = {} } = {}) {
  const { status, headers, setCookies } = await visit(site, path, { cookies })
  assert.equal(status, 303)
  return { location: headers.location, cookies: { ...cookies, ...cookiesOf(setCookies) } }
}

/** A preview with choices, and the page that it shows. */
async function shown(site, choices, options) {
  const { cookies } = await opened(site, options)
  const answer = await post(site, '/_pm/o', cookies, { v: 1, choices })
  assert.equal(answer.status, 200, answer.error)
  return { cookies: answer.cookies, page: await visit(site, '/', { cookies: answer.cookies }) }
}

const other = { control: 'fresh', fresh: 'control' }
const previewIn = (page) => decisionsOf(page.text)?.preview
const heroIn = (page) => decisionsOf(page.text).flags.hero

/** Sends what the page of an answer would send: that it was seen, and an order. */
async function beacon(site, page, cookies) {
  const { run, variant, token } = heroIn(page)
  const events = [{ t: 'seen', run, x: variant, d: token, dt: 0 }, { t: 'track', n: 'order', dt: 0 }]
  const body = { v: 1, page: `page-${Math.random().toString(36).slice(2)}`, seq: 0, dropped: 0, events }
  const { stored, duplicate, rejected, filtered } = await post(site, '/_pm/e', cookies, body)
  return { stored, duplicate, rejected, filtered }
}

for (const site of [DEVELOPMENT, STAGING]) {
  test(`“?pm=debug” opens a preview in ${SITES[site]}, on the same page and under a clean address`, async () => {
    const { location, cookies } = await opened(site, { path: '/beans?size=2&pm=debug' })
    assert.equal(location, `http://${site}:${product.port}/beans?size=2`)
    const page = await visit(site, '/beans?size=2', { cookies })
    const { flags, until, url } = previewIn(page)
    assert.equal(url, '/_pm/o')
    assert.ok(Math.abs(until - Date.now() - HOUR) < 60_000)
    const [hero, margin] = flags
    assert.deepEqual([hero.flag, hero.variants, hero.reason, hero.rule, hero.run], ['hero', ['control', 'fresh'], 'SPLIT', 0, 'hero-1'])
    assert.equal(hero.variant, heroIn(page).variant)
    assert.deepEqual(margin, { flag: 'margin', variants: ['low'], variant: 'low', reason: 'STATIC' })
    assert.doesNotMatch(page.text, /a secret/)
    assert.match(page.text, /<script type="module" async src="\/_pm\/o\.js">/)
  })
}

test('a page, a beacon and its answer look as docs/wire.md shows them', async () => {
  const [preview, inPage, sent, answer] = guideOf('docs/wire.md').blocks('json').map(({ body }) => JSON.parse(body))
  const lacking = (told, seen) => [...fieldsOf(told)].filter((field) => !fieldsOf(seen).has(field))
  assert.deepEqual(lacking(preview, previewIn((await shown(DEVELOPMENT, { hero: 'fresh' })).page)), [])
  const page = await visit(DEVELOPMENT)
  assert.deepEqual(lacking(inPage, decisionsOf(page.text)), [])
  const { config, ...said } = answer
  const { status, cookies: _, config: now, ...heard } = await post(DEVELOPMENT, '/_pm/e', cookiesOf(page.setCookies), sent)
  assert.deepEqual([status, heard, typeof now], [200, said, typeof config])
})

test('a page that nobody previews carries nothing of it', async () => {
  const page = await visit(DEVELOPMENT)
  assert.equal(previewIn(page), undefined)
  assert.doesNotMatch(page.text, /_pm\/o/)
})

test('an address that opens a preview leads nowhere else', async () => {
  const { location } = await opened(DEVELOPMENT, { path: '//example.com/?pm=debug' })
  assert.equal(new URL(location).host, `${DEVELOPMENT}:${product.port}`)
})

test('in production “?pm=debug” is the site’s own business', async () => {
  const page = await visit(PRODUCTION, '/?pm=debug')
  assert.equal(page.status, 200)
  assert.equal(origin.last().url, '/?pm=debug')
  assert.equal(previewIn(page), undefined)
  assert.equal(cookiesOf(page.setCookies).pmp, undefined)
})

test('in production a link of the console opens a preview and shows what visitors do not meet', async () => {
  const { links: [link], until } = await linksOf(PRODUCTION, { path: '/beans?size=2', minutes: 5 })
  assert.ok(Math.abs(until - Date.now() - 300_000) < 60_000)
  const { location, cookies } = await opened(PRODUCTION, { path: pathOf(link) })
  assert.equal(location, `http://${PRODUCTION}:${product.port}/beans?size=2`)
  assert.equal(heroIn(await visit(PRODUCTION, '/', { cookies })).variant, 'control')
  const answer = await post(PRODUCTION, '/_pm/o', cookies, { v: 1, choices: { hero: 'fresh' } })
  const page = await visit(PRODUCTION, '/', { cookies: answer.cookies })
  assert.ok(page.text.includes(`<h1 id="headline">${MARKUP}</h1>`))
  assert.deepEqual([heroIn(page).variant, heroIn(page).reason], ['fresh', 'PREVIEW'])
})

test('a link to a variant shows it at once, whatever was chosen before', async () => {
  const { links: [link] } = await linksOf(PRODUCTION, { path: '/beans', variants: { hero: 'fresh' } })
  const { cookies } = await opened(PRODUCTION, { path: pathOf(link) })
  const page = await visit(PRODUCTION, '/beans', { cookies })
  assert.ok(page.text.includes(`<h1 id="headline">${MARKUP}</h1>`))
  assert.deepEqual([heroIn(page).variant, heroIn(page).reason, previewIn(page).flags[0].forced], ['fresh', 'PREVIEW', 'fresh'])
  const other = await linksOf(PRODUCTION, { path: '/beans', variants: { hero: 'control', margin: 'low' } })
  const later = await opened(PRODUCTION, { path: pathOf(other.links[0]), cookies })
  assert.equal(heroIn(await visit(PRODUCTION, '/', { cookies: later.cookies })).variant, 'control')
  // One that names no variant leaves them.
  const { links: [plain] } = await linksOf(PRODUCTION)
  const last = await opened(PRODUCTION, { path: pathOf(plain), cookies })
  assert.equal(heroIn(await visit(PRODUCTION, '/', { cookies: last.cookies })).variant, 'fresh')
  // Nobody who has a link makes one to something else of it.
  const bent = await visit(PRODUCTION, pathOf(link).replace('fresh', 'control'))
  assert.deepEqual([bent.status, previewIn(bent)], [200, undefined])
})

test('a link that is bent, of another place or of another time opens nothing', async () => {
  const { links: [link] } = await linksOf(PRODUCTION)
  const pass = new URL(link).searchParams.get('pm')
  const parts = pass.split('.')
  const changed = (at, value) => parts.map((part, index) => (index === at ? value : part)).join('.')
  const elsewhere = await Promise.all([DEVELOPMENT, STAGING, OTHER].map(async (site) => new URL((await linksOf(site)).links[0]).searchParams.get('pm')))
  const bad = [changed(0, 'v2'), changed(1, 'k2'), changed(2, String(Number(parts[2]) + 1)), changed(3, `${parts[3].slice(0, -1)}_`), `${pass}.x`, parts.slice(0, 3).join('.'), 'on', ...elsewhere]
  for (const word of bad) {
    const page = await visit(PRODUCTION, `/?pm=${word}`)
    assert.equal(page.status, 200, word)
    assert.equal(previewIn(page), undefined)
  }
  await opened(PRODUCTION, { path: pathOf(link) })
})

test('who is not of the project gets no link, and a senseless one is refused with its cure', async () => {
  const refused = await product.api('POST', `${api(PRODUCTION)}preview`, { body: '{}', headers: { authorization: 'Bearer pm_nobody' } })
  assert.equal(refused.status, 401)
  for (const [pointer, body] of [['/path', { path: '//example.com' }], ['/path', { path: 'beans' }], ['/minutes', { minutes: 0 }], ['/minutes', { minutes: 1e9 }],
    ['/variants', { variants: ['fresh'] }], ['/variants', { variants: null }], ['/variants/hero', { variants: { hero: 'warm' } }],
    ['/variants/hero', { variants: { hero: 7 } }], ['/variants/no~1such', { variants: { 'no/such': 'fresh' } }]]) {
    const { problems } = await linksOf(PRODUCTION, body)
    assert.equal(problems[0].pointer, pointer)
    assert.ok(problems[0].fix)
  }
})

test('the edge honours a choice everywhere: in the words, for scripts and for the origin', async () => {
  for (const variant of ['control', 'fresh']) {
    const { page } = await shown(DEVELOPMENT, { hero: variant })
    assert.equal(page.text.includes(MARKUP), variant === 'fresh')
    assert.equal(heroIn(page).variant, variant)
    assert.match(origin.last().headers['pointsman-variants'], new RegExp(`hero=${variant}\\b`))
    const [hero] = previewIn(page).flags
    assert.equal(hero.forced, variant)
    assert.equal(hero.reason, 'SPLIT', 'what was decided stays to be read')
  }
})

test('nothing of a preview is ever counted: neither by the edge nor from the page, chosen or as decided', async () => {
  const before = await settled(DEVELOPMENT)
  const views = [await shown(DEVELOPMENT, {}), await shown(DEVELOPMENT, { hero: 'fresh' }), await shown(DEVELOPMENT, { hero: 'control' })]
  for (const { page, cookies } of views) {
    assert.equal(cookies.pmd, undefined)
    assert.deepEqual(await beacon(DEVELOPMENT, page, cookies), { stored: 0, duplicate: 0, rejected: {}, filtered: { preview: 2 } })
    // Of another unit's token it would say `rejected`.
    const said = await post(DEVELOPMENT, '/_pm/v', cookies, { v: 1, survey: 'clear', choice: 'Yes', d: 'v1.none' })
    assert.deepEqual([said.outcome, said.reason], ['filtered', 'preview'])
  }
  const now = await settled(DEVELOPMENT)
  assert.deepEqual({ ...now, filtered: {} }, { ...before, filtered: {} })
  assert.equal(now.filtered.preview, (before.filtered.preview ?? 0) + 6)
})

test('who was counted before adds nothing while previewing, keeps their variant, and counts again after the end', async () => {
  const first = await visit(STAGING)
  const cookies = cookiesOf(first.setCookies)
  const { variant } = heroIn(first)
  const before = await settled(STAGING)
  assert.equal(before.stored, 1)
  const preview = await shown(STAGING, { hero: other[variant] }, { cookies })
  assert.equal(heroIn(preview.page).variant, other[variant])
  assert.deepEqual((await beacon(STAGING, preview.page, preview.cookies)).filtered, { preview: 2 })
  const ended = await post(STAGING, '/_pm/o', preview.cookies, { v: 1, end: true })
  assert.equal(ended.cookies.pmp, '')
  const after = await visit(STAGING, '/', { cookies: { ...cookies } })
  assert.equal(heroIn(after).variant, variant)
  assert.deepEqual(await settled(STAGING), { ...before, filtered: { preview: 2 } })
  // What the preview has signed is worth nothing, also afterwards.
  assert.deepEqual((await beacon(STAGING, preview.page, cookies)).filtered, { preview: 1 })
  assert.equal((await beacon(STAGING, after, cookies)).stored, 2)
})

test('a preview that is forged, another visitor’s or another place’s is none, and its bearer is a visitor like all', async () => {
  const mine = (await shown(DEVELOPMENT, { hero: 'fresh' })).cookies
  const theirs = (await shown(DEVELOPMENT, { hero: 'fresh' })).cookies
  const foreign = (await shown(OTHER, { hero: 'fresh' })).cookies
  const staged = (await shown(STAGING, { hero: 'fresh' })).cookies
  const [version, key, until, choices, seal] = mine.pmp.split('.')
  const forgeries = [
    [version, key, until, choices.replace('fresh', 'control'), seal], [version, key, String(Number(until) + 1), choices, seal],
    [version, 'k2', until, choices, seal], ['v2', key, until, choices, seal], [version, key, until, '', seal],
    [version, key, until, choices, 'A'.repeat(22)], [version, key, until, choices],
  ].map((parts) => parts.join('.'))
  for (const pmp of [...forgeries, theirs.pmp, foreign.pmp, staged.pmp, 'debug']) {
    const page = await visit(DEVELOPMENT, '/', { cookies: { pm: mine.pm, pmp } })
    assert.equal(previewIn(page), undefined, pmp)
    assert.equal(heroIn(page).reason, 'SPLIT')
    assert.equal((await post(DEVELOPMENT, '/_pm/o', { pm: mine.pm, pmp }, { v: 1, choices: {} })).status, 403)
  }
  assert.equal((await beacon(DEVELOPMENT, await visit(DEVELOPMENT, '/', { cookies: { pm: mine.pm } }), { pm: mine.pm, pmp: theirs.pmp })).stored, 2)
})

test('what a preview shows is kept by no cache and no index: neither the page nor what the origin answers beside it', async () => {
  const { cookies, page } = await shown(DEVELOPMENT, { hero: 'fresh' })
  const data = (given) => visit(DEVELOPMENT, '/data', { cookies: given, headers: PART })
  for (const { headers } of [page, await data(cookies)]) {
    assert.deepEqual([headers['cache-control'], headers['x-robots-tag']], ['private, no-store', 'noindex'])
  }
  assert.match(origin.last().headers['pointsman-variants'], /hero=fresh/)
  const { headers } = await data({ pm: cookies.pm })
  assert.deepEqual([headers['cache-control'], headers['x-robots-tag']], ['public, max-age=60', undefined])
})

test('a choice is refused where it cannot be meant', async () => {
  const { cookies } = await opened(DEVELOPMENT)
  const wish = (body, headers) => post(DEVELOPMENT, '/_pm/o', cookies, body, headers)
  assert.equal((await wish({ v: 1, choices: { hero: 'fresh' } }, { origin: 'https://example.com' })).status, 403)
  for (const body of [{}, { v: 2, choices: {} }, { v: 1 }, { v: 1, choices: { hero: 1 } }, null, 7]) assert.equal((await wish(body)).status, 400, JSON.stringify(body))
  for (const choices of [{ hero: 'warm' }, { none: 'fresh' }, { constructor: 'fresh' }]) assert.equal((await wish({ v: 1, choices })).status, 422)
  assert.equal((await visit(DEVELOPMENT, '/_pm/o', { cookies, headers: PART })).status, 405)
  assert.equal((await post(DEVELOPMENT, '/_pm/o', {}, { v: 1, choices: {} })).status, 403)
})

test('a choice of what is there no more is decided as for everybody', async () => {
  const { cookies } = await shown(OTHER, { margin: 'low', hero: 'fresh' })
  const document = documentOf()
  delete document.flags.margin
  const { version } = await publish(product, document, api(OTHER))
  await arrived(OTHER, version)
  const page = await visit(OTHER, '/', { cookies })
  assert.equal(previewIn(page).flags.length, 1)
  assert.equal(heroIn(page).variant, 'fresh')
})

test('“?pm=off” ends a preview, and means nothing where there is none', async () => {
  const { cookies } = await opened(DEVELOPMENT)
  assert.equal((await opened(DEVELOPMENT, { path: '/?pm=off', cookies })).cookies.pmp, '')
  assert.equal((await visit(DEVELOPMENT, '/?pm=off')).status, 200)
})

// The last ones: they turn the clock.
test('a preview and a link end by themselves; a page that is still open then does not begin to count', async () => {
  const { links: [link] } = await linksOf(PRODUCTION, { minutes: 60 })
  const { cookies, page } = await shown(DEVELOPMENT, { hero: 'fresh' })
  const turn = await product.api('POST', '/api/v1/projects/demo/demo/clock', { body: JSON.stringify({ advance: HOUR + 60_000 }) })
  assert.equal(turn.status, 200, await turn.text())
  assert.equal((await visit(PRODUCTION, pathOf(link))).status, 200)
  assert.equal((await post(DEVELOPMENT, '/_pm/o', cookies, { v: 1, choices: {} })).status, 403)
  assert.deepEqual((await beacon(DEVELOPMENT, page, cookies)).filtered, { preview: 2 })
  const after = await visit(DEVELOPMENT, '/', { cookies })
  assert.equal(previewIn(after), undefined)
  assert.equal(cookiesOf(after.setCookies).pmp, '')
})

test('what is published arrives where time stands still, too', async () => {
  const turn = await product.api('POST', '/api/v1/projects/demo/demo/clock', { body: JSON.stringify({ frozen: Date.now() + 2 * HOUR }) })
  assert.equal(turn.status, 200, await turn.text())
  // It looks for news at the moment at which time stands, and then by a clock that nobody turns.
  await visit(DEVELOPMENT)
  await pause(200)
  const { version } = await publish(product, documentOf(), api(DEVELOPMENT))
  await eventually(async () => (await visit(DEVELOPMENT)) && (await health(DEVELOPMENT)).version === version)
  assert.equal((await health(DEVELOPMENT)).version, version)
})
