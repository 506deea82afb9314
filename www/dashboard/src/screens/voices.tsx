import { Empty, Screen } from '../parts'

export function Voices({ project }: { project: string }) {
  return <Screen title="Voices"><Empty title={`Voices of ${project}`} /></Screen>
}
