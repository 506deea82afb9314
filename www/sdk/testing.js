// Flags for tests of an application: values as the test says, and what the application did with them.

import { openWith } from './open.js'

/**
 * Flags with these values.
 *
 * @param values by key
 * @param variants names of variants by key; the value as a text where nothing is said
 */
export function withFlags(values = {}, variants = {}) {
  const all = new Map(Object.entries(values))
  const seen = []
  const tracked = []
  const decisions = () => ({
    flags: Object.fromEntries([...all].map(([key, value]) =>
      [key, { value, variant: variants[key] ?? named(value), reason: 'STATIC' }])),
  })
  const flags = openWith(undefined, decisions())
  const listeners = new Set()
  let now = flags
  return {
    get: (key, fallback) => now.get(key, fallback),
    why: (key) => now.why(key),
    first: (key) => flags.why(key),
    keys: () => now.keys(),
    seen: (key) => void (seen.includes(key) || seen.push(key)),
    track: (name) => void tracked.push(name),
    update() {},
    leave() {},
    snapshot: undefined,
    fault: undefined,
    version: undefined,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    /** Changes a value, or takes the flag away, and tells whoever listens. */
    set(key, value) {
      if (value === undefined) all.delete(key)
      else all.set(key, value)
      now = openWith(undefined, decisions())
      listeners.forEach((listener) => listener())
    },

    /** Keys of flags that the application has shown, in order, each once. */
    exposures: seen,

    /** Names of what it has tracked. */
    tracked,
  }
}

const named = (value) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : typeof value === 'object' ? undefined : String(value))
