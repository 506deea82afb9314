import { Empty, Screen } from '../parts'
import type { Route } from '../router'

export function Flags({ project }: { project: string; route: Route }) {
  return <Screen title="Flags"><Empty title={project} /></Screen>
}
