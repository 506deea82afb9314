// The public door of the store of voices: who answers has met the variant, by the edge's own word, and the survey is
// one of the document that runs. What is said goes nowhere but into that store, which redacts it.

import { answer, posted } from './body.mjs'
import { pseudonym, verifyDecision } from './identity.mjs'
import { isBot } from './visitor.mjs'

/** A thousand characters, each escaped as JSON may, and the token. */
const BYTES = 16_384

/** Answers `POST <prefix>v`. `unit` is the visitor's verified unit, if there is one, and `preview` theirs. */
export async function voice(request, env, place, unit, preview, names) {
  const { text, refusal } = await posted(request, 'answer', BYTES)
  if (refusal) return refusal
  const said = parse(text)
  if (!said) return answer(400, { error: 'This is no answer; docs/wire.md says what one looks like.' })
  if (isBot(request.headers.get('user-agent'))) return answer(200, { outcome: 'filtered', reason: 'bot' })
  const decision = unit && (await verifyDecision(env, place, unit, said.d))
  if (preview || decision?.flags) return answer(200, { outcome: 'filtered', reason: 'preview' })
  const reason = unit ? objection(said, decision, names) : 'unsigned'
  if (reason) return answer(200, { outcome: 'rejected', reason })
  const { survey, choice = null, text: words = '' } = said
  // A browser that cuts at a length may cut a character in half.
  const body = { survey, run: decision.run, variant: decision.variant, unit: await pseudonym(env, place, unit), choice, text: words.toWellFormed() }
  const store = env.VOICES.get(env.VOICES.idFromName(place.name))
  const stored = await store.fetch('http://object/answer', { method: 'POST', body: JSON.stringify(body) })
  return answer(stored.status, await stored.json())
}

/** Why an answer is not taken, if it is not. */
function objection({ survey, choice, text }, decision, names) {
  if (!decision) return 'token'
  const asked = names.edge.surveys.find(({ key }) => key === survey)
  if (!asked) return 'survey'
  if (asked.run !== decision.run) return 'impossible'
  if (choice !== undefined && !asked.choices.includes(choice)) return 'choice'
  return text && !asked.comment ? 'comment' : undefined
}

/** An answer of the documented form, or nothing. */
function parse(text) {
  try {
    const said = JSON.parse(text)
    const isText = (value) => value === undefined || typeof value === 'string'
    return said.v === 1 && typeof said.survey === 'string' && isText(said.choice) && isText(said.text) ? said : undefined
  } catch {
    return undefined
  }
}
