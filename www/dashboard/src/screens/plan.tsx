import { Empty, Screen } from '../parts'

export function Plan({ project }: { project: string; experimentKey?: string }) {
  return <Screen title="Plan"><Empty title={`Plan of ${project}`} /></Screen>
}
