import { useEffect, useState } from 'preact/hooks'
import { useHere } from '../project'
import { goInstead } from '../router'
import type { Route } from '../router'
import { Empty, later, LinkButton, Screen } from '../parts'
import { ExperimentPage } from './experiment'
import { Experiments } from './experiments'
import { Now } from './now'

const Alerts = later(async () => (await import('./alerts')).Alerts)
const Bring = later(async () => (await import('./bring')).Bring)
const Calendar = later(async () => (await import('./calendar')).Calendar)
const Claims = later(async () => (await import('./claims')).Claims)
const Data = later(async () => (await import('./data')).Data)
const Flags = later(async () => (await import('./flags')).Flags)
const Ideas = later(async () => (await import('./ideas')).Ideas)
const Learn = later(async () => (await import('./learn')).Learn)
const Library = later(async () => (await import('./library')).Library)
const Messages = later(async () => (await import('./messages')).Messages)
const Past = later(async () => (await import('./past')).Past)
const Plan = later(async () => (await import('./plan')).Plan)
const Practice = later(async () => (await import('./practice')).Practice)
const Setup = later(async () => (await import('./setup')).Setup)
const Start = later(async () => (await import('./start')).Start)
const Together = later(async () => (await import('./together')).Together)
const Week = later(async () => (await import('./week')).Week)
const Voices = later(async () => (await import('./voices')).Voices)

/** Which screen an address names. The key makes a new screen of each, so that nothing of the last one stays in it. */
export function ScreenAt({ route }: { route: Route }) {
  const { project } = useHere()
  const begun = useBegun(route)
  const [place, second, third] = route.path
  switch (place) {
    case undefined:
    case 'now':
      return <Now project={project} />
    case 'experiments':
      if (second === undefined) return <Experiments project={project} />
      if (second === 'new' || begun.isThere) return <Plan key={begun.screen} project={project} onCreated={begun.begin} />
      return <ExperimentPage key={second} project={project} experimentKey={second} tab={third} />
    case 'ideas':
      return <Ideas project={project} />
    case 'alerts':
      return <Alerts project={project} />
    case 'calendar':
      return <Calendar project={project} />
    case 'flags':
      return <Flags project={project} route={route} />
    case 'data':
      return <Data project={project} route={route} />
    case 'voices':
      return <Voices project={project} />
    case 'start':
      return <Start project={project} />
    case 'learn':
      return <Learn />
    case 'library':
      if (second === 'together') return <Together project={project} />
      if (second === 'claims') return <Claims key={route.query.toString()} project={project} />
      if (second === 'import') return <Bring project={project} />
      if (second === 'past' && third) return <Past key={third} project={project} pastKey={third} />
      return <Library project={project} />
    case 'practice':
      return <Practice project={project} />
    case 'week':
      return <Week key={second} project={project} week={second} />
    case 'setup':
      if (second === 'integrations' && third === 'received') return <Messages project={project} />
      return <Setup project={project} section={second} />
    default:
      return (
        <Screen title="Nothing is here">
          <Empty
            title={`There is no place called “${place}”.`} action={<LinkButton href="#/now">Go to Now</LinkButton>}
          >
            <p>The address may be old or mistyped.</p>
          </Empty>
        </Screen>
      )
  }
}

/** A plan that is begun here gets an address of its own and stays the screen that it was, so that nobody loses the field in which they type. */
function useBegun({ path: [place, second, third], query }: Route) {
  const [begun, setBegun] = useState<{ n: number; key?: string; screen?: string }>({ n: 0 })
  const isThere = begun.key !== undefined && place === 'experiments' && second === begun.key && third === undefined
  // The next one begins anew.
  const n = begun.n + Number(begun.key !== undefined && !isThere)
  useEffect(() => {
    if (n !== begun.n) setBegun({ n })
  }, [n])
  const screen = isThere && begun.screen ? begun.screen : `new ${query.get('template')} ${n}`
  const begin = (key: string): void => {
    setBegun({ n, key, screen })
    goInstead(`#/experiments/${key}`)
  }
  return { isThere, screen, begin }
}
