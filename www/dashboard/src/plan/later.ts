import { useEffect, useState } from 'preact/hooks'

/** The value as it is after a pause: what is typed does not send a request with each letter. */
export function useLater<Value>(value: Value, ms = 400): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    if (Object.is(value, settled)) return
    const timer = setTimeout(() => setSettled(() => value), ms)
    return () => clearTimeout(timer)
  }, [value, settled, ms])
  return settled
}
