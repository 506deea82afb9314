import { useState } from 'preact/hooks'
import { useLive } from '../api'
import { Button, Card, TextField } from '../parts'
import type { Told } from '../types/ask'
import { Answers, asking } from './answers'

/** Questions about one experiment: those that are asked often as buttons, and any other in words. */
export function AskCard({ project, experimentKey, title }: { project: string; experimentKey: string; title: string }) {
  const { value } = useLive<Told>(asking(project, '', experimentKey), 0)
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  const ask = (event: Event): void => {
    event.preventDefault()
    setAsked(text.trim())
  }
  const suggest = (question: string): void => {
    setText(question)
    setAsked(question)
  }
  return (
    <Card title="Ask about it" class="ask-card">
      <div class="ask-often" role="group" aria-label="Asked often">
        {value?.suggestions.map((question) => (
          <Button key={question} small aria-pressed={question === asked} onClick={() => suggest(question)}>{question}</Button>
        ))}
      </div>
      <form class="ask-form" onSubmit={ask}>
        <TextField label="Or in your own words" placeholder="Who responded best?" value={text} onValue={setText} maxLength={400} autoComplete="off" />
        <Button type="submit" disabled={!text.trim()}>Ask</Button>
      </form>
      {asked && <Answers {...{ project }} text={asked} experiment={experimentKey} self={title} />}
    </Card>
  )
}
