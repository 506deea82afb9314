import { useState } from 'preact/hooks'
import { call, inEnvironment } from '../api'
import type { Failure } from '../api'
import { now } from '../clock'
import { refocus, toast } from '../parts'
import type { EnvironmentKey, Flag } from '../types'

/** In which a switch-off can be taken back (docs/api.md), should the answer not say it. */
const UNDO = 10 * 60_000

/** “Undo” comes where “Turn off” was, and must not take the second click of a double one. */
const DOUBLE_CLICK = 700

/** Where the buttons of a flag stand: the next one takes the focus of the one that was pressed. */
export const doId = (flag: Flag): string => `do-${flag.key}`

/** Off at once, and back within ten minutes. The message outlives the screen, so its way back needs nothing of it. */
export function useSwitch(project: string, environment: EnvironmentKey, refresh: () => Promise<void>) {
  const [failure, setFailure] = useState<Failure>()
  const [busy, setBusy] = useState<string>()

  async function undo(flag: Flag): Promise<void> {
    setBusy(flag.key)
    const list = await call<{ revision: number }>('GET', inEnvironment(project, environment, 'flags'))
    const revision = list.ok ? list.value.revision : undefined
    const path = inEnvironment(project, environment, 'flags', flag.key, 'undo')
    const result = await call('POST', path, { body: {}, revision })
    setBusy(undefined)
    setFailure(result.ok ? undefined : result)
    if (result.ok) toast({ key: place(flag), text: `${flag.key} is on again, as before.` })
    else toast({ key: place(flag), tone: 'look', text: `${flag.key} is still off. ${result.error} ${result.fix}` })
    await refresh()
    refocus(doId(flag))
  }

  async function off(flag: Flag, revision: number): Promise<void> {
    const since = Date.now()
    setBusy(flag.key)
    const path = inEnvironment(project, environment, 'flags', flag.key)
    let result = await call<Partial<Flag>>('PUT', path, { body: { enabled: false }, revision })
    if (!result.ok && result.status === 412) {
      // Turning off is right whatever somebody else has changed, so it does not wait for a second look.
      const list = await call<{ revision: number }>('GET', inEnvironment(project, environment, 'flags'))
      if (list.ok) result = await call('PUT', path, { body: { enabled: false }, revision: list.value.revision })
    }
    setFailure(result.ok ? undefined : result)
    if (result.ok) {
      const until = result.value.undoUntil ?? now() + UNDO
      const text = `${flag.key} is off: everybody gets “${flag.off}”.`
      toast({ key: place(flag), text, undo: { until, act: () => undo(flag) } })
    }
    await refresh()
    refocus(doId(flag))
    setTimeout(() => setBusy(undefined), DOUBLE_CLICK - (Date.now() - since))
  }

  const place = (flag: Flag): string => `${environment} ${flag.key}`
  return { failure, busy, off, undo }
}
