import { useActing } from '../acting'
import { inProject, useLive } from '../api'
import { Arms, Browsers } from '../live/arms'
import { Checks } from '../live/checks'
import { Ramp } from '../live/ramp'
import { Split } from '../live/split'
import { Stopped } from '../live/stopped'
import { undoStop } from '../live/undo'
import { AsOf, Card, Empty, Loaded, Problem, refocus, toast } from '../parts'
import { PeopleOverTime } from '../pictures/series'
import type { Experiment, LiveScreen } from '../types'
import '../experiment.css'

/** Is it working? The same lines in the same order, also when all is well; stopping is one click. */
export function Live({ project, experimentKey }: { project: string; experimentKey: string }) {
  const live = useLive<LiveScreen>(inProject(project, 'experiments', experimentKey, 'live'), 3000)
  const put = (experiment: Experiment) => {
    if (live.value) live.set({ ...live.value, experiment })
    void live.refresh()
  }
  return (
    <Loaded live={live}>
      {(screen) => (
        <div class="stack live">
          <Switch project={project} experiment={screen.experiment} onChange={put} />
          <Card title="Is it working?" aside={<AsOf live={live} asOf={screen.asOf} />}>
            <Checks lines={screen.lines} />
          </Card>
          <Card title="People">
            <Arms arms={screen.arms} control={screen.experiment.control} />
            {screen.browsers.length > 0 && <Browsers browsers={screen.browsers} />}
          </Card>
          <Split split={screen.experiment.split} />
          <Card title="People over time">
            {screen.series.length > 1
              ? <PeopleOverTime series={screen.series} />
              : <Empty title="The picture begins with the second look"><p>It draws itself as visitors come.</p></Empty>}
          </Card>
        </div>
      )}
    </Loaded>
  )
}

/** Where it stands and how to hold or stop it, at the top: nobody in a hurry should have to look for it. */
function Switch({ project, experiment, onChange }: {
  project: string; experiment: Experiment; onChange(experiment: Experiment): void
}) {
  const acting = useActing(project, experiment, onChange)
  const stop = async () => {
    const stopped = await acting.act('stop', { why: 'Somebody pressed Stop.' })
    if (!stopped) return
    const until = stopped.stop?.undoUntil
    const undo = async () => {
      const again = await undoStop(project, stopped)
      if (again) onChange(again)
    }
    // It goes along to other screens: whoever stopped the wrong one notices it elsewhere.
    const back = until && stopped.actions.includes('undo') ? { until, act: undo } : undefined
    toast({ key: experiment.key, text: `Stopped: ${experiment.title}.`, tone: 'look', undo: back })
    refocus('stopped')
  }
  return (
    <div class="stack">
      {acting.failure && <Problem failure={acting.failure} />}
      {experiment.state === 'running' && <Ramp project={project} experiment={experiment} acting={acting} onStop={stop} />}
      {experiment.stop && experiment.state === 'stopped' && (
        <Stopped project={project} experiment={experiment} onChange={onChange} />
      )}
    </div>
  )
}
