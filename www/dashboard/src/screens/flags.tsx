import { useMemo, useRef, useState } from 'preact/hooks'
import { inEnvironment, useLive } from '../api'
import { now } from '../clock'
import { Button, Empty, Gradually, Icon, LinkButton, Loaded, long, Problem, Screen, Segmented, Status, steady, Time } from '../parts'
import { ENVIRONMENTS, useHere } from '../project'
import { go } from '../router'
import type { Route } from '../router'
import type { Advice, EnvironmentKey, Flag, Flags as FlagList } from '../types'
import { nameOf, useTeams } from '../teams/teams'
import { count, counted } from '../words'
import { AdvicePage, useAdvice } from './advice'
import { Changes } from './changes'
import { FlagPage } from './flag'
import { useElsewhere, useMet, usePlanned } from './flag-facts'
import type { Elsewhere } from './flag-facts'
import { stateOf } from './flag-state'
import { ShareBar } from './flag-share'
import { doId, useSwitch } from './flag-switch'
import { NewFlag } from './new-flag'
import { Versions } from './versions'

const KEYS = Object.keys(ENVIRONMENTS) as EnvironmentKey[]

/** `#/flags/<environment>` lists, `…/<flag>` shows one, `…?show=versions` the past, `changes` what waits for approval,
 * `advice` what is worth a look. */
export function Flags({ project, route }: { project: string; route: Route }) {
  const environment = KEYS.find((key) => key === route.path[1]) ?? 'production'
  const flag = route.path[2]
  const where = { project, environment }
  if (flag !== undefined) return <FlagPage key={`${environment} ${flag}`} {...where} flagKey={flag} />
  if (route.query.get('show') === 'versions') return <Versions key={environment} {...where} />
  if (route.query.get('show') === 'changes') return <Changes key={environment} {...where} />
  if (route.query.get('show') === 'advice') return <AdvicePage key={environment} {...where} />
  return <List {...where} />
}

function List({ project, environment }: { project: string; environment: EnvironmentKey }) {
  const { environments } = useHere()
  const live = useLive<FlagList>(inEnvironment(project, environment, 'flags'), 5000)
  const advice = useAdvice(project, environment, live.value?.revision).value?.advice ?? []
  const beside = advice.filter(({ flag }) => flag === null).length
  const [search, setSearch] = useState('')
  const [adding, setAdding] = useState(false)
  const options = environments.map(({ key }) => ({ value: key, label: ENVIRONMENTS[key] ?? key }))
  return (
    <Screen
      title="Flags" name={`Flags in ${ENVIRONMENTS[environment]}`}
      aside={live.value && (
        <>
          <span>{counted(live.value.flags.length, 'flag')} in {ENVIRONMENTS[environment]}</span>
          {advice.length > 0 && (
            <a href={`#/flags/${environment}?show=advice`}>
              {counted(advice.length, 'thing')} worth a look{beside > 0 && `, ${beside} beside the flags`}
            </a>
          )}
        </>
      )}
      actions={
        <>
          {environment === 'production' && (
            <LinkButton kind="quiet" href={`#/flags/${environment}?show=changes`}>Approvals</LinkButton>
          )}
          <LinkButton kind="quiet" href={`#/flags/${environment}?show=versions`}>History</LinkButton>
          <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>New flag</Button>
        </>
      }
    >
      <div class="row row-apart">
        <Segmented
          label="Environment" value={environment} options={options} onValue={(next) => go(`#/flags/${next}`)}
        />
        <label class="search">
          <span class="unseen">Search flags</span>
          <Icon name="search" size={18} />
          <input
            type="search" placeholder="Search flags" value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
      </div>
      <Loaded live={live} lines={8}>
        {(list) => (
          <Rows
            key={environment} {...{ project, environment, list, search, advice }} refresh={live.refresh}
            add={() => setAdding(true)}
          />
        )}
      </Loaded>
      {adding && live.value && (
        <NewFlag {...{ project, environment }} revision={live.value.revision} onClose={() => setAdding(false)} />
      )}
    </Screen>
  )
}

interface RowsProps {
  project: string
  environment: EnvironmentKey
  list: FlagList
  search: string
  advice: Advice[]
  refresh(): Promise<void>
  add(): void
}

