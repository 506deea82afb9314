import type { FunctionComponent } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Problem } from './problem'
import { Skeleton } from './skeleton'

/** Loads that nobody has needed yet. */
const waiting = new Set<() => Promise<unknown>>()

/** Milliseconds until the first screen has what it shows, and the network has nothing better to do. */
const QUIET = 2000

/** Brings what may be needed next, so that going there takes no time and needs no network. */
export function loadTheRest(): void {
  setTimeout(() => {
    for (const load of waiting) void load().catch(() => undefined)
  }, QUIET)
}

/** A part of the page whose code comes when somebody goes there, or before in a quiet moment. */
export function later<Props extends object>(load: () => Promise<FunctionComponent<Props>>): FunctionComponent<Props> {
  let Loaded: FunctionComponent<Props> | undefined
  const once = async (): Promise<void> => {
    Loaded ??= await load()
    waiting.delete(once)
  }
  waiting.add(once)
  return function Later(props) {
    const [failed, setFailed] = useState(false)
    const [, render] = useState(0)
    useEffect(() => {
      if (Loaded || failed) return
      let here = true
      once().then(() => here && render((n) => n + 1), () => here && setFailed(true))
      return () => void (here = false)
    }, [failed])
    if (Loaded) return <Loaded {...props} />
    return failed ? <Problem failure={MISSING} again={{ label: 'Load the page again', act: () => location.reload() }} /> : <Skeleton />
  }
}

const MISSING = {
  ok: false as const, status: 0, error: 'This part of the page could not be loaded.', problems: [], current: null,
  fix: 'The engine may be away, or newer than the page that you look at.',
}
