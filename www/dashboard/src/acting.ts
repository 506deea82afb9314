// What somebody does to an experiment, always upon the revision that they have seen.

import { useCallback, useState } from 'preact/hooks'
import { call, inProject } from './api'
import type { Failure, Result } from './api'
import type { Experiment } from './types'

export type Deed = 'submit' | 'return' | 'approve' | 'hold' | 'resume' | 'stop' | 'undo' | 'decide' | 'archive'
  | 'agree' | 'confirm' | 'withdraw' | 'start' | 'abort'

export interface Acting {
  /** The deed that is under way. */
  busy: Deed | undefined
  failure: Failure | undefined
  /** Forgets the failure: what it was about has changed. */
  clear(): void
  /** Upon `revision` where that is newer than what the page shows. */
  act(deed: Deed, body?: object, revision?: number): Promise<Experiment | undefined>
}

/** `done` gets the experiment as it is afterwards. */
export function useActing(project: string, experiment: Experiment, done: (experiment: Experiment) => void): Acting {
  const [busy, setBusy] = useState<Deed>()
  const [failure, setFailure] = useState<Failure>()
  const act = async (
    deed: Deed, body: object = {}, revision = experiment.revision,
  ): Promise<Experiment | undefined> => {
    if (busy) return undefined
    setBusy(deed)
    const path = inProject(project, 'experiments', experiment.key, deed)
    const result = await (deed === 'stop' ? insist : post)(path, body, revision)
    setBusy(undefined)
    setFailure(result.ok ? undefined : result)
    if (!result.ok) return undefined
    done(result.value)
    // What this page keeps fresh asks again when it is seen again: so the frame, too, shows the new state at once.
    document.dispatchEvent(new Event('visibilitychange'))
    return result.value
  }
  const clear = useCallback(() => setFailure(undefined), [])
  return { busy, failure, clear, act }
}

const post = (path: string, body: object, revision: number): Promise<Result<Experiment>> =>
  call<Experiment>('POST', path, { body, revision })

/** Stopping is meant whatever the ramp did meanwhile, so an old revision must not stand in its way. */
async function insist(path: string, body: object, revision: number): Promise<Result<Experiment>> {
  const result = await post(path, body, revision)
  const current = result.ok ? undefined : (result.current as Partial<Experiment> | null | undefined)
  if (result.ok || result.status !== 412) return result
  return current?.state === 'running' && current.revision !== undefined ? post(path, body, current.revision) : result
}
