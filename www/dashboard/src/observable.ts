import { useEffect, useState } from 'preact/hooks'

/** A value that several parts of the page look at: the token, the connection, the toasts. */
export interface Observable<T> {
  get(): T
  set(value: T): void
  watch(listener: (value: T) => void): () => void
}

export function observable<T>(initial: T): Observable<T> {
  let value = initial
  const listeners = new Set<(value: T) => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener(value)
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useObservable<T>(source: Observable<T>): T {
  const [value, setValue] = useState(source.get)
  useEffect(() => {
    // It may have changed between the first rendering and now.
    setValue(() => source.get())
    return source.watch((next) => setValue(() => next))
  }, [source])
  return value
}
