// `pointsman prune FILE CONTEXT`: the snapshot for one browser.

import { compile, prune } from 'pointsman/tools'
import { Complaint } from './inside/complaint.mjs'
import { named, text } from './inside/input.mjs'
import { options, time, twice } from './inside/options.mjs'
import { write } from './inside/output.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'

export const summary = 'What would one browser get? The client snapshot, with all that is known already decided.'

export const help = `pointsman prune FILE CONTEXT [--now TIME] [--out SNAPSHOT] [--json]

Compiles the flags that are marked for clients for a context of which some attributes are known. Conditions on these
are decided now, by the evaluator itself; what cannot match any more is left out; draws of a known unit are drawn. The
result decides what the whole document decides, for every context that has the known attributes. A segment with
"serverOnly" may be used where nothing of it is left.

  FILE            the document; - is standard input
  CONTEXT         what is known: a file with a JSON object, or the object itself
  --now TIME      decides what depends on the time, too: milliseconds or RFC 3339
  --out SNAPSHOT  writes the snapshot there
  --json          {"bytes", "clientBytes", "attributes"}; clientBytes is null if there is no snapshot for all browsers

Ends with 0, with 1 if the document has problems, with 2 if something could not be read.

  $ npx pointsman prune shop.json '{"country": "NZ"}'
  shop.json: 812 bytes for this browser, 1204 for any; it still asks for plan, unit.`

export async function run(args) {
  const config = { now: { type: 'string' }, out: { type: 'string' } }
  const { values, operands: [file, given] } = options('prune', args, ['FILE', 'CONTEXT'], config)
  if (file === '-' && given === '-') throw twice()
  const now = values.now === undefined ? undefined : time('--now', values.now)
  const document = text(file)
  const known = given.trimStart().startsWith('{') ? given : text(given)
  const { snapshot, attributes, problems, in: part } = await prune(document, known, { now })
  if (problems && part === 'context') throw new Complaint('CONTEXT', problems[0].cause, problems[0].fix)
  if (problems) return tell(file, problems, values.json)
  if (values.out !== undefined) write(values.out, snapshot)
  const forAny = await compile(document, { client: true })
  const [bytes, clientBytes] = [snapshot.length, forAny.snapshot?.length ?? null]
  if (values.json) {
    console.log(JSON.stringify({ bytes, clientBytes, attributes }, null, 2))
  } else {
    const others = clientBytes === null ? 'none for any' : `${clientBytes} for any`
    const rest = attributes.length > 0 ? `it still asks for ${attributes.join(', ')}` : 'nothing is left to ask'
    console.log(`${named(file)}: ${paint.good(`${bytes} bytes`)} for this browser, ${others}; ${rest}.`)
  }
  return 0
}
