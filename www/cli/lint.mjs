// `pointsman lint FILE`: advice on a document that compiles.

import { check, lint } from 'pointsman/tools'
import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { DOCUMENT, named, text } from './inside/input.mjs'
import { options, time } from './inside/options.mjs'
import { paint } from './inside/paint.mjs'
import { tell } from './inside/problems.mjs'

export const summary = 'What is allowed and still not wise? Rules that nobody comes to, draws that depend, what is stale.'

export const help = `pointsman lint [FILE] [--before OLD] [--events FILE] [--changed FILE] [--stale-days N] [--now TIME] [--json]

Reads a document that compiles and gives advice: rules that nobody comes to, units that are forced twice, draws that are
not independent, flags that everybody meets alike for long, windows and ramps that have ended, parts of e-mail addresses
that browsers can read, flags that come near the limit of steps, what nothing uses, and flags that build on one that is
off. Nothing is sent anywhere.

  FILE            the document (pointsman.json); - is standard input
  --before OLD    the document that it replaces: are more units moved than the new weights ask for?
  --events FILE   names of events that were seen lately, one a line: does each metric have traffic?
  --changed FILE  {"FLAG": TIME}: when each flag was last changed, in milliseconds since 1970
  --stale-days N  how many days something may be at its end; 30 if it is left out
  --now TIME      milliseconds or RFC 3339; the present if it is left out
  --json          {"advice": [{"pointer", "code", "cause", "fix"}]}

Ends with 0 if there is no advice, with 1 if there is some or the document does not compile, with 2 if something could
not be read.

  $ npx pointsman lint shop.json --before published.json
  shop.json: 1 piece of advice

    /flags/hero/rules/1
      Rule 0 takes everybody whom this one is for.
      Remove this rule, or put it before that one.`

const FILES = ['before', 'events', 'changed']

export async function run(args) {
  const names = [...FILES, 'stale-days', 'now']
  const config = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
  const { values, operands: [file] } = options('lint', args, ['FILE'], config, [DOCUMENT])
  const { before, events, changed } = Object.fromEntries(FILES.map((name) => [name, values[name] && text(values[name])]))
  const facts = { now: time('--now', values.now), staleDays: days(values['stale-days']) }
  if (before !== undefined) facts.before = before
  if (events !== undefined) facts.events = events.split(/\r?\n/).filter((name) => name !== '')
  if (changed !== undefined) facts.changed = times(values.changed, changed)
  if (before !== undefined) {
    const { problems } = await check(before)
    if (problems.length > 0) return tell(values.before, problems, values.json)
  }
  const { advice, problems } = await lint(text(file), facts)
  if (problems) return tell(file, problems, values.json)
  if (values.json) console.log(JSON.stringify({ advice }, null, 2))
  else print(file, advice)
  return advice.length > 0 ? 1 : 0
}

function print(file, advice) {
  const count = advice.length
  if (count === 0) return console.log(`${named(file)}: ${paint.good('no advice')}.`)
  console.log(`${named(file)}: ${paint.warn(`${counted(count, 'piece')} of advice`)}\n`)
  for (const { pointer, cause, fix } of advice) {
    console.log(`  ${paint.strong(pointer)}\n    ${cause}\n    ${paint.faint(fix)}`)
  }
}

function days(text = '30') {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new Complaint('--stale-days', `${text} is no number of days.`, 'Give a whole number such as 30.')
}

/** When each flag was last changed. */
function times(path, text) {
  let all
  try {
    all = JSON.parse(text)
  } catch {
    all = null
  }
  const sound = all !== null && typeof all === 'object' && !Array.isArray(all) && Object.values(all).every(Number.isFinite)
  if (sound) return all
  throw new Complaint(named(path), 'It is no object of times.', 'Write {"FLAG": milliseconds since 1970}.')
}
