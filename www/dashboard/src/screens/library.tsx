import { Empty, Screen } from '../parts'

export function Library({ project }: { project: string }) {
  return <Screen title="Library"><Empty title={`Library of ${project}`} /></Screen>
}
