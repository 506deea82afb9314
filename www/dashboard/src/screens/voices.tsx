import { useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { Button, Empty, Loaded, Screen } from '../parts'
import { useRoute } from '../router'
import type { Survey } from '../types/surveys'
import type { WrittenCount } from '../types/written'
import { Ask } from '../voices/ask'
import { armsOf, Search } from '../voices/search'
import { SurveyCard } from '../voices/survey'
import { Written } from '../voices/written'
import '../experiment.css'
import '../voices/voices.css'

/** What those say who saw it: to a short question on the page, and by themselves to whoever helps them. */
export function Voices({ project }: { project: string }) {
  const live = useLive<{ surveys: Survey[]; written: WrittenCount[] }>(inProject(project, 'voices'))
  const { query } = useRoute()
  const [turned, setAsking] = useState<boolean>()
  const asking = turned ?? query.has('ask')
  const ask = (
    <Button kind="primary" icon="plus" aria-expanded={asking} onClick={() => setAsking(!asking)}>
      Ask the people who saw it
    </Button>
  )
  return (
    <Screen
      title="Voices" aside={<p>Numbers say what happened. People say why.</p>}
      actions={live.value && live.value.surveys.length > 0 && ask}
    >
      {asking && (
        <Ask
          project={project} onDone={() => (setAsking(false), void live.refresh())} onCancel={() => setAsking(false)}
        />
      )}
      <Search project={project} arms={armsOf([...live.value?.written ?? [], ...live.value?.surveys ?? []])} />
      <Loaded live={live}>
        {({ surveys, written }) => surveys.length === 0 && written.length === 0 && !asking ? (
          <Empty title="Nobody has been asked yet" action={ask}>
            <p>
              A small question appears on the page for those who take part in an experiment. What they answer stands
              here, old and new version side by side. Tickets of your help desk stand beside them,
              once it sends them here; <code>docs/integrations.md</code> says how.
            </p>
          </Empty>
        ) : (
          <div class="stack">
            {[...surveys].sort((a, b) => Number(b.open) - Number(a.open)).map((survey) => (
              <SurveyCard key={survey.key} project={project} survey={survey} all={surveys} onChange={() => void live.refresh()} />
            ))}
            {written.map((run) => <Written key={run.run} project={project} run={run} />)}
          </div>
        )}
      </Loaded>
    </Screen>
  )
}
