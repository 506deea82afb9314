// Problems of a document, for people and for machines.

import { counted } from './count.mjs'
import { named } from './input.mjs'
import { paint } from './paint.mjs'

/** Prints problems and gives the exit code that says so. */
export function tell(path, problems, json) {
  if (json) {
    console.log(JSON.stringify({ problems }, null, 2))
    return 1
  }
  console.log(`${named(path)}: ${paint.wrong(counted(problems.length, 'problem'))}\n`)
  for (const { pointer, cause, fix } of problems) {
    console.log(`  ${paint.strong(pointer || '(the whole)')}\n    ${cause}\n    ${paint.faint(fix)}`)
  }
  return 1
}
