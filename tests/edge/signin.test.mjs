// People who sign in at the team's own provider: a real issuer on this machine, with keys of both kinds.

import assert from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { start } from '../../build/product.mjs'
import { signedIn } from '../../worker/signin.mjs'
import { launch } from '../browser/chromium.mjs'

const AUDIENCE = 'pointsman'
const folder = mkdtempSync(join(tmpdir(), 'pointsman-signin-'))
const made = { rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }), ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
let issuer, server, product, asked = 0, slow = 0

before(async () => {
  server = createServer(async (request, response) => {
    asked++
    await pause(slow)
    const jwks = { keys: Object.entries(made).map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' })) }
    const body = request.url === '/keys' ? jwks : request.url === '/.well-known/openid-configuration' ? { issuer, jwks_uri: `${issuer}/keys` } : undefined
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  issuer = `http://127.0.0.1:${server.address().port}`
  product = await start({ folder, quiet: true, variables: { OIDC_ISSUER: issuer, OIDC_AUDIENCE: AUDIENCE } })
})

after(async () => {
  await product?.stop()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token as a provider makes it. */
function tokenOf(claims = {}, { kid = 'rsa', key = made[kid]?.privateKey, alg = kid === 'ec' ? 'ES256' : 'RS256' } = {}) {
  const seconds = Math.floor(Date.now() / 1000)
  const text = `${part({ alg, kid })}.${part({ iss: issuer, aud: AUDIENCE, email: 'Ada@example.com', iat: seconds, exp: seconds + 600, ...claims })}`
  const seal = key ? sign('sha256', Buffer.from(text), alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key) : Buffer.from('')
  return `${text}.${seal.toString('base64url')}`
}

const PROJECT = '/api/v1/projects/demo'
const own = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
const call = (method, path, token, { body, headers = method === 'GET' ? {} : own } = {}) =>
  fetch(`${product.console}${path}`, { method, body, headers: { 'cf-access-jwt-assertion': token, ...headers } })
const people = (body) => fetch(`${product.console}${PROJECT}/people`, { method: 'POST', body: JSON.stringify(body), headers: { authorization: `Bearer ${product.token}` } })

test('whoever has signed in is nobody until an admin adds their address, and then has their role', async () => {
  const stranger = await call('GET', `${PROJECT}/whoami`, tokenOf())
  assert.equal(stranger.status, 403)
  assert.match((await stranger.json()).detail, /ada@example\.com/)
  assert.equal((await people({ name: 'ada@example.com', role: 'editor' })).status, 200)
  for (const kid of ['rsa', 'ec']) {
    const known = await call('GET', `${PROJECT}/whoami`, tokenOf({}, { kid }))
    assert.deepEqual([known.status, await known.json()], [200, { name: 'ada@example.com', role: 'editor', scope: 'all' }])
  }
  const idea = await call('POST', `${PROJECT}/experiments`, tokenOf(), { body: '{"title": "From the provider"}' })
  assert.deepEqual([idea.status, (await idea.json()).author], [201, 'ada@example.com'])
  const approving = await call('POST', `${PROJECT}/people`, tokenOf(), { body: '{"name": "Eve"}' })
  assert.equal(approving.status, 403, 'an editor makes nobody')
})

test('an address is another one with another letter, however alike the two are in small', async () => {
  assert.equal((await people({ name: 'kim@example.com', role: 'editor' })).status, 200)
  assert.equal((await call('GET', `${PROJECT}/whoami`, tokenOf({ email: 'KIM@example.com' }))).status, 200)
  // The Kelvin sign is a K of its own, whose small letter is everybody's k.
  assert.equal((await call('GET', `${PROJECT}/whoami`, tokenOf({ email: '\u212aim@example.com' }))).status, 403)
})

test('whoever has signed in waits for no key that somebody else has made up', async ({ mock }) => {
  const env = { OIDC_ISSUER: issuer, OIDC_AUDIENCE: AUDIENCE }
  const ask = async (token) => {
    const { name } = await signedIn(new Request('http://console/', { headers: { 'cf-access-jwt-assertion': token } }), env)
    return name
  }
  assert.equal(await ask(tokenOf()), 'ada@example.com')
  // Keys are asked for once a minute.
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 })
  slow = 1000
  const answered = []
  const unknown = ask(tokenOf({}, { kid: 'none', key: foreign.privateKey })).then(() => answered.push('unknown'))
  await ask(tokenOf()).then(() => answered.push('known'))
  await unknown
  slow = 0
  assert.deepEqual(answered, ['known', 'unknown'])
})

test('the same token is taken as a bearer, as proxies send it, and a good one of ours still is', async () => {
  const bearer = await fetch(`${product.console}${PROJECT}/whoami`, { headers: { authorization: `Bearer ${tokenOf()}` } })
  assert.equal((await bearer.json()).name, 'ada@example.com')
  assert.equal((await (await product.api('GET', `${PROJECT}/whoami`)).json()).name, 'admin')
})

test('what is not the issuer\'s word, or not for us, or not for now, is refused by its cause', async () => {
  const seconds = Math.floor(Date.now() / 1000)
  const [head, body] = tokenOf().split('.')
  const wrong = [
    [tokenOf({}, { key: foreign.privateKey }), /signature is wrong/], [`${head}.${body}.`, /signature is wrong/],
    [`${head}.${part({ iss: issuer, aud: AUDIENCE, email: 'eve@example.com', exp: seconds + 600 })}.${tokenOf().split('.')[2]}`, /signature is wrong/],
    [tokenOf({}, { alg: 'none', key: null }), /no kind/], [tokenOf({}, { alg: 'HS256' }), /no kind/],
    [tokenOf({}, { kid: 'ec', key: made.rsa.privateKey, alg: 'RS256' }), /key is not known/],
    [tokenOf({ iss: 'https://elsewhere.example' }), /another issuer/], [tokenOf({ aud: 'other' }), /another application/],
    [tokenOf({ exp: seconds - 3600 }), /has ended/], [tokenOf({ exp: undefined }), /has ended/], [tokenOf({ nbf: seconds + 3600 }), /not begun/],
    [tokenOf({ email: undefined }), /no address/], [tokenOf({ email_verified: false }), /no address/], [tokenOf({ email_verified: 'false' }), /no address/],
    [`${head}.${body}`, /signature is wrong/], [`${head}.${body}.!!!`, /signature is wrong/], ['a.b.c', /no kind/], ['..', /no kind/],
  ]
  for (const [token, why] of wrong) {
    const refused = await call('GET', `${PROJECT}/whoami`, token)
    assert.equal(refused.status, 401, String(why))
    assert.match((await refused.json()).detail, why)
  }
})

test('the token behind glass stops what is on whatever the provider says, and does nothing else', async () => {
  const made = async (scope) => {
    const answer = await fetch(`${product.console}${PROJECT}/tokens`, { method: 'POST', body: JSON.stringify({ name: scope, scope }), headers: { authorization: `Bearer ${product.token}` } })
    return (await answer.json()).secret
  }
  const [glass, usual] = [await made('stop'), await made('all')]
  const by = (secret, method, path, token, body, more) => fetch(`${product.console}${PROJECT}/${path}`, {
    method, body: body && JSON.stringify(body), headers: { authorization: `Bearer ${secret}`, 'cf-access-jwt-assertion': token, ...more },
  })
  const place = 'environments/development'
  const flag = { kind: 'boolean', variants: { on: true, off: false }, off: 'off', otherwise: 'on' }
  const { version } = await (await product.api('PUT', `${PROJECT}/${place}/document`, { body: JSON.stringify({ format: 1, flags: { hero: flag } }), headers: { 'if-match': '"0"' } })).json()
  // A program that Access lets in has no address; a provider that is down or was replaced makes words that count nothing.
  let seen = version
  for (const token of [tokenOf({ email: undefined, common_name: 'stop' }), tokenOf({}, { key: foreign.privateKey }), tokenOf({ exp: 1 }), tokenOf()]) {
    assert.equal((await (await by(glass, 'GET', 'whoami', token)).json()).scope, 'stop')
    assert.equal((await by(glass, 'POST', 'experiments', token, { title: 'An idea', note: '' })).status, 403)
    const off = await by(glass, 'PUT', `${place}/flags/hero`, token, { enabled: false }, { 'if-match': `"${seen}"` })
    assert.equal(off.status, 200, JSON.stringify(await off.clone().json()))
    seen = (await off.json()).revision
  }
  assert.equal((await by(usual, 'GET', 'now', tokenOf({ exp: 1 }))).status, 401, 'another token counts nothing beside it')
  const back = await by(glass, 'POST', `${place}/versions/1/restore`, tokenOf({ exp: 1 }), {}, { 'if-match': `"${seen}"` })
  assert.equal(back.status, 200)
  const evil = await by(glass, 'PUT', `${place}/flags/hero`, tokenOf(), { enabled: false }, { 'if-match': '"9"', 'sec-fetch-site': 'cross-site' })
  assert.equal(evil.status, 403)
})

test('a thousand unknown keys cost the issuer at most one question', async () => {
  const before = asked
  for (let sent = 0; sent < 1000; sent += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => call('GET', `${PROJECT}/whoami`, tokenOf({}, { kid: `none-${sent + index}`, key: foreign.privateKey }))))
  }
  assert.ok(asked - before <= 2, `it was asked ${asked - before} times`)
})

test('another site makes a browser that is signed in change nothing', async () => {
  const body = '{"title": "Not mine"}'
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, {}, { origin: 'https://evil.example' }, { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' }]) {
    assert.equal((await call('POST', `${PROJECT}/experiments`, tokenOf(), { body, headers })).status, 403, JSON.stringify(headers))
  }
  const frames = await call('POST', `${PROJECT}/environments/production/frames`, tokenOf(), { body: '{"path": "/"}', headers: {} })
  assert.equal(frames.status, 403)
  assert.equal((await call('POST', `${PROJECT}/experiments`, tokenOf(), { body, headers: { origin: product.console } })).status, 201)
})

test('the dashboard opens by itself for whoever has signed in', async () => {
  const browser = await launch()
  try {
    const context = await browser.newContext({ extraHTTPHeaders: { 'cf-access-jwt-assertion': tokenOf() } })
    const page = await context.newPage()
    await page.goto(product.console)
    await page.getByTitle('Whose token this is').getByText('ada@example.com').waitFor({ timeout: 60_000 })
  } finally {
    await browser.close()
  }
})

test('whoever guesses tokens is not listened to for a while, and nobody else is locked out', async () => {
  let drawn = 0
  // Half of them beside a word that has ended, which hides no guess.
  const guess = () => fetch(`${product.console}${PROJECT}/now`, {
    headers: { authorization: `Bearer pm_guess_${drawn}`, ...(drawn++ % 2 === 0 && { 'cf-access-jwt-assertion': tokenOf({ exp: 1 }) }) },
  })
  // What is answered before anybody looks at a token says nothing of it, nor does the word of a provider beside it.
  const before = { 'cf-access-jwt-assertion': tokenOf() }
  for (let number = 0; number < 40; number++) {
    const headers = { authorization: `Bearer pm_guess_${number}` }
    assert.equal((await fetch(`${product.console}/api/v1/projects/none/now`, { headers })).status, 404)
    assert.equal((await fetch(`${product.console}${PROJECT}/now`, { headers: { ...headers, 'if-match': 'x' } })).status, 412)
    assert.equal((await fetch(`${product.console}${PROJECT}/whoami`, { headers: { ...headers, ...before } })).status, 200)
  }
  const seen = []
  for (let tries = 0; tries < 40; tries++) seen.push((await guess()).status)
  assert.equal(seen[0], 401)
  assert.equal(seen.at(-1), 429)
  const locked = await fetch(`${product.console}${PROJECT}/now`, { headers: { authorization: 'Bearer pm_guess_last' } })
  assert.ok(Number(locked.headers.get('retry-after')) > 0)
  assert.match((await locked.json()).fix, /Wait \d+ seconds/)
  assert.equal((await product.api('GET', `${PROJECT}/now`)).status, 200, 'a token that was right before is still taken')
  assert.equal((await call('GET', `${PROJECT}/whoami`, tokenOf())).status, 200)
})
