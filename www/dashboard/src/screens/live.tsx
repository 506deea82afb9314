import { Empty } from '../parts'

export function Live({ project }: { project: string; experimentKey: string }) {
  return <Empty title={`Live of ${project}`} />
}
