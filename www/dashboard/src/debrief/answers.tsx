import { useEffect, useRef, useState } from 'preact/hooks'
import { call } from '../api'
import type { Failure } from '../api'
import { Button, Card, Problem, Status, TextArea } from '../parts'
import type { DebriefScreen, Experiment } from '../types'

type Texts = Record<string, string>

const PLACEHOLDERS: Texts = {
  surprise: 'More people asked about delivery than about the price.',
  tell: 'Say what people get and when, before you say how it is made.',
  next: 'Try the same promise on the page of a single coffee.',
}

/** Three questions that only a person can answer. They save themselves when one leaves a box. */
export function Answers({ path, screen, onSaved }: { path: string; screen: DebriefScreen; onSaved(): Promise<void> }) {
  const known: Texts = { ...screen.answers }
  const [texts, setTexts] = useState<Texts>(known)
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<Failure>()
  const [conflict, setConflict] = useState(false)
  const revision = useRef(screen.revision)
  const saved = useRef(JSON.stringify(known))
  const texting = useRef(texts)
  texting.current = texts
  const open = JSON.stringify(texts) !== saved.current

  // After a saving the reading brings the newer revision; after a conflict, too.
  useEffect(() => void (revision.current = Math.max(revision.current, screen.revision)), [screen.revision])

  const save = async (): Promise<void> => {
    const sent = JSON.stringify(texting.current)
    if (sent === saved.current || saving || conflict) return
    setSaving(true)
    const answers = Object.fromEntries(screen.questions.map(({ id }) => [id, texting.current[id] ?? '']))
    const result = await call<Experiment>('PUT', path, { body: { answers }, revision: revision.current })
    setSaving(false)
    setConflict(!result.ok && result.status === 412)
    setFailure(result.ok || result.status === 412 ? undefined : result)
    if (!result.ok) {
      const current = result.current as { revision?: number } | null | undefined
      if (current?.revision !== undefined) revision.current = current.revision
      return
    }
    saved.current = sent
    revision.current = result.value.revision
    await onSaved()
  }
  const written = Object.values(texts).some((text) => text.trim())
  const words = saving ? 'Saving …' : open ? 'Not saved yet' : written ? 'Saved' : ''
  return (
    <Card title="What did you learn?" aside={words && <Status tone={open ? 'wait' : 'ok'}>{words}</Status>}>
      <form class="stack" onSubmit={(event) => (event.preventDefault(), void save())}>
        {screen.questions.map(({ id, text }) => (
          <TextArea
            key={id} label={text} value={texts[id] ?? ''} placeholder={PLACEHOLDERS[id]} rows={3}
            onValue={(value) => setTexts({ ...texts, [id]: value })} onBlur={() => void save()}
          />
        ))}
        {failure && <Problem failure={failure} title="This could not be saved." />}
        {conflict && (
          <section class="banner banner-look" role="alert">
            <p><strong>Somebody else wrote here while you did.</strong> Your words are still in the boxes above.</p>
            <div class="actions">
              <Button onClick={() => (setConflict(false), setTexts({ ...texts }))}>Keep mine, then save</Button>
              <Button onClick={() => location.reload()}>Read theirs</Button>
            </div>
          </section>
        )}
        <div class="actions"><Button kind="primary" type="submit" busy={saving} disabled={!open}>Save</Button></div>
      </form>
    </Card>
  )
}
