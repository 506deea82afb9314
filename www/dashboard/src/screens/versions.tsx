import { useState } from 'preact/hooks'
import { inEnvironment, useLive, useWrite } from '../api'
import { Button, Card, Dialog, Empty, Loaded, Problem, Screen, Status, Table, Time, toast, Words } from '../parts'
import { ENVIRONMENTS } from '../project'
import type { EnvironmentKey, Version } from '../types'
import { AskApproval, Foresight, usePreview } from './foresight'

/** What was published, and the way back to any of it. */
export function Versions({ project, environment }: { project: string; environment: EnvironmentKey }) {
  const live = useLive<{ versions: Version[] }>(inEnvironment(project, environment, 'versions'), 15_000)
  const [chosen, setChosen] = useState<Version>()
  const current = live.value?.versions.find((version) => version.current)
  return (
    <Screen title="History" above={<a href={`#/flags/${environment}`}>Flags in {ENVIRONMENTS[environment]}</a>}>
      <Loaded live={live}>
        {({ versions }) => (versions.length === 0
          ? <Empty title="Nothing was published yet" />
          : (
            <Card>
              <Table
                label="Versions, newest first" rows={versions} rowKey={({ version }) => version}
                columns={[
                  { title: 'Version', cell: ({ version }) => version },
                  {
                    title: 'What',
                    cell: ({ why, who, current }) => (
                      <>
                        <Words>{capital(why)}</Words> <span class="muted">by {who}</span>{' '}
                        {current && <Status tone="ok">serves now</Status>}
                      </>
                    ),
                  },
                  { title: 'When', cell: ({ at }) => <Time at={at} /> },
                  { title: 'Digest', cell: ({ digest }) => <code class="digest" title={digest}>{digest.slice(0, 10)}</code> },
                  {
                    title: 'Go back', numeric: true,
                    cell: (version) => !version.current && (
                      <Button
                        small aria-label={`Restore version ${version.version}`} onClick={() => setChosen(version)}
                      >
                        Restore
                      </Button>
                    ),
                  },
                ]}
              />
            </Card>
          ))}
      </Loaded>
      {chosen && current && (
        <Restore
          {...{ project, environment, current }} version={chosen} onClose={() => setChosen(undefined)}
          onDone={() => { setChosen(undefined); void live.refresh() }}
        />
      )}
    </Screen>
  )
}

/** Old versions say only “off”. */
const capital = (why: string): string => why.charAt(0).toUpperCase() + why.slice(1)

interface Props {
  project: string
  environment: EnvironmentKey
  version: Version
  current: Version
  onClose(): void
  onDone(): void
}

function Restore({ project, environment, version, current, onClose, onDone }: Props) {
  const write = useWrite()
  const path = inEnvironment(project, environment, 'versions', version.version, 'restore')
  const preview = usePreview('POST', path, '{}', current.version)
  async function restore(): Promise<void> {
    if ((await write.send('POST', path, {}, current.version)) === undefined) return
    toast({ text: `${ENVIRONMENTS[environment]} serves what version ${version.version} served.` })
    onDone()
  }
  return (
    <Dialog
      title={`Go back to version ${version.version}?`} submit="Restore it" busy={write.busy} onClose={onClose}
      onSubmit={() => void restore()}
    >
      <p>
        All flags of {ENVIRONMENTS[environment]} become what they were: “{version.why}”, by {version.who},
        {' '}<Time at={version.at} />.
      </p>
      <p class="muted">It is published as a new version, so this can be taken back in the same way.</p>
      {write.failure ? <Problem failure={write.failure} /> : <Foresight preview={preview} />}
      {preview?.ok && preview.value.approvable && (
        <AskApproval
          {...{ path, environment }} method="POST" body={{}} revision={current.version} onAsked={onClose}
        />
      )}
    </Dialog>
  )
}
