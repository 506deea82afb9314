import { Empty } from '../parts'

export function Debrief({ project }: { project: string; experimentKey: string }) {
  return <Empty title={`Debrief of ${project}`} />
}
