import { inProject, useLive } from '../api'
import { Card, LinkButton, Loaded } from '../parts'
import type { Claims } from '../types/library'
import { ClaimList } from './list'

/** What rests on one experiment. */
export function ClaimsOf({ project, experimentKey }: { project: string; experimentKey: string }) {
  const live = useLive<Claims>(inProject(project, 'claims'), 0)
  const speaks = ({ key }: { key: string }): boolean => key === experimentKey
  return (
    <Card
      title="What it says of what we know"
      aside={<LinkButton small icon="plus" href={`#/library/claims?for=${experimentKey}`}>Write a claim</LinkButton>}
    >
      <Loaded live={live} lines={2}>
        {({ claims }) => {
          const own = claims.filter((claim) => claim.for.some(speaks) || claim.against.some(speaks))
          return own.length > 0
            ? <ClaimList claims={own} />
            : <p class="muted">No claim rests on this experiment yet. A claim is a sentence that holds beyond one test.</p>
        }}
      </Loaded>
    </Card>
  )
}
