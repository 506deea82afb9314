import { useState } from 'preact/hooks'
import { inProject, useLive, useWrite } from '../../api'
import { Button, Card, Loaded, Problem, problemAt, Select, Table, TextField, Time, toast } from '../../parts'
import { useHere } from '../../project'
import type { Person, Role } from '../../types'
import { Ending } from './ending'
import { ROLES } from './roles'
import { Secret } from './secret'

interface Everybody {
  people: Person[]
  revision?: number
}

interface Made {
  person: Person
  token: string
}

/** Who may come in. A token is shown once, right after it was made. */
export function People({ project }: { project: string }) {
  const live = useLive<Everybody>(inProject(project, 'people'), 15_000)
  const { person: me } = useHere()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('approver')
  const [made, setMade] = useState<Made>()
  const [leaving, setLeaving] = useState<Row>()
  const write = useWrite()

  async function add(): Promise<void> {
    const path = inProject(project, 'people')
    const done = await write.send<Made>('POST', path, { name: name.trim(), role }, live.value?.revision)
    if (!done) return
    setMade(done)
    setName('')
    await live.refresh()
  }

  return (
    <>
      <Card title="Add a colleague">
        <form
          class="row row-end" onSubmit={(event) => {
            event.preventDefault()
            if (name.trim()) void add()
          }}
        >
          <TextField
            label="Name" value={name} onValue={setName} autoComplete="off" maxLength={80}
            problem={problemAt(write.failure?.problems, '/name')}
          />
          <Select label="May" value={role} onValue={(next) => setRole(next)} options={ROLES} />
          <Button kind="primary" type="submit" busy={write.busy} disabled={!name.trim()}>Make a link</Button>
        </form>
        {made && <Invitation {...made} />}
        {write.failure && <Problem failure={write.failure} />}
      </Card>
      <Card title="People">
        <Loaded live={live}>
          {({ people }) => (
            <Table
              label="People" rows={withMe(people, me)} rowKey={({ id }) => id}
              columns={[
                {
                  title: 'Name', cell: ({ id, name }) => <>{name}{isMe(id, me) && <span class="muted"> (you)</span>}</>,
                },
                {
                  title: 'May',
                  cell: (person) => person.at === null || isMe(person.id, me)
                    ? ROLES.find(({ value }) => value === (person.role ?? 'admin'))?.label
                    : <Appointment {...{ project, person }} onDone={() => void live.refresh()} />,
                },
                { title: 'Since', cell: ({ at }) => at === null ? 'the beginning' : <Time at={at} /> },
                {
                  title: 'Access', numeric: true,
                  cell: (person) => person.at !== null && !isMe(person.id, me) && (
                    <Button small aria-label={`Remove ${person.name}`} onClick={() => setLeaving(person)}>
                      Remove
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {leaving && (
        <Ending
          verb="Remove" name={leaving.name} path={inProject(project, 'people', leaving.id, 'remove')}
          revision={live.value?.revision} onClose={() => setLeaving(undefined)}
          words="Their link stops working at once. What they did stays in the history under their name."
          onDone={() => { setLeaving(undefined); void live.refresh() }}
        />
      )}
    </>
  )
}

/** A person's role, which changes as soon as another one is chosen. */
function Appointment({ project, person, onDone }: { project: string; person: Row; onDone(): void }) {
  const write = useWrite()
  async function give(role: Role): Promise<void> {
    const path = inProject(project, 'people', person.id, 'role')
    if ((await write.send('POST', path, { role })) === undefined) return
    toast({ text: `${person.name} may now ${ROLES.find(({ value }) => value === role)?.label.toLowerCase()}.` })
    onDone()
  }
  return (
    <>
      <select
        aria-label={`What ${person.name} may do`} value={person.role} disabled={write.busy}
        onChange={(event) => void give(event.currentTarget.value as Role)}
      >
        {ROLES.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
      </select>
      {write.failure && <Problem failure={write.failure} />}
    </>
  )
}

type Row = Omit<Person, 'at' | 'role'> & { at: number | null; role?: Role }

/** Whoever holds the engine's own link is nobody's colleague in the list, but somebody who may come in. */
const withMe = (people: Person[], me: { id: string; name: string }): Row[] =>
  (people.some(({ id }) => isMe(id, me)) ? people : [{ ...me, at: null }, ...people])

/** The list counts people by numbers, the project names them in words. */
const isMe = (id: string, me: { id: string }): boolean => String(id) === String(me.id)

function Invitation({ person, token }: Made) {
  const link = `${location.origin}${location.pathname}#token=${encodeURIComponent(token)}`
  return (
    <Secret label={`The link for ${person.name}`} value={link}>
      It is shown only now; whoever has it comes in as {person.name}.
    </Secret>
  )
}
