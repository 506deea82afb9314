import { useState } from 'preact/hooks'
import { call, inProject } from '../api'
import type { Live } from '../live'
import type { Demo, DemoAnswer } from '../types'
import type { Act } from './acts'

interface Told {
  look: string
  where?: string
  /** The shop, where the browser did not let us open it. */
  url?: string
  bad?: boolean
}

export interface Doing {
  /** The path of the act that has not been answered yet. */
  busy: string | undefined
  /** Where to look now. */
  told: Told | undefined
  forget(): void
  start(act: Act, on: boolean): Promise<void>
}

export function useActs(project: string, live: Live<Demo>): Doing {
  const [busy, setBusy] = useState<string>()
  const [told, setTold] = useState<Told>()

  async function start(act: Act, on: boolean): Promise<void> {
    // Browsers let a page open a tab only while it handles a click, and the address comes later.
    const tab = act.path === 'visit' ? open('', '_blank') : null
    setTold(undefined)
    if (act.back && !on) return act.back()
    setBusy(act.path)
    const body = act.isOn ? { on } : {}
    const result = await call<DemoAnswer>('POST', inProject(project, 'demo', act.path), { body })
    setBusy(undefined)
    if (result.ok) {
      const { look, where, url } = result.value
      const opened = url !== undefined && lead(tab, url)
      setTold({ look, where, url: url !== undefined && !opened ? url : undefined })
      act.then?.(result.value)
    } else {
      tab?.close()
      setTold(result.status === 0 && act.last ? act.last : { look: `${result.error} ${result.fix}`, bad: true })
    }
    await live.refresh()
  }

  return { busy, told, forget: () => setTold(undefined), start }
}

function lead(tab: Window | null, url: string): boolean {
  if (!tab) return false
  tab.opener = null
  tab.location.replace(url)
  return true
}
