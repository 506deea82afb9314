// `pointsman prune FILE CONTEXT`: the snapshot for one browser.

import { writeFileSync } from 'node:fs'
import { Complaint } from './inside/complaint.mjs'
import { named, text } from './inside/input.mjs'
import { options, time } from './inside/options.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'
import { tools } from './inside/tools.mjs'
import { Names } from '../sdk/names.js'

export const summary = 'What would one browser get? The client snapshot, with all that is known already decided.'

export const help = `pointsman prune FILE CONTEXT [--now TIME] [--out SNAPSHOT] [--json]

Compiles the flags that are marked for clients for a context of which some attributes are known. Conditions on these are
decided now, by the evaluator itself; what cannot match any more is left out; draws of a known unit are drawn. The result
decides what the whole document decides, for every context that has the known attributes. A segment with "serverOnly"
may be used where nothing of it is left.

  FILE            the document; - is standard input
  CONTEXT         what is known: a file with a JSON object, or the object itself
  --now TIME      decides what depends on the time, too: milliseconds or RFC 3339
  --out SNAPSHOT  writes the snapshot there
  --json          {"bytes", "clientBytes", "attributes"}; clientBytes is null if there is no snapshot for all browsers

Ends with 0, with 1 if the document has problems, with 2 if something could not be read.

  $ pointsman prune shop.json '{"country": "NZ"}'
  shop.json: 812 bytes for this browser, 1204 for any; it still asks for plan, unit.`

export async function run(args) {
  const config = { now: { type: 'string' }, out: { type: 'string' } }
  const { values, operands: [file, given] } = options('prune', args, ['FILE', 'CONTEXT'], config)
  if (file === '-' && given === '-') throw new Complaint('-', 'Standard input cannot be both.', 'Give one of them as a file.')
  const now = values.now === undefined ? undefined : time('--now', values.now)
  const document = text(file)
  const known = given.trimStart().startsWith('{') ? given : text(given)
  const { snapshot, problems, in: part } = tools.prune(document, known, now, 0)
  if (problems && part === 'context') throw new Complaint('CONTEXT', problems[0].cause, problems[0].fix)
  if (problems) return tell(file, problems, values.json)
  if (values.out !== undefined) write(values.out, snapshot)
  const [bytes, clientBytes] = [snapshot.length, tools.compile(document, 0, true).snapshot?.length ?? null]
  const asks = new Names(snapshot).attributes
  if (values.json) {
    console.log(JSON.stringify({ bytes, clientBytes, attributes: asks }, null, 2))
  } else {
    const others = clientBytes === null ? 'none for any' : `${clientBytes} for any`
    const rest = asks.length > 0 ? `it still asks for ${asks.join(', ')}` : 'nothing is left to ask'
    console.log(`${named(file)}: ${paint.good(`${bytes} bytes`)} for this browser, ${others}; ${rest}.`)
  }
  return 0
}

function write(path, bytes) {
  try {
    writeFileSync(path, bytes)
  } catch ({ message }) {
    throw new Complaint(path, `${message}.`, 'Name a file that may be written.')
  }
}
