import { useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { inEnvironment, inProject, useLive } from '../api'
import { Loaded, Screen, Skeleton } from '../parts'
import { Editor } from '../plan/editor'
import { Review } from '../plan/review'
import { CommentsCard } from '../talk/comments'
import { Belongs } from '../teams/belongs'
import type { DataScreen, Experiment, ExperimentCard, Flags, Offered, Playbook } from '../types'
import type { Owned } from '../types/teams'
import '../experiment.css'
import '../plan/plan.css'
import '../plan/before.css'
import '../plan/kinds.css'

/** What a plan can choose from. */
export interface Offers {
  playbook: Playbook
  metrics: DataScreen['metrics']
  flags: Flags['flags']
  templates: Offered[]
  segments: string[]
  /** What runs now. */
  running: ExperimentCard[]
}

/** What stands on an experiment's page besides the plan: whose it is and who follows it, and what people say of it. */
export interface Around {
  belongs: ComponentChildren
  comments: ComponentChildren
}

/** Four questions on one page; the playbook answers the rest. Without a key it is a new one. */
export function Plan({ project, experimentKey, onCreated }: { project: string; experimentKey?: string; onCreated?(key: string): void }) {
  const [created, setCreated] = useState<string>()
  const key = experimentKey ?? created
  const live = useLive<Owned>(key === undefined ? null : inProject(project, 'experiments', key))
  const playbook = useLive<{ playbook: Playbook }>(inProject(project, 'playbook'), 0)
  const data = useLive<DataScreen>(inEnvironment(project, 'production', 'data'), 30_000)
  const flags = useLive<Flags>(inEnvironment(project, 'production', 'flags'), 0)
  const templates = useLive<{ templates: Offered[] }>(inProject(project, 'templates'), 0)
  const served = useLive<{ document: { segments?: object } }>(inEnvironment(project, 'production', 'document'), 0)
  const all = useLive<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'), 0)

  if (experimentKey !== undefined && !live.value) return <Alone><Loaded live={live}>{() => null}</Loaded></Alone>
  if (!playbook.value) return <Alone><Loaded live={playbook}>{() => null}</Loaded></Alone>
  const experiment = live.value
  const around = {
    belongs: experiment && <Belongs project={project} experiment={experiment} onDone={() => void live.refresh()} />,
    comments: experiment && <CommentsCard project={project} subject={experiment.key} title={experiment.title} />,
  }
  const know = (told: Experiment): void => live.set({ ...live.value, ...told } as Owned)
  if (experiment && experiment.state !== 'idea' && experiment.state !== 'draft') {
    return <Review project={project} experiment={experiment} playbook={playbook.value.playbook} onChange={know} around={around} />
  }
  // Nothing is drafted before it is known what can be measured, and of which kind: the first metric is the default.
  if ([data, templates, flags].some(({ value, failure }) => !value && !failure)) return <Alone><Skeleton lines={8} /></Alone>
  const offers = {
    playbook: playbook.value.playbook, metrics: data.value?.metrics ?? [], flags: flags.value?.flags ?? [],
    templates: templates.value?.templates ?? [], segments: Object.keys(served.value?.document.segments ?? {}),
    running: (all.value?.experiments ?? []).filter(({ key: other, state }) => state === 'running' && other !== key),
  }
  return (
    <Editor
      project={project} initial={experiment} offers={offers} onSubmitted={know} around={around}
      onCreated={(experiment) => {
        setCreated(experiment.key)
        onCreated?.(experiment.key)
      }}
    />
  )
}

function Alone({ children }: { children: ComponentChildren }) {
  return <Screen title="Plan" above={<a href="#/experiments">Experiments</a>}>{children}</Screen>
}
