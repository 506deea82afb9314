import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { factsOf, Imported } from '../library/past'
import { Outcome } from '../library/outcome'
import { Button, Card, Dialog, Loaded, Problem, Screen, Time, toast } from '../parts'
import { go } from '../router'
import type { PastCard } from '../types/library'
import '../library/library.css'
import '../debrief/debrief.css'

/** One that was imported: the words of whoever brought it, and the mark that nobody here has seen its numbers. */
export function Past({ project, pastKey }: { project: string; pastKey: string }) {
  const path = inProject(project, 'past', pastKey)
  const live = useLive<PastCard>(path, 0)
  const write = useWrite()
  const [asking, setAsking] = useState(false)
  const remove = async (): Promise<void> => {
    if (!(await write.send('DELETE', path))) return setAsking(false)
    toast({ text: 'It is no longer in the library.' })
    go('#/library')
  }
  return (
    <Screen title={live.value?.title ?? (live.failure?.status === 404 ? 'Nothing is here' : pastKey)} above={<a href="#/library">Library</a>} aside={live.value && <Imported />}>
      {write.failure && <Problem failure={write.failure} />}
      <Loaded live={live}>
        {(card) => (
          <div class="stack">
            <Card title="What they say came of it" aside={<Outcome outcome={card.outcome} />}>
              <dl class="facts-three">
                {card.expected && <div><dt>Expected</dt><dd>{card.expected}</dd></div>}
                {card.found && <div><dt>Found, as they say</dt><dd>{card.found}</dd></div>}
                {factsOf(card).map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
              </dl>
              <p class="muted small">
                Imported by {card.imported.who}, <Time at={card.imported.at} />. Nobody here has verified its numbers, and no rate counts it.
              </p>
            </Card>
            {card.text && (
              <Card title="As it was written">
                <pre class="markdown" tabIndex={0} aria-label="The imported text as Markdown">{card.text}</pre>
              </Card>
            )}
            <div class="actions">
              <Button kind="quiet" onClick={() => setAsking(true)}>Take it out of the library</Button>
            </div>
          </div>
        )}
      </Loaded>
      {asking && (
        <Dialog title="Take it out of the library?" submit="Take it out" kind="stop" busy={write.busy} onSubmit={() => void remove()} onClose={() => setAsking(false)}>
          <p>It can be imported again from the file that it came from.</p>
        </Dialog>
      )}
    </Screen>
  )
}
