// `pointsman follow VERB`: what whoever's token it is wants to hear of.

import { done, verbOf } from './inside/done.mjs'
import { engine, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Follows an experiment, a page or a team, and tells what is tried there.'

export const help = `pointsman follow VERB [options]

  list             all that you follow, and what is tried there now
  test KEY         follows an experiment
  page PATH        follows a page, such as /cart
  team KEY         follows a team
  --no             follows it no longer

${WHERE_HELP}
  --json           {"follows": [{"kind", "subject", "name", "tests"}]}

Ends with 0 if it was done, with 1 if it was refused, and with 2 if the engine could not be asked.

  $ npx pointsman follow page /cart`

const follow = (kind) => async (at, [subject]) =>
  done(at, await at.ask('POST', 'follows', { body: JSON.stringify({ kind, subject, on: !at.values.no }) }), listed)

const VERBS = {
  list: { operands: [], run: async (at) => done(at, await at.ask('GET', 'follows'), listed) },
  test: { operands: ['KEY'], run: follow('test') },
  page: { operands: ['PATH'], run: follow('page') },
  team: { operands: ['KEY'], run: follow('team') },
}

export async function run([verb, ...args]) {
  const { operands: names, run: work } = verbOf('follow', VERBS, verb)
  const { values, operands } = options('follow', args, names, { ...WHERE, no: { type: 'boolean' } })
  return work({ ...(await engine(values)), values }, operands)
}

const listed = ({ follows }) => (follows.length ? follows.map(line).join('\n') : 'You follow nothing yet: pointsman follow page PATH begins with a page.')

function line({ kind, subject, name, tests }) {
  const tried = tests.map(({ title, headline }) => (kind === 'test' ? headline : title)).filter(Boolean)
  return `${paint.strong(kind)}  ${plain(subject)}${name === subject ? '' : `, ${plain(name)}`}${tried.length ? `: ${plain(tried.join('; '))}` : ''}`
}
