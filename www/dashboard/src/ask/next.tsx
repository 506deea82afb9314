import { useLive } from '../api'
import { Card, Words } from '../parts'
import type { Told } from '../types/ask'
import { AnswerList, asking } from './answers'

/** What to test next: the most promising ideas, each with what speaks for it and against it. */
const FIRST = 3

/** Says nothing where nothing waits. */
export function NextCard({ project }: { project: string }) {
  const { value } = useLive<Told>(asking(project, 'What should I test next?'), 30_000)
  if (!value || value.answers.length < 2) return null
  const rest = value.answers.slice(FIRST)
  return (
    <Card title="What should I test next?">
      <p class="muted"><Words>{value.words}</Words></p>
      <AnswerList project={project} answers={value.answers.slice(0, FIRST)} />
      {rest.length > 0 && (
        <details class="fold">
          <summary>{rest.length} more</summary>
          <AnswerList project={project} answers={rest} />
        </details>
      )}
    </Card>
  )
}
