import { later, Loaded, Screen, Status, Unsigned } from '../parts'
import type { Tone } from '../parts'
import { inProject, useLive } from '../api'
import type { ExperimentState } from '../types'
import type { Owned } from '../types/teams'

const AskCard = later(async () => (await import('../ask/card')).AskCard)
const Belongs = later(async () => (await import('../teams/belongs')).Belongs)
const CommentsCard = later(async () => (await import('../talk/comments')).CommentsCard)
const Debrief = later(async () => (await import('./debrief')).Debrief)
const Live = later(async () => (await import('./live')).Live)
const Plan = later(async () => (await import('./plan')).Plan)
const Reading = later(async () => (await import('./reading')).Reading)

type Tab = 'plan' | 'live' | 'reading' | 'debrief'

const WORDS: Record<Tab, string> = { plan: 'Plan', live: 'Live', reading: 'Read and decide', debrief: 'Debrief' }

/** The tabs of each state; the first is the screen that fits it. */
const TABS: Record<ExperimentState, [Tab, ...Tab[]]> = {
  idea: ['plan'], draft: ['plan'], inReview: ['plan'], approved: ['plan'],
  running: ['live', 'reading'],
  stopped: ['reading', 'live'],
  decided: ['reading', 'live', 'debrief'],
  debriefed: ['reading', 'live', 'debrief'],
  archived: ['debrief', 'reading', 'live'],
}

export const STATES: Record<ExperimentState, { word: string; tone: Tone }> = {
  idea: { word: 'Idea', tone: 'off' },
  draft: { word: 'Draft', tone: 'off' },
  inReview: { word: 'In review', tone: 'wait' },
  approved: { word: 'Approved', tone: 'wait' },
  running: { word: 'Running', tone: 'ok' },
  stopped: { word: 'Stopped', tone: 'look' },
  decided: { word: 'Decided', tone: 'ok' },
  debriefed: { word: 'Debriefed', tone: 'ok' },
  archived: { word: 'Archived', tone: 'off' },
}

/**
 * One experiment from idea to debrief: its title and state, and the screen that fits. The screens inside start with h2;
 * a plan brings its own heading, because a new one has no page around it.
 */
export function ExperimentPage(
  { project, experimentKey, tab }: { project: string; experimentKey: string; tab?: string },
) {
  const live = useLive<Owned>(inProject(project, 'experiments', experimentKey), 5000)
  const state = live.value?.state
  // What never ran has nothing else to show.
  if (state && (TABS[state].every((tab) => tab === 'plan') || !live.value?.run)) {
    return <Plan project={project} experimentKey={experimentKey} />
  }
  return (
    <Screen
      title={live.value?.title ?? (live.failure?.status === 404 ? 'Nothing is here' : experimentKey)} above={<a href="#/experiments">Experiments</a>}
      aside={state && <Status tone={STATES[state].tone}>{STATES[state].word}</Status>}
    >
      <Loaded live={live}>
        {(experiment) => {
          const { state, intake } = experiment
          const tabs = TABS[state]
          const shown = tabs.find((known) => known === tab) ?? tabs[0]
          const inside = { project, experimentKey }
          return (
            <>
              <Belongs {...{ project, experiment }} onDone={() => void live.refresh()} />
              <nav class="tabs" aria-label="Parts of this experiment">
                {tabs.map((name) => (
                  <a
                    key={name} href={`#/experiments/${experimentKey}/${name}`}
                    aria-current={name === shown ? 'page' : undefined}
                  >
                    {WORDS[name]}
                  </a>
                ))}
              </nav>
              <Unsigned intake={intake} />
              {shown === 'live' && <Live {...inside} />}
              {shown === 'reading' && <Reading {...inside} />}
              {shown === 'debrief' && <Debrief {...inside} />}
              <AskCard {...inside} title={experiment.title} />
              <CommentsCard project={project} subject={experimentKey} title={experiment.title} />
            </>
          )
        }}
      </Loaded>
    </Screen>
  )
}
