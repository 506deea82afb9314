import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Problem, problemAt, TextField, Time } from '../parts'
import type { Schedule } from '../types'

/** A call that can wait for an hour. */
interface Call { method: 'POST' | 'PUT'; path: string; body?: object }

/** What waits for its hour here, and a field for another one, folded away. */
export function AtHour({ project, does, call }: { project: string; does: string; call: Call }) {
  const path = inProject(project, 'schedule')
  const live = useLive<Schedule>(path, 30_000)
  const write = useWrite()
  const [at, setAt] = useState('')
  const mine = live.value?.planned.filter((one) => one.path === call.path) ?? []
  const send = async (to: string, body: object) => {
    const next = await write.send<Schedule>('POST', to, body)
    if (!next) return
    live.set(next)
    setAt('')
  }
  return (
    <details class="fold" open={mine.length > 0}>
      <summary>{does} at an hour</summary>
      <div class="stack">
        {mine.map(({ id, due, at, zone, who }) => (
          <p key={id}>
            At {at.replace('T', ' ')} in {zone}, <Time at={due} coming />, planned by {who}.{' '}
            <Button small busy={write.busy} onClick={() => void send(`${path}/${id}/cancel`, {})}>Take it back</Button>
          </p>
        ))}
        <form
          class="actions" onSubmit={(event) => {
            event.preventDefault()
            void send(path, { at, ...call })
          }}
        >
          <TextField
            label={`Day and hour in ${live.value?.zone ?? 'UTC'}`} type="datetime-local" value={at} onValue={setAt}
            problem={problemAt(write.failure?.problems, '/at')} required
          />
          <Button type="submit" busy={write.busy} disabled={!at}>Plan it</Button>
        </form>
        {write.failure && <Problem failure={write.failure} />}
      </div>
    </details>
  )
}
