// `pointsman experiment VERB`: an experiment from the idea to the debrief, by the API that the dashboard uses.

import { setTimeout as pause } from 'node:timers/promises'
import { Complaint } from './inside/complaint.mjs'
import { answersOf } from './inside/debrief.mjs'
import { done, verbOf } from './inside/done.mjs'
import { engine, every, good, keyed, WHERE, WHERE_HELP } from './inside/engine.mjs'
import { card, checkLine, isOver, isWrong, status, told } from './inside/experiment.mjs'
import { named, text } from './inside/input.mjs'
import { begun, templates } from './inside/kinds.mjs'
import { previewOf } from './inside/look.mjs'
import { options } from './inside/options.mjs'
import { plain } from './inside/paint.mjs'

export const summary = 'Takes an experiment from the idea to the debrief, and tells how it stands.'

export const help = `pointsman experiment VERB [KEY] [options]

  list                       all of them, newest first
  show KEY [--follow]        how it stands: whether it works, where the ramp is, what the numbers allow to say, and what
                             can be done. --follow tells what changes, until nobody is in it any more
  idea TITLE [--note TEXT]   writes an idea down
  templates                  the kinds of experiments, and when to use each
  new TITLE --template KEY   begins a plan of that kind; what is still missing stands beneath
  draft FILE [KEY]           saves a plan (docs/api.md), complete or not, for an idea or as a new one; - is stdin
  checks KEY                 what has to be well before it starts
  look KEY VARIANT [--good]  the address of a variant's preview; --good says that it is as it should be
  submit KEY                 asks for a review
  return KEY --why TEXT      sends a plan back
  approve KEY [--later]      lets a plan start; nobody approves their own, and no token any. --later leaves the start to
                             start KEY
  confirm KEY                what takes a second person, in a team of one: it follows in ten minutes
  withdraw KEY               takes back what waits for somebody's word
  hold KEY --why TEXT        keeps the ramp where it is; resume KEY lets it go on
  stop KEY --why TEXT        gives everybody the old version, within 15 seconds everywhere; undo KEY takes that back
                             within ten minutes
  decide KEY CHOICE          ship, keep, again or abort; against the rule --why is needed
  ship KEY                   decides to ship: everybody gets the new version, in steps
  agree KEY --digest DIGEST  a second person's word on a ship against the rule, as show tells it
  abort KEY --why TEXT       gives it up, started or not: everybody has the old version, and nothing is decided from it
  debrief KEY [FILE]         prints the debrief, or sends the one of a file: an answer beneath each question
  archive KEY                puts away what was debriefed, or an idea or a draft that nobody has reviewed. Another draft
                             for one that was decided and not shipped makes its next run

  --if-match N    does it only while the experiment is at this revision, as whoever decides has seen it
  --every N       seconds between two looks of --follow; 5, if nothing is said
${WHERE_HELP}
  --json          the experiment as the API tells it; show: {"experiment", "live", "verdict"}, with --follow a line for
                  each change; list: {"experiments"}

Ends with 0 if it was done, with 1 if it was refused, if a draft is incomplete, if something stops its start, or if
what it shows needs somebody, and with 2 if the engine could not be asked.

  $ npx pointsman experiment show fresh-hero --follow`

/** What sends nothing but the action itself, or why. */
const ACTIONS = ['submit', 'return', 'approve', 'start', 'withdraw', 'hold', 'resume', 'stop', 'undo', 'abort', 'archive']
const WITH_WHY = ['return', 'hold', 'stop', 'abort']
/** What takes the new version from visitors, and how long that takes at most: servers ask every five seconds (tests/edge/stops.test.mjs). */
const ENDS = ['stop', 'abort']
const REACH = 'Servers ask every 5 seconds for what runs: 15 seconds from now at the latest no page that is loaded has the new version. A page that is open keeps it until it is loaded again.'
const CHOICES = ['ship', 'keep', 'again', 'abort']

const bodyOf = (verb, { why = '', later }) => (WITH_WHY.includes(verb) ? { why } : verb === 'approve' && later ? { later } : {})

const VERBS = {
  list: { operands: [], run: list },
  show: { operands: ['KEY'], run: show },
  idea: { operands: ['TITLE'], run: idea },
  templates: { operands: [], run: templates },
  new: { operands: ['TITLE'], run: async (at, [title]) => answered(at, await begun(at, title)) },
  draft: { operands: ['FILE', 'KEY'], otherwise: [undefined], run: draft },
  checks: { operands: ['KEY'], run: checks },
  look: { operands: ['KEY', 'VARIANT'], run: look },
  ...Object.fromEntries(ACTIONS.map((verb) => [verb, {
    operands: ['KEY'], run: (at, [key]) => act(at, key, verb, bodyOf(verb, at.values)),
  }])),
  // Whoever names it has typed what it is about.
  confirm: { operands: ['KEY'], run: (at, [key]) => act(at, key, 'confirm', { subject: key }) },
  decide: { operands: ['KEY', 'CHOICE'], run: decide },
  ship: { operands: ['KEY'], run: (at, [key]) => decide(at, [key, 'ship']) },
  agree: { operands: ['KEY'], run: agree },
  debrief: { operands: ['KEY', 'FILE'], otherwise: [undefined], run: debrief },
}

export async function run([verb, ...args]) {
  const { operands: names, otherwise, run: work } = verbOf('experiment', VERBS, verb)
  const { values, operands } = options('experiment', args, names, {
    ...WHERE, why: { type: 'string' }, note: { type: 'string' }, template: { type: 'string' }, digest: { type: 'string' }, follow: { type: 'boolean' }, good: { type: 'boolean' }, later: { type: 'boolean' }, every: { type: 'string' }, 'if-match': { type: 'string' },
  }, otherwise)
  return work({ ...(await engine(values)), values }, operands)
}

