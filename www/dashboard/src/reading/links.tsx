import { useEffect } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Problem, Time, toast } from '../parts'

interface Shared {
  /** `<until>.<name>` */
  id: string
  at: number
  who: string
  revoked: boolean
}

/** The links to a result, or to a week, that are good still; each can be called back. `made` is the newest that this page knows of. */
export function Links({ project, name, made }: { project: string; name: string; made?: string }) {
  const live = useLive<{ shares: Shared[] }>(inProject(project, 'shares'), 60_000)
  const { send, busy, failure } = useWrite()
  useEffect(() => {
    if (made) void live.refresh()
  }, [made])
  const good = live.value?.shares.filter(({ id, revoked }) => !revoked && id.endsWith(`.${name}`)) ?? []
  if (good.length === 0) return null
  const revoke = async (id: string) => {
    const left = await send<{ shares: Shared[] }>('DELETE', inProject(project, 'shares', id))
    if (!left) return
    live.set(left)
    toast({ text: 'It is called back: the link opens nothing any more.' })
  }
  return (
    <div class="stack stack-close">
      <h3 class="label">Links that are good still</h3>
      <ul class="stack stack-close">
        {good.map(({ id, at, who }) => (
          <li key={id} class="row row-apart">
            <span class="small">Made <Time at={at} /> by {who}, ends <Time at={parseInt(id)} coming /></span>
            <Button small busy={busy} onClick={() => void revoke(id)}>Call it back</Button>
          </li>
        ))}
      </ul>
      {failure && <Problem failure={failure} />}
    </div>
  )
}
