import { Empty, Screen } from '../parts'

export function Messages({ project }: { project: string }) {
  return <Screen title="Messages"><Empty title={`Messages of ${project}`} /></Screen>
}
