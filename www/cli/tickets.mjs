// `pointsman tickets FILE`: what people wrote to a help desk, line by line, by the door that other files take.

import { Readable } from 'node:stream'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { engine, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { stream } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'
import { siteOf } from './inside/site.mjs'

export const summary = 'Sends a file of support tickets, each tied to what its visitor had met.'

export const help = `pointsman tickets FILE [--map NAMES] [options]

Sends a file of tickets, CSV or NDJSON (.ndjson, .jsonl), - for standard input. What could name somebody is cut out
before anything is stored, and a file that is sent twice counts once.

  --map NAMES         what the file calls things, such as text=description,unit=customer; within a line of JSON where
                      they lie, such as text=/ticket/description. Known are unit, id, time, subject, text, source, tags,
                      link and replay
  --environment NAME  production, if nothing is said
  --site URL          the site's address, with its PREFIX if that is another than /_pm/; the environment's own, if
                      nothing is said
  --kind KIND         csv or ndjson, where the file's name does not say it
${WHERE_HELP}, of the role “editor”
  --json              a line of JSON for each thing that is told, and at the end {"done", "lines", "stored", …}

Ends with 0 if all was taken, with 1 if lines were not, and with 2 if the file could not be sent.

  $ npx pointsman tickets desk.csv --map id=ticket_id,unit=customer,text=description,time=created_at`

const FIELDS = ['unit', 'id', 'time', 'subject', 'text', 'source', 'tags', 'link', 'replay']
const KINDS = { csv: 'text/csv', ndjson: 'application/x-ndjson', jsonl: 'application/x-ndjson' }
const OPTIONS = Object.fromEntries(['map', 'environment', 'site', 'kind'].map((name) => [name, { type: 'string' }]))

export async function run(args) {
  const { values, operands: [file] } = options('tickets', args, ['FILE'], { ...WHERE, ...OPTIONS })
  const query = new URLSearchParams({ of: 'tickets', ...mapped(values.map) })
  const kind = KINDS[values.kind ?? /\.(\w+)$/.exec(file)?.[1] ?? 'csv']
  if (!kind) throw new Complaint(values.kind ? '--kind' : file, 'This is no kind of file that is known.', 'Say --kind csv or --kind ndjson.')
  const at = await engine(values)
  const environment = keyed(values.environment ?? 'production', '--environment')
  const { server } = good(await at.ask('GET', `environments/${environment}/keys`))
  const site = siteOf(at, environment, values.site)
  const response = await sent(new URL(`upload?${query}`, site), server, kind, file)
  return told(response, values, file)
}

/** `text=description,unit=customer` as an object. */
function mapped(text = '') {
  const pairs = text.split(',').filter(Boolean).map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()])
  const wrong = pairs.find(([field, name]) => !FIELDS.includes(field) || !name)
  if (wrong) throw new Complaint('--map', `“${wrong.filter(Boolean).join('=')}” names nothing that a ticket has.`, `Write FIELD=NAME; the fields are ${FIELDS.join(', ')}.`)
  return Object.fromEntries(pairs)
}

async function sent(url, key, kind, file) {
  const body = Readable.toWeb(Readable.from(stream(file)))
  const headers = { authorization: `Bearer ${key}`, 'content-type': kind }
  const response = await fetch(url, { method: 'POST', headers, body, duplex: 'half' }).catch((error) => {
    // What is wrong with the file is said as such, and not as a fault of the line.
    throw [error, error.cause].find((one) => one instanceof Complaint) ?? new Complaint(url.host, `It does not answer: ${error.cause?.code ?? error.message}.`, 'Is this the site’s address?')
  })
  if (response.ok) return response
  const { error } = await response.json().catch(() => ({}))
  throw new Complaint(url.host, error ?? `It answers ${response.status}.`, 'docs/integrations.md says what a file looks like.')
}

/** Tells each line as it comes: how far it is, and what was not taken. */
async function told(response, { json }, file) {
  const progress = !json && process.stderr.isTTY
  let [wrong, last] = [0, undefined]
  for await (const one of lines(response.body)) {
    if (json) console.log(JSON.stringify(one))
    if (one.failed) throw new Complaint(file, one.failed, 'Mend it, and send the file again: what is stored counts once.')
    if (one.line !== undefined) {
      wrong++
      if (!json) console.error(`${paint.bad(`${plain(file)}:${one.line}`)}: ${plain(one.words)}`)
    } else {
      last = one
      if (progress) process.stderr.write(`\r${counted(one.lines, 'line')}…`)
    }
  }
  if (progress) process.stderr.write('\r\u001b[K')
  if (!last?.done) throw new Complaint(file, 'The answer broke off.', 'Send the file again: what is stored counts once.')
  if (!json) console.log(`${counted(last.lines, 'line')}: ${last.stored} stored, ${last.duplicate} known already, ${wrong} not taken.`)
  return wrong ? 1 : 0
}

async function * lines(body) {
  let rest = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const all = (rest + text).split('\n')
    rest = all.pop()
    for (const line of all) if (line) yield JSON.parse(line)
  }
}
