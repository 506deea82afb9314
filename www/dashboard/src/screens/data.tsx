import { Empty, Screen } from '../parts'

export function Data({ project }: { project: string }) {
  return <Screen title="Data"><Empty title={`Data of ${project}`} /></Screen>
}
