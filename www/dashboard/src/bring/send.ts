import { batches, placed } from '../../../cli/inside/past.mjs'
import type { Read, Wrong } from '../../../cli/inside/past.mjs'
import { call, inProject } from '../api'
import type { Failure } from '../api'
import type { Brought } from '../types/library'

export interface Sent {
  sums: Brought
  /** What the engine refuses, at its file and line. */
  problems: Wrong[]
  /** What went wrong otherwise. */
  failure?: Failure
}

/** Sends records piece by piece, or only asks what would become of them. */
export async function send(project: string, records: Read[], look: boolean): Promise<Sent> {
  const sent: Sent = { sums: { added: 0, changed: 0, same: 0 }, problems: [] }
  for (const piece of batches(records)) {
    const body = { records: piece.map(({ record }) => record) }
    const answer = await call<Brought>('POST', `${inProject(project, 'past')}${look ? '?preview=1' : ''}`, { body })
    if (answer.ok) {
      for (const name of ['added', 'changed', 'same'] as const) sent.sums[name] += answer.value[name]
    } else if (answer.problems.length) {
      sent.problems.push(...answer.problems.map((problem) => placed(piece, problem)))
    } else {
      return { ...sent, failure: answer }
    }
  }
  return sent
}
