import { useState } from 'preact/hooks'
import { inEnvironment, useLive, useWrite } from '../api'
import { Button, Card, Check, Dialog, Problem, Status, Table, toast } from '../parts'
import { ENVIRONMENTS } from '../project'
import type { EnvironmentKey, Preview } from '../types'
import { AskApproval, Foresight, usePreview } from './foresight'

interface Place {
  environment: EnvironmentKey
  there: boolean
  revision: number
  /** What of the flag is not the same there, by its names in the document. */
  differs: string[]
}

interface Where {
  project: string
  environment: EnvironmentKey
  flag: string
}

/** The same flag in the other environments, and the way there. */
export function Elsewhere({ project, environment, flag }: Where) {
  const live = useLive<{ environments: Place[] }>(inEnvironment(project, environment, 'flags', flag, 'elsewhere'), 15_000)
  const [to, setTo] = useState<Place>()
  if (!live.value) return null
  return (
    <Card title="In other environments">
      <Table
        label="Other environments" rows={live.value.environments} rowKey={(place) => place.environment}
        columns={[
          { title: 'Environment', cell: (place) => <a href={`#/flags/${place.environment}/${flag}`}>{ENVIRONMENTS[place.environment]}</a> },
          { title: 'There', cell: (place) => <There place={place} /> },
          {
            title: 'Bring it there', numeric: true,
            cell: (place) => (!place.there || place.differs.length > 0) && (
              <Button small aria-label={`Promote ${flag} to ${ENVIRONMENTS[place.environment]}`} onClick={() => setTo(place)}>Promote …</Button>
            ),
          },
        ]}
      />
      {to && (
        <Promote
          {...{ project, environment, flag, to }} onClose={() => setTo(undefined)}
          onDone={() => { setTo(undefined); void live.refresh() }}
        />
      )}
    </Card>
  )
}

function There({ place: { there, differs } }: { place: Place }) {
  if (!there) return <Status tone="off">not there</Status>
  if (differs.length === 0) return <Status tone="ok">the same</Status>
  return <span>differs in {differs.join(', ')}</span>
}

function Promote({ project, environment, flag, to, onClose, onDone }: Where & { to: Place; onClose(): void; onDone(): void }) {
  const [rules, setRules] = useState(false)
  const write = useWrite()
  const path = inEnvironment(project, to.environment, 'flags', flag, 'promote')
  const body = { from: environment, rules }
  const preview = usePreview<Preview>('POST', path, JSON.stringify(body), to.revision)
  const name = ENVIRONMENTS[to.environment]
  async function promote(): Promise<void> {
    if ((await write.send('POST', path, body, to.revision)) === undefined) return
    toast({ text: `${flag} is in ${name} as it is here.` })
    onDone()
  }
  return (
    <Dialog
      title={`Bring ${flag} to ${name}?`} submit={`Promote to ${name}`} busy={write.busy} onClose={onClose}
      onSubmit={() => void promote()}
    >
      <p>
        Its variants and settings become what they are in {ENVIRONMENTS[environment]}.{' '}
        {to.there ? 'Who gets what stays as it is there.' : 'Until rules say otherwise, everybody gets what it serves when it is off.'}
      </p>
      <Check label="Its rules, too" checked={rules} onValue={setRules} />
      {write.failure ? <Problem failure={write.failure} /> : <Foresight preview={preview} />}
      {preview?.ok && preview.value.approvable && (
        <AskApproval method="POST" path={path} body={body} revision={to.revision} environment={to.environment} onAsked={onClose} />
      )}
    </Dialog>
  )
}
