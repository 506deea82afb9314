import { useEffect } from 'preact/hooks'
import { inEnvironment, useLive } from '../api'
import type { Live } from '../live'
import { Card, Empty, Icon, LinkButton, Loaded, Screen, Status, Words } from '../parts'
import { ENVIRONMENTS } from '../project'
import type { Advice, EnvironmentKey } from '../types'

export interface AdviceList {
  version: number
  advice: Advice[]
}

/** It changes with what is published, and by the day. */
const SELDOM = 60_000

/** Advice on what an environment serves; asked for anew when `revision` is another one. */
export function useAdvice(project: string, environment: EnvironmentKey, revision: number | undefined): Live<AdviceList> {
  const live = useLive<AdviceList>(inEnvironment(project, environment, 'advice'), SELDOM)
  const { value, refresh } = live
  useEffect(() => {
    if (revision !== undefined && value !== undefined && value.version !== revision) void refresh()
  }, [revision])
  return live
}

/** What is worth a look about one flag. */
export function FlagAdvice({ live, flag }: { live: Live<AdviceList>; flag: string }) {
  return (
    <Card title="Worth a look" id="advice">
      <Loaded live={live} lines={2}>
        {({ advice }) => {
          const own = advice.filter((advice) => advice.flag === flag)
          if (own.length === 0) return <Status tone="ok">Nothing about this flag stands out.</Status>
          return <Rows advice={own} />
        }}
      </Loaded>
    </Card>
  )
}

/** A sentence whose names stand between backticks. */
function Marked({ children }: { children: string }) {
  return <>{children.split('`').map((part, place) => (place % 2 ? <code key={place}>{part}</code> : <Words key={place}>{part}</Words>))}</>
}

function Rows({ advice }: { advice: Advice[] }) {
  return (
    <ul class="advice">
      {advice.map(({ pointer, code, cause, fix }) => (
        <li key={`${pointer} ${code} ${cause}`}>
          <span class="tone-look"><Icon name="look" /></span>
          <div>
            <p><strong><Marked>{cause}</Marked></strong></p>
            <p><Marked>{fix}</Marked></p>
            <p class="muted small"><code>{pointer}</code></p>
          </div>
        </li>
      ))}
    </ul>
  )
}

/** All of an environment, flag by flag. */
export function AdvicePage({ project, environment }: { project: string; environment: EnvironmentKey }) {
  const live = useAdvice(project, environment, undefined)
  return (
    <Screen title="Worth a look" above={<a href={`#/flags/${environment}`}>Flags in {ENVIRONMENTS[environment]}</a>}>
      <Loaded live={live}>
        {({ advice }) => {
          if (advice.length === 0) {
            return (
              <Empty
                title="Nothing stands out"
                action={<LinkButton href={`#/flags/${environment}`}>All flags</LinkButton>}
              >
                <p>Rules that nobody comes to, draws that depend on each other, and what has become stale would stand here.</p>
              </Empty>
            )
          }
          const flags = [...new Set(advice.map(({ flag }) => flag))]
          return (
            <>
              {flags.map((flag) => (
                <Card
                  key={flag ?? ''}
                  title={flag === null ? 'Beside the flags' : <a href={`#/flags/${environment}/${flag}`}>{flag}</a>}
                >
                  <Rows advice={advice.filter((advice) => advice.flag === flag)} />
                </Card>
              ))}
            </>
          )
        }}
      </Loaded>
    </Screen>
  )
}
