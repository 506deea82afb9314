// An experiment as a terminal shows it: where it is in its life, what the numbers allow to say, and what can be done now.

import { problemLine } from './done.mjs'
import { good, keyed } from './engine.mjs'
import { paint, plain } from './paint.mjs'

/** Words for states, in the order of a life. */
export const STATES = {
  idea: 'an idea', draft: 'a draft', inReview: 'in review', approved: 'approved', running: 'running', stopped: 'stopped', decided: 'decided', debriefed: 'debriefed',
  archived: 'archived',
}
const MARKS = { ok: paint.good, look: paint.warn, stop: paint.wrong, wait: paint.faint }

/** All that there is to know of an experiment now: `{experiment, live, verdict}`; the last two once it has started. */
export async function status({ ask, console: address }, key) {
  const path = `experiments/${keyed(key, address)}`
  const experiment = good(await ask('GET', path))
  if (!experiment.started) return { experiment, live: null, verdict: null }
  const [{ lines, arms }, reading] = [good(await ask('GET', `${path}/live`)), good(await ask('GET', `${path}/reading`))]
  const { headline, words, recommend, conclusion } = reading
  return { experiment, live: { lines, arms }, verdict: { headline, words, recommend, conclusion } }
}

/** Whether nobody is in it any more, nor on the way into it. */
export function isOver({ experiment: { state, ramp } }) {
  const releasing = ramp?.released > 0 && ramp.released < 100
  return ['stopped', 'decided', 'debriefed', 'archived'].includes(state) && !releasing
}

/** Whether somebody has to look at it: it has stopped itself, or its numbers cannot be trusted. */
export const isWrong = ({ experiment: { stop }, live }) =>
  (stop && stop.cause !== 'person') || Boolean(live?.lines.some(({ status }) => status === 'stop'))

/** It in sentences. */
export function told({ experiment, live, verdict }) {
  const { key, title, state, revision, run, planHash, problems, ramp, stop, asked, due, decision, actions } = experiment
  const lines = [`${paint.strong(plain(title))} (${key}) is ${STATES[state] ?? plain(state)}, revision ${revision}.`]
  const say = (...words) => lines.push(plain(words.filter(Boolean).join(' ')))
  if (planHash) say(`Run ${run} of the plan ${planHash}.`)
  if (stop) say(`Stopped by ${stop.who}${stop.why ? `: ${stop.why}` : '.'}`)
  if (decision) say(`${decision.who} has decided to ${CHOICES[decision.choice]}.`, decision.headline)
  else if (verdict) say(`${verdict.headline}.`.replace(/([.!?])\.$/, '$1'), verdict.words)
  if (ramp) say(isOver({ experiment }) ? '' : `${ramp.released > 0 ? `Released to ${ramp.released} %` : `${ramp.stages[ramp.stage]} % of visitors are in the test`}${ramp.next ? `, next ${ramp.next}` : ''}.`, ramp.why)
  for (const { status, what, cause, next } of live?.lines ?? []) lines.push(line(status, what, cause, next))
  for (const problem of problems ?? []) lines.push(problemLine(problem))
  if (asked) say(`${asked.decision.who} asks to ship it against the rule, digest ${asked.digest}.`, asked.decision.why)
  if (due) say(`It follows by itself at ${new Date(due).toISOString()}.`)
  if (actions.length) say(`You may: ${actions.join(', ')}.`)
  return lines.join('\n')
}

const CHOICES = { ship: 'ship it', keep: 'keep the old version', again: 'run it again, changed', abort: 'give it up' }

const line = (status, ...words) => `  ${MARKS[status](status.padEnd(4))} ${plain(words.filter(Boolean).join(' '))}`

/** What was looked at before a start. */
export const checkLine = ({ state, sentence, next }) => line(state, sentence, next)

/** A line of the list. */
export const card = ({ key, title, state, headline }) => `${paint.strong(key)}  ${STATES[state] ?? plain(state)}  ${plain(title)}${headline ? `: ${plain(headline)}` : ''}`
