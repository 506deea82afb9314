import { inProject, useLive } from '../api'
import { Loaded, Table, Time } from '../parts'
import type { Contact, Survey } from '../types/surveys'

/** Whoever has ticked that they may be written to. It is asked for when somebody looks, and for nobody else. */
export function Contacts({ project, survey }: { project: string; survey: Survey }) {
  const path = inProject(project, 'environments', 'production', 'contacts', survey.key)
  const live = useLive<{ contacts: Contact[] }>(path, 60_000)
  return (
    <Loaded live={live} lines={2}>
      {({ contacts }) => contacts.length === 0 ? <p class="muted">Nobody has left an address.</p> : (
        <Table
          label="Who may be written to" rows={contacts} rowKey={({ address }) => address}
          columns={[
            { title: 'Address', cell: ({ address }) => <a href={`mailto:${encodeURIComponent(address)}`}>{address}</a> },
            { title: 'Has met', cell: ({ variant }) => variant },
            { title: 'Kept until', cell: ({ until }) => <Time at={until} /> },
          ]}
        />
      )}
    </Loaded>
  )
}
