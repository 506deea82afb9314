// `pointsman explain [FILE] --flag KEY --context ...`: why a flag serves what it serves.

import { explain } from 'pointsman/tools'
import { Complaint } from './inside/complaint.mjs'
import { DOCUMENT, text } from './inside/input.mjs'
import { options, time, twice } from './inside/options.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'

export const summary = 'Why does a flag serve this variant to this visitor? Every rule, question and draw on the path.'

export const help = `pointsman explain [FILE] --flag KEY --context CONTEXT [--now TIME] [--json]

Evaluates one flag for one context, as the edge does, and tells what was asked, what the answer was and what came of it.
A value of another type than a condition asks for never matches; it is named as such.

  FILE               the document (pointsman.json); - is standard input
  --flag KEY         the flag
  --context CONTEXT  the context: JSON, @FILE, or - for standard input
  --now TIME         milliseconds since 1970, or RFC 3339 such as 2026-11-22T10:00:00Z; the present if it is left out
  --json             the same as data: flag, now, decision, rules, steps, warnings

  $ npx pointsman explain shop.json --flag banner --context '{"unit": "ada", "orders": "5"}'
  banner serves "off" = false, because no rule matched (DEFAULT)
  at 2026-11-22T10:00:00Z

  rule 0 did not match  /flags/banner/rules/0
    no  orders is at least 3 -- orders is a text; a number is asked for  [/if]
  in the end
    =>  serves "off"  [/flags/banner/otherwise]

Ends with 0 if there is an explanation, with 1 if the document has problems, with 2 if something could not be read.`

export async function run(args) {
  const { values, operands: [file] } = options('explain', args, ['FILE'], {
    flag: { type: 'string' }, context: { type: 'string' }, now: { type: 'string' },
  }, [DOCUMENT])
  const { flag, context, now, json } = values
  const missing = (option, fix) => new Complaint(option, 'It is missing.', fix)
  if (flag === undefined) throw missing('--flag', 'Name the flag to explain, such as --flag banner.')
  if (context === undefined) throw missing('--context', `Give one, such as --context '{"unit": "ada"}'.`)
  if (file === '-' && context === '-') throw twice()
  const given = context === '-' ? text('-') : context.startsWith('@') ? text(context.slice(1)) : context
  const answer = await explain(text(file), flag, given, { now: time('--now', now) })
  if (answer.problems) {
    const [{ pointer, code, cause, fix }] = answer.problems
    if (answer.in === 'context') throw new Complaint(`--context ${pointer}`.trim(), cause, fix)
    if (pointer === '/flags' && code === 'unknown') throw new Complaint(`--flag ${flag}`, cause, fix)
    return tell(file, answer.problems, json)
  }
  console.log(json ? JSON.stringify(answer.explanation, null, 2) : colourful(answer.text).trimEnd())
  return 0
}

const COLOURS = [[/^ {2}yes /, paint.good], [/^ {2}no {2}/, paint.wrong], [/^warning:/, paint.warn]]

/** The text with its answers in colours and its places faint. */
function colourful(lines) {
  const line = (text, index) => {
    const [pattern, colour] = COLOURS.find(([pattern]) => pattern.test(text)) ?? [/^$/, (same) => same]
    const painted = text.replace(pattern, colour).replace(/(?<= -- ).*?(?= {2}\[)/, paint.warn)
    return index === 0 ? paint.strong(painted) : painted.replace(/ {2}(\[[^\]]*\]|\/flags\S*)$/, paint.faint)
  }
  return lines.split('\n').map(line).join('\n')
}
