import { inEnvironment, useLive } from '../api'
import { VariantName } from '../live/arms'
import { Card, Loaded, Table, Unsigned, Words } from '../parts'
import { rate } from '../pictures/figures'
import type { EnvironmentKey, RunReport } from '../types'
import { count } from '../words'

type Report = RunReport['report']

/** What a run has counted that stands in the document alone: no other page has its numbers. */
export function OwnRun({ project, environment, experiment }: { project: string; environment: EnvironmentKey; experiment: string }) {
  const live = useLive<RunReport>(inEnvironment(project, environment, 'experiments', experiment, 'report'))
  return (
    <Card title="What its test has counted" aside={live.value && <code>{live.value.report.run}</code>}>
      <Loaded live={live}>
        {({ report, intake }) => (
          <>
            <Unsigned intake={intake} />
            <p><strong><Words>{report.verdict.headline}</Words>.</strong> <Words>{report.verdict.words}</Words></p>
            <Arms report={report} />
          </>
        )}
      </Loaded>
    </Card>
  )
}

function Arms({ report: { arms, control, metric } }: { report: Report }) {
  return (
    <Table
      label="What its test has counted" rows={arms} rowKey={({ variant }) => variant}
      columns={[
        { title: 'Variant', cell: ({ variant }) => <VariantName name={variant} control={control} /> },
        { title: 'Met by', numeric: true, cell: ({ confirmed }) => count(confirmed) },
        { title: metric, numeric: true, cell: measured },
      ]}
    />
  )
}

function measured({ confirmed, converted, rate: share, value }: Report['arms'][number]) {
  if (share !== null) return <>{rate(share)} <span class="muted">{count(converted)} of {count(confirmed)}</span></>
  return value == null ? '–' : value.toLocaleString('en', { maximumSignificantDigits: 4 })
}
