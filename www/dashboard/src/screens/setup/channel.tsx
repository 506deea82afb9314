import { useState } from 'preact/hooks'
import { call, inProject, useWrite } from '../../api'
import { Button, Dialog, Problem, Status, toast } from '../../parts'
import type { Channel } from '../../types/channels'
import { KINDS, serviceOf } from './cards'
import { became } from './deliveries'

interface Trial {
  delivered: boolean
  why: string
}

/** One place for messages: what goes there, what became of the last, and a way to try it. */
export function ChannelRow({ project, channel, again, onEdit }: {
  project: string; channel: Channel; again(): void; onEdit(channel: Channel): void
}) {
  const { id, name, to, route, last } = channel
  const [trial, setTrial] = useState<Trial>()
  const [testing, setTesting] = useState(false)
  const [ending, setEnding] = useState(false)

  async function test(): Promise<void> {
    setTesting(true)
    const result = await call<Trial>('POST', inProject(project, 'channels', String(id), 'test'), { body: {} })
    setTesting(false)
    setTrial(result.ok ? result.value : { delivered: false, why: `${result.error} ${result.fix}` })
    again()
  }

  return (
    <li class="stack stack-close">
      <div class="row row-apart">
        <h3>{name} <span class="muted small">{serviceOf(channel).label}{to && `, ${to}`}</span></h3>
        <div class="actions">
          <Button small busy={testing} aria-label={`Send a test to ${name}`} disabled={!to} onClick={() => void test()}>Send a test</Button>
          <Button small aria-label={`Change ${name}`} onClick={() => onEdit(channel)}>Change</Button>
          <Button small kind="quiet" aria-label={`Remove ${name}`} onClick={() => setEnding(true)}>Remove</Button>
        </div>
      </div>
      <p class="small muted">
        {route.kinds.length === 0 ? 'Everything' : KINDS.filter(({ kind }) => route.kinds.includes(kind)).map(({ words }) => words).join(', ')}
        {route.team && <> · of the team {route.team}</>}
        {route.environments.length > 0 && <> · in {route.environments.join(', ')}</>}
      </p>
      {!to && <Status tone="look">It has no address: change it and write one.</Status>}
      <div role="status">
        {trial
          ? (
            <Status tone={trial.delivered ? 'ok' : 'look'}>
              {trial.delivered ? 'The test message was delivered.' : `It was not delivered: ${trial.why}.`}
            </Status>
          )
          : last && last.state !== 'sent' && <Status tone="look">{became(last)}</Status>}
      </div>
      {ending && <Remove {...{ project, channel, again }} onClose={() => setEnding(false)} />}
    </li>
  )
}

function Remove({ project, channel: { id, name }, again, onClose }: { project: string; channel: Channel; again(): void; onClose(): void }) {
  const write = useWrite()
  const remove = async (): Promise<void> => {
    if ((await write.send('POST', inProject(project, 'channels', String(id), 'remove'), {})) === undefined) return
    toast({ text: `Nothing goes to ${name} any more.` })
    onClose()
    again()
  }
  return (
    <Dialog title={`Remove ${name}?`} submit="Remove" kind="stop" busy={write.busy} onClose={onClose} onSubmit={() => void remove()}>
      <p>Nothing goes there any more, and what waited for it is dropped.</p>
      {write.failure && <Problem failure={write.failure} />}
    </Dialog>
  )
}
