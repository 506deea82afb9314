import { useState } from 'preact/hooks'
import { inEnvironment, useLive } from '../../api'
import { Button, Card, Copyable, Loaded, Segmented } from '../../parts'
import { ENVIRONMENTS, useHere } from '../../project'
import type { EnvironmentKey } from '../../types'

interface Keys {
  client: string
  server: string
  feed: string
}

/** How applications read their flags: an address and two keys for each environment. */
export function Applications({ project }: { project: string }) {
  const { environments } = useHere()
  const [chosen, setChosen] = useState<EnvironmentKey>('development')
  const site = environments.find(({ key }) => key === chosen)?.site
  return (
    <Card
      title="Keys"
      aside={
        <Segmented
          label="Environment" value={chosen} onValue={(next) => setChosen(next)}
          options={environments.map(({ key }) => ({ value: key, label: ENVIRONMENTS[key] ?? key }))}
        />
      }
    >
      <p class="muted">
        For applications that read flags with the npm package <code>pointsman</code> or over OpenFeature. A page that the
        edge serves needs none.
      </p>
      {site
        ? <KeysOf key={chosen} {...{ project, site }} environment={chosen} />
        : <p>This environment has no site yet, so nothing answers to its keys.</p>}
    </Card>
  )
}

function KeysOf({ project, environment, site }: { project: string; environment: EnvironmentKey; site: string }) {
  const live = useLive<Keys>(inEnvironment(project, environment, 'keys'), 0)
  const [open, setOpen] = useState(false)
  return (
    <Loaded live={live}>
      {({ client, server, feed }) => (
        <dl class="keys">
          <dt>Address</dt>
          <dd><Copyable label="The address" value={new URL(site).origin} /></dd>
          <dt>Client key</dt>
          <dd><Copyable label="The client key" value={client} /></dd>
          <dd class="hint">For browsers. It reads flags that are marked for them, and is no secret.</dd>
          <dt>Server key</dt>
          <dd>
            {open
              ? <Copyable label="The server key" value={server} />
              : <Button onClick={() => setOpen(true)}>Show the server key</Button>}
          </dd>
          <dd class="hint">For servers. It reads everything: keep it where you keep passwords, and out of browsers.</dd>
          <dt>Secret of the raw log</dt>
          <dd>
            {open
              ? <Copyable label="The secret of the raw log" value={feed} />
              : <Button onClick={() => setOpen(true)}>Show the secret</Button>}
          </dd>
          <dd class="hint">By it a receiver of the raw log knows that we have sent what it gets.</dd>
        </dl>
      )}
    </Loaded>
  )
}
