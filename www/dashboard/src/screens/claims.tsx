import { useEffect, useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { ClaimForm } from '../claims/form'
import { ClaimList } from '../claims/list'
import { Button, Card, Empty, Loaded, Problem, Screen, toast } from '../parts'
import { goInstead, useRoute } from '../router'
import type { Claim, Claims as All } from '../types/library'
import '../library/library.css'

/** What the team holds to be so, each with what speaks for it and against it. */
export function Claims({ project }: { project: string }) {
  const { query } = useRoute()
  const live = useLive<All>(inProject(project, 'claims'), 30_000)
  const [open, setOpen] = useState<'none' | 'new' | Claim>(query.has('for') ? 'new' : 'none')
  const write = useWrite()
  useEffect(() => {
    const shown = query.get('show')
    if (live.value && shown) document.querySelector('.claims [aria-current]')?.scrollIntoView({ block: 'center' })
  }, [live.value === undefined, query.get('show')])
  const close = (): void => {
    setOpen('none')
    goInstead('#/library/claims')
  }
  const remove = async ({ id }: Claim): Promise<void> => {
    const left = await write.send<All>('DELETE', inProject(project, 'claims', id))
    if (!left) return
    toast({ text: 'The claim is taken back.' })
    live.set(left)
  }
  const begin = <Button kind="primary" icon="plus" aria-expanded={open === 'new'} onClick={() => setOpen('new')}>Write a claim</Button>
  const tools = (claim: Claim) => (
    <div class="actions">
      <Button small aria-label={`Change: ${claim.text.slice(0, 40)}`} onClick={() => setOpen(claim)}>Change</Button>
      {claim.removable && (
        <Button small kind="quiet" busy={write.busy} aria-label={`Take back: ${claim.text.slice(0, 40)}`} onClick={() => void remove(claim)}>
          Take back
        </Button>
      )}
    </div>
  )
  return (
    <Screen
      title="What we know" above={<a href="#/library">Library</a>} actions={live.value && live.value.claims.length > 0 && begin}
      aside={<p>Sentences that hold beyond one test, with the experiments that speak for them and against them.</p>}
    >
      {open !== 'none' && (
        <ClaimForm
          key={open === 'new' ? 'new' : `${open.id} ${open.revision}`} project={project} claim={open === 'new' ? undefined : open}
          first={query.get('for') ?? undefined} onDone={(claims) => (live.set(claims), close())} onCancel={() => (close(), void live.refresh())}
        />
      )}
      {write.failure && <Problem failure={write.failure} />}
      <Loaded live={live}>
        {({ claims }) => claims.length > 0
          ? <Card title="Claims"><ClaimList claims={claims} tools={tools} shown={query.get('show') ?? undefined} /></Card>
          : open === 'none' && (
            <Empty title="Nobody has written a claim yet" action={begin}>
              <p>One test says what happened once. A claim says what holds, and names the tests it rests on, also those that contradict it.</p>
            </Empty>
          )}
      </Loaded>
    </Screen>
  )
}
