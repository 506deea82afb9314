import { useState } from 'preact/hooks'
import { inProject, useWrite } from '../api'
import { Button, Card, Problem, problemAt, Select, TextArea, TextField, toast, useFirst } from '../parts'
import { SimilarOnes } from '../plan/similar'
import { optionsOf, useTeams } from '../teams/teams'
import type { Idea } from '../types/teams'

const LEVELS = [
  { value: '', label: 'Not said' }, { value: '1', label: '1, small' }, { value: '2', label: '2, middling' },
  { value: '3', label: '3, large' },
] as const

/** An idea, new or once more: two answers, and whatever else is known. What was tried before shows while somebody types. */
export function IdeaForm({ project, idea, team, onDone, onCancel }: {
  project: string; idea?: Idea; team: string; onDone(): void; onCancel(): void
}) {
  const teams = useTeams(project).value
  const [draft, setDraft] = useState(() => ({
    what: idea?.title ?? '', expect: idea?.expect ?? '', evidence: idea?.evidence ?? '', page: idea?.page ?? '',
    impact: level(idea?.impact), effort: level(idea?.effort), team: idea?.team ?? team,
  }))
  const write = useWrite()
  const form = useFirst()
  const at = (pointer: string): string | undefined => problemAt(write.failure?.problems, pointer)
  const on = <Name extends keyof typeof draft>(name: Name) => (value: string): void => setDraft((draft) => ({ ...draft, [name]: value }))
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    const number = (value: string): number | null => (value ? Number(value) : null)
    const body = { ...draft, impact: number(draft.impact), effort: number(draft.effort) }
    const done = idea
      ? await write.send('PUT', inProject(project, 'experiments', idea.key, 'idea'), body, idea.revision)
      : await write.send('POST', inProject(project, 'ideas'), body)
    if (!done) return
    toast({ text: `Noted: ${draft.what.trim()}.` })
    onDone()
  }
  return (
    <Card title={idea ? `Change “${idea.title}”` : 'A new idea'}>
      <form ref={form} class="stack" onSubmit={(event) => void save(event)}>
        <TextField
          label="What would we change?" placeholder="Show the day of delivery in the cart" value={draft.what} onValue={on('what')}
          required maxLength={120} problem={at('/what')}
        />
        <TextArea
          label="What do we expect, and why?" placeholder="More people order, because they know when it comes" rows={2}
          value={draft.expect} onValue={on('expect')} required maxLength={2000} problem={at('/expect')}
        />
        <SimilarOnes project={project} text={`${draft.what} ${draft.expect}`.trim()} except={idea?.key} />
        <TextArea
          label="What speaks for it (optional)" placeholder="Every fifth call asks for the day" rows={2} value={draft.evidence}
          onValue={on('evidence')} maxLength={2000} problem={at('/evidence')}
        />
        <div class="row row-end">
          <Select label="What could it bring?" value={draft.impact} options={LEVELS} onValue={on('impact')} />
          <Select label="What would it take?" value={draft.effort} options={LEVELS} onValue={on('effort')} />
          <TextField label="Page (optional)" placeholder="/cart" value={draft.page} onValue={on('page')} problem={at('/page')} />
          {teams && teams.teams.length > 0 && (
            <Select
              label="Team" value={draft.team} onValue={on('team')} problem={at('/team')}
              options={optionsOf(teams, 'No team')}
            />
          )}
        </div>
        {write.failure && <Problem failure={write.failure} />}
        <div class="actions">
          <Button kind="primary" type="submit" busy={write.busy} disabled={!draft.what.trim() || !draft.expect.trim()}>Keep it</Button>
          <Button kind="quiet" onClick={onCancel}>Cancel</Button>
        </div>
      </form>
    </Card>
  )
}

const level = (said: number | null | undefined): (typeof LEVELS)[number]['value'] =>
  LEVELS.find(({ value }) => value === String(said ?? ''))?.value ?? ''
