// `pointsman idea VERB`: what could be tried, and who is for it.

import { Complaint } from './inside/complaint.mjs'
import { done, verbOf } from './inside/done.mjs'
import { engine, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { STATES } from './inside/experiment.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Writes down what could be tried, votes for it, and makes a draft of it.'

export const help = `pointsman idea VERB [options]

  list [--team KEY]        all ideas, those with most votes first
  show KEY                 one of them
  add WHAT --expect TEXT   writes one down: what would we change, and what do we expect of it, why?
  edit KEY                 writes it anew: what is given takes the place of what was there
  vote KEY                 is for it; unvote KEY takes that back
  draft KEY                makes a draft of it, which pointsman experiment goes on with
  archive KEY              puts it away

  --expect TEXT            what is expected, and why
  --what TEXT              for edit: what would be changed
  --evidence TEXT          what speaks for it
  --impact N, --effort N   what it could bring, and what it would take: 1 is small, 3 is large
  --page PATH              the page that it is about
  --team KEY               whose it is
${WHERE_HELP}
  --json                   the idea as the API tells it; list: {"ideas"}

Ends with 0 if it was done, with 1 if it was refused, and with 2 if the engine could not be asked.

  $ npx pointsman idea add "Show the day of delivery" --expect "More people order." --page /cart`

const post = (deed) => async (at, [key]) => {
  const { revision } = good(await at.ask('GET', `experiments/${keyed(key, 'KEY')}`))
  const answer = await at.ask('POST', `experiments/${key}/${deed}`, { body: '{}', seen: revision })
  return done(at, answer, ({ title }) => (deed === 'draft' ? `“${plain(title)}” is a draft: pointsman experiment checks ${key} says what it lacks.` : `“${plain(title)}” is put away.`))
}

const vote = (method) => async (at, [key]) => done(at, await at.ask(method, `experiments/${keyed(key, 'KEY')}/vote`), line)

const VERBS = {
  list: { operands: [], run: list },
  show: { operands: ['KEY'], run: show },
  add: { operands: ['WHAT'], run: add },
  edit: { operands: ['KEY'], run: edit },
  vote: { operands: ['KEY'], run: vote('PUT') },
  unvote: { operands: ['KEY'], run: vote('DELETE') },
  draft: { operands: ['KEY'], run: post('draft') },
  archive: { operands: ['KEY'], run: post('archive') },
}

const WORDS = ['what', 'expect', 'evidence', 'page', 'team']
const NUMBERS = ['impact', 'effort']

export async function run([verb, ...args]) {
  const { operands: names, run: work } = verbOf('idea', VERBS, verb)
  const said = Object.fromEntries([...WORDS, ...NUMBERS].map((name) => [name, { type: 'string' }]))
  const { values, operands } = options('idea', args, names, { ...WHERE, ...said })
  return work({ ...(await engine(values)), values }, operands)
}

async function list(at) {
  const { team } = at.values
  const { ideas } = good(await at.ask('GET', `ideas${team ? `?team=${encodeURIComponent(team)}` : ''}`))
  if (at.values.json) console.log(JSON.stringify({ ideas }, null, 2))
  else if (ideas.length) for (const idea of ideas) console.log(line(idea))
  else console.log('There are no ideas yet: pointsman idea add WHAT --expect TEXT writes the first one down.')
  return 0
}

async function show(at, [key]) {
  const idea = await known(at, key)
  console.log(at.values.json ? JSON.stringify(idea, null, 2) : told(idea))
  return 0
}

async function add(at, [what]) {
  return done(at, await at.ask('POST', 'ideas', { body: JSON.stringify({ expect: '', ...given(at.values), what }) }), told)
}

async function edit(at, [key]) {
  const { title, expect, evidence, impact, effort, page, team, revision } = await known(at, key)
  const body = { what: title, expect, evidence, impact, effort, page, team, ...given(at.values) }
  const answer = await at.ask('PUT', `experiments/${key}/idea`, { body: JSON.stringify(body), seen: revision })
  return answer.status < 300 && !at.values.json ? show(at, [key]) : done(at, answer, told)
}

/** What options say of an idea. */
function given(values) {
  const numbers = NUMBERS.filter((name) => values[name] !== undefined).map((name) => {
    if (!/^\d$/.test(values[name])) throw new Complaint(`--${name}`, `“${values[name]}” is no whole number from 1 to 3.`, '1 is small, 3 is large.')
    return [name, Number(values[name])]
  })
  return { ...Object.fromEntries(WORDS.filter((name) => values[name] !== undefined).map((name) => [name, values[name]])), ...Object.fromEntries(numbers) }
}

/** An idea of the list. */
async function known(at, key) {
  const { ideas } = good(await at.ask('GET', 'ideas'))
  const idea = ideas.find((one) => one.key === keyed(key, 'KEY'))
  if (!idea) throw new Complaint('KEY', `There is no idea ${key}.`, 'pointsman idea list tells all of them.')
  return idea
}

const votes = (count) => `${count} ${count === 1 ? 'vote' : 'votes'}`

const line = (idea) => `${paint.strong(idea.key)}  ${votes(idea.votes)}${idea.voted ? ', yours among them' : ''}  ${plain(idea.title)}${idea.state === 'idea' ? '' : `, ${STATES[idea.state] ?? plain(idea.state)}`}`

const LEVELS = ['', 'small', 'middling', 'large']

function told(idea) {
  const { expect, evidence, impact, effort, page, team, author } = idea
  const facts = [impact && `could bring: ${LEVELS[impact]}`, effort && `would take: ${LEVELS[effort]}`, page, team && `team ${team}`, author && `by ${author}`]
  return [line(idea), `  ${plain(expect)}`, evidence && `  ${plain(evidence)}`, `  ${plain(facts.filter(Boolean).join(', '))}`].filter(Boolean).join('\n')
}
