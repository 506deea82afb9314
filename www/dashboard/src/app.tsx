import { useEffect } from 'preact/hooks'
import { engineSays } from './clock'
import { lostSince } from './client'
import { Frame } from './frame'
import { useLive } from './live'
import type { Live } from './live'
import { useObservable } from './observable'
import { Boundary, later, Problem, Skeleton, Toasts } from './parts'
import { HereContext } from './project'
import { goInstead, useRoute } from './router'
import { SignIn } from './screens/signin'
import { ScreenAt } from './screens'
import { signInByProvider, token } from './session'
import type { Projects } from './types'

/** Who is here and what there is to see; while the engine is silent, how often it is asked whether it is back. */
const USUALLY = 20_000
const WHILE_LOST = 1000

const Shared = later(async () => (await import('./screens/shared')).Shared)

/** Whoever comes with a link to one result needs no name, and everybody else their token. */
export function App() {
  const { path: [place, project, word] } = useRoute()
  // Whoever goes on as somebody else sees nothing that was asked for in another name.
  const known = useObservable(token)
  return place === 'shared' && project && word ? <Shared key={word} project={project} word={word} /> : <Home key={known} />
}

function Home() {
  const known = useObservable(token)
  const lost = useObservable(lostSince) !== null
  const projects = useLive<Projects>(known === null ? null : '/api/v1/projects', lost ? WHILE_LOST : USUALLY)
  const route = useRoute()
  const now = projects.value?.now
  useEffect(() => {
    if (now !== undefined) engineSays(now)
  }, [now])
  useEffect(() => {
    if (route.path.length === 0) goInstead('#/now')
  }, [route])

  useEffect(() => {
    if (known === null) void signInByProvider()
  }, [known])

  if (known === null) return <SignIn />
  const here = projects.value && place(projects.value)
  if (!here) return <><Waiting projects={projects} /><Toasts /></>
  return (
    <HereContext.Provider value={here}>
      <Frame route={route}>
        <Boundary at={route.path.join('/')}><ScreenAt route={route} /></Boundary>
      </Frame>
      <Toasts />
    </HereContext.Provider>
  )
}

/** The dashboard shows one project; whoever has several opens one after the other. */
function place({ projects, person, demo }: Projects) {
  const [project] = projects
  return project && { project: project.key, environments: project.environments, person, demo }
}

function Waiting({ projects }: { projects: Live<Projects> }) {
  if (!projects.failure && !projects.value) return <main class="alone"><Skeleton /></main>
  const failure = projects.failure ?? {
    ok: false as const, status: 404, error: 'There is no project yet.', problems: [], current: null,
    fix: 'The engine makes one when it starts; have a look at what `npm start` printed.',
  }
  return <main class="alone"><Problem failure={failure} again={{ act: () => void projects.refresh() }} /></main>
}
