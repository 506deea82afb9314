import { inProject, useLive } from '../api'
import { Loaded, Words } from '../parts'
import type { Answer, Told } from '../types/ask'
import { hard } from '../words'
import { InOtherWords } from './model'
import { Offer } from './offer'
import '../experiment.css'
import './ask.css'

/** Where a question is asked. */
export const asking = (project: string, text: string, experiment?: string): string =>
  `${inProject(project, 'ask')}?${new URLSearchParams({ text, ...(experiment && { experiment }) })}`

/** What is answered to a question. Each answer has its evidence behind it. `self` is the title that needs no saying. */
export function Answers({ project, text, experiment, self }: {
  project: string; text: string; experiment?: string; self?: string
}) {
  const live = useLive<Told>(asking(project, text, experiment), 0)
  return (
    <div class="told" aria-live="polite">
      <Loaded live={live} lines={2}>
        {({ words, answers }) => (
          <>
            {words && <p class="told-lead"><Words>{words}</Words></p>}
            <AnswerList {...{ project, answers, self }} />
            <InOtherWords key={text} {...{ project, text, experiment, self }} />
          </>
        )}
      </Loaded>
    </div>
  )
}

export function AnswerList({ project, answers, self }: { project: string; answers: Answer[]; self?: string }) {
  if (answers.length === 0) return null
  return (
    <ol class="told-list">
      {answers.map((answer) => <li key={`${answer.title} ${answer.links[0]?.path}`}><One {...{ project, answer, self }} /></li>)}
    </ol>
  )
}

function One({ project, answer: { title, words, how, figures, links, idea }, self }: { project: string; answer: Answer; self?: string }) {
  if (!how) return <p><a href={`#/${links[0]?.path}`}>{title}</a></p>
  return (
    <div class="told-one">
      {title !== self && <p class="told-title">{title}</p>}
      <p><Words>{words}</Words></p>
      {idea && <Offer project={project} idea={idea} />}
      <details class="fold">
        <summary>How do you know?<span class="unseen"> {title}</span></summary>
        <div class="stack">
          <p class="muted small"><Words>{how}</Words></p>
          {figures.length > 0 && (
            <dl class="told-figures">
              {figures.map(({ label, value }) => <div key={label}><dt>{label}</dt><dd>{hard(value)}</dd></div>)}
            </dl>
          )}
          <p class="told-links">
            {links.map(({ words, path }) => <a key={path} href={`#/${path}`}>{words}<span class="unseen">: {title}</span></a>)}
          </p>
        </div>
      </details>
    </div>
  )
}
