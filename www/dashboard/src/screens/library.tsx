import { useEffect, useState } from 'preact/hooks'
import { inEnvironment, inProject, useLive } from '../api'
import { ClaimList } from '../claims/list'
import { LibraryEntry } from '../library/entry'
import { PastEntry } from '../library/past'
import { Card, Empty, Few, Icon, LinkButton, Loaded, Screen, Segmented } from '../parts'
import { useLater } from '../plan/later'
import { goInstead, useRoute } from '../router'
import { TeamFilter } from '../teams/filter'
import type { Flag, Flags, LibraryScreen, Outcome } from '../types'
import { isPast } from '../types/library'
import type { Claims } from '../types/library'
import { counted } from '../words'
import '../library/library.css'

type Sought = Outcome | 'all'

const OUTCOMES: readonly { value: Sought; label: string }[] = [
  { value: 'all', label: 'All' }, { value: 'ship', label: 'Shipped' }, { value: 'keep', label: 'Kept the old' },
  { value: 'again', label: 'Run again' }, { value: 'aborted', label: 'Given up' }, { value: 'stopped', label: 'Stopped' },
]

const known = (value: string | null): Sought => OUTCOMES.find((outcome) => outcome.value === value)?.value ?? 'all'

/** What this team knows, and from which experiment. The address holds what is sought, so that it can be sent on. */
export function Library({ project }: { project: string }) {
  const { query: address } = useRoute()
  const [q, setQ] = useState(() => address.get('q') ?? '')
  const [outcome, setOutcome] = useState(() => known(address.get('outcome')))
  const settled = useLater(q.trim(), 300)
  const team = address.get('team') ?? ''
  const query = new URLSearchParams()
  if (settled) query.set('q', settled)
  if (outcome !== 'all') query.set('outcome', outcome)
  if (team) query.set('team', team)
  const asked = query.toString()
  const followed = address.toString()
  useEffect(() => {
    if (followed === asked) return
    // A link to another search was followed from here.
    setQ(address.get('q') ?? '')
    setOutcome(known(address.get('outcome')))
  }, [followed])
  useEffect(() => goInstead(asked ? `#/library?${asked}` : '#/library'), [asked])
  const live = useLive<LibraryScreen>(`${inProject(project, 'library')}${asked && `?${asked}`}`, 30_000)
  // What the variants of a flag are stands in the document, not in the plan.
  const flags = useLive<Flags>(inEnvironment(project, 'production', 'flags'), 0).value?.flags ?? NONE
  const claims = useLive<Claims>(settled ? `${inProject(project, 'claims')}?${new URLSearchParams({ q: settled })}` : null, 0)
  const [last, setLast] = useState<LibraryScreen>()
  useEffect(() => live.value && setLast(live.value), [live.value])
  // The cards of the last question stay until the next ones are there, or each letter would make the page jump.
  const shown = { ...live, value: live.value ?? last }
  return (
    <Screen
      title="Library" aside={<p>What was tried, what came of it, and what to tell the next team.</p>}
      actions={<><LinkButton kind="quiet" href="#/library/claims">What we know</LinkButton><LinkButton kind="quiet" href="#/library/import">Import</LinkButton><LinkButton kind="quiet" href="#/library/together">What all tests say</LinkButton><LinkButton kind="quiet" href="#/week">What the week brought</LinkButton><LinkButton kind="quiet" href="#/learn">Try it yourself</LinkButton></>}
    >
      <div class="library-search">
        <label class="search">
          <span class="unseen">Search what is known</span><Icon name="search" />
          <input
            type="search" placeholder="Search: freshness, price, checkout …" value={q}
            onInput={(event) => setQ(event.currentTarget.value)}
          />
        </label>
        <Segmented label="How it ended" value={outcome} options={OUTCOMES} onValue={(outcome) => setOutcome(outcome)} />
        <TeamFilter project={project} value={team} />
      </div>
      {claims.value && claims.value.claims.length > 0 && (
        <Card title="What we hold to be so" aside={<a href="#/library/claims">All claims</a>}><ClaimList claims={claims.value.claims} /></Card>
      )}
      <Loaded live={shown}>
        {({ cards, known, whole }) => (
          <>
            <p class="muted small" aria-live="polite">
              {known > 0 && (settled || outcome !== 'all' || team
                ? `${cards.length} of ${counted(known, 'experiment')}`
                : counted(known, 'experiment'))}
              {!whole && cards.length > 0 && '. None has all of these words; those with most of them stand first.'}
            </p>
            {cards.length > 0
              ? <Cards cards={cards} sought={settled} flags={flags} />
              : known === 0 ? <Nothing /> : <NotFound sought={settled} />}
          </>
        )}
      </Loaded>
    </Screen>
  )
}

const NONE: Flag[] = []

function Cards({ cards, sought, flags }: { cards: LibraryScreen['cards']; sought: string; flags: Flag[] }) {
  return (
    <Few of={cards} key={sought}>
      {(shown) => (
        <ul class="library-cards">
          {shown.map((card) => isPast(card)
            ? <PastEntry key={`past ${card.key}`} card={card} sought={sought} />
            : <LibraryEntry key={`${card.key} ${card.started}`} card={card} sought={sought} flags={flags} />)}
        </ul>
      )}
    </Few>
  )
}

function Nothing() {
  return (
    <Empty
      title="The library is still empty"
      action={(
        <>
          <LinkButton kind="primary" icon="plus" href="#/experiments/new">New experiment</LinkButton>
          <LinkButton href="#/library/import">Import past ones</LinkButton>
        </>
      )}
    >
      <p>
        Each decided experiment becomes a card here: what was expected, what was found, and what the team would tell the
        next one.
      </p>
      <p>“No difference” is a finding, too. It spares somebody the same test a year from now.</p>
    </Empty>
  )
}

function NotFound({ sought }: { sought: string }) {
  return (
    <Empty
      title={sought ? `Nobody has tried “${sought}” yet` : 'No experiment ended like that'}
      action={<LinkButton href="#/experiments/new" icon="plus">Be the first</LinkButton>}
    >
      <p>The search looks through titles, plans, results and debriefs. Try another word, or all outcomes. A question is answered by Find, at the top.</p>
    </Empty>
  )
}
