// `pointsman types FILE`: the flags of a document for TypeScript.

import { types } from 'pointsman/tools'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { DOCUMENT, named, text } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { renew } from './inside/output.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'
import { watch } from './inside/watch.mjs'

export const summary = 'Which flags are there, for TypeScript? A wrong key or a wrong type no longer compiles.'

export const help = `pointsman types [FILE] [--out FLAGS.D.TS] [--client] [--watch] [--json]

Declares every flag of a document with the type of its values, so that open, useFlag and all other entries of the
package know them: an unknown key, or a fallback of another type, is an error of the compiler. The same document gives
the same bytes, whatever the order of its keys, so the file can be kept in git.

  FILE              the document (pointsman.json); - is standard input
  --out FLAGS.D.TS  writes there, and only if something changed; without it the text is printed
  --client          only flags that browsers may know
  --watch           writes again whenever the document changes; while it has problems, the last good types stay
  --json            {"text"} or {"problems"}, one line each time

Ends with 0, with 1 if the document has problems, with 2 if something could not be read or written.

  $ npx pointsman types --out flags.d.ts
  flags.d.ts: 2 flags of pointsman.json.

  Then, anywhere in the project:

  open(inlined()).get('heroo', 'Coffee')
                      ~~~~~~~  '"heroo"' is not assignable to parameter of type '"free-shipping" | "hero"'.`

export async function run(args) {
  const config = { out: { type: 'string' }, client: { type: 'boolean' }, watch: { type: 'boolean' } }
  const { values, operands: [file] } = options('types', args, ['FILE'], config, [DOCUMENT])
  if (values.watch && values.out === undefined) throw new Complaint('--watch', 'It has no file to write.', 'Add one: --out flags.d.ts.')
  if (values.watch && file === '-') throw new Complaint('--watch', 'Standard input ends once.', 'Name a file.')
  return values.watch ? watch(file, () => again(file, values)) : declare(file, values)
}

/** Declares what the file says now; gives the exit code. */
async function declare(file, { out, client, json }) {
  const document = text(file)
  const { text: declared, problems } = await types(document, { client })
  if (problems && !json) return tell(file, problems)
  const changed = !problems && out !== undefined && renew(out, declared)
  if (json) console.log(JSON.stringify(problems ? { problems } : { text: declared }))
  else if (out === undefined) process.stdout.write(declared)
  else print(file, out, document, changed)
  return problems ? 1 : 0
}

function print(file, out, document, changed) {
  const flags = Object.keys(JSON.parse(document).flags).length
  console.log(`${paint.good(out)}: ${counted(flags, 'flag')} of ${named(file)}${changed ? '' : ', as before'}.`)
}

/** The same while somebody edits: what is wrong with the file now may be right in a moment. */
const again = (file, values) => declare(file, values).catch((error) => {
  if (!(error instanceof Complaint)) throw error
  console.error(`${paint.bad('pointsman')}: ${error.message}`)
})