function Rows({ project, environment, list, search, advice, refresh, add }: RowsProps) {
  const { failure, off, undo, busy } = useSwitch(project, environment, refresh)
  const deeds = useRef({ off: (_: Flag): void => {}, undo: (_: Flag): void => {} })
  deeds.current = { off: (flag) => void off(flag, list.revision), undo: (flag) => void undo(flag) }
  const elsewhere = useElsewhere(project, environment, useHere().environments)
  const met = useMet(project, environment, list.revision)
  const isPlanned = usePlanned(project)
  const teams = useTeams(project).value
  const found = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean)
    return list.flags.filter(({ key, description }) => {
      const text = `${key} ${description}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
  }, [list, search])
  const noticed = useMemo(() => {
    const of = new Map<string, Advice[]>()
    for (const one of advice) if (one.flag !== null) of.set(one.flag, [...(of.get(one.flag) ?? []), one])
    return of
  }, [advice])
  if (list.flags.length === 0) {
    return (
      <Empty title="No flags yet" action={<Button kind="primary" icon="plus" onClick={add}>New flag</Button>}>
        <p>A flag lets you turn something on for a few visitors, then for more, and off again at once. No deploy.</p>
      </Empty>
    )
  }
  return (
    <>
      {failure && <Problem failure={failure} />}
      {found.length === 0 && <p class="muted" role="status">No flag matches “{search}”.</p>}
      <ul class={`flags ${long(found)}`}>
        <Gradually>{found.map((flag) => (
          <Row
            key={flag.key} {...{ flag, environment, elsewhere, deeds }} busy={busy === flag.key} team={flag.team && nameOf(teams, flag.team)}
            advice={noticed.get(flag.key)} isPlanned={flag.experiment !== null && isPlanned(flag.experiment) === true} since={met?.since} met={met && flag.experiment ? met.met.get(flag.experiment) ?? 0 : undefined}
          />
        ))}</Gradually>
      </ul>
    </>
  )
}

interface RowProps {
  flag: Flag
  environment: EnvironmentKey
  elsewhere: Elsewhere[]
  busy: boolean
  team: string | null
  advice: Advice[] | undefined
  /** Whether its experiment has a page. */
  isPlanned: boolean
  /** How many exposures there were of a flag under test, and since when. */
  met: number | undefined
  since: number | undefined
  /** As they are now: they change with each drawing of the list, and no row has to. */
  deeds: { current: { off(flag: Flag): void; undo(flag: Flag): void } }
}

const Row = steady(function Row({ flag, environment, elsewhere, busy, team, advice, isPlanned, met, since, deeds }: RowProps) {
  return (
    <li class="flag">
      <div class="flag-name">
        <h2><a href={`#/flags/${environment}/${flag.key}`}>{flag.key}</a></h2>
        <p class="muted">{flag.description}</p>
        <p class="muted small flag-facts">
          <span>{KINDS[flag.kind] ?? flag.kind}</span>
          {team && <span>{team}</span>}
          {flag.changed !== null && <span>changed <Time at={flag.changed} /></span>}
          {met !== undefined && since !== undefined && (
            <span title="What browsers and the edge have reported and was counted">{count(met)} exposures since {clock.format(since)}</span>
          )}
        </p>
        <Noticed advice={advice} />
      </div>
      <div class="flag-states">
        <State {...{ flag, isPlanned }} />
        {elsewhere.length > 0 && elsewhere.every(({ flags }) => !flags.has(flag.key))
          ? <p class="muted small">Only in {ENVIRONMENTS[environment]}</p>
          : elsewhere.map((place) => <There key={place.environment} place={place} flag={flag.key} />)}
      </div>
      <div class="flag-do" id={doId(flag)}>
        <Deed {...{ flag, environment, busy, isPlanned }} undo={() => deeds.current.undo(flag)} off={() => deeds.current.off(flag)} />
      </div>
    </li>
  )
})

const KINDS: Record<string, string> = { boolean: 'On / off', string: 'Words', number: 'Number', json: 'JSON' }

const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

function Noticed({ advice }: { advice: Advice[] | undefined }) {
  if (!advice) return null
  return (
    <p class="small row">
      {advice.some(({ code }) => code === 'stale') && <Status tone="held" icon="wait">Stale</Status>}
      <Status tone="look">{counted(advice.length, 'thing')} worth a look</Status>
    </p>
  )
}

/** What the flag does in another environment. */
function There({ place: { environment, flags }, flag }: { place: Elsewhere; flag: string }) {
  const there = flags.get(flag)
  return (
    <p class="muted small flag-there">
      <span>{ENVIRONMENTS[environment]}</span>
      <span>{there ? stateOf(there).words : 'not there'}</span>
    </p>
  )
}

/** The one thing that somebody may want to do to it from here. */
function Deed({ flag, environment, busy, isPlanned, undo, off }: {
  flag: Flag; environment: EnvironmentKey; busy: boolean; isPlanned: boolean; undo(): void; off(): void
}) {
  if (canUndo(flag)) {
    return (
      <Button key="undo" icon="undo" busy={busy} aria-label={`Undo: turn ${flag.key} on again`} onClick={undo}>
        Undo
      </Button>
    )
  }
  if (flag.locked && flag.experiment && isPlanned) {
    // Why stands beside it in a word, “In a test”; the flag's own page says it in a sentence.
    return <LinkButton kind="quiet" href={`#/experiments/${flag.experiment}`} title={flag.locked}>Go to the test</LinkButton>
  }
  if (flag.enabled && flag.locked === null && (flag.share > 0 || flag.rules > 0)) {
    return (
      <Button key="off" kind="stop" busy={busy} aria-label={`Turn off ${flag.key}`} onClick={off}>Turn off</Button>
    )
  }
  return (
    <LinkButton kind="quiet" aria-label={`Who gets it: ${flag.key}`} href={`#/flags/${environment}/${flag.key}`}>
      Who gets it
    </LinkButton>
  )
}

function State({ flag, isPlanned }: { flag: Flag; isPlanned: boolean }) {
  const { tone, icon, words } = stateOf(flag)
  return (
    <div class="flag-state">
      <Status tone={tone} icon={icon}>
        {flag.experiment && isPlanned ? <a href={`#/experiments/${flag.experiment}`}>{words}</a> : words}
      </Status>
      <ShareBar share={flag.enabled ? flag.share : 0} variant={flag.variant} />
    </div>
  )
}

const canUndo = (flag: Flag): boolean => !flag.enabled && (flag.undoUntil ?? 0) > now()
