import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../../api'
import {
  Button, Card, Copyable, Dialog, Loaded, NumberField, Problem, problemAt, Select, Table, TextField, Time, toast,
} from '../../parts'
import type { Token } from '../../types'
import { ROLES } from './roles'

interface Made {
  token: Token
  secret: string
}

/** What a token is for, as one choice: a role, or the glass that is broken in an emergency. */
const KINDS = [
  { value: 'viewer', label: 'Look' },
  { value: 'editor', label: 'Plan and change' },
  { value: 'stop', label: 'Only stop and roll back' },
] as const

type Kind = (typeof KINDS)[number]['value']

/** How machines come in: each token for one purpose, and for a time. */
export function Tokens({ project }: { project: string }) {
  const live = useLive<{ tokens: Token[] }>(inProject(project, 'tokens'), 15_000)
  const [name, setName] = useState('')
  const [kind, setKind] = useState<Kind>('viewer')
  const [days, setDays] = useState(90)
  const [made, setMade] = useState<Made>()
  const [ending, setEnding] = useState<Token>()
  const write = useWrite()
  const problem = (pointer: string) => problemAt(write.failure?.problems, pointer)

  async function add(): Promise<void> {
    const wanted = kind === 'stop' ? { scope: 'stop' } : { role: kind }
    const done = await write.send<Made>('POST', inProject(project, 'tokens'), { name: name.trim(), days, ...wanted })
    if (!done) return
    setMade(done)
    setName('')
    await live.refresh()
  }

  return (
    <>
      <Card title="Add a token">
        <p class="muted">
          For scripts and other programs. It does what you do, under your name, and never approves. Keep one that only
          stops where you keep what opens in an emergency.
        </p>
        <form
          class="row row-end" onSubmit={(event) => {
            event.preventDefault()
            if (name.trim()) void add()
          }}
        >
          <TextField label="What uses it" value={name} onValue={setName} autoComplete="off" maxLength={40} problem={problem('/name')} />
          <Select label="May" value={kind} onValue={(next) => setKind(next)} options={KINDS} />
          <NumberField label="Days" value={days} onValue={(next) => setDays(next)} min={1} max={366} problem={problem('/days')} />
          <Button kind="primary" type="submit" busy={write.busy} disabled={!name.trim() }>Make a token</Button>
        </form>
        {made && (
          <div class="invitation" role="status">
            <p><strong>The token for {made.token.name}.</strong> It is shown only now.</p>
            <Copyable label={`The token for ${made.token.name}`} value={made.secret} />
          </div>
        )}
        {write.failure && <Problem failure={write.failure} />}
      </Card>
      <Card title="Tokens">
        <Loaded live={live}>
          {({ tokens }) => tokens.length === 0
            ? <p class="muted">There are none. People come in by links of their own.</p>
            : (
              <Table
                label="Tokens" rows={tokens} rowKey={({ id }) => String(id)}
                columns={[
                  { title: 'What uses it', cell: ({ name }) => name },
                  { title: 'Whose', cell: ({ person }) => person },
                  { title: 'May', cell: mayOf },
                  { title: 'Until', cell: ({ expires, expired }) => expired ? 'has ended' : <Time at={expires} /> },
                  {
                    title: 'Access', numeric: true,
                    cell: (token) => (
                      <Button small aria-label={`Revoke ${token.name}`} onClick={() => setEnding(token)}>Revoke</Button>
                    ),
                  },
                ]}
              />
            )}
        </Loaded>
      </Card>
      {ending && (
        <Revoke
          {...{ project }} token={ending} onClose={() => setEnding(undefined)}
          onDone={() => { setEnding(undefined); void live.refresh() }}
        />
      )}
    </>
  )
}

const mayOf = ({ role, scope }: Token): string =>
  scope === 'stop' ? 'Only stop and roll back' : ROLES.find(({ value }) => value === role)?.label ?? role

interface RevokeProps {
  project: string
  token: Token
  onClose(): void
  onDone(): void
}

function Revoke({ project, token, onClose, onDone }: RevokeProps) {
  const write = useWrite()
  async function revoke(): Promise<void> {
    if ((await write.send('POST', inProject(project, 'tokens', String(token.id), 'revoke'), {})) === undefined) return
    toast({ text: `${token.name} cannot come in any more.` })
    onDone()
  }
  return (
    <Dialog
      title={`Revoke ${token.name}?`} submit="Revoke" kind="stop" busy={write.busy} onClose={onClose}
      onSubmit={() => void revoke()}
    >
      <p>It stops working at once. What was done with it stays in the history.</p>
      {write.failure && <Problem failure={write.failure} />}
    </Dialog>
  )
}
