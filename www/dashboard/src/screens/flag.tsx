import { inEnvironment, inProject, useLive } from '../api'
import { now } from '../clock'
import { Button, Card, Empty, Icon, LinkButton, Loaded, Problem, Screen, Status, Table, Time } from '../parts'
import { AtHour } from '../plan/at-hour'
import { ENVIRONMENTS } from '../project'
import { Rules } from '../rules/card'
import { Whose } from '../teams/whose'
import type { EnvironmentKey, Flag, Flags, Playbook } from '../types'
import { percent } from '../words'
import { Why } from '../why/card'
import { FlagAdvice, useAdvice } from './advice'
import { ChangeShare } from './flag-change'
import type { FlagProps } from './flag-change'
import { FlagCode } from './flag-code'
import { Elsewhere } from './flag-elsewhere'
import { PreviewLink } from './flag-preview'
import { usePlanned } from './flag-facts'
import { stateOf } from './flag-state'
import { doId, useSwitch } from './flag-switch'
import { OwnRun } from './own-run'

/** One flag: who gets it, what it serves, and how to change that without an accident. */
export function FlagPage(
  { project, environment, flagKey }: { project: string; environment: EnvironmentKey; flagKey: string },
) {
  const live = useLive<Flags>(inEnvironment(project, environment, 'flags'), 5000)
  const playbook = useLive<{ playbook: Playbook }>(inProject(project, 'playbook'), 0)
  const flag = live.value?.flags.find(({ key }) => key === flagKey)
  const { failure, busy, off, undo } = useSwitch(project, environment, live.refresh)
  const state = flag && stateOf(flag)
  const steps = playbook.value?.playbook.ramp ?? []
  const canUndo = flag && !flag.enabled && (flag.undoUntil ?? 0) > now()
  return (
    <Screen
      title={flagKey} above={<a href={`#/flags/${environment}`}>Flags in {ENVIRONMENTS[environment]}</a>}
      aside={
        flag && state && (
          <>
            <Status tone={state.tone} icon={state.icon}>{state.words}</Status>
            {flag.changed != null && <span>changed <Time at={flag.changed} /></span>}
          </>
        )
      }
      actions={
        flag && (
          <div class="actions" id={doId(flag)}>
            {canUndo && (
              <Button
                key="undo" icon="undo" busy={busy === flag.key} aria-label={`Undo: turn ${flag.key} on again`}
                onClick={() => void undo(flag)}
              >
                Undo
              </Button>
            )}
            {flag.enabled && flag.locked === null && (
              <Button
                key="off" kind="stop" busy={busy === flag.key} aria-label={`Turn off ${flag.key}`}
                onClick={() => live.value && void off(flag, live.value.revision)}
              >
                Turn off
              </Button>
            )}
          </div>
        )
      }
    >
      {failure && <Problem failure={failure} />}
      <Loaded live={live}>
        {({ revision }) => (flag
          ? <Parts {...{ project, environment, flag, revision, steps }} refresh={live.refresh} />
          : (
            <Empty
              title="There is no such flag here."
              action={<LinkButton href={`#/flags/${environment}`}>All flags</LinkButton>}
            />
          ))}
      </Loaded>
    </Screen>
  )
}

function Parts({ flag, ...rest }: FlagProps) {
  const { project, environment, revision } = rest
  const advice = useAdvice(project, environment, revision)
  const isPlanned = usePlanned(project)
  return (
    <>
      {flag.description && <p>{flag.description}</p>}
      <Whose project={project} kind="flag" subject={flag.key} team={flag.team} onDone={() => void rest.refresh()} />
      {flag.locked !== null ? <Locked flag={flag} why={flag.locked} isPlanned={isPlanned} /> : <ChangeShare flag={flag} {...rest} />}
      {flag.experiment !== null && isPlanned(flag.experiment) === false && <OwnRun {...{ project, environment }} experiment={flag.experiment} />}
      {flag.locked === null && (
        <AtHour
          project={project} does={flag.enabled ? 'Turn it off' : 'Turn it on'}
          call={{ method: 'PUT', path: `environments/${environment}/flags/${flag.key}`, body: { enabled: !flag.enabled } }}
        />
      )}
      <Card title="What it serves" aside={`kind: ${flag.kind}`}>
        <Table
          label="Variants" rows={flag.variants} rowKey={({ key }) => key}
          columns={[
            {
              title: 'Variant',
              cell: ({ key }) => <>{key}{key === flag.off && <span class="muted small"> · when off</span>}</>,
            },
            { title: 'Value', cell: ({ value }) => <Value value={value} /> },
            {
              title: 'Who gets it', numeric: true,
              cell: ({ key, share }) => {
                if (!flag.enabled) return percent(Number(key === flag.off))
                return share === null ? 'as the test draws' : percent(share)
              },
            },
          ]}
        />
      </Card>
      <Rules key={`${environment} ${flag.key}`} {...{ project, environment, flag, revision }} refresh={rest.refresh} />
      <Why {...{ project, environment, revision }} flag={flag.key} />
      <Elsewhere key={`${environment} ${flag.key} ${revision}`} {...{ project, environment, revision }} flag={flag.key} />
      <PreviewLink key={environment} {...{ project, environment, flag }} />
      <FlagCode {...{ project, environment, revision, flag }} />
      <FlagAdvice live={advice} flag={flag.key} />
      {flag.experiment === null && (
        <Card
          title="Not sure that it helps?"
          aside={<LinkButton icon="experiments" href={`#/experiments/new?flag=${flag.key}`}>Test it</LinkButton>}
        >
          <p class="muted">
            A test shows it to some visitors, compares them with the others, and tells you in one sentence what
            happened.
          </p>
        </Card>
      )}
    </>
  )
}

function Locked({ flag, why, isPlanned }: { flag: Flag; why: string; isPlanned: ReturnType<typeof usePlanned> }) {
  return (
    <div class="locked">
      <Icon name="lock" />
      <div>
        <p><strong>It cannot be changed by hand now.</strong> {why}</p>
        {flag.experiment && (isPlanned(flag.experiment)
          ? <p><a href={`#/experiments/${flag.experiment}`}>Go to the experiment</a>, where one click stops it.</p>
          : <p>The experiment “{flag.experiment}” stands in the document alone: <a href="#/setup/environments">take it out there</a>.</p>)}
      </div>
    </div>
  )
}

function Value({ value }: { value: unknown }) {
  if (typeof value === 'string') return <span>{value}</span>
  return <code>{typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value)}</code>
}
