import { inProject, useLive, useWrite } from '../api'
import { Button, Problem, toast } from '../parts'
import { go } from '../router'
import type { Experiment } from '../types'

/** What can follow: another run of it, of which the plan may be changed, or a place out of the way. */
export function Afterwards({ project, experimentKey }: { project: string; experimentKey: string }) {
  const path = inProject(project, 'experiments', experimentKey)
  const live = useLive<Experiment>(path, 5000)
  const write = useWrite()
  const { actions, plan, revision } = live.value ?? {}
  const may = (deed: 'plan' | 'archive') => actions?.includes(deed) ?? false
  if (!may('plan') && !may('archive')) return null
  const again = async () => {
    if (await write.send<Experiment>('PUT', `${path}/plan`, plan ?? {}, revision)) go(`#/experiments/${experimentKey}`)
  }
  const away = async () => {
    if (!(await write.send<Experiment>('POST', `${path}/archive`, {}, revision))) return
    toast({ text: 'It is put away. The library keeps what it taught.' })
    void live.refresh()
  }
  return (
    <>
      {write.failure && <Problem failure={write.failure} />}
      <div class="actions">
        {may('plan') && <Button icon="undo" busy={write.busy} onClick={() => void again()}>Plan another run</Button>}
        {may('archive') && <Button kind="quiet" busy={write.busy} onClick={() => void away()}>Put it away</Button>}
      </div>
    </>
  )
}
