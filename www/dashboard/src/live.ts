// Values that stay fresh while somebody looks at them.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ahead } from './clock'
import { call, lostSince, read } from './client'
import type { Failure, Result } from './client'
import { token } from './session'

export interface Live<T> {
  /** The last good answer, which stays while later ones fail. */
  value: T | undefined
  /** Why the last request failed, if it did. */
  failure: Failure | undefined
  /** When the last good answer came, by this machine's clock. */
  at: number
  /** How far the engine's clock was ahead of this machine's when it came. */
  offset: number
  /** Asks again at once. */
  refresh(): Promise<void>
  /** Puts in what a write has answered, without waiting for the next reading. */
  set(value: T): void
}

const LONGEST_WAIT = 30_000

/** What was read last under each path, so that going back to a screen shows it at once. */
const kept = new Map<string, { value: unknown; text?: string; at: number; offset: number }>()

token.watch(() => kept.clear())

/**
 * Reads `path` now and every `everyMs` (0: only once). Keeps the last good value, waits longer after each failure,
 * pauses while the page is hidden, and asks at once when it is seen again or the engine is back. No path, no request.
 */
export function useLive<T>(path: string | null, everyMs = 5000): Live<T> {
  const [, render] = useState(0)
  const state = useRef<{ path: string | null; value?: T; failure?: Failure; at: number; offset: number }>(
    { path: null, at: 0, offset: 0 },
  )
  if (state.current.path !== path) {
    const old = path === null ? undefined : kept.get(path)
    state.current = { path, value: old?.value as T | undefined, at: old?.at ?? 0, offset: old?.offset ?? 0 }
  }
  const ask = useRef<() => Promise<void>>(async () => {})

  useEffect(() => {
    if (path === null) return
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let failures = 0
    let latest = 0

    const look = async (): Promise<void> => {
      clearTimeout(timer)
      const mine = ++latest
      const result = await read<T>(path, gone.signal)
      // A newer request is under way, or nobody looks any more: this answer would turn time back.
      if (gone.signal.aborted || mine !== latest) return
      failures = result.ok ? 0 : failures + 1
      if (result.ok) keep(path, state.current, result.value, result.text)
      else state.current.failure = result
      render((n) => n + 1)
      if (everyMs > 0 || !result.ok) timer = setTimeout(wake, wait(everyMs, failures, result))
    }
    const wake = (): void => {
      if (!document.hidden) void look()
    }
    const back = lostSince.watch((since) => {
      if (since === null && state.current.failure?.status === 0) wake()
    })
    ask.current = look
    void look()
    document.addEventListener('visibilitychange', wake)
    return () => {
      gone.abort()
      clearTimeout(timer)
      back()
      document.removeEventListener('visibilitychange', wake)
    }
  }, [path, everyMs])

  const refresh = useCallback(() => ask.current(), [])
  const set = useCallback((value: T) => {
    if (path !== null) keep(path, state.current, value)
    render((n) => n + 1)
  }, [path])
  const { value, failure, at, offset } = state.current
  return { value, failure, at, offset, refresh, set }
}

/** An answer that says what the last one said is the same value: whatever was drawn from it stays. */
function keep<T>(path: string, state: { value?: T; failure?: Failure; at: number; offset: number }, value: T, text?: string): void {
  const before = kept.get(path)
  const known = text !== undefined && before?.text === text ? before.value as T : value
  Object.assign(state, { value: known, failure: undefined, at: Date.now(), offset: ahead.get() })
  kept.set(path, { value: known, text, at: state.at, offset: state.offset })
}

/** What the client did wrong does not heal by itself, so it is asked about seldom. */
function wait(everyMs: number, failures: number, result: Result<unknown>): number {
  if (result.ok) return everyMs
  if (result.status >= 400 && result.status < 500) return LONGEST_WAIT
  return Math.min(LONGEST_WAIT, 1000 * 2 ** (failures - 1))
}

export interface Write {
  busy: boolean
  failure: Failure | undefined
  clear(): void
  /** Sends it; a second call while the first is under way does nothing and answers undefined. */
  send<T>(
    method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, revision?: number,
  ): Promise<T | undefined>
}

/** For what people do: one request at a time, its failure kept until the next one. */
export function useWrite(): Write {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const underWay = useRef(false)
  const clear = useCallback(() => setFailure(undefined), [])
  const send = useCallback(async <T>(
    method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, revision?: number,
  ): Promise<T | undefined> => {
    if (underWay.current) return undefined
    underWay.current = true
    setBusy(true)
    const result = await call<T>(method, path, { body, revision })
    underWay.current = false
    setBusy(false)
    setFailure(result.ok ? undefined : result)
    return result.ok ? result.value : undefined
  }, [])
  return { busy, failure, clear, send }
}
