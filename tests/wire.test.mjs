import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { mint, pseudonym, readCookie, signDecision, verifyDecision, verifyUnit, writeCookie } from '../worker/identity.mjs'

const { keys, unit, decision, refusedCookies } = JSON.parse(readFileSync(new URL('vectors/wire.json', import.meta.url), 'utf8'))

/** The MAC of docs/wire.md by another implementation. */
function mac(keyId, ...parts) {
  const secret = keys.UNIT_KEYS.split(',').map((pair) => pair.split(':')).find(([id]) => id === keyId)[1]
  return createHmac('sha256', Buffer.from(secret, 'base64url')).update(parts.join('\0')).digest().subarray(0, 16).toString('base64url')
}

test('unit cookies of both valid keys are taken', async () => {
  assert.equal(await verifyUnit(keys, unit.cookie), unit.id)
  assert.equal(await verifyUnit(keys, unit.cookieOfTheOlderKey), unit.id)
  assert.equal(unit.cookie, `v1.${unit.id}.k2.${mac('k2', 'unit', `v1.${unit.id}.k2`, '')}`)
})

test('nothing that a client invents is a unit', async () => {
  for (const cookie of [...refusedCookies, undefined]) assert.equal(await verifyUnit(keys, cookie), undefined, cookie)
  for (let at = 0; at < unit.cookie.length; at++) {
    const changed = unit.cookie.slice(0, at) + (unit.cookie[at] === 'A' ? 'B' : 'A') + unit.cookie.slice(at + 1)
    assert.equal(await verifyUnit(keys, changed), undefined, changed)
  }
  assert.equal(await verifyUnit({ UNIT_KEYS: 'k2:QUFB' }, unit.cookie), undefined)
})

test('a decision token is the documented one and good for its unit alone', async () => {
  const { token, ...fields } = decision
  assert.equal(await signDecision(keys, unit.id, fields), token)
  const text = token.slice(0, token.lastIndexOf('.'))
  assert.equal(token, `${text}.${mac('k2', 'decision', text, unit.id)}`)
  assert.deepEqual(await verifyDecision(keys, unit.id, token), fields)
  assert.equal(await verifyDecision(keys, 'AAAAAAAAAAAAAAAAAAAAAg', token), undefined)
  assert.equal(await verifyDecision(keys, unit.id, token.replace('fresh', 'stale')), undefined)
  for (const broken of [undefined, null, 7, {}, '', 'v1', `${token}.x`, token.slice(1)]) {
    assert.equal(await verifyDecision(keys, unit.id, broken), undefined)
  }
})

test('a minted unit verifies and is never minted twice', async () => {
  const [one, two] = [await mint(keys), await mint(keys)]
  assert.equal(await verifyUnit(keys, one.cookie), one.id)
  assert.notEqual(one.id, two.id)
})

test('what is stored of a unit is a keyed hash', async () => {
  assert.equal(await pseudonym(keys, unit.id), unit.pseudonym)
  assert.match(unit.pseudonym, /^[0-9a-f]{32}$/)
  assert.notEqual(await pseudonym({ ...keys, PROJECT_KEY: 'AAAA' }, unit.id), unit.pseudonym)
})

test('cookies are read by their whole name and written for this host and no script', () => {
  assert.equal(readCookie('xpm=1; pm=2; pm=3', 'pm'), '2')
  assert.equal(readCookie('pmd=1', 'pm'), undefined)
  assert.equal(readCookie(null, 'pm'), undefined)
  assert.match(writeCookie('pm', 'x', true), /^__Host-pm=x; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Lax; Secure$/)
})
