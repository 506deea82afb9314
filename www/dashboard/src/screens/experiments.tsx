import { useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { Card, Empty, Gradually, Icon, LinkButton, Loaded, long, Screen, Status, steady, Time, Words } from '../parts'
import { nameOf, useTeams } from '../teams/teams'
import type { ExperimentCard, ExperimentState } from '../types'
import { counted } from '../words'
import { Beside } from './beside'
import { STATES } from './experiment'
import { InDocuments } from './in-documents'
import './experiments.css'

const GROUPS: { title: string; empty: string; states: ExperimentState[] }[] = [
  {
    title: 'Needs work', empty: 'No idea, draft or open decision is waiting.',
    states: ['stopped', 'inReview', 'approved', 'draft', 'idea'],
  },
  { title: 'Running', empty: 'Nothing runs at the moment.', states: ['running'] },
  { title: 'Finished', empty: 'Nothing has been decided yet.', states: ['decided', 'debriefed'] },
]

/** All experiments, from idea to debrief. */
export function Experiments({ project }: { project: string }) {
  const live = useLive<{ experiments: ExperimentCard[] }>(inProject(project, 'experiments'))
  return (
    <Screen
      title="Experiments" aside={<p>A change, shown to some visitors, beside what was there before.</p>}
      actions={(
        <>
          <LinkButton icon="debrief" href="#/ideas?new=1">Note an idea</LinkButton>
          <LinkButton kind="primary" icon="plus" href="#/experiments/new">New experiment</LinkButton>
        </>
      )}
    >
      <Beside here="experiments" />
      <Loaded live={live}>
        {({ experiments }) => (
          <>
            {experiments.length === 0 ? <Nothing /> : <List {...{ project, experiments }} />}
            <InDocuments project={project} planned={experiments} />
          </>
        )}
      </Loaded>
    </Screen>
  )
}

function List({ project, experiments }: { project: string; experiments: ExperimentCard[] }) {
  const [sought, setSought] = useState('')
  return (
    <>
      <label class="search experiments-search">
        <span class="unseen">Search experiments</span>
        <Icon name="search" />
        <input
          type="search" placeholder="Search by title, result or author" value={sought}
          onInput={(event) => setSought(event.currentTarget.value)}
        />
      </label>
      <Groups {...{ project, sought }} experiments={experiments.filter((card) => matches(card, sought))} />
    </>
  )
}

function Groups({ project, experiments, sought }: { project: string; experiments: ExperimentCard[]; sought: string }) {
  const teams = useTeams(project).value
  if (experiments.length === 0) {
    const library = `#/library?q=${encodeURIComponent(sought)}`
    return (
      <Empty title={`Nothing matches “${sought}”.`}>
        <p>What has been learned may be worded otherwise: <a href={library}>search the library</a>.</p>
      </Empty>
    )
  }
  return (
    <>
      {GROUPS.map(({ title, empty, states }) => {
        const rank = (card: ExperimentCard) => states.indexOf(card.state)
        const rows = experiments
          .filter((card) => rank(card) >= 0)
          .sort((a, b) => rank(a) - rank(b) || begun(b) - begun(a))
        if (rows.length === 0 && sought) return null
        return (
          <Card key={title} title={title} aside={rows.length > 0 && <span>{rows.length}</span>}>
            {rows.length === 0 ? <p class="muted">{empty}</p> : (
              <ul class={`experiment-rows ${long(rows)}`}><Gradually>{rows.map((card) => <Row key={card.key} card={card} team={card.team && nameOf(teams, card.team)} />)}</Gradually></ul>
            )}
          </Card>
        )
      })}
    </>
  )
}

const Row = steady(function Row({ card, team }: { card: ExperimentCard; team: string | null }) {
  const { word, tone } = STATES[card.state]
  return (
    <li class="experiment-row">
      <div class="experiment-title">
        <a href={`#/experiments/${card.key}`}>{card.title}</a>
        {card.headline && <p class="muted"><Words>{card.headline}</Words></p>}
      </div>
      <Status tone={tone} icon={card.state === 'inReview' ? 'review' : undefined}>{word}</Status>
      <p class="experiment-facts">
        {card.people > 0 && <span>{counted(card.people, 'person', 'people')}</span>}
        {card.ended
          ? <span>ended <Time at={card.ended} /></span>
          : card.started ? <span>started <Time at={card.started} /></span> : null}
        {team && <span>{team}</span>}
        <span>{card.author}</span>
      </p>
    </li>
  )
})

function Nothing() {
  return (
    <Empty
      title="No experiment yet"
      action={<LinkButton kind="primary" icon="plus" href="#/experiments/new">Plan the first one</LinkButton>}
    >
      <p>
        An experiment takes four answers: what you change, what you expect, what must not get worse, and who sees it. It
        starts with few visitors and stops itself if it does harm.
      </p>
    </Empty>
  )
}

const begun = (card: ExperimentCard): number => card.ended ?? card.started ?? 0

const matches = (card: ExperimentCard, sought: string): boolean =>
  sought.toLowerCase().split(/\s+/).every((word) => told(card).includes(word))

const told = (card: ExperimentCard): string =>
  `${card.title} ${card.headline} ${card.author} ${card.key}`.toLowerCase()
