// A plan that saves itself: one change under way at a time, each upon the revision that the last one made.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { call, inProject } from '../api'
import type { Failure, Result } from '../api'
import type { Experiment, Plan } from '../types'
import { begun, nameFor, opened, toSave } from './model'

/** Long enough for a word, short enough that nobody loses a sentence. */
const PAUSE = 900
const AFTER_SILENCE = 3000

export interface Draft {
  plan: Plan
  change(plan: Plan): void
  /** What the engine has of it; undefined until the first saving. */
  experiment: Experiment | undefined
  saving: boolean
  /** Changed and not saved yet. */
  open: boolean
  /** When it was saved last from here, by this machine's clock. */
  savedAt: number | undefined
  failure: Failure | undefined
  /** What somebody else has saved meanwhile; nothing is written until it is settled. */
  conflict: Experiment | undefined
  settle(whose: 'mine' | 'theirs'): void
  /** Takes the experiment as something else than a saving has left it. */
  know(experiment: Experiment): void
  /** Saves at once; answers the saved experiment unless that failed. */
  flush(): Promise<Experiment | undefined>
}

export function useDraft(
  project: string, initial: Experiment | undefined, blank: Plan, onCreated: (experiment: Experiment) => void,
): Draft {
  const [, render] = useState(0)
  const state = useRef({
    plan: initial ? planOf(initial, blank) : blank,
    experiment: initial, saving: undefined as Promise<void> | undefined, open: false, gone: false,
    savedAt: undefined as number | undefined, failure: undefined as Failure | undefined,
    conflict: undefined as Experiment | undefined, timer: undefined as ReturnType<typeof setTimeout> | undefined,
  }).current
  const show = () => !state.gone && render((n) => n + 1)

  const write = async (): Promise<void> => {
    const sent = state.plan
    const result = await send(project, state.experiment, sent, (created) => {
      state.experiment = created
      if (!state.gone) onCreated(created)
    })
    if (result.ok) {
      state.experiment = result.value
      state.open = state.plan !== sent
      state.savedAt = Date.now()
      state.failure = undefined
    } else {
      state.conflict = result.status === 412 && isExperiment(result.current) ? result.current : undefined
      state.failure = state.conflict ? undefined : result
      if (result.status === 0) later(AFTER_SILENCE)
    }
  }
  const save = async (): Promise<void> => {
    clearTimeout(state.timer)
    if (!state.open || state.conflict || !(state.experiment || begun(state.plan))) return
    if (state.saving) await state.saving
    else {
      state.saving = write()
      show()
      await state.saving
      state.saving = undefined
      show()
    }
    if (state.open && !state.failure && !state.conflict) later(PAUSE)
  }
  const later = (ms: number) => {
    clearTimeout(state.timer)
    if (!state.gone) state.timer = setTimeout(() => void save(), ms)
  }

  const change = useCallback((plan: Plan) => {
    state.plan = plan
    state.open = true
    later(PAUSE)
    show()
  }, [project])

  const flush = async (): Promise<Experiment | undefined> => {
    // What was typed while a saving was under way needs one of its own.
    for (let tries = 0; state.open && tries < 3 && !state.conflict; tries++) await save()
    return state.failure || state.conflict || state.open ? undefined : state.experiment
  }

  const know = (experiment: Experiment) => {
    state.experiment = experiment
    show()
  }

  const settle = (whose: 'mine' | 'theirs') => {
    const theirs = state.conflict
    if (!theirs) return
    state.conflict = undefined
    state.experiment = theirs
    if (whose === 'theirs') {
      state.plan = planOf(theirs, blank)
      state.open = false
    } else later(0)
    show()
  }

  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent) => {
      if (state.open && begun(state.plan)) event.preventDefault()
    }
    addEventListener('beforeunload', leaving)
    return () => {
      removeEventListener('beforeunload', leaving)
      void save()
      state.gone = true
      clearTimeout(state.timer)
    }
  }, [])

  const { plan, experiment, open, savedAt, failure, conflict } = state
  return {
    plan, change, experiment, saving: state.saving !== undefined, open, savedAt, failure, conflict, know, settle, flush,
  }
}

/** A new one gets its key from its title first; the plan follows under it. */
async function send(
  project: string, experiment: Experiment | undefined, plan: Plan, onCreated: (experiment: Experiment) => void,
): Promise<Result<Experiment>> {
  let known = experiment
  if (!known) {
    const idea = { title: nameFor(plan), note: '' }
    const created = await call<Experiment>('POST', inProject(project, 'experiments'), { body: idea })
    if (!created.ok) return created
    known = created.value
    onCreated(known)
  }
  const { key, title, revision } = known
  const path = inProject(project, 'experiments', key, 'plan')
  return call<Experiment>('PUT', path, { body: toSave(plan, title), revision })
}

const planOf = ({ plan, title }: Experiment, blank: Plan): Plan => (plan ? opened(plan) : { ...blank, title })

const isExperiment = (value: unknown): value is Experiment =>
  typeof value === 'object' && value !== null && 'revision' in value && 'key' in value
