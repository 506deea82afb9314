import { inEnvironment, useLive } from '../api'
import { Card, Few, Status } from '../parts'
import { ENVIRONMENTS, useHere } from '../project'
import type { EnvironmentKey, ExperimentCard, Flags, RunReport } from '../types'
import { counted } from '../words'
import { STATES } from './experiment'

/** Milliseconds: they stand below what somebody came for. */
const SELDOM = 30_000

/** Its flag is. */
const OFF = { word: 'Turned off', tone: 'off' } as const

interface Props {
  project: string
  planned: ExperimentCard[]
}

/** Tests that somebody has written into a document and nobody has planned here. Their flags' pages have the numbers. */
export function InDocuments({ project, planned }: Props) {
  return <>{useHere().environments.map(({ key }) => <InDocument key={key} {...{ project, planned }} environment={key} />)}</>
}

function InDocument({ project, planned, environment }: Props & { environment: EnvironmentKey }) {
  const flags = useLive<Flags>(inEnvironment(project, environment, 'flags'), SELDOM).value?.flags ?? []
  const tests = flags.flatMap(({ key: flag, experiment, enabled }) => (
    experiment === null || planned.some(({ key }) => key === experiment) ? [] : [{ flag, experiment, enabled }]
  ))
  if (tests.length === 0) return null
  return (
    <Card title={`In the document of ${ENVIRONMENTS[environment]}`} aside="written there, not planned here">
      <Few of={tests}>
        {(shown) => (
          <ul class="experiment-rows">
            {shown.map((test) => <Row key={test.experiment} {...{ project, environment }} {...test} />)}
          </ul>
        )}
      </Few>
    </Card>
  )
}

function Row({ project, environment, flag, experiment, enabled }: {
  project: string; environment: EnvironmentKey; flag: string; experiment: string; enabled: boolean
}) {
  const report = useLive<RunReport>(inEnvironment(project, environment, 'experiments', experiment, 'report'), SELDOM).value?.report
  const met = report?.arms.reduce((total, { confirmed }) => total + confirmed, 0)
  const { word, tone } = enabled ? STATES.running : OFF
  return (
    <li class="experiment-row">
      <div class="experiment-title">
        <a href={`#/flags/${environment}/${flag}`}>{experiment}</a>
        {report && <p class="muted">{report.verdict.headline}</p>}
      </div>
      <Status tone={tone}>{word}</Status>
      <p class="experiment-facts">
        <span>flag {flag}</span>
        {met !== undefined && <span>{met === 0 ? 'nobody has met it yet' : `met by ${counted(met, 'person', 'people')}`}</span>}
      </p>
    </li>
  )
}
