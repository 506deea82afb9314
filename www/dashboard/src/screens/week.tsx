import { useState } from 'preact/hooks'
import { inEnvironment, inProject, useLive, useWrite } from '../api'
import { Button, Card, Copyable, Empty, LinkButton, Loaded, Problem, Screen } from '../parts'
import { Links } from '../reading/links'
import type { Ended, Week as WeekTold } from '../types/week'
import { date } from '../words'

/** What a week has brought: what every message of Monday says, to be read here too. */
export function Week({ project, week }: { project: string; week?: string }) {
  const live = useLive<WeekTold>(`${inProject(project, 'digest')}${week ? `?week=${week}` : ''}`, 60_000)
  const told = live.value
  return (
    <Screen
      title={told ? days(told.title) : 'The week'} name={told?.title ?? 'The week'} above={<a href="#/library">Library</a>}
      actions={told && (
        <>
          {told.previous !== null && <LinkButton kind="quiet" href={`#/week/${told.previous}`}>The week before</LinkButton>}
          {told.next !== null && <LinkButton kind="quiet" href={`#/week/${told.next}`}>The week after</LinkButton>}
        </>
      )}
    >
      <Loaded live={live}>
        {(week) => <><Told week={week} links /><Link project={project} week={week.week} /></>}
      </Loaded>
    </Screen>
  )
}

/** A title that leaves no month alone at the end of a line. */
const days = (title: string): string => title.replaceAll(/(?<=[a-z]) (?=\d)/g, '\u00a0')

/** The same for whoever reads it, with links for whoever can follow them. */
export function Told({ week, links }: { week: WeekTold; links?: boolean }) {
  const { headline, words, begun, wins, others, lessons } = week
  return (
    <>
      <p><strong>{headline}.</strong></p>
      <p class="muted">{words}</p>
      {links && begun.length > 0 && <p class="row">{begun.map(({ key, title }) => <a key={key} href={`#/experiments/${key}`}>{title}</a>)}</p>}
      {wins.length + others.length + lessons.length === 0 && (
        <Empty title="No test ended this week"><p>The ones that run need more time.</p></Empty>
      )}
      <List title="Shipped" all={wins} links={links} />
      <List title="Not shipped" all={others} links={links} />
      {lessons.length > 0 && (
        <Card title="Learned">
          {lessons.map(({ key, title, answers }) => (
            <section key={key} class="stack stack-close" aria-label={title}>
              <h3>{links ? <a href={`#/experiments/${key}/debrief`}>{title}</a> : title}</h3>
              <dl>{answers.map(({ question, answer }) => <div key={question}><dt class="muted">{question}</dt><dd>{answer}</dd></div>)}</dl>
            </section>
          ))}
        </Card>
      )}
    </>
  )
}

function List({ title, all, links }: { title: string; all: Ended[]; links?: boolean }) {
  if (all.length === 0) return null
  return (
    <Card title={title}>
      {all.map(({ key, title, headline, words }) => (
        <section key={key} class="stack stack-close" aria-label={title}>
          <h3>{links ? <a href={`#/experiments/${key}/reading`}>{title}</a> : title}</h3>
          <p><strong>{headline}</strong></p>
          <p>{words}</p>
        </section>
      ))}
    </Card>
  )
}

/** A link for people without an account. */
function Link({ project, week }: { project: string; week: number }) {
  const [made, setMade] = useState<{ link: string; until: number }>()
  const { send, busy, failure } = useWrite()
  const make = async () => setMade(await send('POST', inEnvironment(project, 'production', 'share'), { week, days: 30 }))
  return (
    <Card title="For people without an account">
      <p class="muted">Whoever has the link reads this week and nothing else; it names nobody. The one in a message of Monday is good for three months.</p>
      {made
        ? <><Copyable label="The link" value={made.link} /><p class="hint">It is good until {date(made.until)}.</p></>
        : <div><Button busy={busy} onClick={() => void make()}>Make a link</Button></div>}
      {failure && <Problem failure={failure} />}
      <Links project={project} name={String(week)} made={made?.link} />
    </Card>
  )
}
