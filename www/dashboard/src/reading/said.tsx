import { Card } from '../parts'
import { Choices } from '../voices/choices'
import type { Reading } from '../types'

/** The answers of those who saw it, old and new side by side. They explain a result; they are not one. */
export function Said({ reading: { voices, experiment }, alone }: { reading: Reading; alone: boolean }) {
  return (
    <Card title="What people said" aside={!alone && <a href="#/voices">All answers</a>}>
      {voices.map((voice) => (
        <div key={voice.survey} class="stack stack-close">
          <h3>{voice.question}</h3>
          <Choices arms={voice.arms} control={experiment.control} order={voice.choices} />
        </div>
      ))}
    </Card>
  )
}
