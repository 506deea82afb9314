import { Empty, Screen } from '../parts'

export function Setup({ project }: { project: string; section?: string }) {
  return <Screen title="Setup"><Empty title={`Setup of ${project}`} /></Screen>
}
