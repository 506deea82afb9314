import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../api'
import { Button, Card, Check, Gradually, Icon, Loaded, long, Problem, Segmented, Status, Time, toast } from '../parts'
import { useLater } from '../plan/later'
import type { Answers, Survey } from '../types/surveys'
import { Choices } from './choices'
import { Contacts } from './contacts'
import { askedAfter } from './follow'
import { Mail } from './mail'
import { quietOf, rulesOf } from './rules'
import { count, counted } from '../words'

/** The variant that everything is compared with; surveys name their arms with it first. */
const controlOf = (survey: Survey): string =>
  survey.arms.find((arm) => arm.variant === 'control')?.variant ?? survey.arms[0]?.variant ?? ''

export function SurveyCard({ project, survey, all, onChange }: { project: string; survey: Survey; all: Survey[]; onChange(): void }) {
  const write = useWrite()
  const [reading, setReading] = useState(false)
  const [writing, setWriting] = useState(false)
  const answered = survey.arms.reduce((sum, arm) => sum + arm.answers, 0)
  const close = async () => {
    if (!(await write.send('POST', inProject(project, 'voices', survey.key, 'close')))) return
    toast({ text: 'Closed. Nobody else is asked; the answers stay.' })
    onChange()
  }
  return (
    <Card
      title={survey.question}
      aside={(
        <>
          <Status tone={survey.open ? 'ok' : 'off'}>{survey.open ? 'Being asked' : 'Closed'}</Status>
          {survey.open && <Button small busy={write.busy} onClick={() => void close()}>Close</Button>}
        </>
      )}
    >
      <p class="muted small survey-of">About <a href={`#/experiments/${survey.experiment}`}>{survey.title}</a></p>
      {survey.open && <p class="muted small">{rulesOf(survey.when)}</p>}
      <p class="small">{reachOf(survey, all)}</p>
      {survey.follow?.map(({ after, question }) => (
        <p key={question} class="muted small">Then, after {after.join(' or ')}: “{question}”</p>
      ))}
      {write.failure && <Problem failure={write.failure} />}
      <Choices arms={survey.arms} control={controlOf(survey)} order={survey.choices} rating={survey.rating} />
      {answered > 0 && answered < 30 && <p class="hint">Few have answered yet: read them as voices, not as shares.</p>}
      {answered > 0 && (
        <details class="fold" onToggle={(event) => setReading(event.currentTarget.open)}>
          <summary>Read and search the answers</summary>
          {reading && <Found project={project} survey={survey} />}
        </details>
      )}
      {survey.contact && (
        <details class="fold" onToggle={(event) => setWriting(event.currentTarget.open)}>
          <summary>Who may be written to</summary>
          {writing && <Contacts project={project} survey={survey} />}
        </details>
      )}
      {survey.open && (
        <details class="fold by-mail">
          <summary>Ask by mail</summary>
          <Mail project={project} survey={survey} />
        </details>
      )}
    </Card>
  )
}

/** How many were asked, and behind which other question it waits, where that asks the same visitors. */
function reachOf({ key, experiment, open, asked, waited, when }: Survey, all: Survey[]): string {
  const told = `Asked so far: ${count(asked)}.`
  const rivals = all.filter((other) => other.key !== key && other.asked > 0 && (waited > 0 || (other.open && other.experiment === experiment)))
  if (!open || (waited === 0 && (asked > 0 || rivals.length === 0))) return told
  const [rival] = rivals
  const before = rival && rivals.length === 1 ? `“${rival.question}”` : 'other questions'
  const days = quietOf(when)
  const why = days > 0 ? `whoever was asked another question is left alone by this one for ${counted(days, 'day')}` : 'a page asks one question at a time'
  return `${told} It waits behind ${before}: ${why}${waited > 0 ? `, which was so ${counted(waited, 'time')}` : ''}.`
}

const worded = ({ text }: Answers['answers'][number]): boolean => text.trim() !== ''

function Found({ project, survey }: { project: string; survey: Survey }) {
  const [q, setQ] = useState('')
  const [variant, setVariant] = useState('')
  // Bare choices are counted above; as a list they would bury the words.
  const [onlyWords, setOnlyWords] = useState(survey.comment)
  const query = new URLSearchParams({ q: useLater(q.trim(), 300), variant })
  const live = useLive<Answers>(`${inProject(project, 'voices', survey.key)}?${query}`, 15_000)
  return (
    <div class="stack">
      <div class="row">
        <label class="search found-search">
          <span class="unseen">Search the answers</span><Icon name="search" size={16} />
          <input
            type="search" placeholder="Search the answers" value={q}
            onInput={(event) => setQ(event.currentTarget.value)}
          />
        </label>
        <Segmented
          label="Who said it" value={variant} onValue={setVariant}
          options={[
            { value: '', label: 'Everybody' },
            ...survey.arms.map((arm) => ({ value: arm.variant, label: arm.variant })),
          ]}
        />
        {survey.comment && <Check label="Only with words" checked={onlyWords} onValue={setOnlyWords} />}
      </div>
      <Loaded live={live} lines={3}>
        {({ answers }) => answers.length === 0 ? <p class="muted">Nobody said that.</p> : (
          <ul class={`answers ${long(answers)}`}>
            {onlyWords && !answers.some(worded) && <li class="muted">Nobody added words to their answer.</li>}
            <Gradually>{answers.filter((answer) => !onlyWords || worded(answer)).map((answer, i) => (
              <li key={`${answer.at} ${i}`}>
                {answer.text && askedAfter(survey.follow, answer.choice) && (
                  <p class="muted small">{askedAfter(survey.follow, answer.choice)}</p>
                )}
                {answer.text && <blockquote>{answer.text}</blockquote>}
                <p class="muted small">
                  <strong>{answer.choice}</strong><span>{answer.variant}</span><Time at={answer.at} />
                </p>
              </li>
            ))}</Gradually>
            {answers.length === 200 && <li class="muted small">These are the newest 200. Search to see older ones.</li>}
          </ul>
        )}
      </Loaded>
    </div>
  )
}
