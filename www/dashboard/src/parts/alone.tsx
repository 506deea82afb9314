import { useState } from 'preact/hooks'
import type { Failure } from '../api'
import { Dialog } from './dialog'
import { TextField } from './field'
import { Problem } from './problem'

/** Whoever works alone types what it is about, and has ten minutes to think better of it. */
export function Alone({ subject, then, busy, failure, onClose, onConfirm }: {
  subject: string
  /** What happens in ten minutes. */
  then: string
  busy: boolean
  failure: Failure | undefined
  onClose(): void
  onConfirm(): void
}) {
  const [typed, setTyped] = useState('')
  return (
    <Dialog
      title="You decide this alone" submit="Confirm" ready={typed.trim() === subject} busy={busy}
      onClose={onClose} onSubmit={onConfirm}
    >
      <p>Nobody else is in this project who could look at it. {then} in ten minutes, and until then you can take it back.</p>
      <TextField label={`Type “${subject}”`} value={typed} onValue={setTyped} spellcheck={false} />
      {failure && <Problem failure={failure} />}
    </Dialog>
  )
}
