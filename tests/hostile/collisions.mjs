// Keys that a table on XXH3 would put into one place: 64-bit XXH3 of eight bytes with seed 0 (xxHash's `xxh3.h`,
// `XXH3_len_4to8_64b`), in halves of 32 bits, because some hundred million are tried. What was found is kept.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'

/** The secret's words at 8 and 16, one over the other: it flips bits of the key. */
const [FLIP_HIGH, FLIP_LOW] = [0xc73ab174, 0xc5ecd5a2]
const [PRIME_HIGH, PRIME_LOW] = [0x9fb21c65, 0x1e98df25]
const LETTERS = 'abcdefghijklmnopqrstuvwxyz012345'

/** The high half of a product of two words. No sum in it passes 2^32. */
function high(a, b) {
  const [a1, a0, b1, b0] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff]
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) >>> 0
  const low = ((middle & 0xffff) + Math.imul(a0, b1)) >>> 0
  return (Math.imul(a1, b1) + (middle >>> 16) + (low >>> 16)) >>> 0
}

/** The low 16 bits of the hash of eight bytes, given as two little-endian words. */
function low16(first, second) {
  // The input is the second word, with the first one above it.
  let h = (first ^ FLIP_HIGH) >>> 0
  let l = (second ^ FLIP_LOW) >>> 0
  const [rh, rl] = [(l << 17) | (h >>> 15), (h << 17) | (l >>> 15)]
  const [sh, sl] = [(h << 24) | (l >>> 8), (l << 24) | (h >>> 8)]
  h = (h ^ rh ^ sh) >>> 0
  l = (l ^ rl ^ sl) >>> 0
  let next = (high(l, PRIME_LOW) + Math.imul(l, PRIME_HIGH) + Math.imul(h, PRIME_LOW)) >>> 0
  l = Math.imul(l, PRIME_LOW) >>> 0
  h = next
  const shifted = (h >>> 3) + 8
  l = (l ^ shifted) >>> 0
  next = (high(l, PRIME_LOW) + Math.imul(l, PRIME_HIGH) + Math.imul(h, PRIME_LOW)) >>> 0
  l = Math.imul(l, PRIME_LOW) >>> 0
  h = next
  return (l ^ ((l >>> 28) | (h << 4))) & 0xffff
}

/** So many keys of eight letters and digits whose hashes end with the same 16 bits. */
export function colliding(count) {
  const file = join(root, 'target/hostile', `colliding-${count}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const codes = Array.from(LETTERS, (letter) => letter.charCodeAt(0))
  const word = (number) =>
    (codes[number & 31] | (codes[(number >> 5) & 31] << 8) | (codes[(number >> 10) & 31] << 16) | (codes[(number >> 15) & 31] << 24)) >>> 0
  const text = (number) => [0, 5, 10, 15].map((bits) => LETTERS[(number >> bits) & 31]).join('')
  const found = []
  // The first letter is one of a to z: names begin with a letter.
  for (let first = 0; found.length < count; first++) {
    if ((first & 31) > 25) continue
    for (let second = 0; second < 1 << 20 && found.length < count; second++) {
      if (low16(word(first), word(second)) === 0x2a) found.push(text(first) + text(second))
    }
  }
  mkdirSync(join(root, 'target/hostile'), { recursive: true })
  writeFileSync(file, JSON.stringify(found))
  return found
}
