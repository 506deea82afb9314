// Projects and environments: one Worker, one port, and nothing that passes from one place to another.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { apiOf, publish, start } from '../../build/product.mjs'
import { eventually } from '../eventually.mjs'
import { documentOf, MARKUP, PAGE } from './document.mjs'
import { patient } from './patient.mjs'
import { ask, cookieHeader, cookiesOf, decisionsOf, isTold, NAVIGATION, PART, stub } from './wire.mjs'

const SITES = {
  // Production asks for more before anybody is in a test (tests/native), so these are places that ask nothing.
  localhost: 'demo/development', 'staging.localhost': 'demo/staging', 'other.localhost': 'other/development',
  'third.localhost': 'third/staging',
}
const folder = mkdtempSync(join(tmpdir(), 'pointsman-environments-'))
/** What each site's ledger has stored once all that the edge has to tell has come in. */
const due = Object.fromEntries(Object.keys(SITES).map((site) => [site, 0]))
const began = Date.now()
let origin, product

before(async () => {
  origin = await stub((_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE))
  product = await begun()
  for (const site of Object.keys(SITES)) await running(site, documentOf())
})

after(async () => {
  await product?.stop()
  await origin?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts it, on the port that it has. */
const begun = () => start({ folder, port: product?.port, originPort: origin.port, quiet: true, sites: SITES, configure: patient(folder) })
const api = (site) => apiOf(...SITES[site].split('/').reverse())
const read = async (site, what) => (await product.api('GET', api(site) + what)).json()
/** One request to a site. Not every machine resolves its name, so the header alone says it. */
async function visit(site, path = '/', options = {}) {
  const answer = await ask(product, path, { ...options, host: `${site}:${product.port}` })
  if (isTold(answer)) due[site]++
  return answer
}
const health = async (site) => JSON.parse((await visit(site, '/_pm/health', { headers: PART })).text)

/** What browsers may have of a site's flags. */
async function snapshot(site) {
  const { client } = await read(site, 'keys')
  const { status, text } = await visit(site, `/_pm/s/${client}`, { headers: PART })
  assert.equal(status, 200)
  return text
}

/** Publishes a document for a site and waits until its visitors are served it. */
async function running(site, document) {
  const { version } = await publish(product, document, api(site))
  await eventually(async () => (await health(site)).version >= version)
  assert.deepEqual(await health(site), { version })
}

/** A visitor of a site who meets the new words. */
async function somebody(site) {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await visit(site)
    const decision = decisionsOf(answer.text)?.flags.hero
    if (decision?.variant === 'fresh') return { cookies: cookiesOf(answer.setCookies), decision }
  }
  throw new Error(`None of 60 visitors of ${site} met the new words; with a fair split that does not happen.`)
}

/** Sends a site the exposure of a decision and an order. */
async function send(site, cookies, { run, variant, token }) {
  const events = [{ t: 'seen', run, x: variant, d: token, dt: 0 }, { t: 'track', n: 'order', dt: 0 }]
  const body = JSON.stringify({ v: 1, page: `page-${Math.random().toString(36).slice(2)}`, seq: 0, dropped: 0, events })
  const headers = { ...PART, 'content-type': 'text/plain', cookie: cookieHeader(cookies) }
  const receipt = JSON.parse((await visit(site, '/_pm/e', { method: 'POST', headers, body })).text)
  due[site] += receipt.stored
  return receipt
}

/** The ledger once the edge's own assignments have come in: they are written after the page has left. */
async function settled(site) {
  await eventually(async () => (await read(site, 'ledger')).stored >= due[site])
  const ledger = await read(site, 'ledger')
  assert.equal(ledger.stored, due[site], site)
  return ledger
}

test('what is published in one environment changes nothing in another', async () => {
  const others = Object.keys(SITES).filter((site) => site !== 'staging.localhost')
  const before = await Promise.all(others.map((site) => read(site, 'document')))
  const { cookies } = await somebody('localhost')
  const document = documentOf({ value: 'Words on trial' })
  document.experiments.hero.run = { ...document.experiments.hero.run, id: 'hero-2', salt: 'hero-2' }
  await running('staging.localhost', document)
  assert.deepEqual(await Promise.all(others.map((site) => read(site, 'document'))), before)
  assert.match((await visit('localhost', '/', { headers: { ...NAVIGATION, cookie: cookieHeader(cookies) } })).text, new RegExp(MARKUP))
  assert.equal((await somebody('staging.localhost')).decision.value, 'Words on trial')
  assert.doesNotMatch(await snapshot('third.localhost'), /Words on trial/)
  assert.match(await snapshot('staging.localhost'), /Words on trial/)
})

test('each environment counts its own versions, and tells who published them', async () => {
  const { version } = await read('third.localhost', 'document')
  await running('third.localhost', documentOf())
  const { versions } = await read('third.localhost', 'versions')
  assert.deepEqual(versions.map(({ version }) => version), [version + 1, version])
  assert.deepEqual(versions.map(({ current }) => current), [true, false])
  for (const { at, who, why, digest } of versions) {
    assert.ok(at >= began && at <= Date.now())
    assert.deepEqual([who, why], ['admin', 'publish'])
    assert.match(digest, /^[0-9a-f]{64}$/)
  }
  assert.equal((await read('localhost', 'versions')).versions.length, 1)
})

for (const [what, elsewhere] of [['environment', 'staging.localhost'], ['project', 'other.localhost']]) {
  test(`a cookie and a decision of another ${what} are nobody’s`, async () => {
    const stranger = await somebody(elsewhere)
    const visitor = await somebody('localhost')
    assert.deepEqual((await send('localhost', stranger.cookies, stranger.decision)).rejected, { unsigned: 2 })
    const receipt = await send('localhost', visitor.cookies, stranger.decision)
    assert.deepEqual([receipt.stored, receipt.rejected], [1, { token: 1 }])
    const answer = await visit('localhost', '/', { headers: { ...NAVIGATION, cookie: cookieHeader(stranger.cookies) } })
    const { pm } = cookiesOf(answer.setCookies)
    assert.notEqual(pm.split('.')[1], stranger.cookies.pm.split('.')[1])
    assert.deepEqual((await send(elsewhere, stranger.cookies, stranger.decision)).rejected, {})
  })
}

test('a unit that one environment has given cannot be sealed for another by its id alone', async () => {
  const [stranger, visitor] = [await somebody('staging.localhost'), await somebody('localhost')]
  const [version, , key, seal] = visitor.cookies.pm.split('.')
  const pm = [version, stranger.cookies.pm.split('.')[1], key, seal].join('.')
  assert.deepEqual((await send('localhost', { pm }, stranger.decision)).rejected, { unsigned: 2 })
})

test('ledgers and reports are separate', async () => {
  const before = await Promise.all(Object.keys(SITES).map(settled))
  const { cookies, decision } = await somebody('third.localhost')
  await send('third.localhost', cookies, decision)
  for (const [index, site] of Object.keys(SITES).entries()) {
    const ledger = await settled(site)
    if (site === 'third.localhost') assert.ok(ledger.stored > before[index].stored)
    else assert.deepEqual(ledger, before[index], site)
  }
  const { report } = await read('third.localhost', 'experiments/hero/report')
  assert.equal(report.arms.find(({ variant }) => variant === 'fresh').converted, 1)
  assert.deepEqual(await read('other.localhost', 'experiments'), { experiments: ['hero'] })
})

test('a host that is nobody’s gets 421, and a place that is not there 404', async () => {
  for (const site of ['production.localhost', 'example.com', 'localhost.example', 'localhost..', '127.0.0.2', '']) {
    for (const path of ['/', '/_pm/e', '/_pm/health', '/api/v1/projects']) {
      assert.equal((await visit(site, path)).status, site ? 421 : 400, site + path)
    }
  }
  for (const path of ['nowhere/environments/production', 'demo/environments/live', 'demo/environments/Production', 'demo/environments', 'demo']) {
    const response = await product.api('GET', `/api/v1/projects/${path}/document`)
    assert.equal(response.status, 404, path)
    assert.equal(typeof (await response.json()).detail, 'string')
  }
  for (const path of ['document', 'experiments', 'ledger?project=nowhere']) assert.equal((await product.api('GET', `/api/v1/${path}`)).status, 404)
})

test('the API names projects, their environments and where their sites are', async () => {
  const site = (host) => `http://${host}:${product.port}/`
  const { now, ...answer } = await (await product.api('GET', '/api/v1/projects')).json()
  assert.deepEqual(answer, {
    projects: [
      { key: 'demo', environments: [
        { key: 'development', site: site('localhost') }, { key: 'staging', site: site('staging.localhost') },
        { key: 'production', site: null },
      ] },
      { key: 'other', environments: [
        { key: 'development', site: site('other.localhost') }, { key: 'staging', site: null }, { key: 'production', site: null },
      ] },
      { key: 'third', environments: [
        { key: 'development', site: null }, { key: 'staging', site: site('third.localhost') }, { key: 'production', site: null },
      ] },
    ],
    person: { id: 'admin', name: 'admin' }, demo: false,
  })
  assert.ok(Math.abs(Date.now() - now) < 10_000)
  assert.equal((await fetch(`${product.console}/api/v1/projects`)).status, 401)
})

test('an environment without a site can be published to all the same', async () => {
  const { version } = await publish(product, documentOf(), apiOf('staging', 'other'))
  assert.equal(version, 1)
})

test('visitors of all places keep their pages over a restart', async () => {
  const sites = Object.keys(SITES)
  const people = await Promise.all(sites.map(somebody))
  await product.stop('SIGKILL')
  product = await begun()
  const answers = await Promise.all(sites.map((site, index) =>
    visit(site, '/', { headers: { ...NAVIGATION, cookie: cookieHeader(people[index].cookies) } })))
  for (const [index, { text, setCookies }] of answers.entries()) {
    assert.deepEqual(decisionsOf(text)?.flags.hero, people[index].decision, sites[index])
    assert.deepEqual(setCookies, [])
  }
})

test('wrong sites are refused before anything runs', async () => {
  for (const sites of [{}, { localhost: 'demo/live' }, { 'LOCALHOST': 'demo/production' }, { '127.0.0.1': 'demo/production' }]) {
    await assert.rejects(start({ folder, originPort: origin.port, quiet: true, sites }), /SITES is wrong/)
  }
})
