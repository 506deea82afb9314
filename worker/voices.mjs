// The public door of the store of voices: who is asked or answers has met the variant, by the edge's own word, and the
// survey is one of the document that runs. What is said goes nowhere but into that store, which redacts it.

import { answer, posted } from './body.mjs'
import { eventName, pseudonym, verifyDecision } from './identity.mjs'
import { now } from './now.mjs'
import { reserve } from './privacy.mjs'
import { LEAVE, pathFor, referred } from './references.mjs'
import { deliver } from './shards.mjs'
import { isBot } from './visitor.mjs'

/** A thousand characters, each escaped as JSON may, and the token. */
const BYTES = 16_384

/** The name of the event that an answer is for the collector: a metric may count it. */
const ANSWER = 'survey-answer'

/** Days for which somebody is left alone who was asked something else, where a survey does not say. */
const QUIET = 30

/** Answers `POST <prefix>v`. `unit` is the visitor's verified unit, if there is one, and `preview` theirs. */
export async function voice(request, env, place, unit, preview, names) {
  const { text, refusal } = await posted(request, 'answer', BYTES)
  if (refusal) return refusal
  const said = parse(text)
  if (!said) return answer(400, { error: 'This is no answer; docs/wire.md says what one looks like.' })
  if (isBot(request.headers.get('user-agent'))) return answer(200, { outcome: 'filtered', reason: 'bot' })
  const decision = unit && (await verifyDecision(env, place, unit, said.d))
  // Whoever looks at a preview sees the question, and counts for nobody.
  if (preview || decision?.flags) return answer(200, said.ask ? { outcome: 'ask' } : { outcome: 'filtered', reason: 'preview' })
  const asked = surveyOf(names, said.survey)
  const reason = unit ? objection(said, decision, asked) : 'unsigned'
  if (reason) return answer(200, { outcome: 'rejected', reason })
  const who = { run: decision.run, variant: decision.variant, hash: await pseudonym(env, place, unit) }
  if (said.ask) return single(await claimed(env, place, [{ asked, unit, who }]), ({ outcome, ...more }) => ({ outcome: outcome === 'stored' ? 'ask' : outcome, ...more }))
  // Whoever is left alone is heard, and counted nowhere.
  const ledger = reserve(names.edge.privacy, request.headers) ? undefined : place
  return single(await heard(env, place, ledger, names, [{ asked, who, choice: said.choice, text: said.text }]))
}

/** What is said to one who was alone in a list. */
const single = ({ status, body, headers }, told = (outcome) => outcome) => answer(status, status === 200 ? told(body[0]) : body, headers)

/** The survey of a key, of those that run. */
export const surveyOf = (names, key) => names.edge.surveys.find((asked) => asked.key === key)

/**
 * Whether those of a list, `{asked, unit, who: {hash}}`, may be asked now, with an outcome for each: the store says `stored`
 * once, to all or to nobody. Whoever is not drawn is never asked.
 */
export async function claimed(env, place, all) {
  const drawn = await Promise.all(all.map(({ asked, unit }) => isDrawn(env, place, unit, asked)))
  const asking = all.filter((_, index) => drawn[index]).map(({ asked, who }) => ({ survey: asked.key, unit: who.hash, quiet: asked.when?.quiet ?? QUIET }))
  const { status, body, headers } = asking.length ? await stored(env, place, 'ask', asking) : { status: 200, body: [] }
  return { status, body: status === 200 ? drawn.map((is) => (is ? body.shift() : { outcome: 'filtered', reason: 'sample' })) : body, headers }
}

/**
 * Keeps what those of a list said, `{asked, who: {run, variant, hash}, choice, text}`, and counts in the ledger that they did;
 * gives an outcome for each. What was kept and not counted is said again by its sender, and counted then.
 */
export async function heard(env, place, ledger, names, all) {
  const { status, body, headers } = await stored(env, place, 'answer', all.map(kept))
  if (status !== 200) return { status, body, headers }
  const taken = all.filter((_, index) => body[index].outcome !== 'rejected')
  if (ledger && taken.length) {
    const { status: counted, error, headers } = await deliver(env, ledger, await Promise.all(taken.map((one) => batchOf(env, place, names, one))))
    if (counted !== 200) return { status: counted, body: { error }, headers }
  }
  const outcomes = body.map(async (told, index) => ({ ...told, talk: told.outcome === 'stored' ? await talkAt(env, place, all[index].asked, all[index].who) : undefined }))
  return { status, body: await Promise.all(outcomes) }
}

/** An answer as the store takes it. A browser that cuts at a length may cut a character in half. */
const kept = ({ asked, who: { run, variant, hash }, choice = null, text = '' }) => ({ survey: asked.key, unit: hash, run, variant, choice, text: text.toWellFormed() })

/** That somebody has answered, as the collector takes it. */
async function batchOf(env, place, names, { asked, who: { hash } }) {
  const event = { t: 'track', n: ANSWER, at: now(), id: await eventName(env, place, `answer ${asked.key} ${hash}`) }
  return { unit: hash, config: names.version, events: [event] }
}

/** Where whoever has answered may say that they can be talked to, if the team asks. */
const talkAt = (env, place, asked, who) =>
  asked.talk && URL.canParse(asked.talk) ? referred(env, place, asked, who) : asked.contact ? pathFor(env, place, LEAVE, asked, who) : undefined

/** Asks the store of voices of a place: `{status, body, headers}`. */
export async function stored(env, place, operation, given = {}) {
  try {
    const store = env.VOICES.get(env.VOICES.idFromName(place.name))
    const response = await store.fetch(`http://object/${operation}`, { method: 'POST', body: JSON.stringify(given) })
    return { status: response.status, body: await response.json() }
  } catch {
    return unavailable('The store of voices does not answer. Send the same again.')
  }
}

/** What is said where somebody behind us does not answer. */
export const unavailable = (error) => ({ status: 503, body: { error }, headers: { 'retry-after': '2' } })

/** Whether a visitor is among those of a hundred who are asked: by a draw of their own for each survey, so always the same. */
async function isDrawn(env, place, unit, { key, when }) {
  if (!when?.percent) return true
  const drawn = await eventName(env, place, `survey\0${key}\0${unit}`)
  return Number.parseInt(drawn.slice(0, 8), 16) < (when.percent / 100) * 2 ** 32
}

/** Why an answer is not taken, or nobody asked, if that is so. */
export function objection({ choice, text }, decision, asked) {
  if (!decision) return 'token'
  if (!asked) return 'survey'
  if (asked.run !== decision.run) return 'impossible'
  if (!(asked.when?.variants?.includes(decision.variant) ?? true)) return 'variant'
  if (choice !== undefined && !asked.choices.includes(choice)) return 'choice'
  return text && !asked.comment && !isFollowed(asked, choice) ? 'comment' : undefined
}

/** Whether whoever gives this answer is asked something else, which words are for. */
export const isFollowed = ({ follow = [] }, choice) => follow.some(({ after }) => after.includes(choice))

/** An answer of the documented form, or nothing. */
function parse(text) {
  try {
    const said = JSON.parse(text)
    const isText = (value) => value === undefined || typeof value === 'string'
    const asks = said.ask === undefined || said.ask === true
    return said.v === 1 && typeof said.survey === 'string' && isText(said.choice) && isText(said.text) && asks ? said : undefined
  } catch {
    return undefined
  }
}
