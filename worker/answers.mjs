// The doors for what no page of ours has asked: answers that a backend was given, and links for mail, with the place's server
// key. Which variant they are about says the collector, by what their unit had met.

import { unauthorised } from './backend.mjs'
import { answer, parsed, posted } from './body.mjs'
import { pseudonym } from './identity.mjs'
import { ledgerOf } from './ledgers.mjs'
import { now } from './now.mjs'
import { booked } from './receipts.mjs'
import { ASK, pathFor } from './references.mjs'
import { objectOf, shardOf } from './shards.mjs'
import { asked as fetched } from './tickets.mjs'
import { claimed, heard, objection, surveyOf } from './voices.mjs'

/** A hundred answers of the longest kind. */
const BYTES = 1_048_576
const MOST = 100
/** Characters of a unit, and of a survey's key. */
const SHORT = 200
const FIELDS = ['survey', 'unit', 'choice', 'text']

const rejected = (reason) => ({ outcome: 'rejected', reason })

/** Answers `POST <prefix>answers`: one answer, `{survey, unit, choice?, text?}`, or `{v: 1, answers: [...]}`. */
export async function answers(request, env, place, names) {
  return each(request, env, place, names, 'answer', (body) => (body.answers === undefined ? [body] : body.answers), async (said) => {
    if (!isAnswer(said)) return { status: 200, body: rejected('malformed') }
    const { reason, asked, who } = await met(env, place, names, said)
    return reason ? { status: 200, body: rejected(reason) } : heard(env, place, ledgerOf(place, names), names, asked, who, said)
  })
}

/**
 * Answers `POST <prefix>links`, `{v: 1, survey, units: [...]}`: for each unit a link to the question, if it may be asked. That
 * is said once, so whoever has a link is asked on no page, and nobody gets two.
 */
export async function links(request, env, place, names) {
  const { origin } = new URL(request.url)
  const all = ({ survey, units }) => Array.isArray(units) && units.map((unit) => ({ survey, unit }))
  return each(request, env, place, names, 'link', all, async (to) => {
    if (!isAnswer(to)) return { status: 200, body: rejected('malformed') }
    const { reason, asked, who } = await met(env, place, names, to)
    if (reason) return { status: 200, body: rejected(reason) }
    const { status, body } = await claimed(env, place, asked, to.unit, who.hash)
    if (body.outcome !== 'stored') return { status, body }
    return { status, body: { outcome: 'link', link: `${origin}${await pathFor(env, place, ASK, asked, who)}` } }
  })
}

/** Each of a body through `one`, which gives `{status, body, headers}`; what is no 200 is the answer to all. */
async function each(request, env, place, names, what, listed, one) {
  const refused = await unauthorised(request, env, place)
  if (refused) return refused
  const ledger = ledgerOf(place, names)
  const { text, refusal, reason } = await posted(request, what, BYTES)
  if (refusal) return booked(env, ledger, reason, refusal)
  const body = parsed(text)
  const all = body !== null && typeof body === 'object' && !Array.isArray(body) && listed(body)
  if (!Array.isArray(all) || !all.length || all.length > MOST) {
    return booked(env, ledger, all?.length > MOST ? 'too-many' : 'malformed', answer(400, { error: `This is no list of 1 to ${MOST} ${what}s; docs/integrations.md says what one looks like.` }))
  }
  const results = await Promise.all(all.map(one))
  const bad = results.find(({ status }) => status !== 200)
  return bad ? answer(bad.status, bad.body, bad.headers) : answer(200, { outcomes: results.map((result) => result.body) })
}

function isAnswer(said) {
  if (said === null || typeof said !== 'object' || Object.keys(said).some((field) => !FIELDS.includes(field))) return false
  const isShort = (text) => typeof text === 'string' && text !== '' && text.length <= SHORT
  const isText = (text) => text === undefined || typeof text === 'string'
  return isShort(said.survey) && isShort(said.unit) && isText(said.choice) && isText(said.text)
}

/** The survey that is meant and what its unit has met of its run, `{asked, who: {run, variant, hash}}`, or why not: `{reason}`. */
async function met(env, place, names, said) {
  const asked = surveyOf(names, said.survey)
  if (!asked) return { reason: 'survey' }
  const hash = await pseudonym(env, place, said.unit)
  const [pairs] = await fetched(objectOf(env, ledgerOf(place, names), shardOf(env, hash)), 'met', [[hash, now()]])
  const [run, variant] = pairs.find(([run]) => run === asked.run) ?? []
  const reason = run ? objection(said, { run, variant }, asked) : 'unmet'
  return { reason, asked, who: { run, variant, hash } }
}
