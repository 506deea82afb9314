// The doors for what no page of ours has asked: answers that a backend was given, and links for mail, with the place's server
// key. Which variant they are about says the collector, by what their unit had met.

import { MOST, posting } from './backend.mjs'
import { answer, parsed, posted } from './body.mjs'
import { pseudonym } from './identity.mjs'
import { ledgerOf } from './ledgers.mjs'
import { hostsOf } from './links.mjs'
import { now } from './now.mjs'
import { ASK, pathFor } from './references.mjs'
import { met } from './shards.mjs'
import { claimed, heard, objection, surveyOf, unavailable } from './voices.mjs'

/** A hundred answers of the longest kind. */
const BYTES = 1_048_576
/** Characters of a unit, and of a survey's key. */
const SHORT = 200
const FIELDS = ['survey', 'unit', 'choice', 'text']

/** Answers `POST <prefix>answers`: one answer, `{survey, unit, choice?, text?}`, or `{v: 1, answers: [...]}`. */
export const answers = (request, env, place, names) => posting(request, env, place, names, { what: 'answer', bytes: BYTES }, async (all) =>
  told(await each(env, place, names, all, (good) => heard(env, place, ledgerOf(place, names), names, good))))

/**
 * Answers `POST <prefix>links`, `{v: 1, survey, units: [...]}`: for each unit a link to the question, if it may be asked. That
 * is said once, so whoever has a link is asked on no page, and nobody gets two.
 */
export const links = (request, env, place, names) => posting(request, env, place, names, { what: 'link', bytes: BYTES, listed: unitsIn }, async (all) =>
  told(await each(env, place, names, all, (good) => linked(env, place, new URL(request.url).origin, good))))

/**
 * Answers `POST .../voices/<survey>/links` of the console, `{units: [...]}`, as the site's own door does. `noted` asks the API,
 * which says what is wrong with it, and writes down who did it.
 */
export async function given(request, env, place, names, survey, noted) {
  const { text, refusal } = await posted(request, 'link', BYTES)
  if (refusal) return refusal
  const said = await noted(text)
  if (!said.ok) return said
  const site = `${new URL(request.url).protocol}//${hostsOf(env, place)[0]}`
  return told(await each(env, place, names, unitsOf(survey, parsed(text).units), (good) => linked(env, place, site, good)))
}

const told = ({ status, body, headers }) => answer(status, body, headers)

const unitsOf = (survey, units) => units.map((unit) => ({ survey, unit }))

function unitsIn(text) {
  const { v, survey, units, ...more } = parsed(text) ?? {}
  if (v !== 1 || !Array.isArray(units) || !units.length || Object.keys(more).length) return 'malformed'
  return units.length <= MOST ? unitsOf(survey, units) : 'too-many'
}

/** The links of those who may be asked, who are asked with that. */
async function linked(env, place, site, all) {
  const { status, body, headers } = await claimed(env, place, all)
  if (status !== 200) return { status, body, headers }
  const links = body.map(async (told, index) =>
    told.outcome === 'stored' ? { outcome: 'link', link: `${site}${await pathFor(env, place, ASK, all[index].asked, all[index].who)}` } : told)
  return { status, body: await Promise.all(links) }
}

/** Those of a list with whom nothing is wrong through `ask`, which gives `{status, body, headers}` with an outcome for each. */
async function each(env, place, names, all, ask) {
  const found = await Promise.all(all.map((said) => (isAnswer(said) ? named(env, place, names, said) : { reason: 'malformed' })))
  const units = found.filter(({ who }) => who)
  try {
    const pairs = units.length ? await met(env, ledgerOf(place, names), units.map(({ who }) => ({ unit: who.hash, at: now() }))) : []
    units.forEach((one, index) => bound(one, pairs[index]))
  } catch {
    return unavailable('The collector does not answer. Send the same again.')
  }
  const good = found.filter(({ reason }) => !reason)
  const { status, body, headers } = good.length ? await ask(good) : { status: 200, body: [] }
  if (status !== 200) return { status, body, headers }
  const outcomes = found.map(({ reason }) => (reason ? { outcome: 'rejected', reason } : body.shift()))
  return { status, body: { outcomes } }
}

function isAnswer(said) {
  if (said === null || typeof said !== 'object' || Object.keys(said).some((field) => !FIELDS.includes(field))) return false
  const isShort = (text) => typeof text === 'string' && text !== '' && text.length <= SHORT && text.isWellFormed()
  const isText = (text) => text === undefined || typeof text === 'string'
  return isShort(said.survey) && isShort(said.unit) && isText(said.choice) && isText(said.text)
}

/** Which survey is meant and whose answer it is, `{asked, unit, who: {hash}, choice, text}`, or why not: `{reason}`. */
async function named(env, place, names, { survey, unit, choice, text }) {
  const asked = surveyOf(names, survey)
  return asked ? { asked, unit, who: { hash: await pseudonym(env, place, unit) }, choice, text } : { reason: 'survey' }
}

/** Says of somebody what they have met of the survey's run, or why they are not heard. */
function bound(one, pairs) {
  const [run, variant] = pairs.find(([run]) => run === one.asked.run) ?? []
  Object.assign(one.who, { run, variant })
  one.reason = run ? objection(one, one.who, one.asked) : 'unmet'
}
