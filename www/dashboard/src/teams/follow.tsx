import { inProject, useWrite } from '../api'
import { Button, Problem, toast } from '../parts'
import type { FollowKind } from '../types/teams'

/** Follows something, or no longer; whether it is followed stands in its words. */
export function Follow({ project, kind, subject, name, followed, onDone }: {
  project: string; kind: FollowKind; subject: string; name: string; followed: boolean; onDone(): void
}) {
  const write = useWrite()
  const turn = async (): Promise<void> => {
    const done = await write.send('POST', inProject(project, 'follows'), { kind, subject, on: !followed })
    if (!done) return
    toast({ text: followed ? `You no longer follow ${name}.` : `You follow ${name}. It stands first on Now.` })
    onDone()
  }
  return (
    <>
      <Button small aria-label={`${followed ? 'Unfollow' : 'Follow'} ${name}`} busy={write.busy} onClick={() => void turn()}>
        {followed ? 'Unfollow' : 'Follow'}
      </Button>
      {write.failure && <Problem failure={write.failure} />}
    </>
  )
}
