import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Problem } from '../parts'
import type { Endpoint, InOther } from '../types/ask'
import { AnswerList } from './answers'

/**
 * The same answer in the words of the team's own model, for whoever asks for it: nothing leaves before. What the model may not
 * say, or says wrongly, is not shown.
 */
export function InOtherWords(
  { project, text, experiment, self }: { project: string; text: string; experiment?: string; self?: string },
) {
  const endpoint = useLive<Endpoint>(inProject(project, 'endpoint'), 0).value
  const write = useWrite()
  const [told, setTold] = useState<InOther>()
  if (!endpoint?.ready) return null
  const ask = async (): Promise<void> => {
    const other = await write.send<InOther>('POST', inProject(project, 'ask'), { text, experiment })
    if (other) setTold(other)
  }
  return (
    <div class="told-other">
      {!told && <Button small kind="quiet" busy={write.busy} onClick={() => void ask()}>In other words</Button>}
      {write.failure && <Problem failure={write.failure} />}
      {told && <Other {...{ project, told, self, endpoint }} />}
    </div>
  )
}

function Other(
  { project, told: { said, why, chosen, answers }, self, endpoint: { host, model } }:
  { project: string; told: InOther; self?: string; endpoint: Endpoint },
) {
  return (
    <>
      {chosen && <p class="muted">Taken for “{chosen}”</p>}
      {said
        ? (
          <figure>
            <blockquote>{said}</blockquote>
            <figcaption class="hint">In the words of {model || 'your model'} at {host}. Each figure and verdict in it is the engine’s own.</figcaption>
          </figure>
        )
        : <p class="hint">{why} So the sentences here stand as they are.</p>}
      {chosen && <AnswerList {...{ project, answers, self }} />}
    </>
  )
}
