import type { RefObject } from 'preact'
import { inProject, useLive } from '../api'
import { Button } from '../parts'
import { useTeams } from '../teams/teams'
import type { Person } from '../types/project'

/** Whom a beginning may mean; of more than so many another letter says more. */
const MOST = 6

/** Of what is written an `@` that begins a word, with what follows it. */
const BEGUN = /(?:^|[^\p{L}\p{N}])@([^@\n]{0,60})$/u

/** Teams and people to mention, while an `@` is written in a box: the next stop of the keyboard behind it. */
export function Mention({ project, text, box, onText }: {
  project: string; text: string; box: RefObject<HTMLElement | null>; onText(text: string): void
}) {
  const begun = BEGUN.exec(text)?.[1]?.toLowerCase()
  const people = useLive<{ people: Person[] }>(begun === undefined ? null : inProject(project, 'people'), 0).value?.people ?? []
  const teams = useTeams(project).value?.teams ?? []
  if (begun === undefined) return null
  const all = [
    ...people.map(({ name }) => ({ as: name, name })), { as: 'admin', name: 'admin' },
    ...teams.map(({ key, name }) => ({ as: key, name: `Team ${name}` })),
  ]
  // What is whole is chosen, and what goes on behind it is no name.
  const fits = ({ as, name }: { as: string; name: string }) => [as, name.replace(/^Team /, '')].some((known) => known.toLowerCase().startsWith(begun))
  const shown = all.filter((one) => fits(one) && one.as.toLowerCase() !== begun).slice(0, MOST)
  if (shown.length === 0) return null
  const choose = (as: string): void => {
    onText(`${text.slice(0, text.length - begun.length)}${as} `)
    box.current?.querySelector('textarea')?.focus()
  }
  return (
    <div class="mention" role="group" aria-label="Mention">
      {shown.map(({ as, name }) => <Button key={as} small kind="quiet" onClick={() => choose(as)}>{name}</Button>)}
    </div>
  )
}
