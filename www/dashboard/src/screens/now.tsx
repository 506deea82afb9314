import { Empty, Screen } from '../parts'

export function Now({ project }: { project: string }) {
  return <Screen title="Now"><Empty title={`Now of ${project}`} /></Screen>
}
