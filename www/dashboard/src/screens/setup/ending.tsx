import { useWrite } from '../../api'
import { Dialog, Problem, toast } from '../../parts'

interface Props {
  /** What is done, in a word: Remove, Revoke. */
  verb: string
  /** Whose access ends. */
  name: string
  /** Where that is asked for. */
  path: string
  revision?: number
  /** What it means. */
  words: string
  onClose(): void
  onDone(): void
}

/** Asks once more before access ends. */
export function Ending({ verb, name, path, revision, words, onClose, onDone }: Props) {
  const write = useWrite()
  async function end(): Promise<void> {
    if ((await write.send('POST', path, {}, revision)) === undefined) return
    toast({ text: `${name} cannot come in any more.` })
    onDone()
  }
  return (
    <Dialog
      title={`${verb} ${name}?`} submit={verb} kind="stop" busy={write.busy} onClose={onClose} onSubmit={() => void end()}
    >
      <p>{words}</p>
      {write.failure && <Problem failure={write.failure} />}
    </Dialog>
  )
}
