import { inProject, useLive } from '../api'
import type { Live } from '../api'
import { Card, Loaded } from '../parts'
import type { Mark } from '../pictures/dots'
import { RangeOverTime } from '../pictures/series'
import { Split } from '../live/split'
import { Stopped } from '../live/stopped'
import { Decided } from '../reading/decided'
import { Decide } from '../reading/decide'
import { Effect } from '../reading/effect'
import { Guarded } from '../reading/guarded'
import { Others } from '../reading/others'
import { Locked } from '../reading/locked'
import { Said } from '../reading/said'
import { Segments } from '../reading/segments'
import { Specialists } from '../reading/specialists'
import { Verdict } from '../reading/verdict'
import { Share } from '../reading/share'
import type { Experiment, Reading as Screen } from '../types'
import '../experiment.css'
import '../reading/reading.css'
import '../voices/voices.css'

/** The effect that the plan hoped for, or the loss that it allows, with its sign; null without a plan. */
const hopedBy = ({ plan }: Experiment): Mark | null => {
  if (!plan) return null
  const { by, direction, question } = plan.hypothesis
  const allowed = question === 'notWorse'
  return { at: (direction === 'down') === allowed ? by : -by, word: allowed ? 'allowed' : 'hoped' }
}

/** From the sentence to the picture to the range in words; the numbers for specialists are folded away. */
export function Reading({ project, experimentKey }: { project: string; experimentKey: string }) {
  const live = useLive<Screen>(inProject(project, 'experiments', experimentKey, 'reading'))
  const put = (experiment: Experiment) => {
    if (live.value) live.set({ ...live.value, experiment })
    void live.refresh()
  }
  return (
    <Loaded live={live}>
      {(reading) => {
        const { experiment } = reading
        return (
          <div class="stack reading">
            {experiment.state === 'stopped' && (
              <Stopped project={project} experiment={experiment} onChange={put} deciding />
            )}
            <Verdict reading={reading} live={live} />
            {experiment.decision && <Decided experiment={experiment} decision={experiment.decision} />}
            <Evidence reading={reading} project={project} />
            {!experiment.decision && <Decide project={project} reading={reading} onDone={put} />}
            <Split split={experiment.split} />
            <Locked experiment={experiment} />
            <Specialists experiment={experiment} report={reading.report} record={reading.record} />
            <Share {...{ project, reading, hoped: hopedBy(experiment) }} />
          </div>
        )
      }}
    </Loaded>
  )
}

/** The same for whoever was sent a link: nothing to do, and no way elsewhere. */
export function SharedReading({ reading, live }: { reading: Screen; live: Live<Screen> }) {
  const { experiment } = reading
  return (
    <div class="stack reading">
      <Verdict reading={reading} live={live} />
      {experiment.decision && <Decided experiment={experiment} decision={experiment.decision} alone />}
      <Evidence reading={reading} />
      <Split split={experiment.split} />
      <Locked experiment={experiment} />
      <Specialists experiment={experiment} report={reading.report} record={reading.record} />
    </div>
  )
}

/** Whether anybody wrote something of it, or was recorded. */
const hasWords = ({ written }: Screen): boolean =>
  written !== null && (written.themes.wrote.some((people) => people > 0) || written.sessions.length > 0)

/** Without a project it is read by somebody who has a link and can do nothing here. */
function Evidence({ reading, project }: { reading: Screen; project?: string }) {
  const { experiment, series } = reading
  // Numbers that contradict their plan stay to be seen, but nothing invites to use them.
  const unsound = (reading.since?.recommend ?? reading.recommend) === 'fix'
  const hoped = hopedBy(experiment)
  return (
    <div class={unsound ? 'stack unsound' : 'stack'}>
      <Effect reading={reading} hoped={hoped} />
      <Guarded reading={reading} />
      <Others reading={reading} />
      {!unsound && <Segments reading={reading} project={project} />}
      {(reading.voices.length > 0 || hasWords(reading)) && <Said reading={reading} alone={project === undefined} />}
      {!unsound && series.some((point) => point.lift !== null) && (
        <Card title="How the range narrowed"><RangeOverTime series={series} hoped={hoped} /></Card>
      )}
    </div>
  )
}
