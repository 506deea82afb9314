// `pointsman invite FILE --survey KEY`: a link to a question for everybody in a file, for whatever sends the mails.

import { Complaint } from './inside/complaint.mjs'
import { counted } from './inside/count.mjs'
import { engine, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { text } from './inside/input.mjs'
import { options } from './inside/options.mjs'
import { siteOf } from './inside/site.mjs'
import { tableOf } from './inside/table.mjs'

export const summary = 'Gives everybody in a file a link to a question, for a mail.'

export const help = `pointsman invite FILE --survey KEY [options]

Reads a CSV with a column of units, as the site or a backend names them, and writes it with two columns more: \`link\`,
for the place where the mail has {{link}} or whatever its sender calls that, and \`outcome\`. Who has met no version of
the experiment, or was asked before, gets no link. Keep the file: nobody gets a second one.

  --survey KEY        which question; Voices shows its key
  --unit COLUMN       what the file calls a unit; unit, if nothing is said
  --environment NAME  production, if nothing is said
  --site URL          the site's address, with its PREFIX if that is another than /_pm/; the environment's own, if
                      nothing is said
${WHERE_HELP}, of the role “editor”
  --json              a line of JSON for each line of the file, {"line", "link", "outcome"}, and at the end
                      {"done", "lines", "links"}

A line that names nobody is told by its number, and nobody is invited then. Ends with 0 once the file is written, and
with 2 if it could not be.

  $ npx pointsman invite customers.csv --survey clear --unit customer > mail.csv`

const OPTIONS = Object.fromEntries(['survey', 'unit', 'environment', 'site'].map((name) => [name, { type: 'string' }]))
/** Units that the site takes at once. */
const AT_ONCE = 100
/** Characters of a unit. */
const LONGEST = 200

export async function run(args) {
  const { values, operands: [file] } = options('invite', args, ['FILE'], { ...WHERE, ...OPTIONS })
  const survey = keyed(values.survey ?? '', '--survey')
  const unit = values.unit ?? 'unit'
  const { columns, rows } = tableIn(file, unit)
  const at = await engine(values)
  const environment = keyed(values.environment ?? 'production', '--environment')
  const { server } = good(await at.ask('GET', `environments/${environment}/keys`))
  const site = siteOf(at, environment, values.site)
  const told = values.json ? ({ line, link, outcome }) => JSON.stringify({ line, link, outcome }) : ({ cells, link = '', outcome }) => `${[...columns.map((column) => cells[column]), link, outcome].map(cell).join(',')}\r`
  if (!values.json) process.stdout.write(`${[...columns, 'link', 'outcome'].map(cell).join(',')}\r\n`)
  let invited = 0
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const some = rows.slice(from, from + AT_ONCE)
    const outcomes = await links(new URL('links', site), server, survey, some.map(({ cells }) => cells[unit].trim())).catch((error) => {
      // Nobody gets a second link, so those that there are have been written.
      if (from) error.message += ` ${counted(from, 'line')} of the file are written, and good; invite those behind them once more.`
      throw error
    })
    for (const [index, { cells, lineOf }] of some.entries()) {
      const { outcome, reason, link } = outcomes[index]
      if (link) invited++
      process.stdout.write(`${told({ line: lineOf(), cells, link, outcome: reason ?? outcome })}\n`)
    }
  }
  if (values.json) console.log(JSON.stringify({ done: true, lines: rows.length, links: invited }))
  else console.error(`${counted(rows.length, 'line')}: ${invited} with a link, ${rows.length - invited} without.`)
  return 0
}

function tableIn(file, unit) {
  const { columns, rows, problems: [problem] } = tableOf(text(file).replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'))
  if (problem) throw new Complaint(`${file}:${problem.line}`, problem.cause, problem.fix)
  if (!columns.includes(unit)) throw new Complaint(file, `It has no column “${unit}”.`, `Say which one names a unit: --unit ${columns[0]}.`)
  const taken = columns.find((column) => ['link', 'outcome'].includes(column))
  if (taken) throw new Complaint(file, `It has a column “${taken}” already.`, 'Take it out: whoever has a link gets no second one.')
  // Before anybody is invited: a file that is mended afterwards would invite nobody twice.
  const nobody = rows.find(({ cells }) => !cells[unit].trim() || cells[unit].trim().length > LONGEST)
  if (nobody) throw new Complaint(`${file}:${nobody.lineOf()}`, 'It names nobody.', `Write a unit of 1 to ${LONGEST} characters under “${unit}”, or take the line out.`)
  return { columns, rows }
}

async function links(url, key, survey, units) {
  const body = JSON.stringify({ v: 1, survey, units })
  const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body }).catch((error) => {
    throw new Complaint(url.host, `It does not answer: ${error.cause?.code ?? error.message}.`, 'Is this the site’s address?')
  })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer.outcomes
  throw new Complaint(url.host, answer.error ?? `It answers ${response.status}.`, 'docs/integrations.md says what is taken.')
}

/** RFC 4180. */
const cell = (value) => (/[",;\t\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
