// What an application's server says: the words that it renders, and what it tells the browser.

import assert from 'node:assert/strict'
import { ask, cookieHeader, cookiesOf, decisionsOf } from '../edge/wire.mjs'
import { document } from './examples.mjs'

const VALUES = { 'free-shipping': true, 'gift-wrap': false, reviews: false, notice: { text: 'Open on Sundays', until: 'March' } }

/** One visit. What is rendered is what the browser is told, of every kind of flag. */
async function visit(port, cookies) {
  const answer = await ask({ port }, '/', cookies && { headers: { cookie: cookieHeader(cookies) } })
  const { flags } = decisionsOf(answer.text)
  const { hero, ...others } = Object.fromEntries(Object.entries(flags).map(([key, { value }]) => [key, value]))
  assert.deepEqual(others, VALUES)
  assert.equal(answer.text.match(/<h1>(.*?)<\/h1>/)[1], hero)
  return { hero, answer }
}

/** Visitors of a server that decides by itself meet both variants, and each of them always the same. */
export async function decides(port) {
  const met = new Set()
  for (let count = 0; count < 16; count++) {
    const { hero, answer } = await visit(port)
    met.add(hero)
    assert.match(answer.headers['cache-control'], /private/)
    const again = await visit(port, cookiesOf(answer.setCookies))
    assert.equal(again.hero, hero)
  }
  assert.deepEqual([...met].sort(), Object.values(document.flags.hero.variants).sort())
}

/** Visitors of a server behind the edge meet what the edge has decided. */
export async function follows(port) {
  const met = new Set()
  for (let count = 0; count < 16; count++) met.add((await visit(port)).hero)
  assert.deepEqual([...met].sort(), Object.values(document.flags.hero.variants).sort())
}
