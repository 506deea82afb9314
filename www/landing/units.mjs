// Units that a seed gives, signed as the edge signs its own (docs/wire.md): whoever they are is known before they come,
// and so is every draw.

import { createHmac } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { chance } from './chance.mjs'

const VERSION = 'v1'
const ID_BYTES = 16
const MAC_BYTES = 16
/** Apart from the streams of the choices, so that who somebody is tells nothing of what they do. */
const IDENTITIES = 0x5eed

/**
 * The cookies of visitors 0, 1, 2 ...
 *
 * @param seed the same seed gives the same units
 * @param unitKeys the binding `UNIT_KEYS`: `id:secret,id:secret`, of which the first signs
 * @param place `<project>/<environment>` where units have keys of their own in each; without it the root secret signs
 * @returns a function from a visitor's index to the value of their unit cookie
 */
export function seededUnits({ seed, unitKeys, place }) {
  const [keyId, root] = unitKeys.split(',')[0].split(':')
  const key = keyOf(root, place)
  return (index) => {
    const text = `${VERSION}.${idOf(seed, index)}.${keyId}`
    const mac = createHmac('sha256', key).update(`unit\0${text}\0`).digest().subarray(0, MAC_BYTES)
    return `${text}.${mac.toString('base64url')}`
  }
}

function keyOf(root, place) {
  const secret = Buffer.from(root, 'base64url')
  return place === undefined ? secret : createHmac('sha256', secret).update(`place\0${place}`).digest()
}

function idOf(seed, index) {
  const random = chance(seed ^ IDENTITIES, index)
  return Buffer.from(Array.from({ length: ID_BYTES }, () => Math.floor(random() * 256))).toString('base64url')
}

/**
 * Hands out indexes, none of them twice, whatever ends the process in between: what a file says was taken is gone.
 *
 * @returns a function that takes so many indexes and gives the first
 */
export function indexes(file) {
  let next = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).next : 0
  return (count) => {
    const first = next
    next += count
    writeFileSync(`${file}.new`, JSON.stringify({ next }))
    renameSync(`${file}.new`, file)
    return first
  }
}
