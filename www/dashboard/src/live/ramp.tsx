import type { Acting } from '../acting'
import { Button, Card, Time, Words } from '../parts'
import { AtHour } from '../plan/at-hour'
import type { Experiment } from '../types'

/** The steps as stations of a line: passed, here, ahead. What comes next stands beneath, with its reason. */
export function Ramp({ project, experiment, acting, onStop }: {
  project: string; experiment: Experiment; acting: Acting; onStop(): void
}) {
  const { ramp, actions } = experiment
  return (
    <Card title="Who sees it" class="ramp-card">
      {ramp && (
        <>
          <Stations stages={ramp.stages} stage={ramp.stage} held={ramp.held} />
          <div class="ramp-words">
            {ramp.held && (
              <p><strong>Held.</strong> <Words>{ramp.why || 'It stays at this step until somebody lets it go on.'}</Words></p>
            )}
            {!ramp.held && ramp.why && <p><Words>{ramp.why}</Words></p>}
            {!ramp.held && ramp.next && (
              <p>
                The next step is <Words>{ramp.next}</Words>.
                {ramp.due !== null && <span class="muted"> At the earliest <Time at={ramp.due} coming />.</span>}
              </p>
            )}
          </div>
        </>
      )}
      <div class="actions">
        {actions.includes('stop') && (
          <Button kind="stop" icon="stop" busy={acting.busy === 'stop'} onClick={onStop}>
            Stop — everyone gets the old version
          </Button>
        )}
        {actions.includes('hold') && (
          <Button
            icon="held" busy={acting.busy === 'hold'}
            onClick={() => void acting.act('hold', { why: 'Held by hand.' })}
          >
            Hold here
          </Button>
        )}
        {actions.includes('resume') && (
          <Button icon="next" busy={acting.busy === 'resume'} onClick={() => void acting.act('resume')}>Go on</Button>
        )}
      </div>
      {actions.includes('stop') && (
        <AtHour
          project={project} does="Stop it" call={{ method: 'POST', path: `experiments/${experiment.key}/stop` }}
        />
      )}
      <p class="hint">Stopping takes effect within seconds and can be undone for ten minutes.</p>
    </Card>
  )
}

const WORDS = {
  passed: () => 'passed',
  here: (held: boolean) => (held ? 'held here' : 'now'),
  ahead: (_: boolean, distance: number) => (distance === 1 ? 'next' : 'later'),
}

const planned = (i: number, stations: number): string =>
  (i === 0 ? 'at first' : i === stations - 1 ? 'stays here' : 'then')

/** Without a stage it is a plan. */
export function Stations({ stages, stage, held = false }: { stages: number[]; stage?: number; held?: boolean }) {
  return (
    <ol class="stations" aria-label="Share of visitors in the test, step by step">
      {stages.map((share, i) => {
        const place = stage === undefined || i > stage ? 'ahead' : i === stage ? 'here' : 'passed'
        return (
          <li key={share} class={`station station-${place}`} aria-current={place === 'here' ? 'step' : undefined}>
            <span class="station-mark" aria-hidden="true" />
            <span class="station-share">{share} %</span>
            <span class="station-words">
              {stage === undefined ? planned(i, stages.length) : WORDS[place](held, i - stage)}
            </span>
          </li>
        )
      })}
    </ol>
  )
}
