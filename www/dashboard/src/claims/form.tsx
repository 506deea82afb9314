import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Card, Icon, Problem, problemAt, Select, TextArea, toast, useFirst } from '../parts'
import type { LibraryScreen } from '../types'
import { isPast } from '../types/library'
import type { Claim, Claims } from '../types/library'

const LONGEST = 2000

type Chosen = { key: string; title: string }

/** A claim, new or once more, with the experiments that speak for it and against it. `first` speaks for a new one. */
export function ClaimForm({ project, claim, first, onDone, onCancel }: {
  project: string; claim?: Claim; first?: string; onDone(claims: Claims): void; onCancel(): void
}) {
  const library = useLive<LibraryScreen>(inProject(project, 'library'), 0)
  const write = useWrite()
  const form = useFirst()
  const [text, setText] = useState(claim?.text ?? '')
  const [sides, setSides] = useState<{ for: string[]; against: string[] }>({
    for: claim ? claim.for.map(({ key }) => key) : first ? [first] : [], against: claim?.against.map(({ key }) => key) ?? [],
  })
  const [picked, setPicked] = useState('')
  const titles = new Map<string, string>([...(claim?.for ?? []), ...(claim?.against ?? [])].map(({ key, title }) => [key, title]))
  for (const card of library.value?.cards ?? []) titles.set(card.key, isPast(card) ? `${card.title} (imported)` : card.title)
  const named = (keys: string[]): Chosen[] => keys.map((key) => ({ key, title: titles.get(key) ?? key }))
  const left = [...titles].filter(([key]) => !sides.for.includes(key) && !sides.against.includes(key))
  const known = left.some(([key]) => key === picked) ? picked : left[0]?.[0] ?? ''
  const put = (side: 'for' | 'against') => (): void => setSides({ ...sides, [side]: [...sides[side], known] })
  const take = (side: 'for' | 'against', key: string): void => setSides({ ...sides, [side]: sides[side].filter((one) => one !== key) })
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    const body = { text, ...sides }
    const done = claim
      ? await write.send<Claims>('PUT', inProject(project, 'claims', claim.id), body, claim.revision)
      : await write.send<Claims>('POST', inProject(project, 'claims'), body)
    if (!done) return
    toast({ text: 'The claim is kept.' })
    onDone(done)
  }
  return (
    <Card title={claim ? 'Change the claim' : 'A new claim'}>
      <form ref={form} class="stack" onSubmit={(event) => void save(event)}>
        <TextArea
          label="What holds, in a sentence?" placeholder="A smaller price sells no more when nobody sees the old one." rows={2} value={text}
          onValue={setText} required maxLength={LONGEST} problem={problemAt(write.failure?.problems, '/text')}
        />
        {left.length > 0 && (
          <div class="row row-end">
            <Select label="An experiment" value={known} options={left.map(([value, label]) => ({ value, label }))} onValue={setPicked} />
            <Button onClick={put('for')}>It speaks for this</Button>
            <Button onClick={put('against')}>It speaks against this</Button>
          </div>
        )}
        <div class="claim-sides" aria-live="polite">
          <Picked title="For it" those={named(sides.for)} onTake={(key) => take('for', key)} />
          <Picked title="Against it" those={named(sides.against)} onTake={(key) => take('against', key)} />
        </div>
        {write.failure && !problemAt(write.failure.problems, '/text') && <Problem failure={write.failure} />}
        <div class="actions">
          <Button kind="primary" type="submit" busy={write.busy} disabled={!text.trim()}>Keep it</Button>
          <Button kind="quiet" onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </Card>
  )
}

function Picked({ title, those, onTake }: { title: string; those: Chosen[]; onTake(key: string): void }) {
  return (
    <div>
      <p class="claim-side">{title}</p>
      {those.length === 0 ? <p class="muted small">None yet.</p> : (
        <ul class="claim-evidence">
          {those.map(({ key, title }) => (
            <li key={key}>
              {title}
              <button type="button" class="icon-button" aria-label={`Take away ${title}`} onClick={() => onTake(key)}>
                <Icon name="close" size={14} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
