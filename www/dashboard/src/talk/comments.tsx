import { useEffect, useRef, useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Card, Loaded, Problem, problemAt, TextArea, Time, toast } from '../parts'
import type { Comments as Said } from '../types/teams'
import { counted } from '../words'
import { Linked } from './linked'
import { Mention } from './mention'
import './talk.css'

/** Characters of a comment, as the engine takes them. */
const LONGEST = 2000

/** What people say of an idea or an experiment, and a box to say something. `title` is what it is about. */
export function Comments({ project, subject, title, onChange }: {
  project: string; subject: string; title: string; onChange?(): void
}) {
  const live = useLive<Said>(inProject(project, 'experiments', subject, 'comments'), 15_000)
  const write = useWrite()
  const [text, setText] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const reading = useWrite()
  const asked = live.value?.comments.filter(({ mentions }) => mentions.some(({ person }) => person !== undefined)).at(-1)?.id
  // Whoever sees the comments has read what they were asked.
  useEffect(() => void (asked && reading.send('POST', inProject(project, 'experiments', subject, 'comments', 'read'))), [asked])
  const put = (said: Said): void => {
    live.set(said)
    onChange?.()
  }
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    const said = await write.send<Said>('POST', inProject(project, 'experiments', subject, 'comments'), { text })
    if (!said) return
    setText('')
    put(said)
  }
  return (
    <div class="stack">
      <Loaded live={live}>
        {({ comments }) => comments.length === 0
          ? <p class="muted">Nobody has said anything yet. Write @ to mention somebody.</p>
          : (
            <ol class="comments">
              {comments.map((comment) => <Comment key={comment.id} {...{ project, subject, comment }} onGone={put} />)}
            </ol>
          )}
      </Loaded>
      <form class="stack" ref={form} onSubmit={(event) => void send(event)}>
        <TextArea
          label={<>Your comment<span class="unseen"> on {title}</span></>} value={text} onValue={setText} rows={2} maxLength={LONGEST}
          problem={problemAt(write.failure?.problems, '/text')}
        />
        <Mention {...{ project, text, box: form }} onText={setText} />
        {write.failure && !problemAt(write.failure.problems, '/text') && <Problem failure={write.failure} />}
        <div class="actions">
          <Button small type="submit" busy={write.busy} disabled={!text.trim()}>Comment</Button>
        </div>
      </form>
    </div>
  )
}

function Comment({ project, subject, comment, onGone }: {
  project: string; subject: string; comment: Said['comments'][number]; onGone(left: Said): void
}) {
  const { id, who, at, text, mentions, removable } = comment
  const write = useWrite()
  const remove = async (): Promise<void> => {
    const left = await write.send<Said>('DELETE', inProject(project, 'experiments', subject, 'comments', String(id)))
    if (!left) return
    toast({ text: 'The comment is taken back.' })
    onGone(left)
  }
  return (
    <li>
      <p class="small muted">
        {who}, <Time at={at} />{mentions.length > 0 && <>, to {mentions.map(({ name }) => name).join(', ')}</>}
      </p>
      <p><Linked text={text} names={mentions.map(({ team, name }) => team ?? name)} /></p>
      {removable && (
        <Button small kind="quiet" busy={write.busy} aria-label={`Take back the comment of ${who}: ${text.slice(0, 40)}`} onClick={() => void remove()}>
          Take back
        </Button>
      )}
      {write.failure && <Problem failure={write.failure} />}
    </li>
  )
}

/** The same as a part of a screen. */
export function CommentsCard({ project, subject, title }: { project: string; subject: string; title: string }) {
  return <Card title="Comments"><Comments {...{ project, subject, title }} /></Card>
}

/** How many there are; where they unfold, the way to them. */
export const commented = (count: number): string => (count === 0 ? 'Comment' : counted(count, 'comment'))
