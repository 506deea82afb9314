// The public door of the store of voices: who is asked or answers has met the variant, by the edge's own word, and the
// survey is one of the document that runs. What is said goes nowhere but into that store, which redacts it.

import { answer, posted } from './body.mjs'
import { eventName, pseudonym, verifyDecision } from './identity.mjs'
import { referred } from './references.mjs'
import { isBot } from './visitor.mjs'

/** A thousand characters, each escaped as JSON may, and the token. */
const BYTES = 16_384

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
  const asked = names.edge.surveys.find(({ key }) => key === said.survey)
  const reason = unit ? objection(said, decision, asked) : 'unsigned'
  if (reason) return answer(200, { outcome: 'rejected', reason })
  const by = { survey: said.survey, unit: await pseudonym(env, place, unit) }
  if (said.ask) {
    if (!(await isDrawn(env, place, unit, asked))) return answer(200, { outcome: 'filtered', reason: 'sample' })
    const { status, body } = await stored(env, place, 'ask', { ...by, quiet: asked.when?.quiet ?? QUIET })
    return answer(status, body.outcome === 'stored' ? { outcome: 'ask' } : body)
  }
  const { choice = null, text: words = '' } = said
  // A browser that cuts at a length may cut a character in half.
  const { status, body } = await stored(env, place, 'answer', { ...by, run: decision.run, variant: decision.variant, choice, text: words.toWellFormed() })
  const talk = asked.talk && body.outcome === 'stored' ? await referred(env, place, asked, decision) : undefined
  return answer(status, { ...body, talk })
}

async function stored(env, place, operation, given) {
  const store = env.VOICES.get(env.VOICES.idFromName(place.name))
  const response = await store.fetch(`http://object/${operation}`, { method: 'POST', body: JSON.stringify(given) })
  return { status: response.status, body: await response.json() }
}

/** Whether a visitor is among those of a hundred who are asked: by a draw of their own for each survey, so always the same. */
async function isDrawn(env, place, unit, { key, when }) {
  if (!when?.percent) return true
  const drawn = await eventName(env, place, `survey\0${key}\0${unit}`)
  return Number.parseInt(drawn.slice(0, 8), 16) < (when.percent / 100) * 2 ** 32
}

/** Why an answer is not taken, or nobody asked, if that is so. */
function objection({ choice, text }, decision, asked) {
  if (!decision) return 'token'
  if (!asked) return 'survey'
  if (asked.run !== decision.run) return 'impossible'
  if (!(asked.when?.variants?.includes(decision.variant) ?? true)) return 'variant'
  if (choice !== undefined && !asked.choices.includes(choice)) return 'choice'
  return text && !asked.comment ? 'comment' : undefined
}

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
