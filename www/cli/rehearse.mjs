// `pointsman rehearse FILE LOG`: what a document would do to the visitors of a log.

import { rehearse } from 'pointsman/tools'
import { stream, text } from './inside/input.mjs'
import { options, time, twice } from './inside/options.mjs'
import { tell } from './inside/problems.mjs'

export const summary = 'Who would get what? Runs a document on a log of contexts, before any visitor meets it.'

export const help = `pointsman rehearse FILE LOG [--now TIME] [--json]

Evaluates every flag for every line of a log, as the edge does, and counts: variants and rules, rules that never
matched, errors, values of a wrong type, and whether splits divide the units as planned. Lines that are no contexts are
counted, the first few named, and nothing stops. A million lines need little memory.

  FILE        the document
  LOG         one context a line, as JSON, or {"context": {...}, "now": 1795341600000}; - is standard input
  --now TIME  the time of lines that do not say theirs: milliseconds or RFC 3339; the present if it is left out
  --json      the same as data

  $ echo '{"unit": "ada"}' | npx pointsman rehearse shop.json -
  1 context in 1 line

  banner
    off                               0    0.00 %
    on                                1  100.00 %
    by rule 0                         1  100.00 %  of 1 that got to it

A split that is NOT as planned has a p-value below 0.001, at whatever time one looks: then the log has units twice under
other names, or only some of them, and an experiment on it cannot be trusted.

Ends with 0, with 1 if the document has problems, with 2 if something could not be read.`

/** Milliseconds between two words about the progress: where they replace each other, and where they add up. */
const [SOON, LATER] = [500, 10_000]

export async function run(args) {
  const { values, operands: [file, log] } = options('rehearse', args, ['FILE', 'LOG'], { now: { type: 'string' } })
  const { now, json } = values
  if (file === '-' && log === '-') throw twice()
  const { report, text: words, problems } = await rehearse(text(file), told(stream(log)), { now: time('--now', now) })
  if (problems) return tell(file, problems, json)
  console.log(json ? JSON.stringify(report, null, 2) : words.trimEnd())
  return 0
}

/** The same pieces; says on standard error how far a long log has been read. */
async function * told(pieces) {
  const { stderr } = process
  let [bytes, said, last] = [0, false, Date.now()]
  for await (const piece of pieces) {
    yield piece
    bytes += piece.length
    if (Date.now() - last < (stderr.isTTY ? SOON : LATER)) continue
    ;[said, last] = [true, Date.now()]
    stderr.write(`${stderr.isTTY ? '\r' : ''}${(bytes / 1e6).toFixed(1)} MB read${stderr.isTTY ? '' : '\n'}`)
  }
  if (said && stderr.isTTY) stderr.write('\r\u001b[K')
}
