import { Empty } from '../parts'

export function Reading({ project }: { project: string; experimentKey: string }) {
  return <Empty title={`Reading of ${project}`} />
}
