import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../../api'
import { Button, Card, Loaded, Problem, Status } from '../../parts'
import type { Endpoint, InOther } from '../../types/ask'

/** Asks something that always has an answer. */
const TRIED = 'What is running?'

/** The endpoint of the team's own that may say answers in other words: whether there is one, and whether it does. */
export function Model({ project }: { project: string }) {
  const live = useLive<Endpoint>(inProject(project, 'endpoint'))
  const write = useWrite()
  const [tried, setTried] = useState('')
  const attempt = async (): Promise<void> => {
    setTried('')
    const told = await write.send<InOther>('POST', inProject(project, 'ask'), { text: TRIED })
    if (told) setTried(told.said ? `It answers: “${told.said}”` : told.why)
  }
  return (
    <Loaded live={live}>
      {({ ready, host, model, why }) => (
        <Card
          title="A model of your own" aside={<Status tone={ready ? 'ok' : 'off'}>{ready ? 'On' : 'Off'}</Status>}
        >
          <p>
            It may choose which question a text means, and say answers in other words. Each figure and each word of a verdict stays the
            engine’s: where the model says another, its words are not shown. Nothing leaves before somebody presses <em>In other words</em>.
          </p>
          {ready
            ? (
              <div class="row">
                <p class="muted">{model || 'Its usual model'} at {host}</p>
                <Button small busy={write.busy} onClick={() => void attempt()}>Try it</Button>
              </div>
            )
            : <p class="muted small">{why} The deployment names one in <code>MODEL_URL</code>; <code>docs/assistant.md</code> says how.</p>}
          {write.failure && <Problem failure={write.failure} />}
          <p class="small" aria-live="polite">{tried}</p>
        </Card>
      )}
    </Loaded>
  )
}
