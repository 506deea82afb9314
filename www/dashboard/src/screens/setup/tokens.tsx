import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../../api'
import { Button, Card, Loaded, NumberField, Problem, problemAt, Select, Table, TextField, Time } from '../../parts'
import type { Role, Token } from '../../types'
import { Ending } from './ending'
import { ROLES } from './roles'
import { Secret } from './secret'

interface Made {
  token: Token
  secret: string
}

/** What a token is for, as one choice: a role, or the glass that is broken in an emergency. */
const KINDS: { value: Role | 'stop'; label: string }[] = [
  ...ROLES.filter(({ value }) => value === 'viewer' || value === 'editor'),
  { value: 'stop', label: 'Only stop and roll back' },
]

/** How machines come in: each token for one purpose, and for a time. */
export function Tokens({ project }: { project: string }) {
  const live = useLive<{ tokens: Token[] }>(inProject(project, 'tokens'), 15_000)
  const [name, setName] = useState('')
  const [kind, setKind] = useState<Role | 'stop'>('viewer')
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
          For scripts, for your own assistant at <code>/mcp</code> of this host, and for other programs. It does what you do,
          under your name, and never approves. Keep one that only stops where you keep what opens in an emergency.
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
          <Secret label={`The token for ${made.token.name}`} value={made.secret}>It is shown only now.</Secret>
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
        <Ending
          verb="Revoke" name={ending.name} path={inProject(project, 'tokens', String(ending.id), 'revoke')}
          words="It stops working at once. What was done with it stays in the history."
          onClose={() => setEnding(undefined)} onDone={() => { setEnding(undefined); void live.refresh() }}
        />
      )}
    </>
  )
}

const mayOf = ({ role, scope }: Token): string =>
  KINDS.find(({ value }) => value === (scope === 'stop' ? 'stop' : role))?.label ?? role