async function list(at) {
  const experiments = await every(at, 'experiments', 'experiments')
  if (at.values.json) console.log(JSON.stringify({ experiments }, null, 2))
  else if (experiments.length) for (const one of experiments) console.log(card(one))
  else console.log('There are no experiments yet: pointsman experiment idea TITLE writes the first one down.')
  return 0
}

async function show(at, [key]) {
  const { follow, json, every: seconds = '5' } = at.values
  if (!/^\d+(\.\d+)?$/.test(seconds)) throw new Complaint('--every', `“${seconds}” is no number of seconds.`, 'Give one such as 5.')
  for (let before; ;) {
    const now = await status(at, key)
    const said = json ? JSON.stringify(now, null, follow ? 0 : 2) : told(now)
    if (said !== before) console.log(said)
    if (!follow || isOver(now)) return isWrong(now) ? 1 : 0
    before = said
    await pause(Number(seconds) * 1000)
  }
}

async function idea(at, [title]) {
  return answered(at, await at.ask('POST', 'experiments', { body: JSON.stringify({ title, note: at.values.note ?? '' }) }))
}

async function draft(at, [file, given]) {
  const body = text(file)
  const plan = parsed(file, body)
  const { key, revision } = given ? await seen(at, given) : good(await at.ask('POST', 'experiments', { body: JSON.stringify({ title: plan.title || named(file), note: '' }) }))
  const saved = await at.ask('PUT', `experiments/${key}/plan`, { body, seen: revision })
  // An idea that nobody had is nobody's.
  if (saved.status >= 300 && !given) await at.ask('POST', `experiments/${key}/archive`, { body: '{}', seen: revision })
  const code = answered(at, saved)
  return code || (saved.answer.problems.length ? 1 : 0)
}

function parsed(file, body) {
  let plan
  try {
    plan = JSON.parse(body)
  } catch ({ message }) {
    throw new Complaint(named(file), `It is no JSON: ${message}.`, 'A plan is what docs/api.md says.')
  }
  if (plan && typeof plan === 'object' && !Array.isArray(plan)) return plan
  throw new Complaint(named(file), 'It is no plan.', 'A plan is an object, as docs/api.md says.')
}

async function checks(at, [key]) {
  const found = good(await at.ask('GET', `experiments/${keyed(key, 'experiment')}/checks`))
  if (at.values.json) console.log(JSON.stringify(found, null, 2))
  else for (const check of found.checks) console.log(checkLine(check))
  return found.ready ? 0 : 1
}

async function look(at, [given, variant]) {
  const { key, revision, ...experiment } = await seen(at, given)
  const post = async (path, body) => good(await at.ask('POST', path, { body: JSON.stringify(body) }))
  const preview = await previewOf(post, experiment, variant)
  if (!preview) throw new Complaint('VARIANT', `The plan has no “${variant}” to look at.`, `It has ${experiment.control} and ${experiment.treatment}.`)
  if (at.values.good) return answered(at, await at.ask('POST', `experiments/${key}/quality`, { body: JSON.stringify({ variant, preview }), seen: revision }))
  console.log(at.values.json ? JSON.stringify({ variant, preview }, null, 2) : preview)
  return 0
}

async function decide(at, [key, choice]) {
  if (!CHOICES.includes(choice)) throw new Complaint('experiment', `“${choice}” is nothing that can be decided.`, `Choose ${CHOICES.join(', ')}.`)
  return act(at, key, 'decide', { choice, why: at.values.why ?? '' })
}

async function agree(at, [key]) {
  const { digest } = at.values
  if (!digest) throw new Complaint('--digest', 'It is not said to what.', `pointsman experiment show ${plain(key)} tells the digest of what is asked.`)
  return act(at, key, 'agree', { digest })
}

async function debrief(at, [key, file]) {
  const path = `experiments/${keyed(key, 'experiment')}/debrief`
  const known = good(await at.ask('GET', path))
  if (file !== undefined) {
    const answers = answersOf(text(file), known.questions, named(file))
    return answered(at, await at.ask('PUT', path, { body: JSON.stringify({ answers }), seen: revisionOf(at) ?? known.revision }))
  }
  console.log(at.values.json ? JSON.stringify(known, null, 2) : known.markdown.trim())
  return 0
}

async function act(at, given, action, body) {
  const { key, revision, state } = await seen(at, given)
  const code = answered(at, await at.ask('POST', `experiments/${key}/${action}`, { body: JSON.stringify(body), seen: revision }))
  if (code === 0 && !at.values.json && state === 'running' && ENDS.includes(action)) console.log(REACH)
  return code
}

/** The experiment at the revision upon which something is done. */
async function seen(at, given) {
  const experiment = good(await at.ask('GET', `experiments/${keyed(given, 'experiment')}`))
  return { ...experiment, revision: revisionOf(at) ?? experiment.revision }
}

function revisionOf({ values: { 'if-match': given } }) {
  if (given === undefined || /^\d+$/.test(given)) return given
  throw new Complaint('--if-match', `“${given}” is no revision.`, 'Give the number that show tells.')
}

/** Prints what became of it, and gives the exit code that says so. */
const answered = (at, call) => done(at, call, (answer) => (answer.archived ? `${answer.archived} is put away.` : told({ experiment: answer })))
