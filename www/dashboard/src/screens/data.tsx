import { Arriving } from '../data/arriving'
import { dataPlace, environmentAt } from '../data/address'
import { Boards } from '../data/boards'
import { MetricPage } from '../data/metric'
import { Metrics } from '../data/metrics'
import { Tail } from '../data/tail'
import { Screen, Segmented } from '../parts'
import { ENVIRONMENTS, useHere } from '../project'
import { go } from '../router'
import type { Route } from '../router'
import type { EnvironmentKey } from '../types'
import '../data/data.css'

const PARTS = [
  { path: '', word: 'Arriving', Part: Arriving }, { path: 'live', word: 'Live', Part: Tail },
  { path: 'metrics', word: 'Metrics', Part: Metrics }, { path: 'boards', word: 'Boards', Part: Boards },
]

/** What a part of *Data* is given. */
export interface DataProps {
  project: string
  environment: EnvironmentKey
  route: Route
}

/** Whether the numbers can be trusted, what is measured of them, and what a team looks at. A metric has a screen of its own. */
export function Data({ project, route }: { project: string; route: Route }) {
  const { environments } = useHere()
  const environment = environmentAt(route)
  const [, part = '', key] = route.path
  if (part === 'metrics' && key !== undefined) {
    return <MetricPage key={`${environment} ${key}`} {...{ project, environment, route }} metricKey={key} />
  }
  const { Part, path } = PARTS.find(({ path }) => path === part) ?? PARTS[0]!
  return (
    <Screen
      title="Data"
      actions={
        <Segmented
          label="Environment" value={environment} onValue={(next) => go(dataPlace(next, path))}
          options={environments.map(({ key }) => ({ value: key, label: ENVIRONMENTS[key] ?? key }))}
        />
      }
    >
      <nav class="tabs" aria-label="Parts of Data">
        {PARTS.map((known) => (
          <a key={known.path} href={dataPlace(environment, known.path)} aria-current={known.path === path ? 'page' : undefined}>
            {known.word}
          </a>
        ))}
      </nav>
      <Part key={`${environment} ${path}`} {...{ project, environment, route }} />
    </Screen>
  )
}
