import assert from 'node:assert/strict'
import { createHmac, createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readCookie } from '../www/sdk/request.js'
import { mint, pseudonym, signDecision, verifyDecision, verifyUnit } from '../dist/worker/identity.mjs'
import { writeCookie } from '../dist/worker/cookies.mjs'
import { audienceOf, keysOf } from '../dist/worker/access.mjs'
import { placeNamed } from '../dist/worker/place.mjs'
import { passOf, signPreview } from '../dist/worker/passes.mjs'
import { verifyPreview } from '../dist/worker/preview.mjs'
import { isSigned, signPointer } from '../dist/worker/pointer.mjs'

const VECTORS = JSON.parse(readFileSync(new URL('vectors/wire.json', import.meta.url), 'utf8'))
const { keys, unit, decision, pointer, refusedCookies, application, preview } = VECTORS
const place = placeNamed(VECTORS.place)
const staging = placeNamed('shop/staging')
const other = placeNamed('other/production')

const hmac = (key, text) => createHmac('sha256', key).update(text).digest()
/** A place's key and the MACs of docs/wire.md by another implementation. */
const keyOf = (secret, at = VECTORS.place) => hmac(Buffer.from(secret, 'base64url'), `place\0${at}`)

function mac(keyId, ...parts) {
  const secret = keys.UNIT_KEYS.split(',').map((pair) => pair.split(':')).find(([id]) => id === keyId)[1]
  return hmac(keyOf(secret), parts.join('\0')).subarray(0, 16).toString('base64url')
}

test('unit cookies of both valid keys are taken', async () => {
  assert.equal(await verifyUnit(keys, place, unit.cookie), unit.id)
  assert.equal(await verifyUnit(keys, place, unit.cookieOfTheOlderKey), unit.id)
  assert.equal(unit.cookie, `v1.${unit.id}.k2.${mac('k2', 'unit', `v1.${unit.id}.k2`, '')}`)
})

test('nothing that a client invents is a unit', async () => {
  for (const cookie of [...refusedCookies, undefined]) assert.equal(await verifyUnit(keys, place, cookie), undefined, cookie)
  for (let at = 0; at < unit.cookie.length; at++) {
    const changed = unit.cookie.slice(0, at) + (unit.cookie[at] === 'A' ? 'B' : 'A') + unit.cookie.slice(at + 1)
    assert.equal(await verifyUnit(keys, place, changed), undefined, changed)
  }
  assert.equal(await verifyUnit({ UNIT_KEYS: 'k2:QUFB' }, place, unit.cookie), undefined)
})

test('a decision token is the documented one and good for its unit alone', async () => {
  const { token, ...fields } = decision
  assert.equal(await signDecision(keys, place, unit.id, fields), token)
  const text = token.slice(0, token.lastIndexOf('.'))
  assert.equal(token, `${text}.${mac('k2', 'decision', text, unit.id)}`)
  assert.deepEqual(await verifyDecision(keys, place, unit.id, token), fields)
  assert.equal(await verifyDecision(keys, place, 'AAAAAAAAAAAAAAAAAAAAAg', token), undefined)
  assert.equal(await verifyDecision(keys, place, unit.id, token.replace('fresh', 'stale')), undefined)
  for (const broken of [undefined, null, 7, {}, '', 'v1', `${token}.x`, token.slice(1)]) {
    assert.equal(await verifyDecision(keys, place, unit.id, broken), undefined)
  }
})

test('the keys of applications are the documented ones, and those of the older unit key go on', async () => {
  const feed = `whsec_${hmac(keyOf(keys.UNIT_KEYS.split(',')[0].split(':')[1]), 'feed').toString('base64')}`
  assert.deepEqual(await keysOf(keys, place), { client: application.client, server: application.server, feed })
  for (const audience of ['client', 'server']) {
    assert.equal(application[audience], `v1.${audience}.k2.${mac('k2', 'key', `v1.${audience}.k2`, '')}`)
    assert.equal(await audienceOf(keys, place, application[audience]), audience)
    const older = `v1.${audience}.k1.${mac('k1', 'key', `v1.${audience}.k1`, '')}`
    assert.equal(await audienceOf(keys, place, older), audience)
    for (const elsewhere of [staging, other]) assert.equal(await audienceOf(keys, elsewhere, application[audience]), undefined)
  }
  const swapped = application.client.replace('client', 'server')
  for (const key of [undefined, '', 'v1', swapped, `${application.server}x`, `${application.server}.x`, application.server.replace('k2', 'k3'), unit.cookie]) {
    assert.equal(await audienceOf(keys, place, key), undefined, key)
  }
})

