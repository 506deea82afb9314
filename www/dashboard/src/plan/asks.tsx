import { useState } from 'preact/hooks'
import { Card, Check, TextField } from '../parts'
import type { Asked } from './editor'
import { fieldId } from './model'
import { templateOf } from './template'

/** What those who meet it are asked from its start on: the template's question, another one, or nothing. */
export function AsksQuestion({ plan, offers, change, wrong }: Asked & { wrong: string | undefined }) {
  const usual = templateOf(plan, offers.templates)?.question ?? ''
  const question = plan.ask ?? usual
  const [begun, setBegun] = useState(false)
  const asks = begun || question !== ''
  const say = (ask: string) => {
    const { ask: _ask, ...rest } = plan
    change(ask === usual ? rest : { ...rest, ask })
  }
  return (
    <Card title="What are they asked?" id={fieldId('/ask')}>
      <Check
        label="Ask those who see it something" checked={asks}
        hint="In a corner of the page, each once, from the first step until it ends. More can be asked in Voices."
        onValue={(on) => {
          setBegun(on)
          say(on ? usual : '')
        }}
      />
      {asks && (
        <TextField
          label="The question" value={question} maxLength={200} problem={wrong} onValue={say}
          placeholder="What nearly kept you from it?"
          hint={plan.ask !== undefined && usual ? `Usually: ${usual}` : 'They answer in their own words.'}
          onFocus={() => setBegun(true)}
        />
      )}
    </Card>
  )
}
