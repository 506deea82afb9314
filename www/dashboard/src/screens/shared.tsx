import { useEffect, useState } from 'preact/hooks'
import { engineSays } from '../clock'
import { inEnvironment } from '../client'
import type { Failure } from '../client'
import { Logo, Problem, Screen, Skeleton } from '../parts'
import type { Reading } from '../types'
import type { Week } from '../types/week'
import { exactly } from '../words'
import { SharedReading } from './reading'
import { Told } from './week'

type Shared = (Reading | Week) & { ends: number }

/** One result, or a week, for whoever has its link: to be read and printed, and nothing else of the project. */
export function Shared({ project, word }: { project: string; word: string }) {
  const [found, setFound] = useState<Shared>()
  const [failure, setFailure] = useState<Failure>()
  useEffect(() => {
    void asked(project, word).then((answer) => {
      if ('ok' in answer) return setFailure(answer)
      engineSays(answer.asOf)
      setFound(answer)
    })
  }, [])
  return (
    <main class="shared">
      <p class="brand"><Logo /><span>Pointsman</span></p>
      {failure && <Screen title="A result that was shared"><Problem failure={failure} /></Screen>}
      {!failure && !found && <Skeleton lines={8} />}
      {found && (
        <Screen
          title={'wins' in found ? found.title : found.experiment.title}
          aside={<p>Shared with you as of {exactly(found.asOf)}. This link is good until {exactly(found.ends)}.</p>}
        >
          {'wins' in found
            ? <Told week={found} />
            : (
              <SharedReading
                reading={found}
                live={{ value: found, failure: undefined, at: found.asOf, offset: 0, refresh: async () => {}, set: () => {} }}
              />
            )}
        </Screen>
      )}
    </main>
  )
}

async function asked(project: string, word: string): Promise<Shared | Failure> {
  const silent: Failure = { ok: false, status: 0, error: 'The engine does not answer.', fix: 'Load this page again in a moment.', problems: [], current: null }
  try {
    const response = await fetch(inEnvironment(project, 'production', 'shared'), { headers: { Authorization: `Share ${word}` }, cache: 'no-store' })
    const body = await response.json()
    return response.ok ? body : { ...silent, status: response.status, error: body.detail, fix: body.fix ?? '' }
  } catch {
    return silent
  }
}
