// Verbs of a command, and what became of a call that may be refused, alike for every command.

import { Complaint } from './complaint.mjs'
import { good } from './engine.mjs'
import { paint, plain } from './paint.mjs'

/** What a command does for a verb; without one that it has, it says which there are. */
export function verbOf(command, verbs, verb) {
  if (Object.hasOwn(verbs, verb ?? '')) return verbs[verb]
  throw new Complaint(command, verb ? `There is no such verb as ${verb}.` : 'VERB is missing.', `There are ${Object.keys(verbs).join(', ')}.`)
}

/** A problem of a plan, or of whatever was refused. */
export const problemLine = ({ pointer, cause, fix }) => `  ${paint.wrong(plain(pointer || 'it'))}: ${plain(`${cause} ${fix}`)}`

/** Prints what became of a call, by `told` where it was done, and gives the exit code that says so. */
export function done({ values: { json } }, { status, answer }, told) {
  const refused = [409, 412, 422].includes(status)
  if (status >= 300 && !refused) good({ status, answer })
  if (json) console.log(JSON.stringify(answer, null, 2))
  else if (!refused) console.log(told(answer))
  else {
    const why = status === 412 ? 'Somebody has changed it since that revision. Look at it again.' : [answer.detail, answer.fix].filter(Boolean).join(' ')
    console.error(`pointsman: ${plain(answer.problems ? 'It is refused:' : why)}`)
    for (const problem of answer.problems ?? []) console.error(problemLine(problem))
  }
  return refused ? 1 : 0
}
