// What other services mean by the JSON that they send: nothing becomes a number, a person or a name that is none.

import { PROPERTIES, TEXT, isScalar } from './happening.mjs'

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

/** Whether there is a value: services write null or an empty text where there is none. */
export const isGiven = (value) => value !== undefined && value !== null && value !== ''

/** A number, also one that is written as a text; `NaN`, which no door takes, for what is no number; nothing where nothing is given. */
export function asNumber(value) {
  if (!isGiven(value)) return undefined
  return typeof value === 'number' ? value : typeof value === 'string' && NUMBER.test(value) ? Number(value) : Number.NaN
}

/** A text, also one that is written as a number: nothing else names anybody or anything. */
export const asText = (value) => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined)

/** A code of a currency in capitals; what is no text stays as it came, and is refused as a currency. */
export const asCurrency = (value) => (typeof value === 'string' ? value.toUpperCase() : isGiven(value) ? value : undefined)

/** As much of foreign properties as we keep: plain names, plain values, and no more than there may be. */
export function plain(properties) {
  const all = Object.entries(properties ?? {}).filter(([name, value]) => TEXT.test(name) && isScalar(value))
  return Object.fromEntries(all.slice(0, PROPERTIES))
}
