import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Card, Check, Icon, Problem, problemAt, Select, TextField, toast } from '../parts'
import type { Experiment, ExperimentCard } from '../types'
import type { AskedWhen, Survey } from '../types/surveys'
import { Rules, rulesOf, toldOf } from './rules'

/** More than five are not read on a phone. */
const MOST = 5

export function Ask({ project, onDone, onCancel }: { project: string; onDone(): void; onCancel(): void }) {
  const live = useLive<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'), 0)
  const running = (live.value?.experiments ?? []).filter((card) => card.state === 'running')
  const [experiment, setExperiment] = useState('')
  const [question, setQuestion] = useState('')
  const [choices, setChoices] = useState(['Yes', 'Partly', 'No'])
  const [comment, setComment] = useState(true)
  const [when, setWhen] = useState<AskedWhen>({})
  const [talk, setTalk] = useState('')
  const write = useWrite()
  const about = experiment || running[0]?.key || ''
  const plan = useLive<Experiment>(about ? inProject(project, 'experiments', about) : null, 0).value
  const asked = plan?.template?.question
  const told = choices.map((choice) => choice.trim()).filter(Boolean)
  const ready = about !== '' && question.trim() !== '' && told.length > 1 && new Set(told).size === told.length
  const send = async (event: Event) => {
    event.preventDefault()
    if (!ready) return
    const survey = await write.send<Survey>(
      'POST', inProject(project, 'voices'),
      { experiment: about, question: question.trim(), choices: told, comment, when: toldOf(when), talk: talk.trim() || undefined },
    )
    if (!survey) return
    toast({ text: 'The question is being asked.' })
    onDone()
  }
  if (live.value && running.length === 0) {
    return (
      <Card title="Ask the people who saw it">
        <p>Only a running experiment has people who see it, and none runs at the moment.</p>
        <div class="actions"><Button kind="quiet" onClick={onCancel}>Close</Button></div>
      </Card>
    )
  }
  return (
    <Card title="Ask the people who saw it">
      <div class="ask">
        <form class="stack" onSubmit={send}>
          <Select
            label="About which experiment?" value={about}
            options={running.map(({ key, title }) => ({ value: key, label: title }))} onValue={setExperiment}
          />
          <TextField
            label="One question" placeholder="Was it clear when your coffee arrives?" maxLength={120} autoFocus
            value={question} onValue={setQuestion} problem={problemAt(write.failure?.problems, '/question')}
            hint="Ask what they found, not which version they like: they have seen only one."
          />
          {asked && !question && (
            <div><Button small kind="quiet" icon="plus" onClick={() => setQuestion(asked)}>“{asked}”</Button></div>
          )}
          <ChoiceFields choices={choices} onChange={setChoices} />
          <Check
            label="Let them add a few words"
            hint="Mail addresses and numbers that look like a person’s are blacked out." checked={comment}
            onValue={setComment}
          />
          <Rules when={when} variants={plan ? [plan.control, plan.treatment] : []} onChange={setWhen} />
          <TextField
            label="Where to make an appointment" type="url" value={talk} onValue={setTalk}
            placeholder="https://calendar.example.com/team" problem={problemAt(write.failure?.problems, '/talk')}
            hint="Whoever has answered is asked “May we talk to you?” and sent there. Nothing here: nobody is."
          />
          {write.failure && <Problem failure={write.failure} />}
          <div class="actions">
            <Button kind="primary" type="submit" busy={write.busy} disabled={!ready}>Ask it</Button>
            <Button kind="quiet" onClick={onCancel}>Cancel</Button>
          </div>
        </form>
        <Preview question={question} choices={told} comment={comment} rules={rulesOf(when)} talks={talk.trim() !== ''} />
      </div>
    </Card>
  )
}

function ChoiceFields({ choices, onChange }: { choices: string[]; onChange(choices: string[]): void }) {
  return (
    <fieldset class="stack stack-close">
      <legend class="label">Answers to choose from</legend>
      {choices.map((choice, i) => (
        <div key={i} class="choice-field">
          <input
            type="text" aria-label={`Answer ${i + 1}`} value={choice} maxLength={60}
            onInput={(event) => onChange(choices.map((old, at) => (at === i ? event.currentTarget.value : old)))}
          />
          {choices.length > 2 && (
            <button
              type="button" class="icon-button" aria-label={`Remove answer ${i + 1}`}
              onClick={() => onChange(choices.filter((_, at) => at !== i))}
            >
              <Icon name="close" size={16} />
            </button>
          )}
        </div>
      ))}
      {choices.length < MOST && (
        <div>
          <Button small kind="quiet" icon="plus" onClick={() => onChange([...choices, ''])}>One more answer</Button>
        </div>
      )}
    </fieldset>
  )
}

/** About as it will stand on a phone. It is a picture: nothing in it can be pressed. */
function Preview(
  { question, choices, comment, rules, talks }:
  { question: string; choices: string[]; comment: boolean; rules: string; talks: boolean },
) {
  return (
    <figure class="preview">
      <div class="phone" aria-hidden="true">
        <div class="preview-box">
          <p>{question.trim() || 'Was it clear when your coffee arrives?'}</p>
          {choices.map((choice) => <span key={choice} class="preview-choice">{choice}</span>)}
          {comment && <span class="preview-comment">In your words, without names or addresses</span>}
          {comment && <span class="preview-choice preview-send">Send</span>}
          {talks && <span class="muted small">Then: May we talk to you?</span>}
        </div>
      </div>
      <figcaption class="hint">How it looks on a phone. {rules}</figcaption>
    </figure>
  )
}
