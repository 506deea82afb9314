import { useState } from 'preact/hooks'
import { inProject, useWrite } from '../api'
import { Button, Problem, toast, Words } from '../parts'
import type { Offered } from '../types/ask'
import type { Idea } from '../types/teams'

/** A follow-up test that one button writes down as an idea. Nothing is ever shipped to a group from here. */
export function Offer({ project, idea }: { project: string; idea: Offered }) {
  const write = useWrite()
  const [made, setMade] = useState<Idea>()
  const keep = async (): Promise<void> => {
    const kept = await write.send<Idea>('POST', inProject(project, 'ideas'), idea)
    if (!kept) return
    setMade(kept)
    toast({ text: `Noted: ${idea.what}.` })
  }
  return (
    <div class="told-offer">
      {write.failure && <Problem failure={write.failure} />}
      {made
        ? <p><a href={`#/experiments/${made.key}`}>{made.title}</a> is an idea now.</p>
        : <Button small icon="plus" busy={write.busy} onClick={() => void keep()}>Make it an idea: <Words>{idea.what}</Words></Button>}
    </div>
  )
}
