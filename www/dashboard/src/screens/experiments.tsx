import { Empty, Screen } from '../parts'

export function Experiments({ project }: { project: string }) {
  return <Screen title="Experiments"><Empty title={`Experiments of ${project}`} /></Screen>
}
