import { Card } from '../parts'
import { Choices } from '../voices/choices'
import { Sessions } from '../voices/sessions'
import { Themes } from '../voices/themes'
import type { Reading } from '../types'

/** The answers of those who saw it, old and new side by side. They explain a result; they are not one. */
export function Said({ reading: { voices, written, experiment }, alone }: { reading: Reading; alone: boolean }) {
  return (
    <Card title="What people said" aside={!alone && <a href="#/voices">All answers</a>}>
      {voices.map((voice) => (
        <div key={voice.survey} class="stack stack-close">
          <h3>{voice.question}</h3>
          <Choices arms={voice.arms} control={experiment.control} order={voice.choices} rating={voice.rating} />
        </div>
      ))}
      {written && (
        <div class="stack stack-close">
          <h3>What tells their words apart</h3>
          <Themes written={written} />
          {written.arms.map((arm) => <Sessions key={arm.variant} sessions={written.sessions} variant={arm.variant} />)}
        </div>
      )}
    </Card>
  )
}
