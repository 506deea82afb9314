import type { ComponentChildren } from 'preact'
import { Card } from '../parts'
import { fieldId } from './model'

/** One of the four questions. The pointer is what problems with the whole of it name, where there are any. */
export function Question(
  { number, title, pointer, children }: { number: number; title: string; pointer?: string; children: ComponentChildren },
) {
  return (
    <Card
      title={<><span class="question-number" aria-hidden="true">{number}</span> {title}</>} id={pointer && fieldId(pointer)}
      class="question"
    >
      {children}
    </Card>
  )
}
