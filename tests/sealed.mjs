// Snapshots that a test has changed, with the checksum of what they hold now, so that what lies behind it is reached.

import { HEADER, MANIFEST } from '../dist/sdk/names.js'

const MASK = (1n << 64n) - 1n
const [P1, P2, P3, P4, P5] = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n, 0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n]
const turned = (value, bits) => ((value << bits) | (value >> (64n - bits))) & MASK
const round = (sum, lane) => (turned((sum + lane * P2) & MASK, 31n) * P1) & MASK

/** XXH64, as its specification says it: the core uses a library for it. */
function xxh64(bytes, seed) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  let hash = (seed + P5) & MASK
  if (bytes.length >= 32) {
    const sums = [(seed + P1 + P2) & MASK, (seed + P2) & MASK, seed, (seed - P1) & MASK]
    for (; at + 32 <= bytes.length; at += 32) sums.forEach((sum, lane) => (sums[lane] = round(sum, view.getBigUint64(at + lane * 8, true))))
    hash = sums.reduce((all, sum, lane) => all + turned(sum, [1n, 7n, 12n, 18n][lane]), 0n) & MASK
    for (const sum of sums) hash = ((hash ^ round(0n, sum)) * P1 + P4) & MASK
  }
  hash = (hash + BigInt(bytes.length)) & MASK
  for (; at + 8 <= bytes.length; at += 8) hash = (turned(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * P1 + P4) & MASK
  for (; at + 4 <= bytes.length; at += 4) hash = (turned(hash ^ ((BigInt(view.getUint32(at, true)) * P1) & MASK), 23n) * P2 + P3) & MASK
  for (; at < bytes.length; at++) hash = (turned(hash ^ ((BigInt(bytes[at]) * P5) & MASK), 11n) * P1) & MASK
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK
  return hash ^ (hash >> 32n)
}

/** Where section `section` of a snapshot begins. */
export const startOf = (bytes, section) => new DataView(bytes.buffer).getUint32(HEADER + section * 8, true)

/** A copy of a snapshot whose manifest is another one, at its end. */
export function withManifest(snapshot, change) {
  const [start, length] = [0, 4].map((word) => new DataView(snapshot.buffer).getUint32(HEADER + MANIFEST * 8 + word, true))
  const text = JSON.stringify(change(JSON.parse(Buffer.from(snapshot.subarray(start, start + length)).toString())))
  const bytes = new Uint8Array([...snapshot, ...Buffer.from(text)])
  const view = new DataView(bytes.buffer)
  view.setUint32(HEADER + MANIFEST * 8, snapshot.length, true)
  view.setUint32(HEADER + MANIFEST * 8 + 4, Buffer.byteLength(text), true)
  view.setUint32(12, bytes.length - HEADER, true)
  return sealed(bytes)
}

/** A copy of a snapshot with the checksum of its own body. */
export function sealed(snapshot) {
  const bytes = new Uint8Array(snapshot)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(HEADER - 8, xxh64(bytes.subarray(HEADER), BigInt(view.getUint32(8, true))), true)
  return bytes
}
