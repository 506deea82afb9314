// What somebody wrote to whoever helps them, and recordings of sessions, with the place's server key. That it came in is an
// event of its unit, which the collector counts; its words go to the store of voices and nowhere else.

import { posting, take, timeOf, told } from './backend.mjs'
import { eventName, pseudonym } from './identity.mjs'
import { ledgerOf } from './ledgers.mjs'
import { now } from './now.mjs'
import { isAddress, isRecording } from './recordings.mjs'
import { asked, met } from './shards.mjs'

/** A hundred tickets of the longest kind, each character of two bytes. */
const BYTES = 1_048_576
/** Characters of a ticket's texts, and of a short one. */
const TEXT = 4000
const SHORT = 200
const TAGS = 16
/** Days for which words are kept; `voices::OLDEST`. */
const KEPT = 90 * 86_400_000
const FIELDS = ['id', 'unit', 'at', 'subject', 'text', 'source', 'tags', 'link', 'replay']

/** The names of the events: a metric may count them. */
const TICKET = 'support-ticket'
const SESSION = 'session-replay'

/** Answers `POST <prefix>feedback`: one ticket, or `{v: 1, tickets: [...]}`. */
export const feedback = (request, env, place, names) =>
  posting(request, env, place, names, { what: 'ticket', bytes: BYTES }, async (tickets) => told(await takeTickets(env, place, names, tickets)))

/** Takes tickets in, as `take` of backend.mjs takes events. What is acknowledged is counted and kept. */
export async function takeTickets(env, place, names, tickets) {
  const at = now()
  const wrong = tickets.map((ticket) => objection(ticket, at))
  const events = tickets.map((ticket, index) => (wrong[index] ? { t: 'track' } : eventOf(ticket, at)))
  const result = await take(env, place, names, events, wrong)
  if (result.status !== 200) return result
  const left = new Set(result.left.map(({ place: index }) => index))
  const good = tickets.filter((_, index) => !left.has(index))
  const failure = await keep(env, place, ledgerOf(place, names), await Promise.all(good.map((ticket) => wordsOf(env, place, ticket, at))))
  return failure ?? result
}

/**
 * Keeps what was counted, each tied to what its unit had met. Gives what to say to the sender where that was not possible,
 * for whom the same is then good once more.
 */
async function keep(env, place, ledger, tickets) {
  if (!tickets.length) return undefined
  try {
    const all = await met(env, ledger, tickets)
    const outcomes = await asked(env.VOICES.get(env.VOICES.idFromName(place.name)), 'keep', tickets.map((ticket, index) => ({ ...ticket, met: all[index] })))
    if (!outcomes.some(({ reason }) => reason === 'full')) return undefined
    return { status: 503, error: 'The store of voices is full. What is older than 90 days makes room by itself.', headers: { 'retry-after': '3600' } }
  } catch {
    return { status: 503, error: 'The store of voices does not answer. Send the same again.', headers: { 'retry-after': '2' } }
  }
}

/** What is wrong with a ticket, if anything is. */
function objection(ticket, now) {
  if (ticket === null || typeof ticket !== 'object' || Array.isArray(ticket)) return 'malformed'
  if (Object.keys(ticket).some((field) => !FIELDS.includes(field))) return 'field'
  const { id, unit, at, subject, text, source, tags, link, replay } = ticket
  const isShort = (given) => given === undefined || (typeof given === 'string' && given.length <= SHORT)
  const isText = (given) => given === undefined || typeof given === 'string'
  if (!isShort(unit) || !unit) return 'unit'
  if (![subject, text].every(isText)) return 'text'
  if ([subject, text].some((given) => given?.length > TEXT)) return 'too-long'
  if (!subject?.trim() && !text?.trim() && replay === undefined) return 'empty'
  if (replay === undefined ? !isShort(id) || !id : !isShort(id)) return 'id'
  if (!isShort(source)) return 'source'
  if (tags !== undefined && !(Array.isArray(tags) && tags.length <= TAGS && tags.every((tag) => typeof tag === 'string' && isShort(tag)))) return 'tags'
  if (link !== undefined && !isAddress(link)) return 'link'
  if (replay !== undefined && !isRecording(replay)) return 'replay'
  const time = at === undefined ? now : timeOf(at)
  if (time === undefined) return 'time'
  return time < now - KEPT ? 'age' : undefined
}

const isWorded = ({ subject, text }) => Boolean(subject?.trim() || text?.trim())

/** What a ticket is called, so that it counts once. A recording is called by itself. */
const nameOf = ({ id, replay }) => id ?? `replay ${replay}`

const eventOf = (ticket, now) => ({
  t: 'track', n: isWorded(ticket) ? TICKET : SESSION, unit: ticket.unit, id: nameOf(ticket), at: timeOf(ticket.at ?? now),
})

/** A ticket as the store of voices takes it. A sender that cuts at a length may cut a character in half. */
async function wordsOf(env, place, ticket, now) {
  const { unit, at = now, subject = '', text = '', source = '', tags = [], link = '', replay = '' } = ticket
  const [name, hash] = await Promise.all([eventName(env, place, nameOf(ticket)), pseudonym(env, place, unit)])
  const [whole, ...rest] = [subject, text, source, ...tags].map((words) => words.toWellFormed())
  return { unit: hash, name, at: timeOf(at), subject: whole, text: rest[0], source: rest[1], tags: rest.slice(2), link, replay }
}

/**
 * Keeps the recordings that beacons name, once the collector has taken them in. `lists` are the events of each batch as
 * their page wrote them. Gives what `deliver` gave, or what else to say to the sender.
 */
export async function withSessions(env, place, ledger, batches, lists, result) {
  if (result.status !== 200) return result
  const at = now()
  const sessions = batches.flatMap(({ unit }, batch) => {
    const left = new Set(result.receipts[batch].left?.map((one) => one.place))
    const named = lists[batch].filter((event, index) => event?.r !== undefined && !left.has(index))
    return named.map(({ r, dt }) => ({ unit, replay: r, at: at - dt }))
  })
  const all = await Promise.all(sessions.map(async (one) => ({ ...one, name: await eventName(env, place, `replay ${one.replay}`) })))
  return (await keep(env, place, ledger, all)) ?? result
}
