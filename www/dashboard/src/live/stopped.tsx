import type { Acting } from '../acting'
import { now } from '../clock'
import { Button, LinkButton, Status, Time, useTick } from '../parts'
import type { Experiment } from '../types'
import { left } from '../words'

const CAUSES = {
  person: 'Stopped by hand',
  guardrail: 'Stopped itself: a guardrail broke',
  data: 'Stopped itself: the data are not sound',
  decision: 'Ended by a decision',
}

/** It no longer reaches anybody. A person's stop can be taken back for ten minutes; the engine's cannot. */
export function Stopped({ experiment, acting, onUndo }: { experiment: Experiment; acting: Acting; onUndo(): void }) {
  useTick(1000)
  const { stop, actions, key } = experiment
  if (!stop) return null
  const remaining = stop.undoUntil - now()
  const canUndo = actions.includes('undo') && remaining > 0
  return (
    <section class="banner banner-stop" aria-label="Stopped">
      <Status tone="stop">{CAUSES[stop.cause]}</Status>
      <p>{stop.why} Everyone gets the old version.</p>
      <p class="muted small">{stop.who}, <Time at={stop.at} /></p>
      <div class="actions">
        {canUndo && (
          <Button icon="undo" busy={acting.busy === 'undo'} onClick={onUndo}>
            Undo <span class="undo-left" aria-hidden="true">{left(remaining)} left</span>
          </Button>
        )}
        <LinkButton kind={canUndo ? 'quiet' : 'primary'} href={`#/experiments/${key}/reading`}>
          Read and decide
        </LinkButton>
      </div>
    </section>
  )
}
