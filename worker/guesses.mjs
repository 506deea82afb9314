// Wrong tokens from one address: after so many a minute it is no longer listened to, but for tokens that were right
// before. The lock is the address's, so nobody can lock somebody else out.

import { answer } from './body.mjs'

const MOST = 30
const SPAN = 60_000
/** Addresses, and right tokens, that are remembered. */
const MEMORY = 10_000

const wrong = new Map()
const right = new Set()

/** A refusal, where an address has guessed too often. */
export function tooMany(address, token) {
  const seen = token && wrong.get(address)
  if (!seen || seen.count < MOST || right.has(token)) return undefined
  const left = seen.since + SPAN - Date.now()
  if (left <= 0) return void wrong.delete(address)
  const seconds = Math.ceil(left / 1000)
  return answer(429, { error: 'Too many wrong tokens came from here.', fix: `Wait ${seconds} seconds.` }, { 'retry-after': String(seconds) })
}

/** Remembers how it went. */
export function noted(address, token, isRight) {
  if (isRight) return void remember(right, () => right.add(token))
  const seen = wrong.get(address)
  if (seen && Date.now() < seen.since + SPAN) seen.count++
  else remember(wrong, () => wrong.set(address, { count: 1, since: Date.now() }))
}

function remember(memory, add) {
  if (memory.size >= MEMORY) memory.delete(memory.keys().next().value)
  add()
}
