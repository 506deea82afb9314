import { useState } from 'preact/hooks'
import { inEnvironment, useLive, useWrite } from '../api'
import { Alone, Button, Card, Dialog, Empty, Loaded, Problem, Screen, Status, TextArea, Time, toast, Words } from '../parts'
import type { Tone } from '../parts'
import { ENVIRONMENTS } from '../project'
import type { EnvironmentKey, Preview } from '../types'
import type { Document } from '../types/document'
import { Differences } from './differences'
import { useDocument } from './document'
import { Foresight } from './foresight'

type Deed = 'approve' | 'confirm' | 'return' | 'withdraw'

/** A change that goes to more visitors than one person may decide alone. */
interface Change {
  id: number
  digest: string
  base: number
  action: string
  subject: string
  why: string
  who: string
  at: number
  state: 'open' | 'confirmed' | 'published' | 'returned' | 'withdrawn' | 'outdated'
  due: number | null
  decider: string
  decided: number | null
  note: string
  actions: Deed[]
}

interface Read extends Change {
  /** What would be published. */
  document: Document | null
  preview?: Preview
}

const STATES: Record<Change['state'], [tone: Tone, words: string]> = {
  open: ['wait', 'waits for a word'], confirmed: ['held', 'goes live soon'], published: ['ok', 'is live'],
  returned: ['look', 'was returned'], withdrawn: ['off', 'was taken back'], outdated: ['off', 'is outdated'],
}

/** What waits for a second person, and what became of the changes before. */
export function Changes({ project, environment }: { project: string; environment: EnvironmentKey }) {
  const live = useLive<{ changes: Change[] }>(inEnvironment(project, environment, 'changes'), 5000)
  return (
    <Screen title="Approvals" above={<a href={`#/flags/${environment}`}>Flags in {ENVIRONMENTS[environment]}</a>}>
      <Loaded live={live}>
        {({ changes }) => (changes.length === 0
          ? (
            <Empty title="Nothing waits for approval">
              <p>What would go to more visitors than one person may decide alone is asked for where you change it, and waits here.</p>
            </Empty>
          )
          : changes.map((change) => (
            <Row key={change.id} {...{ project, environment, change }} refresh={live.refresh} />
          )))}
      </Loaded>
    </Screen>
  )
}

interface Props {
  project: string
  environment: EnvironmentKey
  change: Change
  refresh(): Promise<void>
}

function Row({ project, environment, change, refresh }: Props) {
  const { id, subject, why, who, at, state, due, decider, decided, note, actions } = change
  const [tone, words] = STATES[state] ?? ['off', state]
  return (
    <Card title={subject} aside={<Status tone={tone}>{words}</Status>}>
      <p><Words>{why || change.action}</Words></p>
      <p class="muted">Asked for by {who}, <Time at={at} />, upon version {change.base}.</p>
      {state === 'confirmed' && due !== null && <p>It goes live <Time at={due} coming />, unless {who} takes it back.</p>}
      {decided !== null && <p class="muted">By {decider}, <Time at={decided} />.{note && <> “{note}”</>}</p>}
      {(state === 'open' || state === 'confirmed') && <Moves {...{ project, environment, id, base: change.base }} />}
      {actions.length > 0 && <Deeds {...{ project, environment, change, refresh }} />}
    </Card>
  )
}

/** What is written otherwise, and whom that would move: the same as its author has seen. */
function Moves({ project, environment, id, base }: { project: string; environment: EnvironmentKey; id: number; base: number }) {
  const live = useLive<Read>(inEnvironment(project, environment, 'changes', id), 0)
  const now = useDocument(project, environment, base).value?.document
  return (
    <Loaded live={live} lines={2}>
      {({ document, preview }) => (
        <>
          {now && document && <Differences label="What it changes" before={now} after={document} />}
          {preview && <Foresight preview={{ ok: true, status: 200, value: preview }} />}
        </>
      )}
    </Loaded>
  )
}

function Deeds({ project, environment, change, refresh }: Props) {
  const [asking, setAsking] = useState<'return' | 'confirm'>()
  const [said, setSaid] = useState('')
  const write = useWrite()
  const { id, subject, digest, actions } = change
  async function act(deed: Deed, body: object = {}): Promise<void> {
    const path = inEnvironment(project, environment, 'changes', id, deed)
    const done = await write.send<Change>('POST', path, body)
    if (!done) return
    setAsking(undefined)
    toast({ text: `${subject} ${STATES[done.state][1]}.` })
    await refresh()
  }
  const open = (what: 'return' | 'confirm') => {
    write.clear()
    setSaid('')
    setAsking(what)
  }
  const may = (deed: Deed) => actions.includes(deed)
  return (
    <>
      {write.failure && !asking && <Problem failure={write.failure} />}
      <div class="actions">
        {may('approve') && (
          <Button kind="primary" icon="ok" busy={write.busy} onClick={() => void act('approve', { digest })}>Approve and publish</Button>
        )}
        {may('confirm') && <Button kind="primary" icon="ok" onClick={() => open('confirm')}>Confirm …</Button>}
        {may('return') && <Button icon="back" onClick={() => open('return')}>Send back</Button>}
        {may('withdraw') && <Button kind="quiet" busy={write.busy} onClick={() => void act('withdraw')}>Take it back</Button>}
      </div>
      {asking === 'return' && (
        <Dialog
          title="Send back" submit="Send back" ready={said.trim().length > 0} busy={write.busy}
          onClose={() => setAsking(undefined)} onSubmit={() => void act('return', { why: said.trim() })}
        >
          <TextArea label="What should change?" value={said} onValue={setSaid} required rows={3} />
          {write.failure && <Problem failure={write.failure} />}
        </Dialog>
      )}
      {asking === 'confirm' && (
        <Alone
          subject={subject} then="It goes live" busy={write.busy} failure={write.failure}
          onClose={() => setAsking(undefined)} onConfirm={() => void act('confirm', { subject })}
        />
      )}
    </>
  )
}
