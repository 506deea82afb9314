import { inProject, useLive } from '../api'
import { ClaimsOf } from '../claims/of'
import { Answers } from '../debrief/answers'
import { Markdown } from '../debrief/markdown'
import { Afterwards } from '../debrief/afterwards'
import { Card, Loaded } from '../parts'
import type { DebriefScreen } from '../types'
import '../experiment.css'
import '../debrief/debrief.css'

/** What was learned. The facts are there already; three questions are left to a person. */
export function Debrief({ project, experimentKey }: { project: string; experimentKey: string }) {
  const path = inProject(project, 'experiments', experimentKey, 'debrief')
  // Only once: what is being written is not to be read again beneath the writer's hands.
  const live = useLive<DebriefScreen>(path, 0)
  return (
    <Loaded live={live}>
      {(screen) => (
        <div class="stack">
          <Card title="What happened">
            <dl class="facts-three">
              <div><dt>Expected</dt><dd>{screen.prefilled.expected}</dd></div>
              <div><dt>Found</dt><dd>{screen.prefilled.found}</dd></div>
              <div><dt>Decided</dt><dd>{screen.prefilled.decision}</dd></div>
            </dl>
          </Card>
          <Answers path={path} screen={screen} onSaved={() => live.refresh()} />
          <ClaimsOf {...{ project, experimentKey }} />
          <Markdown name={experimentKey} text={screen.markdown} />
          <Afterwards project={project} experimentKey={experimentKey} />
        </div>
      )}
    </Loaded>
  )
}
