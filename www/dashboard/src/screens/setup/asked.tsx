import { useState } from 'preact/hooks'
import { inProject, useWrite } from '../../api'
import { Alone, Button, Card, Problem, Time, toast } from '../../parts'
import type { AskedPlaybook } from '../../types'

/** A playbook that asks for less than the one before, which takes a second person. */
export function Asked<Kept>({ project, asked, done }: { project: string; asked: AskedPlaybook; done(kept: Kept): void }) {
  const { playbook, weaker, digest, who, at, due } = asked
  const [alone, setAlone] = useState(false)
  const write = useWrite()
  async function act(action: 'approve' | 'confirm' | 'withdraw', body: object = {}): Promise<void> {
    const kept = await write.send<Kept>('POST', inProject(project, 'playbook', action), body)
    if (!kept) return
    setAlone(false)
    toast({ text: { approve: 'The playbook is changed.', confirm: 'Confirmed.', withdraw: 'It is taken back.' }[action] })
    done(kept)
  }
  return (
    <Card title="A playbook that asks for less waits for a word" aside={<span>{who}, <Time at={at} /></span>}>
      <p>It asks for less in {weaker.join(', ')}.</p>
      {due !== null && <p>It follows <Time at={due} coming />, unless somebody takes it back.</p>}
      {write.failure && !alone && <Problem failure={write.failure} />}
      <div class="actions">
        <Button kind="primary" icon="ok" busy={write.busy} onClick={() => void act('approve', { digest })}>Approve</Button>
        {due === null && <Button onClick={() => setAlone(true)}>I work alone: confirm …</Button>}
        <Button kind="quiet" busy={write.busy} onClick={() => void act('withdraw')}>Take it back</Button>
      </div>
      {alone && (
        <Alone
          subject={playbook.name} then="It holds" busy={write.busy} failure={write.failure}
          onClose={() => setAlone(false)} onConfirm={() => void act('confirm', { subject: playbook.name })}
        />
      )}
    </Card>
  )
}
