import { useState } from 'preact/hooks'
import { inEnvironment, useLive, useWrite } from '../api'
import { Button, Card, Check, Dialog, Problem, Status, Table, toast } from '../parts'
import { ENVIRONMENTS } from '../project'
import type { EnvironmentKey, Preview } from '../types'
import type { Document, DocumentFlag } from '../types/document'
import { Differences } from './differences'
import { useDocument } from './document'
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
  /** Of this environment. */
  revision: number
}

/** The same flag in the other environments, and the way there. */
export function Elsewhere({ project, environment, flag, revision }: Where) {
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
          {...{ project, environment, flag, revision, to }} onClose={() => setTo(undefined)}
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

function Promote({ project, environment, flag, revision, to, onClose, onDone }: Where & { to: Place; onClose(): void; onDone(): void }) {
  const [rules, setRules] = useState(false)
  const write = useWrite()
  const path = inEnvironment(project, to.environment, 'flags', flag, 'promote')
  const body = { from: environment, rules }
  const preview = usePreview<Preview>('POST', path, JSON.stringify(body), to.revision)
  const name = ENVIRONMENTS[to.environment]
  const here = useDocument(project, environment, revision).value?.document
  const there = useDocument(project, to.environment, to.revision).value
  async function promote(): Promise<void> {
    if ((await write.send('POST', path, body, to.revision)) === undefined) return
    toast({ text: `${flag} is in ${name} as it is here.` })
    onDone()
  }
  return (
    <Dialog
      title={`Bring ${flag} to ${name}?`} submit={`Promote to ${name}`} busy={write.busy} onClose={onClose} wide
      onSubmit={() => void promote()}
    >
      <p>
        Its variants and settings become what they are in {ENVIRONMENTS[environment]}.{' '}
        {to.there ? 'Who gets what stays as it is there.' : 'Until rules say otherwise, everybody gets what it serves when it is off.'}
      </p>
      <Check label="Its rules, too" checked={rules} onValue={setRules} />
      {here && there && (
        <Differences
          label={`What changes in ${name}`} before={there.document?.flags[flag] ?? {}} was={`${name} now`}
          after={brought(here, there.document, flag, rules)}
        />
      )}
      {write.failure ? <Problem failure={write.failure} /> : <Foresight preview={preview} />}
      {preview?.ok && preview.value.approvable && (
        <AskApproval method="POST" path={path} body={body} revision={to.revision} environment={to.environment} onAsked={onClose} />
      )}
    </Dialog>
  )
}

/** The flag as it would be there: its rules, too, or those that are there. */
function brought(here: Document, there: Document | null, key: string, rules: boolean): DocumentFlag | undefined {
  const own = here.flags[key]
  if (!own || rules) return own
  const { enabled: _enabled, rules: _rules, forced: _forced, otherwise: _otherwise, ...rest } = own
  const { enabled = true, rules: kept = [], forced, otherwise = own.off }: Partial<DocumentFlag> = there?.flags[key] ?? {}
  return { ...rest, enabled, rules: kept, otherwise, ...(forced !== undefined && { forced }) }
}
