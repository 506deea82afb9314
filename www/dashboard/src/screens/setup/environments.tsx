import { useState } from 'preact/hooks'
import { Card, Segmented } from '../../parts'
import { ENVIRONMENTS, useHere } from '../../project'
import type { EnvironmentKey } from '../../types'
import { DraftEditor } from './draft'

export function Environments({ project }: { project: string }) {
  const { environments } = useHere()
  const [chosen, setChosen] = useState<EnvironmentKey>('development')
  return (
    <>
      <Card title="Sites">
        <dl class="sites">
          {environments.map(({ key, site }) => (
            <div key={key}>
              <dt>{ENVIRONMENTS[key] ?? key}</dt>
              <dd>
                {site
                  ? <a href={site} target="_blank" rel="noopener">{site}</a>
                  : <span class="muted">no site yet</span>}
              </dd>
              <dd class="hint">{RULES[key]}</dd>
            </div>
          ))}
        </dl>
      </Card>
      <Card
        title="The document"
        aside={
          <Segmented
            label="Environment" value={chosen} onValue={(next) => setChosen(next)}
            options={environments.map(({ key }) => ({ value: key, label: ENVIRONMENTS[key] ?? key }))}
          />
        }
      >
        <p class="muted">
          All flags, segments, metrics and pages of an environment as one text. What the screens offer is easier; here
          is everything.
        </p>
        <DraftEditor key={chosen} project={project} environment={chosen} />
      </Card>
    </>
  )
}

const RULES: Record<EnvironmentKey, string> = {
  production: 'Grows by the playbook’s steps only. Turning off is always allowed.',
  staging: 'Asks nothing.',
  development: 'Asks nothing.',
}
