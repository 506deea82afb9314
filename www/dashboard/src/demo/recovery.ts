import { useEffect } from 'preact/hooks'
import { lostSince } from '../api'
import { toast } from '../parts'

/** Shorter silences are a lost request, not a lost engine. */
const WORTH_SAYING = 500

/** Says how long the engine was away, once it is back. */
export function useRecovery(): void {
  useEffect(() => {
    let since = lostSince.get()
    return lostSince.watch((lost) => {
      if (lost !== null) since = lost
      else if (since !== null) {
        const away = Date.now() - since
        since = null
        const seconds = (away / 1000).toFixed(1)
        if (away > WORTH_SAYING) toast({ key: 'recovery', text: `The engine is back after ${seconds} s.` })
      }
    })
  }, [])
}
