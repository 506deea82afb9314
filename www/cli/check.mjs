// `pointsman check FILE`: compiles a document and names all that is wrong with it.

import { check, compile } from 'pointsman/tools'
import { counted } from './inside/count.mjs'
import { DOCUMENT, named, text } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'

export const summary = 'Is the document in order? Names all its problems at once, each with its place and what to do.'

export const help = `pointsman check [FILE] [--json]

Reads a document strictly, checks what it means and compiles it, exactly as publishing does. It names every problem at
once: a JSON pointer to the place, the cause and the fix. Nothing is sent anywhere.

  FILE     the document (pointsman.json); - is standard input
  --json   {"problems": [{"pointer", "code", "cause", "fix"}]}, or {"problems": [], "flags", "bytes", "clientBytes"}

Ends with 0 if the document is in order, with 1 if it is not, with 2 if it could not be read.

  $ npx pointsman check pointsman.json
  pointsman.json is in order: 1 flag; its snapshot has 1234 bytes, the one for browsers 345.

In git, before every commit: echo 'npx pointsman check pointsman.json' >> .git/hooks/pre-commit`

export async function run(args) {
  const { values: { json }, operands: [file] } = options('check', args, ['FILE'], {}, [DOCUMENT])
  const document = text(file)
  // What can be read is checked, too, even where something else cannot.
  const { problems } = await check(document)
  const [edge, client] = await Promise.all([false, true].map((client) => compile(document, { client })))
  const all = problems.length > 0 ? problems : edge.problems ?? []
  if (all.length > 0) return tell(file, all, json)
  const flags = Object.keys(JSON.parse(document).flags ?? {}).length
  const [bytes, clientBytes] = [edge, client].map(({ snapshot }) => snapshot.length)
  if (json) {
    console.log(JSON.stringify({ problems: [], flags, bytes, clientBytes }, null, 2))
  } else {
    const sizes = `its snapshot has ${bytes} bytes, the one for browsers ${clientBytes}`
    console.log(`${named(file)} is ${paint.good('in order')}: ${counted(flags, 'flag')}; ${sizes}.`)
  }
  return 0
}
