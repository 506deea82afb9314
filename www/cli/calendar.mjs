// `pointsman calendar`: all tests in time, and what gets in each other's way.

import { done } from './inside/done.mjs'
import { engine, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { STATES } from './inside/experiment.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Tells when which test runs, and what gets in each other’s way.'

export const help = `pointsman calendar [options]

All tests that ran, run or are planned, the earliest first, with the days of the project's zone from which and to which
each is there, how its end is known, and what it collides with.

  --page PATH     those of a page alone
  --team KEY      those of a team alone
  --open          those alone that have not ended
${WHERE_HELP}
  --json          {"asOf", "zone", "tests": [{"key", "from", "to", "until", "pages", "team", "collisions"}]}

Ends with 0, with 1 if tests stand in each other's way so that one of them cannot start, and with 2 if the engine could
not be asked.

  $ npx pointsman calendar --page /cart --open`

export async function run(args) {
  const { values } = options('calendar', args, [], { ...WHERE, page: { type: 'string' }, team: { type: 'string' }, open: { type: 'boolean' } })
  const { ask } = await engine(values)
  const { status, answer } = await ask('GET', 'calendar')
  const wanted = ({ pages, team, to }) => (!values.page || pages.includes(values.page)) && (!values.team || team === values.team) && (!values.open || to > answer.asOf)
  const told = status < 300 ? { asOf: answer.asOf, zone: answer.zone, tests: answer.tests.filter(wanted) } : answer
  const code = done({ values }, { status, answer: told }, listed)
  return code || (told.tests.some(({ to, collisions }) => to > told.asOf && collisions.some(({ stops }) => stops)) ? 1 : 0)
}

const listed = ({ tests, zone }) => (tests.length ? tests.map((test) => line(test, zone)).join('\n') : 'Nothing is tested or planned there: pointsman experiment draft FILE plans the first test.')

function line({ key, title, state, from, to, until, pages, flag, team, collisions }, zone) {
  // The days as a calendar writes them, in whichever language.
  const day = (at) => new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(at)
  const where = pages.join(', ') || `the flag ${flag}`
  const lines = [`${paint.strong(key)}  ${day(from)} to ${day(to)}${until && ` (${plain(until)})`}  ${plain(title)}, ${STATES[state] ?? plain(state)}: ${plain(where)}${team ? `, team ${plain(team)}` : ''}`]
  for (const { words, stops, from, to } of collisions) lines.push(`  ${(stops ? paint.wrong : paint.warn)(stops ? 'stop' : 'look')} ${plain(words)} From ${day(from)} to ${day(to)}.`)
  return lines.join('\n')
}
