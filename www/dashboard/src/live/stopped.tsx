import { useState } from 'preact/hooks'
import { now } from '../clock'
import { Button, LinkButton, Status, Time, useTick, Words } from '../parts'
import type { Experiment } from '../types'
import { left } from '../words'
import { undoStop } from './undo'

const CAUSES = {
  person: 'Stopped by hand',
  guardrail: 'Stopped itself: a guardrail broke',
  data: 'Stopped itself: the data are not sound',
  decision: 'Ended by a decision',
}

/** It no longer reaches anybody. A person's stop can be taken back for ten minutes; the engine's cannot. */
export function Stopped({ project, experiment, onChange, deciding = false }: {
  project: string
  experiment: Experiment
  /** On the screen where one decides there is no way to it. */
  deciding?: boolean
  onChange(experiment: Experiment): void
}) {
  const [busy, setBusy] = useState(false)
  useTick(1000)
  const { stop, actions, key } = experiment
  if (!stop) return null
  const remaining = stop.undoUntil - now()
  const canUndo = actions.includes('undo') && remaining > 0
  const undo = async () => {
    setBusy(true)
    const again = await undoStop(project, experiment)
    setBusy(false)
    if (again) onChange(again)
  }
  if (deciding && !canUndo) return null
  return (
    <section class="banner banner-stop" aria-label="Stopped" id="stopped" tabIndex={-1}>
      <Status tone="stop">{CAUSES[stop.cause]}</Status>
      <p><Words>{stop.why}</Words> Everyone gets the old version.</p>
      <p class="muted small">{stop.who}, <Time at={stop.at} /></p>
      <div class="actions">
        {canUndo && (
          <Button icon="undo" busy={busy} onClick={() => void undo()}>
            Undo <span class="undo-left" aria-hidden="true">{left(remaining)} left</span>
          </Button>
        )}
        {!deciding && (
          <LinkButton kind={canUndo ? 'plain' : 'primary'} href={`#/experiments/${key}/reading`}>
            Read and decide
          </LinkButton>
        )}
      </div>
    </section>
  )
}
