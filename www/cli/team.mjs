// `pointsman team VERB`: who works together, and what is theirs.

import { Complaint } from './inside/complaint.mjs'
import { done, verbOf } from './inside/done.mjs'
import { engine, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { options } from './inside/options.mjs'
import { paint, plain } from './inside/paint.mjs'

export const summary = 'Says who works together, and whose a flag, an experiment, a metric or a survey is.'

export const help = `pointsman team VERB [options]

  list                  all teams, what each owns, and what it has decided in seven days
  add KEY --name TEXT   a new team; an admin's token is needed to change teams
  edit KEY              changes what is given of it
  remove KEY            a team that owns nothing
  give KIND KEY TEAM    gives something to a team: KIND is experiment, flag, metric or survey
  take KIND KEY         makes it nobody's

  --name TEXT           what people call it
  --channel TEXT        where its messages go: #name, or an address
  --goal TEXT           what it wants to reach in a week
  --decisions N         how many decisions it wants to make in a week
${WHERE_HELP}
  --json                {"revision", "teams"}; give and take: {"kind", "key", "team"}

Ends with 0 if it was done, with 1 if it was refused, and with 2 if the engine could not be asked.

  $ npx pointsman team add checkout --name Checkout --channel "#checkout" --decisions 2`

const VERBS = {
  list: { operands: [], run: async (at) => done(at, await at.ask('GET', 'teams'), listed) },
  add: { operands: ['KEY'], run: add },
  edit: { operands: ['KEY'], run: edit },
  remove: { operands: ['KEY'], run: remove },
  give: { operands: ['KIND', 'KEY', 'TEAM'], run: give },
  take: { operands: ['KIND', 'KEY'], run: (at, [kind, key]) => give(at, [kind, key, '']) },
}

export async function run([verb, ...args]) {
  const { operands: names, run: work } = verbOf('team', VERBS, verb)
  const said = Object.fromEntries(['name', 'channel', 'goal', 'decisions'].map((name) => [name, { type: 'string' }]))
  const { values, operands } = options('team', args, names, { ...WHERE, ...said })
  return work({ ...(await engine(values)), values }, operands)
}

async function add(at, [key]) {
  return replace(at, (teams) => {
    if (teams.some((team) => team.key === key)) throw new Complaint('KEY', `There is a team ${key} already.`, `pointsman team edit ${key} changes it.`)
    return [...teams, { key, ...given(at.values) }]
  })
}

async function edit(at, [key]) {
  return replace(at, (teams) => teams.map((team) => (team.key === found(teams, key) ? { ...team, ...given(at.values) } : team)))
}

async function remove(at, [key]) {
  return replace(at, (teams) => teams.filter((team) => team.key !== found(teams, key)))
}

/** Puts another list in the place of the one that was read just before. */
async function replace(at, change) {
  const { revision, teams } = good(await at.ask('GET', 'teams'))
  const next = change(teams.map(({ key, name, channel, goal, decisions }) => ({ key, name, channel, goal, decisions })))
  return done(at, await at.ask('PUT', 'teams', { body: JSON.stringify({ teams: next }), seen: revision }), listed)
}

function found(teams, key) {
  if (teams.some((team) => team.key === key)) return key
  throw new Complaint('KEY', `There is no team ${key}.`, teams.length ? `There are ${teams.map(({ key }) => key).join(', ')}.` : 'pointsman team add KEY --name TEXT makes the first one.')
}

/** What options say of a team. */
function given({ name, channel, goal, decisions }) {
  if (decisions !== undefined && !/^\d+$/.test(decisions)) throw new Complaint('--decisions', `“${decisions}” is no whole number.`, 'Give one from 1 to 50.')
  const said = { name, channel, goal, decisions: decisions === undefined ? undefined : Number(decisions) }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

async function give(at, [kind, key, team]) {
  const answer = await at.ask('PUT', `owners/${keyed(kind, 'KIND')}/${keyed(key, 'KEY')}`, { body: JSON.stringify({ team }) })
  return done(at, answer, () => (team ? `The ${kind} ${key} is ${plain(team)}’s now.` : `The ${kind} ${key} is nobody’s now.`))
}

const listed = ({ teams }) => (teams.length ? teams.map(line).join('\n') : 'There are no teams yet: pointsman team add KEY --name TEXT makes the first one.')

function line({ key, name, channel, goal, decisions, owns, decided }) {
  const things = Object.entries(owns).map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`).join(', ')
  const facts = [channel, things ? `owns ${things}` : 'owns nothing', `${decided}${decisions ? ` of ${decisions}` : ''} decided in seven days`, goal]
  return `${paint.strong(key)}  ${plain(name)}: ${plain(facts.filter(Boolean).join(', '))}`
}
