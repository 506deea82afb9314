import { Button, Icon, TextField } from '../../parts'
import type { Playbook } from '../../types'

type Question = Playbook['questions'][number]

interface Props {
  questions: Question[]
  onValue(questions: Question[]): void
  problem(pointer: string): string | undefined
}

export function Questions({ questions, onValue, problem }: Props) {
  const put = (index: number, text: string): void =>
    onValue(questions.map((question, at) => (at === index ? { ...question, text } : question)))
  return (
    <div class="stack">
      {questions.map((question, index) => (
        <div class="row row-end" key={question.id}>
          <TextField
            class="grow" label={`Question ${index + 1}`} value={question.text} onValue={(text) => put(index, text)}
            problem={problem(`/questions/${index}/text`)}
          />
          <button
            type="button" class="icon-button" aria-label={`Remove question ${index + 1}`}
            onClick={() => onValue(questions.filter((_, at) => at !== index))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div>
        <Button small icon="plus" onClick={() => onValue([...questions, { id: unused(questions), text: '' }])}>
          Ask another
        </Button>
      </div>
    </div>
  )
}

/** Answers are kept under a question's name, so a name is never used again for another one. */
function unused(questions: Question[]): string {
  let n = questions.length + 1
  while (questions.some(({ id }) => id === `question-${n}`)) n++
  return `question-${n}`
}
