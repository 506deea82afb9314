'use client'
// React: the first render has the value, on the server and in the browser the same one.

import { createContext, createElement, useContext, useEffect, useSyncExternalStore } from 'react'

const Flags = createContext(undefined)

/** Gives `flags`, from `open` or `connect`, to everything below. */
export const FlagsProvider = ({ flags, children }) => createElement(Flags.Provider, { value: flags }, children)

/** The flags of the next provider above. */
export function useFlags() {
  const flags = useContext(Flags)
  if (!flags) throw new Error('There is no <FlagsProvider> above this component. Put one around the application.')
  return flags
}

/** What is decided for a flag. Its exposure is confirmed once the component is there, unless `seen` is `false`. */
function useDecision(key, seen) {
  const flags = useFlags()
  const decision = useSyncExternalStore(flags.subscribe, () => flags.why(key), () => flags.first(key))
  const { run, variant } = decision
  useEffect(() => (seen === false ? undefined : flags.seen(key)), [flags, key, seen, run, variant])
  return { flags, decision }
}

/** The value of a flag, or `fallback` where there is none. */
export function useFlag(key, fallback, { seen } = {}) {
  const { value } = useDecision(key, seen).decision
  return value === undefined ? fallback : value
}

/** What a component of an experiment needs: `value`, `variant`, `reason`, `seen()` and `track(name)`. */
export function useExperiment(key, { seen } = {}) {
  const { flags, decision } = useDecision(key, seen)
  const { value, variant, reason, run } = decision
  return { value, variant, reason, run, seen: () => flags.seen(key), track: flags.track }
}

/** Its children where the visitor's variant of `flag` is `is`. Whoever does not see them counts as well: as the others. */
export function Variant({ flag, is, children }) {
  const { variant } = useExperiment(flag)
  return (Array.isArray(is) ? is.includes(variant) : is === variant) ? children : null
}