test('a preview and a pass are the documented ones, and good for nothing else', async () => {
  const { until, pass, choices, cookie } = preview
  const [passText, cookieText] = [pass, cookie].map((text) => text.slice(0, text.lastIndexOf('.')))
  assert.equal(await passOf(keys, place, until), pass)
  assert.equal(pass, `v1.k2.${until}.${mac('k2', 'pass', passText, '')}`)
  const chosen = `v1.k2.${until}.hero:fresh~shop.free-shipping:off`
  assert.equal(await passOf(keys, place, until, Object.entries(choices)), `${chosen}.${mac('k2', 'pass', chosen, '')}`)
  assert.equal(await signPreview(keys, place, unit.id, { until, choices: Object.entries(choices) }), cookie)
  assert.equal(cookie, `v1.k2.${until}.hero:fresh~shop.free-shipping:off.${mac('k2', 'preview', cookieText, unit.id)}`)
  const read = await verifyPreview(keys, place, unit.id, cookie)
  assert.deepEqual([read.until, Object.fromEntries(read.choices)], [until, choices])
  assert.equal(await verifyPreview(keys, place, 'AAAAAAAAAAAAAAAAAAAAAg', cookie), undefined)
  for (const elsewhere of [staging, other]) assert.equal(await verifyPreview(keys, elsewhere, unit.id, cookie), undefined)
  for (const text of [undefined, '', pass, unit.cookie, decision.token, `${cookie}x`]) assert.equal(await verifyPreview(keys, place, unit.id, text), undefined)
  for (let at = 0; at < cookie.length; at++) {
    const changed = cookie.slice(0, at) + (cookie[at] === 'A' ? 'B' : 'A') + cookie.slice(at + 1)
    assert.equal(await verifyPreview(keys, place, unit.id, changed), undefined, changed)
  }
})

test('a minted unit verifies and is never minted twice', async () => {
  const [one, two] = [await mint(keys, place), await mint(keys, place)]
  assert.equal(await verifyUnit(keys, place, one.cookie), one.id)
  assert.notEqual(one.id, two.id)
})

test('what is stored of a unit is a keyed hash', async () => {
  assert.equal(await pseudonym(keys, place, unit.id), unit.pseudonym)
  assert.equal(unit.pseudonym, hmac(keyOf(keys.PROJECT_KEY), `stored\0${unit.id}`).toString('hex').slice(0, 32))
  assert.notEqual(await pseudonym({ ...keys, PROJECT_KEY: 'AAAA' }, place, unit.id), unit.pseudonym)
})

test('what one place has signed is worth nothing in another', async () => {
  assert.equal(await verifyUnit(keys, staging, unit.cookieOfStaging), unit.id)
  assert.equal(await verifyUnit(keys, place, unit.cookieOfStaging), undefined)
  for (const elsewhere of [staging, other]) {
    assert.equal(await verifyUnit(keys, elsewhere, unit.cookie), undefined)
    assert.equal(await verifyDecision(keys, elsewhere, unit.id, decision.token), undefined)
    assert.notEqual(await pseudonym(keys, elsewhere, unit.id), unit.pseudonym)
    assert.equal(await isSigned(keys, elsewhere, pointer), false)
  }
})

test('a pointer is signed for its place, and for nothing else that it says', async () => {
  const { signature, signatureOfStaging, ...told } = pointer
  assert.equal(await signPointer(keys, place, told), signature)
  assert.equal(await isSigned(keys, place, pointer), true)
  const text = ['shop', 'production', 7, 6, told.digest, told.audit].join('\0')
  const x = keys.PUBLISH_PUBLIC_KEY
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  assert.ok(verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url')))
  assert.equal(await isSigned(keys, staging, { ...pointer, signature: signatureOfStaging }), true)
  assert.equal(await isSigned(keys, place, { ...pointer, signature: signatureOfStaging }), false)
  for (const change of [{ version: 8 }, { previous: 5 }, { digest: 'cd'.repeat(32) }, { audit: '1'.repeat(64) }]) {
    assert.equal(await isSigned(keys, place, { ...pointer, ...change }), false, JSON.stringify(change))
  }
})

test('cookies are read by their whole name and written for this host and no script', () => {
  assert.equal(readCookie('xpm=1; pm=2; pm=3', 'pm'), '2')
  assert.equal(readCookie('pmd=1', 'pm'), undefined)
  assert.equal(readCookie(null, 'pm'), undefined)
  assert.match(writeCookie('pm', 'x', true), /^__Host-pm=x; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure$/)
})
