import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Card, Check, Problem, problemAt, Select, TextField, toast } from '../parts'
import type { Experiment, ExperimentCard } from '../types'
import type { AskedWhen, FollowUp, Survey } from '../types/surveys'
import { FollowFields, toldFollow } from './follow'
import { answersOf, areWhole, KindFields, toldAnswers, USUAL } from './kind'
import { Preview } from './preview'
import { Rules, rulesOf, toldOf } from './rules'

/** What becomes of whoever has answered and would say more. */
type Talks = 'no' | 'meet' | 'write'

const TALKS: { value: Talks; label: string }[] = [
  { value: 'no', label: 'Not asked' }, { value: 'meet', label: 'They make an appointment' },
  { value: 'write', label: 'They leave an e-mail address, if they tick that they want to' },
]

export function Ask({ project, onDone, onCancel }: { project: string; onDone(): void; onCancel(): void }) {
  const live = useLive<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'), 0)
  const running = (live.value?.experiments ?? []).filter((card) => card.state === 'running')
  const [experiment, setExperiment] = useState('')
  const [question, setQuestion] = useState('')
  const [answers, setAnswers] = useState(USUAL)
  const [then, setThen] = useState<FollowUp>({ after: [], question: '' })
  const [comment, setComment] = useState(true)
  const [when, setWhen] = useState<AskedWhen>({})
  const [talks, setTalks] = useState<Talks>('no')
  const [talk, setTalk] = useState('')
  const write = useWrite()
  const about = experiment || running[0]?.key || ''
  const plan = useLive<Experiment>(about ? inProject(project, 'experiments', about) : null, 0).value
  const asked = plan?.template?.question
  const told = answersOf(answers)
  const follow = toldFollow(then, told)
  const worded = answers.kind === 'words' || comment
  const ready = about !== '' && question.trim() !== '' && areWhole(answers) && (talks !== 'meet' || talk.trim() !== '')
  const send = async (event: Event) => {
    event.preventDefault()
    if (!ready) return
    const survey = await write.send<Survey>(
      'POST', inProject(project, 'voices'),
      {
        experiment: about, question: question.trim(), ...toldAnswers(answers), follow: follow.length ? follow : undefined, comment: worded, when: toldOf(when),
        talk: talks === 'meet' ? talk.trim() : undefined, contact: talks === 'write',
      },
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
          <KindFields answers={answers} onChange={setAnswers} />
          {answers.kind !== 'words' && (
            <>
              <Check
                label="Let them add a few words"
                hint="Mail addresses and numbers that look like a person’s are blacked out." checked={comment}
                onValue={setComment}
              />
              <FollowFields follow={then} answers={told} onChange={setThen} />
            </>
          )}
          <Rules when={when} variants={plan ? [plan.control, plan.treatment] : []} onChange={setWhen} />
          <Select
            label="“May we talk to you?”" value={talks} options={TALKS} onValue={(talks: Talks) => setTalks(talks)}
            hint={talks === 'write' ? 'It stands apart from the answers, for 30 days; only who approves may read it.' : undefined}
          />
          {talks === 'meet' && (
            <TextField
              label="Where to make an appointment" type="url" value={talk} onValue={setTalk}
              placeholder="https://calendar.example.com/team" problem={problemAt(write.failure?.problems, '/talk')}
              hint="Whoever has answered is asked and sent there."
            />
          )}
          {write.failure && <Problem failure={write.failure} />}
          <div class="actions">
            <Button kind="primary" type="submit" busy={write.busy} disabled={!ready}>Ask it</Button>
            <Button kind="quiet" onClick={onCancel}>Cancel</Button>
          </div>
        </form>
        <Preview {...{ question, answers, told, follow }} comment={worded} rules={rulesOf(when)} talks={talks !== 'no'} />
      </div>
    </Card>
  )
}
